"""A share of a run's records, for one of several writers."""

import re
from dataclasses import dataclass
from typing import Self

from causalsynth.errors import InputError

__all__ = ["Shard"]

_MOST = 10_000
_PART = re.compile(r"part-(\d+)-of-(\d+)\.jsonl")


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The records with ``index % count == number - 1``: neighbours go to different writers, which evens out the work.

    Attributes
    ----------
    number
        From 1 to `count`.
    count
        Writers in all.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2/8``.

        Raises
        ------
        InputError
            Anything else.
        """
        number, slash, count = text.partition("/")
        if slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= _MOST:
            return cls(int(number), int(count))
        raise InputError(f"--shard {text}: not a share of the records", hint="write e.g. 2/8 for the second of eight")

    @classmethod
    def of_part(cls, name: str) -> Self | None:
        """Tell whose ledger part a file is by its name; None for any other file."""
        match = _PART.fullmatch(name)
        return cls(int(match[1]), int(match[2])) if match else None

    @property
    def part(self) -> str:
        """Name of its ledger part."""
        return f"part-{self.number:04d}-of-{self.count:04d}.jsonl"

    def holds(self, index: int) -> bool:
        """Tell whether a record is in it."""
        return index % self.count == self.number - 1

    def size(self, n: int) -> int:
        """Count its records among the first `n`."""
        return len(range(self.number - 1, n, self.count))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"
