"""How much of the skeletons' distribution came through into the texts, and how much of that is noise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.fidelity.correlation import Associations, Scale, associations, correlation_difference
from causalsynth.evaluate.fidelity.law import Law, draw, law_of
from causalsynth.evaluate.fidelity.marginals import distances
from causalsynth.evaluate.fidelity.nearest import NearestNeighbours, adversarial_accuracy
from causalsynth.evaluate.fidelity.report import (
    AgainstLaw,
    AgainstSkeletons,
    FidelityReport,
    Figures,
    Peer,
    Redraws,
)
from causalsynth.evaluate.fidelity.values import BINS, Binning, ValueTable
from causalsynth.evaluate.rundir import EvaluatedRun
from causalsynth.evaluate.value_tables import value_tables

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.scm import SCM

__all__ = ["NEAREST_ROWS", "REDRAWS", "fidelity", "fidelity_of_run"]

REDRAWS = 19
"""The largest of 19 is exceeded by a faithful table with probability 1/20."""
NEAREST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for, as `fidelity` has it."""

    scm: "SCM"
    redraws: int
    nearest_rows: int
    seed: int


def fidelity(
    frames: Mapping[str, "pd.DataFrame"],
    scm: "SCM",
    *,
    silent: Sequence[str] = (),
    withheld: Sequence[str] = (),
    samples: Collection[str] = (),
    against_law: bool = True,
    redraws: int = REDRAWS,
    nearest_rows: int = NEAREST_ROWS,
    seed: int = 0,
) -> FidelityReport:
    """Compare tables of values with the skeletons, and with the model's own law.

    Parameters
    ----------
    frames
        Table → one row a record, columns as `scm` has variables; one of them is called ``skeleton``. Others may have
        fewer rows, where a method drops records.
    scm
        With the interventions that the skeletons were drawn under.
    silent
        Variables that no text was to state; left out, and named in the report.
    withheld
        Variables that some texts were not to state, null there in every table.
    samples
        Tables with fewer rows because no more were read, an audit's, say: each is held against the skeletons of its own
        rows, by their index, so that no noise of sampling comes in.
    against_law
        Whether `scm` drew the skeletons, so that its law is what they should follow.
    redraws
        Fresh samples that say how large a figure is by chance.
    nearest_rows
        Rows of each table at most that nearest neighbours are sought among, drawn by `seed`.
    seed
        Draws fresh samples and permutations.

    Raises
    ------
    InputError
        No table is called ``skeleton``, every variable is silent, or a value is none of its variable's.
    """
    if "skeleton" not in frames:
        raise InputError("there is no table of skeletons to compare with", hint="call one of the tables `skeleton`")
    supports = {name: support for name, support in scm.supports.items() if name not in silent}
    if not supports:
        raise InputError("the texts state no variable", hint="nothing can be compared")
    tables = {name: ValueTable.from_frame(frame, supports, name=name) for name, frame in frames.items()}
    reference = tables["skeleton"]
    facts = {
        name: ValueTable.from_frame(frames["skeleton"].loc[frames[name].index], supports)
        for name in samples
        if len(frames[name]) < reference.n
    }
    asked = _Asked(scm, redraws, nearest_rows, seed)
    known = tuple(name for name in reference.variables if name not in withheld)
    law = law_of(scm, known) if against_law and known else None
    return FidelityReport(
        n=reference.n,
        variables=reference.variables,
        silent=tuple(silent),
        withheld=tuple(withheld),
        law_rows=None if law is None else law.rows or 0,
        redraws=redraws,
        empty=tuple(name for name, table in tables.items() if not table.n),
        against_skeletons=_against_skeletons(reference, tables, facts),
        against_law={} if law is None else _against_law(law, tables, asked),
    )


