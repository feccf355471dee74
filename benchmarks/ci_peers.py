"""Conditional independence tests of other packages, each by its cheapest public call.

A peer is prepared with a table and then asked about triples; what it says is taken as it stands: a package that answers
"dependent" where its p-value is NaN has rejected.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.graph import Independence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NEEDS", "PREPARE", "Ask", "absent"]

Ask = Callable[[Sequence[Independence], float], NDArray[np.bool_]]
"""(triples, alpha) → which of them it calls dependent."""

Prepare = Callable[["pd.DataFrame"], Ask]
"""Table of state names → what answers."""


def _pgmpy(name: str) -> Prepare:
    def prepare(frame: "pd.DataFrame") -> Ask:
        from pgmpy import ci_tests

        test = getattr(ci_tests, name)(frame, use_cache=False)

        def ask(triples: Sequence[Independence], alpha: float) -> NDArray[np.bool_]:
            with np.errstate(all="ignore"):
                return np.array([not test(x, y, list(z), significance_level=alpha) for x, y, z in triples], bool)

        return ask

    return prepare


def _causal_learn(name: str) -> Prepare:
    def prepare(frame: "pd.DataFrame") -> Ask:
        from causallearn.utils.cit import CIT

        place = {variable: position for position, variable in enumerate(frame.columns)}
        codes = np.column_stack([np.unique(frame[variable].astype(str), return_inverse=True)[1] for variable in place])
        test = CIT(codes, name)

        def ask(triples: Sequence[Independence], alpha: float) -> NDArray[np.bool_]:
            test.pvalue_cache.clear()
            values = [test(place[x], place[y], [place[name] for name in z]) for x, y, z in triples]
            return np.array(values) <= alpha

        return ask

    return prepare


def _pyagrum(name: str) -> Prepare:
    def prepare(frame: "pd.DataFrame") -> Ask:
        import pyagrum

        pyagrum.setNumberOfThreads(1)  # with more, most of the time goes into starting them
        test = getattr(pyagrum.BNLearner(frame.astype(str)), name)

        def ask(triples: Sequence[Independence], alpha: float) -> NDArray[np.bool_]:
            return np.array([test(x, y, list(z))[1] <= alpha for x, y, z in triples], bool)

        return ask

    return prepare


PREPARE: Mapping[str, Prepare] = {
    "pgmpy ChiSquare": _pgmpy("ChiSquare"),
    "pgmpy GSq": _pgmpy("GSq"),
    "causal-learn chisq": _causal_learn("chisq"),
    "causal-learn gsq": _causal_learn("gsq"),
    "pyAgrum chi2": _pyagrum("chi2"),
    "pyAgrum G2": _pyagrum("G2"),
}
"""Name → how to prepare it."""

NEEDS = {"pgmpy": "pgmpy", "causal-learn": "causallearn", "pyAgrum": "pyagrum"}
"""Package → the module that it needs."""


def absent(peer: str) -> str | None:
    """Say how to get a peer that isn't installed, or None if it is."""
    if find_spec(NEEDS[peer.split()[0]]) is not None:
        return None
    return "not installed: pip install 'causalsynth[benchmark]'"
