"""From noise to values: structural equations evaluated in causal order, block by block."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.exogenous import Noise
from causalsynth.scm.laws import Law, Standard
from causalsynth.scm.noise import NOISE_BLOCK, blocks, check_rows, is_whole
from causalsynth.scm.skeletons import Skeletons, empty, lay_out
from causalsynth.scm.structure import Structure
from causalsynth.scm.support import Columns

__all__ = ["POSTERIOR", "draw_noise", "drawer", "evaluate", "fill", "noise_at", "pieces", "sample"]

_PLACED = re.compile(r"\S+:\d+:")

Draw: TypeAlias = Callable[[str, Law], NDArray[Any]]
"""The noise of one variable, by its law, over the rows at hand."""


POSTERIOR = "abduction\x1f"
"""Posterior draws have streams of their own: made from the prior's, they would depend on what they are to explain."""


def sample(scm: Structure, n: int, seed: int, start: int, threads: int) -> Skeletons:
    """Draw rows; see `SCM.sample`."""
    stop = _stop(seed, n, start)
    if not is_whole(threads) or threads < 1:
        raise InputError(f"{threads!r} threads can't do it", hint="give 1 or more")
    codes, numbers = empty(scm.supports, n)
    columns = lay_out(scm.supports, codes, numbers)

    def one(block: tuple[int, int, int]) -> None:
        number, first, last = block
        at = number * NOISE_BLOCK - int(start)
        part = {name: column[at + first : at + last] for name, column in columns.items()}
        fill(scm, part, last - first, drawer(scm, seed, number, first, last))

    _each(one, blocks(int(start), stop), threads)
    index = np.arange(start, stop, dtype=np.int64)
    return Skeletons(scm.supports, codes, numbers, index, int(seed), dict(scm.interventions), scm.digest())


def draw_noise(scm: Structure, n: int, seed: int, start: int) -> Noise:
    """Draw exogenous noise; see `SCM.noise`."""
    stop = _stop(seed, n, start)
    laws = {name: scm.mechanisms[name].law for name in scm.variables}
    values = _room(laws, n)
    for name, law in laws.items():  # one after the other: memory is touched for the first time in order
        for block, first, last in blocks(int(start), stop):
            at = block * NOISE_BLOCK - int(start)
            values[name][..., at + first : at + last] = law.draw(seed, scm.stream(name), block, first, last)
    streams = {name: scm.stream(name) for name in laws}
    return Noise(values, laws, streams, np.arange(start, stop, dtype=np.int64), int(seed))


def _stop(seed: int, n: int, start: int) -> int:
    if not (is_whole(n) and is_whole(start)):
        raise InputError(f"{n!r} rows from {start!r}: not whole numbers", hint="give integers")
    check_rows(seed, start, int(start) + int(n))
    return int(start) + int(n)


def _room(laws: Mapping[str, Law], rows: int) -> dict[str, NDArray[Any]]:
    """Make room for noise, all of one type in one piece: large pieces are cheaper to touch for the first time."""
    shapes = {name: law.draw(0, "", 0, 0, 0) for name, law in laws.items()}
    rooms = {}
    for dtype in {sample.dtype for sample in shapes.values()}:
        own = [name for name, sample in shapes.items() if sample.dtype == dtype]
        depth = {name: shapes[name].shape[0] if shapes[name].ndim > 1 else 1 for name in own}
        room, at = np.empty((sum(depth.values()), rows), dtype=dtype), 0
        for name in own:
            part = room[at : at + depth[name]]
            rooms[name] = part if shapes[name].ndim > 1 else part[0]
            at += depth[name]
    return {name: rooms[name] for name in laws}


def evaluate(scm: Structure, noise: Noise) -> Skeletons:
    """Evaluate the model at given noise; see `SCM.evaluate`."""
    rows = len(noise)
    codes, numbers = empty(scm.supports, rows)

    def given(variable: str, law: Law) -> NDArray[Any]:
        if scm.mechanisms[variable].deterministic:
            return law.draw(0, variable, 0, 0, rows)  # any will do
        own = noise.laws.get(variable)
        if own is not None and noise.streams[variable] == scm.stream(variable):
            if own == law:
                return noise[variable]
            if isinstance(own, Standard) and isinstance(law, Standard):
                return own.convert(noise[variable], law)
        if variable not in scm.interventions:
            raise InputError(
                f"the noise of {variable} is not what its mechanism takes ({law.name})",
                hint="take noise from `noise` or `abduct` of a model with the same mechanism",
            )
        return noise_at(law, (POSTERIOR if noise.inferred else "") + scm.stream(variable), noise.seed, noise.index)

    fill(scm, lay_out(scm.supports, codes, numbers), rows, given)
    seed = None if noise.inferred else noise.seed
    return Skeletons(scm.supports, codes, numbers, noise.index.copy(), seed, dict(scm.interventions), scm.digest())


def noise_at(law: Law, stream: str, seed: int, index: NDArray[np.int64]) -> NDArray[Any]:
    """Draw the noise of rows of any numbers, in any order."""
    if len(index) and index[0] // NOISE_BLOCK == index[-1] // NOISE_BLOCK and (np.diff(index) == 1).all():
        block, first = divmod(int(index[0]), NOISE_BLOCK)
        return law.draw(seed, stream, block, first, first + len(index))
    drawn = law.draw(0, "", 0, 0, 0)
    room = np.empty((*drawn.shape[:-1], len(index)), dtype=drawn.dtype)
    for block, positions, offsets in pieces(index):
        first = int(offsets.min())
        room[..., positions] = law.draw(seed, stream, block, first, int(offsets.max()) + 1)[..., offsets - first]
    return room


def fill(
    scm: Structure, columns: Mapping[str, NDArray[Any]], rows: int, noise: Draw, only: Collection[str] | None = None
) -> None:
    """Evaluate the mechanisms in topological order, into `columns`; those outside `only` are there already."""
    parents = Columns(columns, scm.supports, rows)
    for variable in scm.graph.topological_order:
        if only is None or variable in only:
            mechanism = scm.mechanisms[variable]
            try:
                mechanism.evaluate(noise(variable, mechanism.law), parents, columns[variable])
            except GraphError as error:
                if _PLACED.match(error.message):
                    raise
                raise GraphError(f"{variable}: {error.message}", hint=error.hint) from None


def drawer(scm: Structure, seed: int, block: int, first: int, last: int) -> Draw:
    """Give what draws the noise of the rows [first, last) of a block."""

    def draw(variable: str, law: Law) -> NDArray[Any]:
        return law.draw(seed, scm.stream(variable), block, first, last)

    return draw


def pieces(index: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.int64]]]:
    """Sort rows of any numbers into noise blocks.

    Yields
    ------
    (block, positions, offsets)
        Where in `index` the rows of the block stand, and where in the block they lie.
    """
    order = np.argsort(index, kind="stable")
    of_block = index[order] // NOISE_BLOCK
    edges = np.flatnonzero(np.diff(of_block)) + 1
    for positions in np.split(order, edges):
        if len(positions):
            block = int(index[positions[0]] // NOISE_BLOCK)
            yield block, positions, index[positions] - block * NOISE_BLOCK


def _each(job: Callable[[tuple[int, int, int]], None], of: Iterable[tuple[int, int, int]], threads: int) -> None:
    if threads == 1:
        for block in of:
            job(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(job, of):
            pass