def fidelity_of_run(
    run: EvaluatedRun, *, redraws: int = REDRAWS, nearest_rows: int = NEAREST_ROWS, seed: int = 0
) -> FidelityReport:
    """Compare all tables of a run, `value_tables`, as `fidelity`."""
    tables = value_tables(run)
    return fidelity(
        tables.only_kept(),
        run.scm,
        silent=tables.silent,
        withheld=[item.variable for item in tables.withheld],
        samples=tables.readings,
        against_law=run.plan.skeletons is None,
        redraws=redraws,
        nearest_rows=nearest_rows,
        seed=seed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    """The skeletons that a table is held against: their shares of cells, and associations on either scale."""

    shares: NDArray[np.float64]
    ours: Associations
    peers: Associations

    @classmethod
    def of(cls, table: ValueTable, binning: Binning) -> "_Facts":
        shares = binning.pair_shares(table)
        ours, peers = (associations(table, binning, shares, scale) for scale in (Scale.UNSQUARED, Scale.PEER))
        return cls(shares, ours, peers)


def _against_skeletons(
    reference: ValueTable, tables: Mapping[str, ValueTable], facts: Mapping[str, ValueTable]
) -> dict[str, AgainstSkeletons]:
    """Hold each table against its own `facts`, or all of the `reference`, in the cells of the latter."""
    binning = Binning.of(reference)
    every = _Facts.of(reference, binning)
    kept = [name for name, column in reference.numbers.items() if len(np.unique(column[~np.isnan(column)])) < BINS]
    compared = {}
    for name, table in tables.items():
        if name == "skeleton" or not table.n:
            continue
        own = binning.pair_shares(table)
        told = _Facts.of(facts[name], binning) if name in facts else every
        peer = Peer(
            cmd=correlation_difference(told.peers, associations(table, binning, own, Scale.PEER)).value,
            kmtvd=_without(binning, told.shares, own, kept),
            left_out=tuple(kept),
        )
        figures = _figures(binning, told.shares, told.ours, table, own)
        compared[name] = AgainstSkeletons(rows=table.n, indefinite=table.indefinite, figures=figures, peer=peer)
    return compared


def _figures(
    binning: Binning,
    shares: NDArray[np.float64],
    reference: Associations,
    table: ValueTable,
    own: NDArray[np.float64] | None = None,
) -> Figures:
    own = binning.pair_shares(table) if own is None else own
    marginals = distances(shares, own, binning.starts, tuple(binning.sizes))
    return Figures(marginals, correlation_difference(reference, associations(table, binning, own)))


def _without(
    binning: Binning, one: NDArray[np.float64], two: NDArray[np.float64], names: Sequence[str]
) -> float | None:
    kept = [name for name in binning.sizes if name not in names]
    if len(kept) < 2:
        return None
    inside = np.repeat([name in kept for name in binning.sizes], list(binning.sizes.values()))
    left = Binning({name: binning.sizes[name] for name in kept}, {})
    return distances(one[np.ix_(inside, inside)], two[np.ix_(inside, inside)], left.starts, kept).pairs


def _against_law(law: Law, tables: Mapping[str, ValueTable], asked: _Asked) -> dict[str, AgainstLaw]:
    names = tuple(law.binning.sizes)
    by_rows: dict[int, Redraws] = {}
    compared: dict[str, AgainstLaw] = {}
    selected = {name: table.select(names) for name, table in tables.items() if table.n}
    for name, table in selected.items():
        if twin := next((done for done in compared if selected[done].equals(table)), None):
            compared[name] = compared[twin]
            continue
        if table.n not in by_rows:
            by_rows[table.n] = _redraws(law, names, table.n, asked)
        compared[name] = AgainstLaw(
            rows=table.n,
            figures=_figures(law.binning, law.shares, law.associations, table),
            redraws=by_rows[table.n],
            nearest=_nearest(table, names, asked),
        )
    return compared


def _redraws(law: Law, names: tuple[str, ...], rows: int, asked: _Asked) -> Redraws:
    found = []
    for number in range(asked.redraws):
        fresh = draw(asked.scm, names, rows, seed=asked.seed, number=number + 2)
        figures = _figures(law.binning, law.shares, law.associations, fresh)
        pairs = figures.marginals.pairs
        found.append((figures.marginals.single, np.nan if pairs is None else pairs, figures.correlation.value))
    values = np.array(found)
    return Redraws(mean=_three(values.mean(axis=0)), largest=_three(values.max(axis=0)))


def _three(values: NDArray[np.float64]) -> tuple[float, float | None, float]:
    single, pairs, correlation = values.tolist()
    return single, None if np.isnan(pairs) else pairs, correlation


def _nearest(table: ValueTable, names: tuple[str, ...], asked: _Asked) -> NearestNeighbours | None:
    rows = min(table.n, asked.nearest_rows)
    rng = np.random.default_rng(asked.seed)
    some = table.take(np.sort(rng.choice(table.n, rows, replace=False)))
    return adversarial_accuracy(some, draw(asked.scm, names, rows, seed=asked.seed, number=1), seed=asked.seed)
