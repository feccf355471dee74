"""Medians, ratios and the goals that they are held to; pure arithmetic on what the probes measured."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from statistics import median

__all__ = [
    "KEPT",
    "NETWORK_GOAL",
    "OURS",
    "PEER_GOALS",
    "Goal",
    "comparison_goals",
    "medians",
    "network_goal",
    "ratios",
]

OURS = "causalsynth"
"""The sampler that every peer is compared with: its noise is retained by seed."""

KEPT = "causalsynth, noise array kept"
"""The same with the noise held in memory, which must meet the goals as well."""

Runs = Sequence[Mapping[str, float]]
"""One measurement a round."""

PEER_GOALS = {
    "pgmpy": {"cpu_s": 100.0, "peak_mb": 4.0},
    "pyagrum": {"cpu_s": 20.0},
}
"""Peer → field → how many times ours it should cost at least; stated for ALARM, 10**6 rows."""

NETWORK_GOAL = 5.0
"""How many times ALARM's the cost per cell per state of any network may be."""

_LABELS = {"cpu_s": "CPU time", "peak_mb": "peak memory"}


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal and what was measured."""

    text: str
    value: float
    wanted: float
    met: bool

    def as_json(self) -> dict[str, object]:
        """Give its fields."""
        return asdict(self)


def medians(runs: Runs) -> dict[str, float]:
    """Take each field's median over the rounds."""
    return {field: median(run[field] for run in runs) for field in runs[0]}


def ratios(peer: Runs, ours: Runs, field: str) -> dict[str, float]:
    """Compare a peer with us, both measured in the same rounds.

    Returns
    -------
    dict
        ``of_medians``: ratio of the medians; ``by_round``: median of the rounds' ratios.
    """
    pairs = [theirs[field] / own[field] for theirs, own in zip(peer, ours, strict=True)]
    of_medians = median(run[field] for run in peer) / median(run[field] for run in ours)
    return {"of_medians": of_medians, "by_round": median(pairs)}


def comparison_goals(measured: Mapping[str, Runs]) -> list[Goal]:
    """Hold both forms of ours to `PEER_GOALS`, as far as measured; of the two ratios the smaller one counts."""
    goals = []
    for ours, peer in product((OURS, KEPT), PEER_GOALS):
        if ours not in measured or peer not in measured:
            continue
        for field, wanted in PEER_GOALS[peer].items():
            value = min(ratios(measured[peer], measured[ours], field).values())
            text = f"{_LABELS[field]}: {peer} / {ours} at least {wanted:g}"
            goals.append(Goal(text, value, wanted, value >= wanted))
    return goals


def network_goal(multiples: Mapping[str, float]) -> Goal:
    """Hold the dearest network to `NETWORK_GOAL`."""
    worst = max(multiples, key=lambda name: multiples[name])
    text = f"cost per cell per state: {worst}, the dearest of {len(multiples)} / alarm at most {NETWORK_GOAL:g}"
    return Goal(text, multiples[worst], NETWORK_GOAL, multiples[worst] <= NETWORK_GOAL)
