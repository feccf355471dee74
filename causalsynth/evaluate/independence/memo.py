"""Tests and draws on several tables that share most of their columns, each made once.

What a loop's own extractor reads in accepted texts equals the skeletons, column by column; so do many columns of any
good reader. Tests on equal columns give equal answers, random ones too: a triple's random numbers depend on its names
and the seed alone.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.ci_tests import CITestResult, run_tests
from causalsynth.evaluate.coded import CodedTable
from causalsynth.evaluate.independence.multiplier import JointDraws, joint_draws
from causalsynth.graph import Independence

__all__ = ["Memo", "Sheet"]

T = TypeVar("T")

_Key = tuple[Independence, tuple[bytes, ...]]
_Drawn = tuple[NDArray[np.float64], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A coded table, and a digest of each of its columns."""

    table: CodedTable
    digests: dict[str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        digests = {}
        for name, codes in self.table.codes.items():
            numbers = self.table.numbers.get(name)
            content = hashlib.blake2b(codes.tobytes(), digest_size=16)
            if numbers is not None:
                content.update(numbers.tobytes())
            digests[name] = content.digest()
        object.__setattr__(self, "digests", digests)

    def key(self, triple: Independence) -> _Key:
        """Give what decides the answers on a triple."""
        x, y, given = triple
        return triple, tuple(self.digests[name] for name in (x, y, *given))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memo:
    """Makes tests and draws, and remembers them.

    Parameters
    ----------
    alpha, test, seed, threads
        As of `causalsynth.evaluate.independence.independence`.
    """

    alpha: float
    test: str
    seed: int
    threads: int
    _results: dict[_Key, CITestResult] = field(default_factory=dict, init=False, repr=False)
    _draws: dict[_Key, _Drawn] = field(default_factory=dict, init=False, repr=False)

    def results(self, sheet: Sheet, triples: Sequence[Independence]) -> list[CITestResult]:
        """Test every triple."""
        return _remembered(
            self._results,
            sheet,
            triples,
            lambda fresh: run_tests(sheet.table, fresh, test=self.test, seed=self.seed, threads=self.threads),
        )

    def draws(self, sheet: Sheet, triples: Sequence[Independence]) -> JointDraws:
        """Draw the tests' outcomes jointly."""

        def draw(fresh: list[Independence]) -> list[_Drawn]:
            drawn = joint_draws(sheet.table, fresh, alpha=self.alpha, seed=self.seed)
            return list(zip(drawn.null, drawn.shown, strict=True))

        rows = _remembered(self._draws, sheet, triples, draw)
        if not rows:
            return JointDraws(np.ones((0, 1)), np.zeros((0, 1), bool))
        return JointDraws(np.stack([null for null, _ in rows]), np.stack([shown for _, shown in rows]))


def _remembered(
    known: dict[_Key, T], sheet: Sheet, triples: Sequence[Independence], make: Callable[[list[Independence]], list[T]]
) -> list[T]:
    keys = [sheet.key(triple) for triple in triples]
    fresh = [key for key in dict.fromkeys(keys) if key not in known]
    if fresh:
        known.update(zip(fresh, make([triple for triple, _ in fresh]), strict=True))
    return [known[key] for key in keys]
