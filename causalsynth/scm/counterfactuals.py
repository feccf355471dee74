"""Counterfactual twins: abduction, action, prediction (Pearl, Causality, 2009, section 7.1).

Where rows were drawn here, their noise is known: it is drawn again, and abduction is exact. Where they were observed
elsewhere, it is drawn from its posterior. All variables are observed and the noises are independent, so that the
posterior factorises: U_x depends on x and its parents alone.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.scm.exogenous import Noise
from causalsynth.scm.interventions import intervene
from causalsynth.scm.laws import Law, Standard
from causalsynth.scm.noise import check_seed
from causalsynth.scm.sampling import POSTERIOR, Draw, fill, noise_at, pieces
from causalsynth.scm.skeletons import Skeletons, empty, lay_out
from causalsynth.scm.structure import Structure
from causalsynth.scm.support import Categorical, Columns

__all__ = ["abduct", "counterfactual"]

_LAST_DIGITS = 1e-12
"""How far, relatively, one unrounded number may be from another and still be the same; processors differ by less."""


def counterfactual(scm: Structure, twin: Structure, factual: Skeletons, seed: int | None) -> Skeletons:
    """Give each row's twin under the model `twin`; see `SCM.counterfactual`."""
    source = _source(scm, factual)
    if factual.seed is None:
        _check_posterior(factual, seed or 0)
    codes, numbers = empty(twin.supports, len(factual))
    out = lay_out(twin.supports, codes, numbers)
    moved = _moved(source, twin)
    for _, positions, _ in pieces(factual.index):
        seen, index = _rows(factual, positions), factual.index[positions]
        if factual.seed is None:
            _check_possible(source, seen, positions)
            draw = _inferred(source, twin, seen, seed or 0, index, positions)
        else:
            _check_drawn(source, seen, _retained(source, factual.seed, index), factual.seed, positions)
            draw = _retained(twin, factual.seed, index)
        for name, values in _twins(source, twin, seen, draw, moved).items():
            out[name][positions] = values
    return Skeletons(
        twin.supports, codes, numbers, factual.index.copy(), factual.seed, dict(twin.interventions), twin.digest()
    )


def abduct(scm: Structure, factual: Skeletons, seed: int) -> Noise:
    """Draw the noise behind observed rows; see `SCM.abduct`."""
    source = _source(scm, factual)
    natural = source.observational
    _check_posterior(factual, seed)
    laws = {name: natural.mechanisms[name].law for name in natural.variables}
    values = {name: noise_at(law, "", 0, factual.index[:0]) for name, law in laws.items()}
    values = {name: np.empty((*none.shape[:-1], len(factual)), dtype=none.dtype) for name, none in values.items()}
    for _, positions, _ in pieces(factual.index):
        seen = _rows(factual, positions)
        _check_possible(source, seen, positions)
        draw = _inferred(source, natural, seen, seed, factual.index[positions], positions)
        for name, law in laws.items():
            values[name][..., positions] = draw(name, law)
    streams = {name: natural.stream(name) for name in laws}
    return Noise(values, laws, streams, factual.index.copy(), int(seed), inferred=True)


def _source(scm: Structure, factual: Skeletons) -> Structure:
    """Give the model that the rows come from: `scm` under the interventions that they were drawn under."""
    for name, support in scm.supports.items():
        if factual.supports.get(name) != support:
            raise InputError(f"the rows don't have {name} as {scm.name} has it", hint="are they from this model?")
    told = dict(factual.interventions)
    if factual.model is None:
        return scm if told == dict(scm.interventions) else intervene(scm.observational, told)
    for model in (scm, scm.observational):
        if factual.model == model.digest():
            return model
    try:
        model = intervene(scm.observational, told)
        if factual.model == model.digest():
            return model
    except InputError:
        pass
    done = ", ".join(f"{name} {value}" for name, value in told.items()) or "nothing"
    raise InputError(
        f"the rows aren't from this model: they were drawn by another, or under interventions ({done}) that can't be "
        "told from their names",
        hint="call counterfactual() on the very model that drew them: scm.do(…).counterfactual(rows, …)",
    )


def _rows(factual: Skeletons, positions: NDArray[np.intp]) -> Columns:
    values = {name: np.ascontiguousarray(factual.column(name)[positions]) for name in factual.variables}
    return Columns(values, factual.supports, len(positions))


def _moved(source: Structure, twin: Structure) -> frozenset[str]:
    """Give the variables that may differ between the worlds: other mechanisms, and what is downstream."""
    changed = {
        name
        for name in twin.variables
        if twin.mechanisms[name] is not source.mechanisms[name] or twin.stream(name) != source.stream(name)
    }
    return frozenset(changed).union(*(twin.graph.descendants(name) for name in changed))


