"""Where attempts come in, whoever brings them: stored first, then shown and counted."""

from collections.abc import Callable
from dataclasses import dataclass

from causalsynth.ledger import Attempt
from causalsynth.run.budget import Budget
from causalsynth.run.store import Store

__all__ = ["Intake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes the attempts of a run.

    Attributes
    ----------
    store
        Has every attempt before it counts.
    budget
        Says when no further call is to begin.
    show
        Is told of each attempt that is stored; must be quick.
    """

    store: Store
    budget: Budget
    show: Callable[[Attempt], None]

    def take(self, attempt: Attempt) -> None:
        """Store one attempt, show it and count it.

        Raises
        ------
        RunDirectoryError
            It can't be stored.
        InputError
            Its tokens can't be counted, and there is a budget of them.
        """
        self.store.append(attempt)
        self.show(attempt)
        self.budget.count(attempt)

    @property
    def is_over(self) -> bool:
        """Whether a budget is spent."""
        return self.budget.reason is not None
