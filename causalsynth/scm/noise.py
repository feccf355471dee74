"""Exogenous noise as a pure function of (seed, variable, row).

Each variable has a stream of its own, keyed by its *name*: adding, removing or reordering variables disturbs
no other's noise, and so an intervention leaves everything that isn't downstream bit-identical. Rows come in
blocks of `NOISE_BLOCK`, each seeded on its own, so that any range of rows can be drawn without what lies
before it.
"""

import random
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.random import SFC64, SeedSequence
from numpy.typing import NDArray

from causalsynth.errors import InputError

__all__ = ["NOISE_BITS", "NOISE_BLOCK", "blocks", "stream", "uniform31"]

NOISE_BLOCK = 16384
"""Rows in a block. Changing it changes every data set: it is part of the format."""

NOISE_BITS = 31
"""Resolution of the noise: probabilities are met to 2**-32."""


def uniform31(seed: int, variable: str, start: int, stop: int) -> NDArray[np.uint32]:
    """Draw one variable's noise for the rows [start, stop).

    Parameters
    ----------
    seed
        Any integer from 0.
    variable
        Its name; the stream's key.
    start, stop
        Rows, 0 ≤ start ≤ stop.

    Returns
    -------
    array of uint32, shape (stop - start,)
        Uniform on 0 … 2**31 - 1; independent over rows, variables and seeds.

    Raises
    ------
    InputError
        A negative or non-integer seed, or not a range of rows.
    """
    check_rows(seed, start, stop)
    noise = np.empty(stop - start, dtype=np.uint32)
    for block, first, last in blocks(start, stop):
        at = block * NOISE_BLOCK + first - start
        noise[at : at + last - first] = block_noise(seed, variable, block, first, last)
    return noise


def stream(seed: int, purpose: str, *index: int) -> random.Random:
    """Open the stream of every other choice made for one record.

    Parameters
    ----------
    seed
        The run's seed.
    purpose
        What is chosen, e.g. ``"style"``; each purpose has a stream of its own.
    index
        Whose choice it is: record, or record and attempt.

    Returns
    -------
    random.Random
        The same on every machine, Python and hash seed.
    """
    key = "\x1f".join([str(int(seed)), purpose, *(str(int(part)) for part in index)])
    return random.Random(int.from_bytes(blake2b(key.encode(), digest_size=32).digest(), "little"))


def check_rows(seed: int, start: int, stop: int) -> None:
    """Refuse a seed or a range of rows that means nothing (InputError)."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed {seed!r} is not an integer from 0", hint="give a seed such as 0 or 20240501")
    if start < 0 or stop < start:
        raise InputError(f"rows {start} to {stop} are not a range", hint="the first row is 0, and n can't be negative")


def blocks(start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Split rows [start, stop) into (block, first, last), the latter two counted from the block's start."""
    for block in range(start // NOISE_BLOCK, -(-stop // NOISE_BLOCK) if stop > start else 0):
        origin = block * NOISE_BLOCK
        yield block, max(start - origin, 0), min(stop - origin, NOISE_BLOCK)


def block_noise(seed: int, variable: str, block: int, first: int, last: int) -> NDArray[np.uint32]:
    """Draw the rows [first, last) of one block; arguments are taken as checked."""
    generator = SFC64(SeedSequence(int(seed), spawn_key=(*_name_words(variable), block)))
    # One 64-bit word holds two rows, low half first. Rows are drawn from the block's beginning, whatever
    # `first`.
    words = generator.random_raw((last + 1) // 2)
    halves: NDArray[np.uint32] = words.astype("<u8", copy=False).view("<u4")[first:last]
    return np.right_shift(halves, np.uint32(32 - NOISE_BITS))


@lru_cache(maxsize=8192)
def _name_words(variable: str) -> tuple[int, ...]:
    digest = blake2b(variable.encode(), digest_size=16, person=b"causalsynth-var").digest()
    return tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
