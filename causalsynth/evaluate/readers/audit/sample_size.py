"""How many documents a person has to read for a bound that is worth something."""

from scipy.special import betaincinv
from scipy.stats import binom

from causalsynth.errors import InputError

__all__ = ["sample_size", "upper_limit"]


def upper_limit(wrong: int, n: int, *, confidence: float = 0.95) -> float:
    """Give the exact one-sided upper limit of a share (Clopper & Pearson, Biometrika 26, 1934).

    Parameters
    ----------
    wrong, n
        0 ≤ wrong ≤ n. With n = 0 nothing is known: 1.
    confidence
        With this probability at least, the limit is above the true share.
    """
    return 1.0 if wrong >= n else float(betaincinv(wrong + 1, n - wrong, confidence))


def sample_size(bound: float, *, confidence: float = 0.95, errors: int = 0) -> int:
    """Give the fewest documents of which `errors` may be wrong with the upper limit still at most `bound`.

    The least n with P(Bin(n, bound) ≤ errors) ≤ 1 - confidence; without errors ln(1 - confidence) / ln(1 - bound),
    rounded up.

    Parameters
    ----------
    bound
        Above 0, below 1.
    confidence
        Above 0, below 1.
    errors
        How many may be found.

    Raises
    ------
    InputError
        A parameter is out of its range.
    """
    if not (0 < bound < 1 and 0 < confidence < 1 and errors >= 0):
        raise InputError(
            f"bound {bound:g}, confidence {confidence:g}, errors {errors}: no such audit",
            hint="bound and confidence lie between 0 and 1, e.g. .01 and .95",
        )

    def suffices(n: int) -> bool:
        return bool(binom.cdf(errors, n, bound) <= 1 - confidence)

    most = errors + 1
    while not suffices(most):
        most *= 2
    least = most // 2
    while least + 1 < most:  # `least` doesn't suffice, `most` does
        middle = (least + most) // 2
        least, most = (least, middle) if suffices(middle) else (middle, most)
    return most
