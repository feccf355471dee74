"""What correcting did to the prose: the same records' first drafts and final texts, compared in pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.richness.similarity import SHINGLE, jaccard, near_duplicates
from causalsynth.evaluate.richness.stages import PerText
from causalsynth.evaluate.richness.words import Corpus

__all__ = ["Change", "changes"]

Chosen: TypeAlias = NDArray[np.bool_]
"""One draft of each record: shape (2 records,), first drafts before final texts."""
Measure: TypeAlias = Callable[[Chosen], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure before and after.

    Attributes
    ----------
    measure
        Its name.
    n
        Records.
    before, after
        Of the first drafts and of the final texts; None where too few have it.
    interval
        Of the mean difference, 95 %, by Student's t; None of a measure that no single text has.
    p_value
        Of such a one: two-sided, from swaps of first and final within records at random, which change nothing where
        correcting leaves no trace. None otherwise.
    """

    measure: str
    n: int
    before: float | None
    after: float | None
    interval: tuple[float, float] | None = None
    p_value: float | None = None

    @property
    def difference(self) -> float | None:
        """After minus before."""
        return None if self.before is None or self.after is None else self.after - self.before

    def to_json(self) -> dict[str, object]:
        """Give one item of ``changes``."""
        return {
            "measure": self.measure,
            "n": self.n,
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "interval": None if self.interval is None else list(self.interval),
            "p_value": self.p_value,
        }


def changes(
    pairs: Sequence[tuple[str, str]],
    per_text: Callable[[str], PerText],
    *,
    threshold: float,
    sample: int,
    permutations: int,
    rng: np.random.Generator,
) -> list[Change]:
    """Compare first drafts with what became of them.

    Parameters
    ----------
    pairs
        (first draft, final text) of each record.
    per_text
        By `causalsynth.evaluate.richness.stages.PerText.cached`.
    threshold
        Least Jaccard similarity of near-duplicates.
    sample
        Most records whose texts are compared with one another.
    permutations
        Swaps for the p-values.
    rng
        Draws sample and swaps.
    """
    if not pairs:
        return []
    first = [per_text(before) for before, _ in pairs]
    final = [per_text(after) for _, after in pairs]
    found = [
        _mean_change(name, [getattr(one, name) for one in first], [getattr(one, name) for one in final])
        for name in ("words", "mattr", "mtld")
    ]
    some = [(first[place], final[place]) for place in np.sort(rng.permutation(len(pairs))[:sample])]
    return found + (_of_corpora(some, threshold, permutations, rng) if len(some) > 1 else [])


def _mean_change(name: str, before: Sequence[float | None], after: Sequence[float | None]) -> Change:
    both = [(one, other) for one, other in zip(before, after, strict=True) if one is not None and other is not None]
    values = np.array(both, dtype=float).reshape(-1, 2)
    if not both:
        return Change(measure=name, n=0, before=None, after=None)
    means = values.mean(axis=0)
    return Change(
        measure=name,
        n=len(both),
        before=float(means[0]),
        after=float(means[1]),
        interval=_t_interval(values[:, 1] - values[:, 0]),
    )


def _t_interval(differences: NDArray[np.float64]) -> tuple[float, float] | None:
    from scipy.stats import t

    if len(differences) < 2:
        return None
    centre, error = differences.mean(), differences.std(ddof=1) / np.sqrt(len(differences))
    reach = float(t.ppf(0.975, len(differences) - 1)) * error
    return float(centre - reach), float(centre + reach)


def _of_corpora(
    pairs: Sequence[tuple[PerText, PerText]], threshold: float, permutations: int, rng: np.random.Generator
) -> list[Change]:
    """Compare measures of all texts together; both sides have as many texts."""
    n = len(pairs)
    corpus = Corpus.of([*(before.tokens for before, _ in pairs), *(after.tokens for _, after in pairs)])
    sets = corpus.sets(SHINGLE)
    similarity = jaccard(sets)
    np.fill_diagonal(similarity, 0.0)
    one, other = near_duplicates(sets, threshold)

    def self_similarity(chosen: Chosen) -> float:
        picked = chosen.astype(float)
        return float(picked @ similarity @ picked) / (n * (n - 1))

    def near_duplicate_rate(chosen: Chosen) -> float:
        both = chosen[one] & chosen[other]
        return len(np.unique(np.concatenate([one[both], other[both]]))) / n

    measures: dict[str, Measure] = {
        "distinct_1": _distinct(corpus, 1),
        "distinct_2": _distinct(corpus, 2),
        "self_similarity": self_similarity,
        "near_duplicates": near_duplicate_rate,
    }
    swaps = rng.random((permutations, n)) < 0.5
    return [_corpus_change(name, measure, swaps) for name, measure in measures.items()]


def _distinct(corpus: Corpus, n: int) -> Measure:
    """Count as `causalsynth.evaluate.richness.diversity.distinct_n` does; n-grams are found but once."""
    grams, owner = corpus.ngrams(n)

    def distinct(chosen: Chosen) -> float | None:
        there = grams[chosen[owner]]
        return np.count_nonzero(np.bincount(there)) / len(there) if len(there) else None

    return distinct


def _corpus_change(name: str, measure: Measure, swaps: NDArray[np.bool_]) -> Change:
    n = swaps.shape[1]
    no_swap = np.zeros(n, dtype=bool)
    before, after = (measure(chosen) for chosen in _sides(no_swap))
    p_value = None
    if before is not None and after is not None:
        extreme = 0
        for swap in swaps:
            one, other = (measure(chosen) for chosen in _sides(swap))
            extreme += abs((other or 0) - (one or 0)) >= abs(after - before) - 1e-12
        p_value = (1 + extreme) / (1 + len(swaps))
    return Change(measure=name, n=n, before=before, after=after, p_value=p_value)


def _sides(swap: NDArray[np.bool_]) -> tuple[Chosen, Chosen]:
    """Choose one draft of each record, and the other one of each."""
    first = np.concatenate([~swap, swap])
    return first, ~first
