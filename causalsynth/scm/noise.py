"""Exogenous noise as a pure function of (seed, variable, row).

Each variable has a stream of its own, keyed by its *name*: adding, removing or reordering variables disturbs
no other's noise, and so an intervention leaves everything that isn't downstream bit-identical. Rows come in
blocks of `NOISE_BLOCK`, each seeded on its own, so that any range of rows can be drawn without what lies
before it.

A block's generator is SFC64, seeded by a BLAKE2b digest of (seed, block, variable): a tenth of the cost of a
`SeedSequence`, which counts where a network has a thousand variables. What a row takes from it depends on the
variable's mechanism (`causalsynth.scm.laws`): half a 64-bit word for a table, one word or more for other noise.
"""

import random
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.random import SFC64
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from causalsynth.errors import InputError

__all__ = ["NOISE_BITS", "NOISE_BLOCK", "NOISE_VERSION", "block_words", "blocks", "halves", "stream", "uniform31"]

NOISE_BLOCK = 16384
"""Rows in a block. Changing it changes every data set: it is part of the format."""

NOISE_BITS = 31
"""Resolution of a table's noise: probabilities are met to 2**-32."""

LAST_ROW = 2**63 - 1
"""Row numbers are int64."""

NOISE_VERSION = 2
"""Counts up whenever the same seed comes to mean other rows."""


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
        noise[at : at + last - first] = halves(seed, variable, block, first, last)
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


def check_seed(seed: int) -> int:
    """Give the seed as an int; refuse what isn't an integer from 0 (InputError)."""
    if not is_whole(seed) or seed < 0:
        raise InputError(f"seed {seed!r} is not an integer from 0", hint="give a seed such as 0 or 20240501")
    return int(seed)


def check_rows(seed: int, start: int, stop: int) -> None:
    """Refuse a seed or a range of rows that means nothing (InputError)."""
    check_seed(seed)
    if not (is_whole(start) and is_whole(stop)) or start < 0 or stop < start:
        raise InputError(f"rows {start} to {stop} are not a range", hint="the first row is 0, and n can't be negative")
    if stop > LAST_ROW:
        raise InputError(f"row {stop} is beyond the last, 2**63 - 1", hint="give fewer rows, or a lower start")


def is_whole(number: object) -> bool:
    """Tell whether an object is an integer; a bool is none."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def blocks(start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Split rows [start, stop) into (block, first, last), the latter two counted from the block's start."""
    for block in range(start // NOISE_BLOCK, -(-stop // NOISE_BLOCK) if stop > start else 0):
        origin = block * NOISE_BLOCK
        yield block, max(start - origin, 0), min(stop - origin, NOISE_BLOCK)


def block_words(seed: int, variable: str, block: int, count: int, family: bytes) -> NDArray[np.uint64]:
    """Draw the first `count` 64-bit words of one block; arguments are taken as checked.

    Laws that cut words up differently are of different families and share none: row i of one would be row j of another.
    """
    key = b"%d/%d/%s" % (int(seed), block, variable.encode(errors="surrogatepass"))
    digest = blake2b(key, digest_size=24, person=b"causalsynth-" + family).digest()
    # numpy takes any ISeedSequence; its type stubs know SeedSequence only.
    words: NDArray[np.uint64] = SFC64(_Key(digest)).random_raw(count)  # type: ignore[arg-type]
    return words


def halves(seed: int, variable: str, block: int, first: int, last: int) -> NDArray[np.uint32]:
    """Draw 31-bit noise for the rows [first, last) of one block; arguments are taken as checked."""
    # One 64-bit word holds two rows, low half first. Rows are drawn from the block's beginning, whatever `first`.
    words = block_words(seed, variable, block, (last + 1) // 2, b"half")
    pairs: NDArray[np.uint32] = words.astype("<u8", copy=False).view("<u4")[first:last]
    return np.right_shift(pairs, np.uint32(32 - NOISE_BITS))


class _Key(ISeedSequence):
    """A digest as the seed of a bit generator."""

    def __init__(self, digest: bytes) -> None:
        self._digest = digest

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[Any]:
        """Give the digest as `n_words` numbers: SFC64 asks for three of 64 bits."""
        return np.frombuffer(self._digest, dtype=np.dtype(dtype).newbyteorder("<"), count=n_words).astype(dtype)
