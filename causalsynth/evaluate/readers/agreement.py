"""How far two or more readers agree beyond chance."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["cohens_kappa", "krippendorffs_alpha"]


def cohens_kappa(table: NDArray[np.int64]) -> float | None:
    """Give (p_o - p_e) / (1 - p_e) of a square table of counts.

    Source: Cohen, Educational and Psychological Measurement 20 (1960) 37.

    Parameters
    ----------
    table
        Counts of (one reader's class, the other's class), shape (classes, classes).

    Returns
    -------
    float or None
        None where nothing was counted, or both always say one and the same: there is no chance to go beyond.
    """
    n = int(table.sum())
    if not n:
        return None
    observed = float(np.trace(table)) / n
    expected = float(table.sum(axis=1) @ table.sum(axis=0)) / n**2
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def krippendorffs_alpha(units: Sequence[Mapping[str, str]]) -> float | None:
    """Give 1 - D_o / D_e for names of classes, any number of annotators and missing answers.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C, nominal data.

    Parameters
    ----------
    units
        For each unit annotator → answer. Units with fewer than two answers say nothing.

    Returns
    -------
    float or None
        None where no unit has two answers, or all answers are the same.
    """
    total: Counter[str] = Counter()
    agreed = 0.0
    for unit in units:
        answers = Counter(unit.values())
        size = sum(answers.values())
        if size < 2:
            continue
        total.update(answers)
        agreed += sum(count * (count - 1) for count in answers.values()) / (size - 1)
    n = sum(total.values())
    expected = sum(count * (count - 1) for count in total.values())
    if not n or expected == n * (n - 1):
        return None
    observed_disagreement = 1 - agreed / n
    expected_disagreement = 1 - expected / (n * (n - 1))
    return 1 - observed_disagreement / expected_disagreement
