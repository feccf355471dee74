"""How rich a run's texts are, and whether correcting flattens them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from causalsynth.errors import InputError
from causalsynth.evaluate.richness.changes import Change, changes
from causalsynth.evaluate.richness.stages import PerText, Richness, measured
from causalsynth.ledger import Attempt, RecordStatus, final_line, leaving_attempt

__all__ = ["RichnessReport", "richness"]

_LEAST_TEXTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RichnessReport:
    """What `richness` found.

    Attributes
    ----------
    threshold
        Least Jaccard similarity, of word trigrams, of near-duplicates.
    sample
        Most texts that are compared pair by pair for the self-similarity.
    stages
        ``first``: the first usable draft of each record; ``final``: the text that it leaves the run with.
    by_round
        The final texts by how they came about: ``1``, ``2``, … for those accepted in that round, ``repaired``,
        ``unrealized``. Rounds take harder records, so that only `changes` compares like with like.
    corrected
        Records whose final text isn't their first draft.
    changes
        Their first drafts against their final texts.
    """

    threshold: float
    sample: int
    stages: Mapping[str, Richness]
    by_round: Mapping[str, Richness]
    corrected: int
    changes: Sequence[Change]

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate richness --json``."""
        return {
            "threshold": self.threshold,
            "sample": self.sample,
            "stages": {name: stage.to_json() for name, stage in self.stages.items()},
            "by_round": {name: stage.to_json() for name, stage in self.by_round.items()},
            "corrected": self.corrected,
            "changes": [change.to_json() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class _Drafts:
    """A record's first draft, its final text, and how the latter came about."""

    first: str
    final: str
    way: str


def richness(
    attempts: Iterable[Attempt],
    *,
    threshold: float = 0.8,
    sample: int = 500,
    permutations: int = 199,
    seed: int = 0,
) -> RichnessReport:
    """Measure texts, by round and before and after correcting.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    threshold
        Least Jaccard similarity, of word trigrams, of near-duplicates.
    sample
        Most texts that are compared pair by pair: for the self-similarity, and before and after correcting.
    permutations
        Swaps for each p-value.
    seed
        Draws samples and swaps.

    Raises
    ------
    InputError
        A parameter is out of range, or there are fewer than two texts.
    """
    _check(threshold, sample, permutations, seed)
    drafts = list(_drafts(attempts))
    if len(drafts) < _LEAST_TEXTS:
        raise InputError(f"{len(drafts)} texts can't be compared", hint="write more records")
    per_text = PerText.cached()

    def measure(texts: Sequence[str]) -> Richness:
        return measured(texts, per_text, threshold=threshold, sample=sample, rng=np.random.default_rng(seed))

    ways: defaultdict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        ways[draft.way].append(draft.final)
    corrected = [(draft.first, draft.final) for draft in drafts if draft.first != draft.final]
    return RichnessReport(
        threshold=threshold,
        sample=sample,
        stages={
            "first": measure([draft.first for draft in drafts]),
            "final": measure([draft.final for draft in drafts]),
        },
        by_round={way: measure(ways[way]) for way in sorted(ways, key=lambda way: (not way.isdigit(), way.zfill(9)))},
        corrected=len(corrected),
        changes=changes(
            corrected,
            per_text,
            threshold=threshold,
            sample=sample,
            permutations=permutations,
            rng=np.random.default_rng(seed),
        ),
    )


def _check(threshold: float, sample: int, permutations: int, seed: int) -> None:
    if not 0 < threshold <= 1 or sample < _LEAST_TEXTS or permutations < 1 or seed < 0:
        raise InputError(
            f"threshold {threshold:g}, sample {sample}, permutations {permutations}, seed {seed}: out of range",
            hint="give a threshold above 0 and at most 1, a sample of two texts or more, a permutation or more, and no"
            " negative seed",
        )


def _drafts(attempts: Iterable[Attempt]) -> Iterable[_Drafts]:
    """Give the drafts of each finished record that has a usable one of the realizer's."""
    for _, lines in groupby(attempts, key=lambda attempt: attempt.i):
        record = list(lines)
        last = final_line(record)
        first = next((line for line in record if line.has_usable_draft and not line.is_repair), None)
        if last is None or first is None:
            continue
        shown = leaving_attempt(record, last)
        if shown is not None and shown.draft is not None and first.draft is not None:
            yield _Drafts(first=first.draft, final=shown.draft, way=_way(record, last))


def _way(record: Sequence[Attempt], last: Attempt) -> str:
    if last.status is not RecordStatus.REALIZED:
        return str(last.status)
    return str(sum(not line.is_repair for line in record if line.k <= last.k))