def _twins(
    source: Structure, twin: Structure, seen: Columns, draw: Draw, moved: Collection[str]
) -> dict[str, NDArray[Any]]:
    columns = {name: np.empty_like(seen[name]) if name in moved else seen[name] for name in twin.variables}
    for name in twin.graph.topological_order:
        if name not in moved:
            continue
        fill(twin, columns, seen.rows, draw, only=(name,))
        if not isinstance(twin.supports[name], Categorical):
            # Inferred noise is rounded, and that mustn't show: the same causes by the same equation have the same
            # effect, and what differs in the last digits is no other effect.
            same = _equal(columns[name], seen[name])
            if twin.mechanisms[name] is source.mechanisms[name]:
                parents = twin.graph.parents(name)
                same |= np.logical_and.reduce([columns[parent] == seen[parent] for parent in parents])
            np.copyto(columns[name], seen[name], where=same)
    return columns


def _equal(one: NDArray[Any], two: NDArray[Any]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = one == two if one.dtype == np.int8 else np.abs(one - two) <= _LAST_DIGITS * np.abs(two)
    return same


def _retained(scm: Structure, seed: int, index: NDArray[np.int64]) -> Draw:
    def draw(variable: str, law: Law) -> NDArray[Any]:
        return noise_at(law, scm.stream(variable), seed, index)

    return draw


def _inferred(
    source: Structure,
    twin: Structure,
    seen: Columns,
    seed: int,
    index: NDArray[np.int64],
    positions: NDArray[np.intp],
) -> Draw:
    def draw(variable: str, law: Law) -> NDArray[Any]:
        stream, mechanism = twin.stream(variable), source.mechanisms[variable]
        converted = isinstance(law, Standard) and isinstance(mechanism.law, Standard)
        if stream != source.stream(variable) or not (law == mechanism.law or converted):
            return noise_at(law, POSTERIOR + stream, seed, index)  # another noise, of which the rows tell nothing
        fresh = noise_at(mechanism.law, POSTERIOR + stream, seed, index)
        try:
            noise = mechanism.abduct(seen[variable], seen, fresh)
        except InputError as error:
            raise InputError(f"{_span(positions)}: {variable}: {error.message}", hint=error.hint) from None
        if isinstance(law, Standard) and isinstance(mechanism.law, Standard):
            return mechanism.law.convert(noise, law)
        return noise

    return draw


def _check_posterior(factual: Skeletons, seed: int) -> None:
    """Refuse what would give several rows the same inferred noise."""
    check_seed(seed)
    numbers, times = np.unique(factual.index, return_counts=True)
    if (times > 1).any():
        raise InputError(
            f"the row number {numbers[np.argmax(times > 1)]} occurs twice: both rows would get the same noise",
            hint="number the rows anew, or leave _index away",
        )


def _check_possible(source: Structure, seen: Columns, positions: NDArray[np.intp]) -> None:
    """Refuse rows that the model can't have produced, as far as its equations tell."""
    for name in source.graph.topological_order:
        mechanism = source.mechanisms[name]
        try:
            possible = mechanism.log_probability(seen[name], seen) > -np.inf  # NaN isn't possible either
        except InputError:  # a Python function of unknown law
            continue
        if not possible.all():
            row = int(np.argmin(possible))
            given = ", ".join(seen.describe(parent, row) for parent in mechanism.parents)
            raise InputError(
                f"row {positions[row] + 1}: {seen.describe(name, row)} is impossible{given and ' given ' + given}",
                hint="a counterfactual needs facts that the model can have produced",
            )


def _check_drawn(source: Structure, seen: Columns, draw: Draw, seed: int, positions: NDArray[np.intp]) -> None:
    """Make sure that the seed draws these very rows; otherwise its noise isn't theirs."""
    again = {name: np.empty_like(seen[name]) for name in source.variables}
    fill(source, again, seen.rows, draw)
    for name in source.graph.topological_order:
        same = _equal(again[name], seen[name])
        if not same.all():
            row = int(np.argmin(same))
            drawn = Columns(again, source.supports, seen.rows).describe(name, row)
            raise InputError(
                f"row {positions[row] + 1}: {seen.describe(name, row)} in the table, but seed {seed} draws {drawn}",
                hint="give seed, graph, coupling and interventions as they were; without a seed, noise is inferred",
            )


def _span(positions: NDArray[np.intp]) -> str:
    return f"rows {positions.min() + 1} to {positions.max() + 1}"
