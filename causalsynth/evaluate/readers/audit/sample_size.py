"""How many documents a person has to read for a bound that is worth something."""

from collections.abc import Callable

from causalsynth.errors import InputError

__all__ = ["sample_size", "upper_limit"]


def upper_limit(wrong: int, n: int, *, confidence: float = 0.95, documents: int | None = None) -> float:
    """Give the exact one-sided upper limit of the share of wrong documents.

    Parameters
    ----------
    wrong, n
        0 ≤ wrong ≤ n, of n documents drawn at random without replacement. With n = 0 nothing is known: 1.
    confidence
        With this probability at least, the limit is not below the true share.
    documents
        How many there are, N: the limit is M / N for the greatest M with P(Hypergeometric(N, M, n) ≤ wrong) above
        1 - confidence. None: more than can be counted, the limit of Clopper & Pearson (Biometrika 26, 1934).
    """
    from scipy.special import betaincinv
    from scipy.stats import hypergeom

    if wrong >= n:
        return 1.0 if documents is None or not n else (documents - n + wrong) / documents
    if documents is None:
        return float(betaincinv(wrong + 1, n - wrong, confidence))
    # With all of the unread wrong the share can't be greater; `first` finds the least that is ruled out.
    ruled_out = _first(lambda bad: hypergeom.cdf(wrong, documents, bad, n) <= 1 - confidence, wrong, documents)
    return min(ruled_out - 1, documents - n + wrong) / documents


def sample_size(bound: float, *, confidence: float = 0.95, errors: int = 0, documents: int | None = None) -> int:
    """Give the fewest documents of which `errors` may be wrong with the upper limit still at most `bound`.

    The least n for which so few errors have a probability of at most 1 - confidence wherever more than `bound` of the
    documents are wrong; without errors and a number of documents ln(1 - confidence) / ln(1 - bound), rounded up.

    Parameters
    ----------
    bound
        Above 0, below 1.
    confidence
        Above 0, below 1.
    errors
        How many may be found.
    documents
        How many there are; all of them where fewer don't do. None: more than can be counted.

    Raises
    ------
    InputError
        A parameter is out of its range, or so many errors among all documents are more than the bound.
    """
    from scipy.stats import binom, hypergeom

    if not (0 < bound < 1 and 0 < confidence < 1 and errors >= 0):
        raise InputError(
            f"bound {bound:g}, confidence {confidence:g}, errors {errors}: no such audit",
            hint="bound and confidence lie between 0 and 1, e.g. .01 and .95",
        )
    if documents is None:
        return _first(lambda n: binom.cdf(errors, n, bound) <= 1 - confidence, errors, None)
    most = int(bound * documents + 1e-9)
    if errors > most:
        raise InputError(
            f"{errors} wrong ones of {documents} documents are more than {bound:g}, however many are read",
            hint=f"allow at most {most}, or take a higher --bound",
        )
    too_many = min(most + 1, documents)
    least = _first(lambda n: hypergeom.cdf(errors, documents, too_many, n) <= 1 - confidence, errors, documents)
    return min(least, documents)


def _first(holds: Callable[[int], bool], fails: int, end: int | None) -> int:
    """Find the least whole number above `fails` for which `holds`; `end` + 1 where none up to `end` does."""
    step = 1
    while (end is None or fails + step <= end) and not holds(fails + step):
        fails, step = fails + step, 2 * step
    reached = fails + step if end is None else min(fails + step, end + 1)
    while fails + 1 < reached:
        middle = (fails + reached) // 2
        fails, reached = (fails, middle) if holds(middle) else (middle, reached)
    return reached
