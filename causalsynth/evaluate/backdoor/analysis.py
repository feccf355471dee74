"""The semantic backdoor of one run, from its ledger."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.backdoor.facts import Fate, VariableFacts, draft_facts
from causalsynth.evaluate.backdoor.report import BackdoorReport, ImposedFact, ReaderOverrides, SurpriseBand
from causalsynth.evaluate.backdoor.trend import odds_per_bit
from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.readers import read_readings

if TYPE_CHECKING:
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["backdoor"]

_BANDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Where bands of surprise begin, bits."""

Facts = Mapping[str, VariableFacts]


def backdoor(run: "EvaluatedRun") -> BackdoorReport:
    """Count what first drafts made of each imposed fact, by how much it surprises, and what the loop left of it.

    Parameters
    ----------
    run
        As `causalsynth.evaluate.rundir.open_run` gives it.

    Raises
    ------
    InputError
        No finished record has a usable draft, or a skeleton does not fit the graph.
    """
    usual = run.observational
    readings = {"extracted": run.frames()["extracted"], **read_readings(run.directory, without=run.left_out)}
    plan = run.plan.mention_plan(usual.supports)
    facts = draft_facts(run.attempts, usual, plan, run.plan.seed, readings)
    pooled = _Pooled(facts)
    return BackdoorReport(
        records=pooled.records,
        overridden=pooled.share(pooled.first == Fate.OVERRIDDEN),
        omitted=pooled.share(pooled.first == Fate.OMITTED),
        after=pooled.share(pooled.after == Fate.OVERRIDDEN),
        towards_usual=_towards_usual(facts),
        facts=sorted(_imposed(facts), key=_surest_first),
        by_surprise=list(_bands(pooled)),
        trend=odds_per_bit(pooled.bits, pooled.first == Fate.OVERRIDDEN, pooled.record),
        trend_within=odds_per_bit(pooled.bits, pooled.first == Fate.OVERRIDDEN, pooled.record, pooled.variable),
        readers={name: pooled.by_reader(fates) for name, fates in pooled.read.items()},
        unknown=[name for name in usual.variables if name not in facts],
    )


class _Pooled:
    """The facts of all variables that had to be stated, one after the other: each array of shape (facts,)."""

    def __init__(self, facts: Facts) -> None:
        each = list(facts.values())
        self.records = len(each[0].first) if each else 0
        stated = [np.flatnonzero(one.first != Fate.ABSENT) for one in each]
        pairs = list(zip(each, stated, strict=True))
        nothing = [np.empty(0)]
        self.record = np.concatenate([*stated, *nothing]).astype(np.intp)
        self.variable = np.repeat(np.arange(len(each)), [len(rows) for rows in stated])
        self.bits = np.concatenate([one.surprise.bits[rows] for one, rows in pairs] or nothing)
        self.first = np.concatenate([one.first[rows] for one, rows in pairs] or nothing)
        self.after = np.concatenate([one.after[rows] for one, rows in pairs] or nothing)
        names = set.intersection(*(set(one.read) for one in each)) if each else set[str]()
        self.read = {
            name: np.concatenate([one.read[name][rows] for one, rows in pairs])
            for name in (each[0].read if each else {})
            if name in names
        }

    def share(self, which: NDArray[np.bool_], among: NDArray[np.bool_] | None = None) -> Share:
        """Count some facts among all, or among some."""
        if among is None:
            return Share(int(which.sum()), len(which))
        return Share(int((which & among).sum()), int(among.sum()))

    def by_reader(self, fates: NDArray[np.int8]) -> ReaderOverrides:
        """Count what a reader finds overridden, of the texts that it read."""
        there = fates != Fate.ABSENT
        overridden = fates == Fate.OVERRIDDEN
        return ReaderOverrides(
            overridden=self.share(overridden, there),
            trend=odds_per_bit(self.bits[there], overridden[there], self.record[there]),
        )


def _imposed(facts: Facts) -> Iterator[ImposedFact]:
    for name, each in facts.items():
        for code, imposed in enumerate(each.surprise.classes):
            rows = (each.first != Fate.ABSENT) & (each.surprise.own == code)
            if n := int(rows.sum()):
                counts = Counter(each.first[rows].tolist())
                instead = Counter(each.written[rows & (each.first == Fate.OVERRIDDEN)].tolist())
                bits = each.surprise.bits[rows]
                possible = bits[np.isfinite(bits)]
                yield ImposedFact(
                    variable=name,
                    imposed=imposed,
                    overridden=Share(counts[Fate.OVERRIDDEN], n),
                    omitted=counts[Fate.OMITTED],
                    hedged=counts[Fate.HEDGED],
                    contradictory=counts[Fate.CONTRADICTORY],
                    written={_said(each, place): count for place, count in instead.most_common()},
                    surprise=float(possible.mean()) if len(possible) else None,
                    impossible=n - len(possible),
                    after=Share(int((each.after[rows] == Fate.OVERRIDDEN).sum()), n),
                )


def _said(facts: VariableFacts, place: int) -> str:
    return "(something else)" if place < 0 else facts.surprise.classes[place]


def _surest_first(fact: ImposedFact) -> tuple[float, int, str, str]:
    return (-fact.overridden.interval[0], -fact.overridden.count, fact.variable, fact.imposed)


def _bands(pooled: _Pooled) -> Iterator[SurpriseBand]:
    ends: list[float | None] = [*_BANDS[1:], None]
    for low, high in zip(_BANDS, ends, strict=True):
        inside = (pooled.bits >= low) & np.isfinite(pooled.bits) & (pooled.bits < (np.inf if high is None else high))
        if inside.any():
            yield _band(pooled, inside, low, high)
    if (impossible := np.isinf(pooled.bits)).any():
        yield _band(pooled, impossible, None, None)


def _band(pooled: _Pooled, inside: NDArray[np.bool_], low: float | None, high: float | None) -> SurpriseBand:
    return SurpriseBand(
        low=low,
        high=high,
        overridden=pooled.share(pooled.first == Fate.OVERRIDDEN, inside),
        omitted=pooled.share(pooled.first == Fate.OMITTED, inside),
        after=pooled.share(pooled.after == Fate.OVERRIDDEN, inside),
        read={
            name: pooled.share(fates == Fate.OVERRIDDEN, inside & (fates != Fate.ABSENT))
            for name, fates in pooled.read.items()
        },
    )


def _towards_usual(facts: Facts) -> Share:
    """Count the overrides by something else that is known, and those of them by what is likelier."""
    count = n = 0
    for each in facts.values():
        rows = np.flatnonzero((each.first == Fate.OVERRIDDEN) & (each.written >= 0))
        written = each.surprise.shares[each.written[rows], rows]
        imposed = each.surprise.shares[each.surprise.own[rows], rows]
        count += int((written > imposed).sum())
        n += len(rows)
    return Share(count, n)
