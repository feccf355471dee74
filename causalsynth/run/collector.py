"""Sparing the garbage collector what a run never lets go: compiled lexicons, templates, libraries."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["rarely_collected"]

_YOUNG = 20_000
"""Objects between two collections; 700 by default in CPython up to 3.11, where a run makes thousands a text."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Leave what is there out of garbage collection, and collect less often, as long as the block lasts.

    Collections took 15 % of a run's processor time: most of what they look through is the lexicon's tries. What has no
    cycles is freed at once as ever. Does nothing for a process that has set its collector up that way itself.
    """
    before = gc.get_threshold()
    if not gc.isenabled() or before[0] >= _YOUNG or gc.get_freeze_count():
        yield
        return
    gc.freeze()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
