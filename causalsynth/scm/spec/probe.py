"""Looks for values of parents for which an equation has none: division by zero, a probability beyond 1, no case.

do() can set parents to any values at once, so that every combination counts, however improbable by itself. Where
there are few enough, all are tried. Otherwise it is a sample of the model, and combinations of the ends of ranges;
what slips through is found when it is drawn.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.graph import Dag
from causalsynth.scm.laws import Law
from causalsynth.scm.mechanisms import CategoricalTable, LocationScale, Mechanism
from causalsynth.scm.noise import blocks
from causalsynth.scm.spec.entry import Entry
from causalsynth.scm.support import Categorical, Columns, Numeric, Support

__all__ = ["MOST_CONFIGURATIONS", "probe"]

MOST_CONFIGURATIONS = 20_000
"""Of one variable's parents: up to so many, all are tried."""

_SAMPLE = 2_000
_SEED = 0
_QUANTILES = np.linspace(0.0, 1.0, 9)

Column: TypeAlias = NDArray[Any]


def probe(mechanisms: Mapping[str, Mechanism], supports: Mapping[str, Support], entries: Mapping[str, Entry]) -> None:
    """Evaluate every mechanism at many values of its parents.

    Parameters
    ----------
    mechanisms, supports
        By variable; an acyclic graph.
    entries
        Variable → where its mechanism stands.

    Raises
    ------
    GraphError
        One of them has no value; names its place, and the parents' values.
    """
    graph = Dag({name: mechanism.parents for name, mechanism in mechanisms.items()})
    sample: dict[str, Column] = {}
    for name in graph.topological_order:
        mechanism = mechanisms[name]
        with entries[name].placed():
            sample[name] = _evaluated(name, mechanism, Columns(sample, supports, _SAMPLE))
            if mechanism.parents and not isinstance(mechanism, CategoricalTable):
                axes = [_axis(mechanisms[parent], supports[parent], sample[parent]) for parent in mechanism.parents]
                columns = _combined(axes)
                rows = len(columns[0])
                values = dict(zip(mechanism.parents, columns, strict=True))
                _evaluated(name, mechanism, Columns(values, supports, rows))


def _evaluated(name: str, mechanism: Mechanism, parents: Columns) -> Column:
    out = np.empty(parents.rows, dtype=mechanism.support.dtype)
    mechanism.evaluate(_noise(name, mechanism.law, parents.rows), parents, out)
    return out


def _noise(name: str, law: Law, rows: int) -> NDArray[Any]:
    return np.concatenate([law.draw(_SEED, name, *block) for block in blocks(0, rows)], axis=-1)


def _axis(mechanism: Mechanism, support: Support, drawn: Column) -> tuple[Column, Column]:
    """Give the values of a parent to combine with those of others: all, and the few that stand for them."""
    if isinstance(support, Categorical):
        every = np.arange(len(support.states), dtype=np.int8)
        return every, every
    few = _few(mechanism, support, drawn)
    if support.decimals is None or not math.isfinite(support.high - support.low):
        return few, few
    steps = (support.high - support.low) * 10.0**support.decimals
    if steps >= MOST_CONFIGURATIONS:
        return few, few
    every = np.round(support.low + np.arange(round(steps) + 1) / 10.0**support.decimals, support.decimals)
    return every.clip(support.low, support.high), few


def _few(mechanism: Mechanism, support: Numeric, drawn: Column) -> Column:
    """Give the ends of the range, and quantiles of what was drawn."""
    # exp() comes close to 0 and, where nothing is rounded, doesn't reach it.
    open_low = isinstance(mechanism, LocationScale) and mechanism.log and support.decimals is None and support.low <= 0
    ends = [] if open_low else [support.low]
    ends = [end for end in (*ends, support.high) if math.isfinite(end)]
    quantiles = np.quantile(drawn, _QUANTILES, method="nearest")
    return np.unique(np.concatenate([quantiles, np.array(ends, dtype=np.float64)]))


def _combined(axes: Sequence[tuple[Column, Column]]) -> list[Column]:
    """Combine the values of several parents, as columns of the same length."""
    chosen = [every for every, _ in axes]
    while math.prod(map(len, chosen)) > MOST_CONFIGURATIONS:
        gains = [len(values) - len(few) for values, (_, few) in zip(chosen, axes, strict=True)]
        if not any(gains):
            random = np.random.default_rng(_SEED)
            return [values[random.integers(len(values), size=MOST_CONFIGURATIONS)] for values in chosen]
        widest = int(np.argmax(gains))
        chosen[widest] = axes[widest][1]
    rows = np.arange(math.prod(map(len, chosen)))
    columns = []
    for values in chosen:
        columns.append(values[rows % len(values)])
        rows = rows // len(values)
    return columns
