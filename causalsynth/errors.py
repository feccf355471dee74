"""Everything that CausalSynth raises on purpose, in one tree.

::

    CausalSynthError             exit code 1
    ├── InputError               2   something that the user wrote is wrong; names file, place and remedy
    │   ├── GraphError           2   a DAG, BIF file or mechanism
    │   ├── LexiconError         2   a lexicon or a domain folder
    │   ├── PromptError          2   a template
    │   └── RunDirectoryError    2   a run directory that can't be written, or belongs to another run
    ├── RealizerError            1   one call to a language model failed
    │   ├── OverloadedError      1   429, 503, 529 or a timeout: wait, and send less
    │   ├── TransientError       1   500, 502, 504 or a broken connection: try again
    │   └── RejectedError        1   the request itself is refused (400): no use to send it again
    ├── ServerError              3   the server can't be reached, or refuses every request (401, 404)
    ├── BudgetError              4   a budget is spent
    ├── ThresholdError           5   a threshold that was asked for is missed
    └── InterruptedRunError    130   Ctrl-C; the ledger is flushed

Each carries a ``hint``: what to do about it. The command line prints ``error: MESSAGE`` and the hint, never a
traceback, and leaves with the class's ``exit_code``.
"""

from collections.abc import Iterator
from typing import ClassVar

__all__ = [
    "BudgetError",
    "CausalSynthError",
    "GraphError",
    "InputError",
    "InterruptedRunError",
    "LexiconError",
    "OverloadedError",
    "PromptError",
    "RealizerError",
    "RejectedError",
    "RunDirectoryError",
    "ServerError",
    "ThresholdError",
    "TransientError",
    "first_cause",
    "printable",
]


class CausalSynthError(Exception):
    """Base of every error raised on purpose.

    Parameters
    ----------
    message
        One line: what is wrong and where (``file:line: …`` where there is a file).
    hint
        One line: what to do about it.

    What a terminal would take for a command (control characters, in the words of a server, say) is escaped in both.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = printable(message)
        self.hint = printable(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


def printable(text: str) -> str:
    r"""Write control characters and the like as escapes.

    What servers and files say comes into messages and tables: it must not move a terminal's cursor, colour its lines or
    turn their direction.

    >>> print(printable("\x1b[2J ünd so"))
    \x1b[2J ünd so
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


class InputError(CausalSynthError):
    """Something that the user wrote is wrong."""

    exit_code = 2


class GraphError(InputError):
    """A DAG, a BIF file or a mechanism is wrong."""


class LexiconError(InputError):
    """A lexicon or a domain folder is wrong."""


class PromptError(InputError):
    """A template is wrong."""


class RunDirectoryError(InputError):
    """A run directory can't be used."""


class RealizerError(CausalSynthError):
    """One call to a language model failed.

    Parameters
    ----------
    message, hint
        As in `CausalSynthError`.
    retry_after
        Seconds that the server asked to wait, if it did.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class OverloadedError(RealizerError):
    """The server has too much to do (429, 503, 529, timeout)."""

    retryable = True


class TransientError(RealizerError):
    """The server stumbled (500, 502, 504, broken connection, unreadable answer)."""

    retryable = True


class RejectedError(RealizerError):
    """The server refuses this one request (400, 413, 422)."""


class ServerError(CausalSynthError):
    """The server can't be reached, or refuses every request."""

    exit_code = 3


class BudgetError(CausalSynthError):
    """A budget is spent."""

    exit_code = 4


class ThresholdError(CausalSynthError):
    """A threshold that was asked for is missed."""

    exit_code = 5


class InterruptedRunError(CausalSynthError):
    """The run was interrupted; everything finished is in the ledger."""

    exit_code = 130


def first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Choose the error of a task group to show: one raised on purpose before any other."""
    leaves = list(_leaves(group))
    return next((leaf for leaf in leaves if isinstance(leaf, CausalSynthError)), leaves[0])


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
