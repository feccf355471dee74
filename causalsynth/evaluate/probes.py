"""Probe sets: skeletons that agree with common sense, that go against it, and those in between.

CLadder (Jin et al., NeurIPS 2023) asks its questions in commonsensical, anti-commonsensical and nonsensical variants,
to tell reasoning from prior. Here the three are skeletons of the same graph, and the graph itself says what common
sense is. Of each fact the others tell how likely it is; a fact is *expected* if no other value is likelier, and *odd*
if it isn't and has a probability of at most 1/8 (3 bits). A skeleton is

- **common** if every fact is expected,
- **anti** if some fact is odd,
- **neutral** otherwise.

Every skeleton is of exactly one kind. Probes are drawn from the graph's own law given the kind, so all are possible.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.surprise import FactSurprise, surprises
from causalsynth.scm import SCM, Skeletons

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ODD_BITS", "ProbeKind", "Probes", "draw_probes", "kinds_of"]

ODD_BITS = 3.0
"""From this surprise on a fact that isn't expected is odd: P ≤ 1/8."""

_BATCH = 4096
_MOST_ROWS = 2**19


class ProbeKind(StrEnum):
    """How a skeleton agrees with what its graph holds usual."""

    COMMON = "common"
    ANTI = "anti"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """A probe set.

    Attributes
    ----------
    kind
        Which.
    skeletons
        The facts; the index is that of the rows of `SCM.sample` under the same seed.
    bits
        Surprise of each skeleton's most surprising fact, shape (rows,).
    odd
        Each skeleton's odd facts.
    drawn
        Rows that were looked at: ``len(skeletons) / drawn`` estimates the kind's share where all were needed.
    """

    kind: ProbeKind
    skeletons: Skeletons
    bits: NDArray[np.float64]
    odd: tuple[tuple[str, ...], ...]
    drawn: int

    def to_frame(self) -> "pd.DataFrame":
        """Give the facts, and beside them ``_kind``, ``_bits`` and ``_odd`` (names, separated by blanks)."""
        return self.skeletons.to_frame().assign(
            _kind=str(self.kind), _bits=self.bits.round(3), _odd=[" ".join(names) for names in self.odd]
        )


def draw_probes(scm: SCM, kind: ProbeKind | str, n: int, *, seed: int = 0) -> Probes:
    """Draw skeletons of one kind.

    Parameters
    ----------
    scm
        The graph, which also says what is usual.
    kind
        ``common``, ``anti`` or ``neutral``.
    n
        How many.
    seed
        They are rows of ``scm.sample(…, seed=seed)``; the kinds are disjoint, and more probes begin with the same.

    Raises
    ------
    InputError
        Another kind, none asked for, too rare a kind for n of them, or a graph whose probabilities aren't known.
    """
    if kind not in list(ProbeKind):
        raise InputError(f"there are no {kind!r} probes", hint=f"give one of {', '.join(ProbeKind)}")
    if n < 1:
        raise InputError(f"{n} probes can't be drawn", hint="ask for one or more")
    kind, found, drawn = ProbeKind(kind), list[Probes](), 0
    while (held := sum(len(each.skeletons) for each in found)) < n:
        if drawn >= _MOST_ROWS:
            raise InputError(
                f"{kind} skeletons of {scm.name} are rare: {held} in {drawn} rows",
                hint=f"ask for {max(held, 1)} at most",
            )
        found.append(_chosen(scm, kind, scm.sample(_BATCH, seed=seed, start=drawn), most=n - held))
        drawn += _BATCH
    return _joined(kind, found, drawn)


def kinds_of(facts: dict[str, FactSurprise]) -> tuple[NDArray[np.str_], dict[str, NDArray[np.bool_]]]:
    """Tell each row's kind, shape (rows,), and which of its facts are odd: variable → shape (rows,)."""
    expected = {name: fact.expected for name, fact in facts.items()}
    odd = {name: ~expected[name] & (fact.bits >= ODD_BITS) for name, fact in facts.items()}
    usual = np.logical_and.reduce([*expected.values()])
    strange = np.logical_or.reduce([*odd.values()])
    kinds = np.where(usual, ProbeKind.COMMON, np.where(strange, ProbeKind.ANTI, ProbeKind.NEUTRAL))
    return kinds, odd


def _chosen(scm: SCM, kind: ProbeKind, rows: Skeletons, most: int) -> Probes:
    facts = surprises(scm, rows)
    if missing := [name for name in scm.variables if name not in facts]:
        raise InputError(
            f"how usual {missing[0]} is isn't known: it, or what it causes, follows by a Python function",
            hint="write it as a table or a formula",
        )
    kinds, odd = kinds_of(facts)
    places = np.flatnonzero(kinds == kind)[:most]
    bits = np.max([fact.bits for fact in facts.values()], axis=0)
    names = tuple(tuple(name for name in odd if odd[name][place]) for place in places)
    return Probes(kind, _rows(rows, places), bits[places], names, len(rows))


def _rows(rows: Skeletons, places: NDArray[np.intp]) -> Skeletons:
    return Skeletons(
        rows.supports,
        rows.codes[:, places],
        rows.numbers[:, places],
        rows.index[places],
        seed=rows.seed,
        model=rows.model,
    )


def _joined(kind: ProbeKind, parts: list[Probes], drawn: int) -> Probes:
    first = parts[0].skeletons
    skeletons = Skeletons(
        first.supports,
        np.concatenate([part.skeletons.codes for part in parts], axis=1),
        np.concatenate([part.skeletons.numbers for part in parts], axis=1),
        np.concatenate([part.skeletons.index for part in parts]),
        seed=first.seed,
        model=first.model,
    )
    odd: Iterator[tuple[str, ...]] = (names for part in parts for names in part.odd)
    return Probes(kind, skeletons, np.concatenate([part.bits for part in parts]), tuple(odd), drawn)
