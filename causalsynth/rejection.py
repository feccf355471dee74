"""What plain rejection sampling would take, told from first attempts: no corrections, but new texts until one is right.

A skeleton whose first attempts are accepted with probability φ takes 1/φ of them in the mean. So n records of it, whose
first attempts cost c together and of which a were accepted, take c · n / a. Skeletons with fewer than 20 records are
pooled. As 1/φ is convex, the pool's figure is a lower bound (Jensen's inequality) wherever φ differs within it. Where
none of n was accepted φ isn't known but for its upper confidence limit 1 − 0.05^(1/n) (Clopper & Pearson 1934,
one-sided, 95 %), and the figure is a lower bound as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FirstAttempts", "Groups", "Stratum"]

_LEAST = 20
"""Records that a skeleton has at least to be a stratum of its own."""
_MOST_STRATA = 10_000
"""Skeletons that are told apart, so that memory stays bounded; those that come later are pooled."""
_LEVEL = 0.05


@dataclass(slots=True)
class Stratum:
    """First attempts at one skeleton, or at many that are pooled.

    Attributes
    ----------
    n, accepted
        How many, and those of them that were accepted.
    prompt, completion
        Tokens that all of them took.
    """

    n: int = 0
    accepted: int = 0
    prompt: float = 0.0
    completion: float = 0.0

    def add(self, other: "Stratum") -> None:
        """Take in another one's attempts."""
        self.n += other.n
        self.accepted += other.accepted
        self.prompt += other.prompt
        self.completion += other.completion

    @property
    def tries(self) -> float:
        """Expected attempts for one accepted text; at least so many where none was accepted."""
        return self.n / self.accepted if self.accepted else 1.0 / (1.0 - _LEVEL ** (1.0 / self.n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """First attempts, grouped so that each group's acceptance can be told.

    Attributes
    ----------
    strata
        Skeletons with enough records, one each.
    pool
        All others together; None where there are none.
    at_least
        Whether what is made of them is a lower bound: several skeletons were pooled, or of a group none was accepted.
    """

    strata: tuple[Stratum, ...]
    pool: Stratum | None
    at_least: bool

    @property
    def all(self) -> tuple[Stratum, ...]:
        """The strata, and the pool if there is one."""
        return self.strata if self.pool is None else (*self.strata, self.pool)


class FirstAttempts:
    """Counts first attempts by skeleton, as they are read."""

    def __init__(self) -> None:
        self._by_skeleton: dict[int, Stratum] = {}
        self._late = Stratum()
        """Those at skeletons that came when enough were told apart."""

    def add(
        self, skeleton: Mapping[str, object], *, accepted: bool, prompt: float = 0.0, completion: float = 0.0
    ) -> None:
        """Count a record's first attempt, and the tokens that it took."""
        key = hash(tuple(skeleton.items()))
        known = key in self._by_skeleton or len(self._by_skeleton) < _MOST_STRATA
        stratum = self._by_skeleton.setdefault(key, Stratum()) if known else self._late
        stratum.add(Stratum(1, accepted, prompt, completion))

    def groups(self) -> Groups:
        """Give the attempts so far in groups."""
        rare = [stratum for stratum in self._by_skeleton.values() if stratum.n < _LEAST]
        pool = Stratum()
        for stratum in (self._late, *rare):
            pool.add(stratum)
        strata = tuple(stratum for stratum in self._by_skeleton.values() if stratum.n >= _LEAST)
        groups = (*strata, pool) if pool.n else strata
        return Groups(
            strata=strata,
            pool=pool if pool.n else None,
            at_least=self._late.n + len(rare) > 1 or any(not group.accepted for group in groups),
        )
