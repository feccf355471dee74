r"""Selection by acceptance, in exact arithmetic.

A skeleton u is drawn with probability P(u) and accepted with probability φ(u). What is accepted follows the law
A(u) = P(u)·φ(u) / E_P φ, so that

- χ²(A‖P) = Σ (A − P)² / P = Var_P(φ) / (E_P φ)² = CV²(φ),
- TV(A, P) = ½ Σ |A − P|,
- KL(A‖P) = Σ A·ln(A / P).

With p_k(u) the chance that attempt k at u is accepted if it is made, φ_K(u) = 1 − Π_{k≤K} (1 − p_k(u)).

**No overtaking.** Let φ_K = g(φ₁) with g non-decreasing, and φ_K/φ₁ non-increasing in φ₁. Then φ_K Lorenz-dominates φ₁
under P: for every share of P, the least accepted u of that share hold no smaller a part of E φ_K than of E φ₁. It is a
theorem on progressive taxes, φ₁ being income before and φ_K after (Fellman, Econometrica 44, 1976, 823; Jakobsson,
Journal of Public Economics 5, 1976, 161). The Lorenz-dominating one has the smaller E h(φ/E φ) for every convex h
(Atkinson, Journal of Economic Theory 2, 1970, 244), and χ², TV and KL are of this form: more attempts can raise none of
them. Both parts of the condition are one statement on pairs: whoever ends ahead was ahead, by at least that factor,

    φ_K(s) > φ_K(t)  ⟹  φ₁(s) > φ₁(t)  and  φ_K(s)·φ₁(t) ≤ φ_K(t)·φ₁(s).

Functions take and give `fractions.Fraction` where they are given such, so that no rounding decides anything.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise, permutations

__all__ = ["accepted", "chi2", "kl", "lorenz_dominates", "no_overtaking", "tv", "within"]

Numbers = Sequence[Fraction]


def within(attempts: Sequence[Numbers]) -> list[Fraction]:
    """Give φ_K.

    Parameters
    ----------
    attempts
        p_1 … p_K, each with one entry a state.
    """
    return [1 - math.prod((1 - p for p in of_state), start=Fraction(1)) for of_state in zip(*attempts, strict=True)]


def accepted(target: Numbers, phi: Numbers) -> list[Fraction]:
    """Give the law of what is accepted.

    Raises
    ------
    ValueError
        Nothing is ever accepted, or the two differ in length.
    """
    joint = [p * a for p, a in zip(target, phi, strict=True)]
    mean = sum(joint, start=Fraction(0))
    if not mean > 0:
        raise ValueError("nothing is ever accepted")
    return [part / mean for part in joint]


def chi2(target: Numbers, phi: Numbers) -> Fraction:
    """Give χ²(accepted‖target) = CV²(φ)."""
    mean = sum((p * a for p, a in zip(target, phi, strict=True)), start=Fraction(0))
    square = sum((p * a * a for p, a in zip(target, phi, strict=True)), start=Fraction(0))
    if not mean > 0:
        raise ValueError("nothing is ever accepted")
    return square / mean**2 - 1


def tv(target: Numbers, phi: Numbers) -> Fraction:
    """Give the total variation between accepted and target."""
    pairs = zip(target, accepted(target, phi), strict=True)
    return sum((abs(a - p) for p, a in pairs), start=Fraction(0)) / 2


def kl(target: Numbers, phi: Numbers) -> float:
    """Give KL(accepted‖target) in nats."""
    pairs = zip(target, accepted(target, phi), strict=True)
    return math.fsum(float(a) * math.log(float(a) / float(p)) for p, a in pairs if a)


def no_overtaking(first: Numbers, last: Numbers) -> bool:
    """Tell whether φ_K keeps the order of φ₁, ties as ties, and φ_K/φ₁ does not increase with φ₁.

    Parameters
    ----------
    first, last
        φ₁ and φ_K of each state that has positive probability.
    """
    states = zip(first, last, strict=True)
    return all(
        (one > other and last_one * other <= last_other * one)
        for (one, last_one), (other, last_other) in permutations(states, 2)
        if last_one > last_other
    )


def lorenz_dominates(target: Numbers, phi: Numbers, other: Numbers) -> bool:
    """Tell whether φ is spread at least as evenly over the target as `other`.

    The Lorenz curve of φ, the part of E φ that the least accepted share of P holds, is nowhere below that of `other`.
    """
    ours, theirs = _lorenz(target, phi), _lorenz(target, other)
    # Two concave-up, piecewise linear curves: the first is nowhere below the second if it isn't at any kink.
    places = [share for share, _ in (*ours, *theirs)]
    return all(_at(ours, share) >= _at(theirs, share) for share in places)


def _lorenz(target: Numbers, phi: Numbers) -> list[tuple[Fraction, Fraction]]:
    """Give the kinks of the curve: share of the target, and of what is accepted."""
    order = sorted(range(len(phi)), key=lambda state: phi[state])
    parts = accepted(target, phi)
    total = sum(target, start=Fraction(0))
    shares = accumulate((target[state] / total for state in order), initial=Fraction(0))
    held = accumulate((parts[state] for state in order), initial=Fraction(0))
    return list(zip(shares, held, strict=True))


def _at(curve: Sequence[tuple[Fraction, Fraction]], share: Fraction) -> Fraction:
    for (left, low), (right, high) in pairwise(curve):
        if left <= share <= right and right > left:
            return low + (high - low) * (share - left) / (right - left)
    return Fraction(0)
