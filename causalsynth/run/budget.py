"""What a run may cost. A budget is the run's: what earlier commands spent on it counts.

When one is spent no further call begins; those under way come in and are stored, for they are paid for. So a budget
may be passed by what is in flight, at most `--concurrency` calls.
"""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from causalsynth.errors import InputError
from causalsynth.ledger import Attempt
from causalsynth.run.config import RunConfig
from causalsynth.run.state import Spent

__all__ = ["Budget", "Prices"]

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([smhd]?)")


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in whatever currency."""

    prompt: float
    completion: float

    @classmethod
    def parse(cls, text: str) -> "Prices":
        """Read ``0.5,1.5``: of the prompt and of the answer.

        Raises
        ------
        InputError
            Anything else.
        """
        try:
            prompt, completion = (float(part) for part in text.split(","))
        except ValueError:
            prompt = completion = math.nan
        if not (0 <= prompt < math.inf and 0 <= completion < math.inf):
            raise InputError(f"--price {text}: not two prices", hint="write e.g. 0.5,1.5: per million tokens in, out")
        return cls(prompt, completion)

    def of(self, prompt: int, completion: int) -> float:
        """Give what so many tokens cost."""
        return (prompt * self.prompt + completion * self.completion) / 1e6


def parse_seconds(text: str) -> float:
    """Read ``90``, ``30m``, ``2h`` or ``1.5d`` as seconds.

    Raises
    ------
    InputError
        Anything else, or no time at all.
    """
    match = _DURATION.fullmatch(text.strip())
    seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if seconds <= 0:
        raise InputError(f"--max-time {text}: not a time", hint="write e.g. 90 (seconds), 30m, 2h or 1d")
    return seconds


def parse_failures(text: str, n: int) -> int:
    """Read ``50``, or ``2%`` of the run's `n` records, as a number of calls; 0: the first one is too many.

    Raises
    ------
    InputError
        Anything else.
    """
    number = text.strip().removesuffix("%")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    share = text.strip().endswith("%")
    if not 0 <= value < math.inf or (value > 100 if share else value != int(value)):
        raise InputError(
            f"--max-failures {text}: not a number of calls", hint="write e.g. 50, or 2% (of the records, at most 100%)"
        )
    return math.floor(value / 100 * n) if share else int(value)


@dataclass(slots=True, kw_only=True)
class Budget:
    """Counts what a run spends, and tells when it is enough.

    Attributes
    ----------
    spent
        By all commands on this run so far; kept up by `count`.
    tokens
        Most tokens, prompts and answers together.
    cost
        Most money; needs `prices`.
    failures
        Most calls that bring no draft that could be used.
    seconds
        Longest time for this command alone.
    """

    spent: Spent = field(default_factory=Spent)
    tokens: int | None = None
    cost: float | None = None
    prices: Prices | None = None
    failures: int | None = None
    seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    _began: float = 0.0

    def __post_init__(self) -> None:
        self._began = self.clock()

    @classmethod
    def of(cls, config: RunConfig) -> Self:
        """Read the budgets of a configuration.

        Raises
        ------
        InputError
            One of them isn't understood.
        """
        return cls(
            tokens=config.max_total_tokens,
            cost=config.max_cost,
            prices=None if config.price is None else Prices.parse(config.price),
            failures=None if config.max_failures is None else parse_failures(config.max_failures, config.n),
            seconds=None if config.max_time is None else parse_seconds(config.max_time),
        )

    def count(self, attempt: Attempt) -> None:
        """Take note of one attempt.

        Raises
        ------
        InputError
            The server does not count tokens, so that a budget of them would never be spent.
        """
        usage = attempt.usage
        self.spent.prompt += usage.get("prompt", 0)
        self.spent.completion += usage.get("completion", 0)
        self.spent.failures += attempt.error is not None
        answered = attempt.draft is not None and not attempt.is_repair
        if answered and not usage and (self.tokens is not None or self.cost is not None):
            raise InputError(
                "the server does not say how many tokens an answer took, so no budget of them can hold",
                hint="use --max-time instead",
            )

    @property
    def reason(self) -> str | None:
        """What is spent, in words; None while there is some of everything left."""
        spent = self.spent
        total = spent.prompt + spent.completion
        if self.tokens is not None and total >= self.tokens:
            return f"{total} tokens of --max-total-tokens {self.tokens} are spent"
        if self.cost is not None and self.prices is not None:
            cost = self.prices.of(spent.prompt, spent.completion)
            if cost >= self.cost:
                return f"{cost:.2f} of --max-cost {self.cost:g} is spent"
        if self.failures is not None and spent.failures > self.failures:
            return f"{spent.failures} calls brought no draft, more than the {self.failures} of --max-failures"
        if self.seconds is not None and self.clock() - self._began >= self.seconds:
            return f"the {self.seconds:g} seconds of --max-time are over"
        return None
