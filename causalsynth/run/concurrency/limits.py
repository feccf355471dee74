"""The bounds that a user sets: ``--concurrency auto``, ``N`` or ``LO-HI``."""

from dataclasses import dataclass

from causalsynth.errors import InputError

__all__ = ["Limits"]

AUTO_LOW = 4
AUTO_HIGH = 1024
"""vLLM runs up to 1,024 sequences at once by default on GPUs of 70 GiB and more (``max_num_seqs``; 256 on smaller
ones) and queues the rest. A server that takes fewer shows it long before, by its queue, by complaints, or by giving no
more tokens per second."""
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Fewest and most requests under way at once."""

    low: int
    high: int

    @classmethod
    def parse(cls, text: str) -> "Limits":
        """Read ``auto``, ``N`` or ``LO-HI``.

        Raises
        ------
        InputError
            Anything else.
        """
        if text == "auto":
            return cls(AUTO_LOW, AUTO_HIGH)
        low, dash, high = text.partition("-")
        try:
            limits = cls(int(low), int(high if dash else low))
        except ValueError:
            limits = cls(0, 0)
        if not 1 <= limits.low <= limits.high <= _MOST:
            raise InputError(
                f"--concurrency {text}: not a number of requests",
                hint="give auto, a number such as 32, or 8-64",
            )
        return limits
