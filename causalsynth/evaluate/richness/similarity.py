"""How alike texts are: by the word trigrams that two of them share."""

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.richness.words import Sets

__all__ = ["SHINGLE", "jaccard", "mean_pairwise", "near_duplicates"]

SHINGLE = 3
"""Words of an n-gram."""
_BLOCK = 1024
_SLACK = 1e-12


def jaccard(sets: Sets) -> NDArray[np.float64]:
    """Give the Jaccard similarity of all pairs, shape (texts, texts); 0 where both are empty."""
    shared = np.asarray((sets @ sets.T).todense(), dtype=float)
    size = np.asarray(sets.sum(axis=1)).ravel()
    union = size[:, None] + size[None, :] - shared
    similarity: NDArray[np.float64] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return similarity


def mean_pairwise(similarity: NDArray[np.float64]) -> float | None:
    """Give the mean over all pairs of different texts; None with fewer than two."""
    n = len(similarity)
    return float((similarity.sum() - np.trace(similarity)) / (n * (n - 1))) if n > 1 else None


def near_duplicates(sets: Sets, threshold: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find all pairs of texts with a Jaccard similarity of at least `threshold`; exactly, and by no chance.

    Two sets that are so alike share one of the |x| - ⌈t |x|⌉ + 1 rarest members of each (prefix filtering: Bayardo, Ma
    & Srikant, WWW 2007), and t / (1 + t) · (|x| + |y|) members in all, of which no more than what is behind one of the
    prefixes can lie outside both: so that most pairs need not be looked at.

    Parameters
    ----------
    sets
        Of n-grams; empty ones are like none.
    threshold
        t, above 0 and at most 1.

    Returns
    -------
    tuple
        Positions of the one and the other, the former smaller.
    """
    size = np.asarray(sets.sum(axis=1)).ravel()
    prefixes = _rarest(sets, size - np.ceil(threshold * size - _SLACK) + 1)
    behind = size - np.asarray(prefixes.sum(axis=1)).ravel()
    needed = threshold / (1 + threshold)  # of |x| + |y|, as members in common
    found = []
    for start in range(0, sets.shape[0], _BLOCK):
        candidates = (prefixes[start : start + _BLOCK] @ prefixes.T).tocoo()
        one, other = candidates.row.astype(np.intp) + start, candidates.col.astype(np.intp)
        # What two sets share is in both prefixes, but for what lies behind the one that ends first.
        at_most = candidates.data + np.maximum(behind[one], behind[other])
        kept = (one < other) & (at_most >= needed * (size[one] + size[other]) - _SLACK)
        found.append(_verified(sets, size, one[kept], other[kept], threshold))
    return (
        np.concatenate([pair[0] for pair in found] or [np.zeros(0, dtype=np.intp)]),
        np.concatenate([pair[1] for pair in found] or [np.zeros(0, dtype=np.intp)]),
    )


def _rarest(sets: Sets, keep: NDArray[np.float64]) -> Sets:
    """Keep of each row its `keep` members that fewest rows have."""
    import scipy.sparse

    rarity = np.empty(sets.shape[1], dtype=np.intp)
    rarity[np.argsort(np.bincount(sets.indices, minlength=sets.shape[1]), kind="stable")] = np.arange(sets.shape[1])
    rows = np.repeat(np.arange(sets.shape[0]), np.diff(sets.indptr))
    order = np.lexsort((rarity[sets.indices], rows))
    rank = np.arange(len(order)) - sets.indptr[rows]
    kept = order[rank < keep[rows]]
    return scipy.sparse.csr_matrix((np.ones(len(kept)), (rows[kept], sets.indices[kept])), shape=sets.shape)


def _verified(
    sets: Sets, size: NDArray[np.float64], one: NDArray[np.intp], other: NDArray[np.intp], threshold: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    shared = np.zeros(len(one))
    for start in range(0, len(one), _BLOCK * 16):
        part = slice(start, start + _BLOCK * 16)
        shared[part] = np.asarray(sets[one[part]].multiply(sets[other[part]]).sum(axis=1)).ravel()
    near = shared >= threshold * (size[one] + size[other] - shared) - _SLACK
    return one[near], other[near]
