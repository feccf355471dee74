"""How far a run is: which records are finished, what was spent, and the attempts of those that are under way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from causalsynth.ledger import Attempt, RecordStatus, parse_line
from causalsynth.ledger.scan import Mark, iter_marks, mark_of
from causalsynth.run.shard import Shard

__all__ = ["LedgerState", "Spent"]


@dataclass(slots=True)
class Spent:
    """What all attempts so far have cost.

    Attributes
    ----------
    prompt, completion
        Tokens, as far as the server counted them.
    failures
        Calls that brought no draft that could be used.
    """

    prompt: int = 0
    completion: int = 0
    failures: int = 0

    def add(self, mark: Mark) -> None:
        """Count one line."""
        self.prompt += mark.prompt
        self.completion += mark.completion
        self.failures += mark.failed


@dataclass(slots=True)
class _UnderWay:
    """A record that is not finished: its lines since an earlier pass ended it, and the attempts until then."""

    spent: int = 0
    lines: dict[int, bytes] = field(default_factory=dict)


class LedgerState:
    """What a ledger's lines, taken in their order, say of every record.

    Parameters
    ----------
    retry
        The pass over failed records that is to be done: a record that an earlier pass left repaired or unrealized is
        not finished then. 0: the run itself.
    """

    def __init__(self, retry: int = 0) -> None:
        self.retry = retry
        self.finished: set[int] = set()
        self.spent = Spent()
        self._under_way: dict[int, _UnderWay] = {}

    @classmethod
    def read(cls, files: Iterable[Path], retry: int = 0) -> "LedgerState":
        """Read ledger files.

        Raises
        ------
        RunDirectoryError
            A line is malformed.
        """
        state = cls(retry)
        for file in files:
            for mark, line in iter_marks(file):
                state.add(mark, line)
        return state

    @classmethod
    def of(cls, attempts: Iterable[Attempt], retry: int = 0) -> "LedgerState":
        """Take attempts that are in memory."""
        state = cls(retry)
        for attempt in attempts:
            line = attempt.to_line().encode()
            state.add(mark_of(line), line)
        return state

    def add(self, mark: Mark, line: bytes) -> None:
        """Take in one line."""
        self.spent.add(mark)
        if mark.retry > self.retry or mark.i in self.finished:
            return
        if mark.status is not None and self._settles(mark.status, mark.retry):
            self.finished.add(mark.i)
            self._under_way.pop(mark.i, None)
            return
        # Whatever the order: of several files the later passes may be read first.
        record = self._under_way.setdefault(mark.i, _UnderWay())
        if mark.status is None:
            record.lines[mark.k] = line
        elif mark.k > record.spent:
            record.spent = mark.k
            record.lines = {k: kept for k, kept in record.lines.items() if k > mark.k}

    def _settles(self, status: RecordStatus, retry: int) -> bool:
        return status is RecordStatus.REALIZED or retry >= self.retry

    def unfinished(self, indices: range, shard: Shard | None = None) -> list[int]:
        """Give those of `indices` that are still to be written; of a share its own only."""
        return [i for i in indices if i not in self.finished and (shard is None or shard.holds(i))]

    def covers(self, n: int) -> bool:
        """Tell whether all of the first `n` records are finished."""
        return len(self.finished) >= n and self.finished.issuperset(range(n))

    def spent_on(self, index: int) -> int:
        """Give the attempts that earlier passes spent on a record."""
        record = self._under_way.get(index)
        return record.spent if record else 0

    def past(self, index: int) -> list[Attempt]:
        """Give an unfinished record's attempts in this pass, in order and without a gap."""
        record = self._under_way.get(index, _UnderWay())
        past: list[Attempt] = []
        while (line := record.lines.get(record.spent + len(past) + 1)) is not None:
            past.append(parse_line(line))
        return past
