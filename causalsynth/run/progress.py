"""What a person sees while a run goes on: a live line on a terminal, plain lines off it."""

import sys
import time
from collections import Counter
from types import TracebackType
from typing import Protocol, Self

from causalsynth.ledger import Attempt, RecordStatus

__all__ = ["Display", "LiveDisplay", "PlainDisplay", "SilentDisplay", "make_display"]

_REFRESH_HZ = 4
_PLAIN_SECONDS = 5.0
_ETA_AFTER = 20
"""Records after which a remaining time is worth showing."""


class Tally:
    """Counts finished records; O(1) an attempt."""

    def __init__(self, n: int, done: int) -> None:
        self.n = n
        self.done = done
        self.statuses: Counter[RecordStatus] = Counter()
        self.attempts = 0
        self._started = time.monotonic()
        self._fresh = 0

    def add(self, attempt: Attempt) -> bool:
        """Count an attempt; tell whether it finished a record."""
        self.attempts += not attempt.is_repair
        if attempt.status is None:
            return False
        self.statuses[attempt.status] += 1
        self.done += 1
        self._fresh += 1
        return True

    def describe(self) -> str:
        """Give the counts in words."""
        counts = [f"{count} {status}" for status in RecordStatus if (count := self.statuses[status])]
        return ", ".join([*counts, f"{self.attempts} attempts"])

    def remaining(self) -> str:
        """Give the time left, once there is something to base it on."""
        if self._fresh < _ETA_AFTER or self.done >= self.n:
            return ""
        seconds = (time.monotonic() - self._started) / self._fresh * (self.n - self.done)
        return f", about {seconds:.0f} s left" if seconds < 120 else f", about {seconds / 60:.0f} min left"


class Display(Protocol):
    """Shows a run's progress; used as a context manager."""

    def attempted(self, attempt: Attempt) -> None:
        """Take note of one stored attempt."""
        ...

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Show the last state."""
        ...


class SilentDisplay:
    """Shows nothing: the API's default."""

    def attempted(self, attempt: Attempt) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class PlainDisplay(SilentDisplay):
    """Writes a line to stderr at the start, every few seconds, and at the end.

    Parameters
    ----------
    n
        Records of the run.
    done
        Records already finished by an earlier run.
    title
        What is being done.
    """

    def __init__(self, n: int, done: int, title: str) -> None:
        self._tally = Tally(n, done)
        self._title = title
        self._shown_at = 0.0

    def attempted(self, attempt: Attempt) -> None:
        """Count, and write a line when it is time."""
        self._tally.add(attempt)
        if time.monotonic() - self._shown_at >= _PLAIN_SECONDS:
            self._show()

    def __enter__(self) -> Self:
        self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show()

    def _show(self) -> None:
        tally = self._tally
        self._shown_at = time.monotonic()
        print(
            f"{self._title}: {tally.done}/{tally.n} ({tally.describe()}{tally.remaining()})",
            file=sys.stderr,
            flush=True,
        )


class LiveDisplay(SilentDisplay):
    """A bar on the terminal, redrawn a few times a second whatever the record rate."""

    def __init__(self, n: int, done: int, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._tally = Tally(n, done)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[counts]}", markup=False),
            console=Console(stderr=True),
            refresh_per_second=_REFRESH_HZ,
        )
        self._task = self._progress.add_task(title, total=n, completed=done, counts="")
        self._shown_at = 0.0

    def attempted(self, attempt: Attempt) -> None:
        """Count, and hand the counts to the bar when it is time."""
        self._tally.add(attempt)
        if time.monotonic() - self._shown_at >= 1 / _REFRESH_HZ:
            self._update()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._update()
        self._progress.stop()

    def _update(self) -> None:
        tally = self._tally
        self._shown_at = time.monotonic()
        counts = tally.describe() + tally.remaining()
        self._progress.update(self._task, completed=tally.done, counts=counts)


def make_display(n: int, done: int, title: str) -> Display:
    """Choose by where stderr goes."""
    return LiveDisplay(n, done, title) if sys.stderr.isatty() else PlainDisplay(n, done, title)
