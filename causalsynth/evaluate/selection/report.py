"""What `selection` found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.selection.overtaking import NoOvertaking

__all__ = ["Marginal", "MethodSelection", "SelectionReport", "StratumAcceptance"]

Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """One variable among the accepted, against the target.

    Attributes
    ----------
    target, accepted
        State, or range of a number → share.
    tv
        Total variation between the two, corrected for chance.
    p_value
        Of "acceptance does not depend on this variable", exact; adjusted for all variables by Holm's method.
    """

    target: Mapping[str, float]
    accepted: Mapping[str, float]
    tv: float
    p_value: float

    def to_json(self) -> dict[str, object]:
        """Give one value of ``marginals``."""
        return {
            "target": dict(self.target),
            "accepted": dict(self.accepted),
            "tv": self.tv,
            "p_value": self.p_value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSelection:
    """What a method accepts, against the target.

    Attributes
    ----------
    accepted
        Records that it accepts, of all.
    mean_acceptance
        m = E_P φ; with the target's own weights of strata where they are known.
    chi2, tv, kl
        Divergences, corrected for chance; KL in nats.
    chi2_interval, tv_interval
        95 %, by resampling records.
    chi2_raw
        CV² of the observed shares, as a plain computation would have it: too large by chance.
    p_value
        Of "all strata are accepted alike", exact.
    bound_chi2, bound_tv
        (1 − m)/m and 1 − m at the lower end of m's exact 95 % interval: no strata whatever could show more.
    effective_sample_size
        Of the accepted records under inverse-φ weights (Kish 1965); None where some stratum has none of them.
    lost_strata
        Share of the target in strata of which nothing was accepted: no weights can bring them back.
    marginals
        By variable.
    """

    accepted: Share
    mean_acceptance: float
    chi2: float
    chi2_interval: Interval
    chi2_raw: float
    tv: float
    tv_interval: Interval
    kl: float
    p_value: float
    bound_chi2: float | None
    bound_tv: float
    effective_sample_size: float | None
    lost_strata: float
    marginals: Mapping[str, Marginal]

    def to_json(self) -> dict[str, object]:
        """Give one value of ``methods``."""
        return {
            "accepted": self.accepted.count,
            "mean_acceptance": self.mean_acceptance,
            "interval": list(self.accepted.interval),
            "chi2": self.chi2,
            "chi2_interval": _listed(self.chi2_interval),
            "chi2_raw": self.chi2_raw,
            "tv": self.tv,
            "tv_interval": _listed(self.tv_interval),
            "kl": self.kl,
            "p_value": self.p_value,
            "bound_chi2": self.bound_chi2,
            "bound_tv": self.bound_tv,
            "effective_sample_size": self.effective_sample_size,
            "lost_strata": self.lost_strata,
            "marginals": {name: each.to_json() for name, each in self.marginals.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumAcceptance:
    """How often the skeletons of a stratum are accepted.

    Attributes
    ----------
    target
        The stratum's share of the target.
    first, last
        Accepted at the first attempt, and within K, of the stratum's records.
    """

    name: str
    target: float
    first: Share
    last: Share

    def to_json(self) -> dict[str, object]:
        """Give one entry of ``strata``."""
        return {
            "stratum": self.name,
            "n": self.first.n,
            "target": self.target,
            "first": {"accepted": self.first.count, **self.first.to_json()},
            "last": {"accepted": self.last.count, **self.last.to_json()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionReport:
    """What `selection` found.

    Attributes
    ----------
    n
        Finished records.
    strata_of
        ``skeleton``: each skeleton that occurs often enough is a stratum; ``difficulty``: ranges of predicted
        acceptance, whose divergences are lower bounds.
    pooled
        Records in strata of several skeletons.
    target
        ``exact``: the strata's probabilities are the graph's; ``records``: the records are the sample of it.
    methods
        ``rejection`` (first attempts), ``loop`` (within K), and ``fallback`` where the run repairs.
    change_interval
        Of χ² of the loop minus χ² of rejection sampling: 95 %.
    overtaking
        Whether the condition is met under which iterating cannot raise χ².
    lorenz_dominates
        Whether, in the estimates, acceptance within K is spread more evenly than at first attempts at every share of
        the target, which is what the condition is for.
    strata
        The least accepted first.
    """

    n: int
    strata_of: Literal["skeleton", "difficulty", "variable"]
    pooled: int
    target: Literal["exact", "records"]
    methods: Mapping[str, MethodSelection]
    change_interval: Interval
    overtaking: NoOvertaking
    lorenz_dominates: bool
    strata: Sequence[StratumAcceptance]

    @property
    def change(self) -> float:
        """χ² of the loop minus χ² of rejection sampling."""
        return self.methods["loop"].chi2 - self.methods["rejection"].chi2

    @property
    def helped(self) -> bool | None:
        """Whether iterating lowered χ²; None where the records can't tell."""
        if self.change_interval is None or self.change_interval[0] <= 0 <= self.change_interval[1]:
            return None
        return self.change_interval[1] < 0

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate selection --json``."""
        from causalsynth.evaluate.selection.verdict import verdict

        return {
            "n": self.n,
            "strata_of": self.strata_of,
            "pooled_records": self.pooled,
            "target": self.target,
            "methods": {name: method.to_json() for name, method in self.methods.items()},
            "change": {"chi2": self.change, "interval": _listed(self.change_interval)},
            "helped": self.helped,
            "no_overtaking": self.overtaking.met,
            "overtaking": self.overtaking.to_json(),
            "lorenz_dominates": self.lorenz_dominates,
            "strata": [stratum.to_json() for stratum in self.strata],
            "verdict": verdict(self),
        }


def _listed(interval: Interval) -> list[float] | None:
    return None if interval is None else list(interval)
