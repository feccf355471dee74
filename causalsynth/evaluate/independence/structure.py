"""Whether a structure learner finds the same graph in the texts as in the skeletons.

The PC algorithm (Spirtes, Glymour & Scheines, Causation, Prediction, and Search, 2000) by pgmpy, with the test of the
report. On finite data, and where a variable is a function of others, it misses the true graph on the skeletons too:
what the texts did is the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from causalsynth.evaluate.ci_tests import run_tests
from causalsynth.evaluate.coded import CodedTable
from causalsynth.graph import Dag

if TYPE_CHECKING:
    from pgmpy.base import PDAG

__all__ = ["Pattern", "StructureCheck", "learn_pattern", "structural_distance", "structure_check", "true_pattern"]

_MOST_GIVEN = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """A partially directed graph that stands for all DAGs with the same independencies (a CPDAG).

    Attributes
    ----------
    directed
        Arcs (cause, effect) that all of them have.
    undirected
        Pairs that all of them join, in one direction or the other.
    """

    directed: frozenset[tuple[str, str]]
    undirected: frozenset[frozenset[str]]

    @classmethod
    def from_pdag(cls, graph: "PDAG", names: Sequence[str]) -> "Pattern":
        """Take over a ``pgmpy.base.PDAG`` of positions in `names`."""
        return cls(
            frozenset((names[cause], names[effect]) for cause, effect in graph.directed_edges),
            frozenset(frozenset((names[one], names[other])) for one, other in graph.undirected_edges),
        )

    @property
    def adjacent(self) -> frozenset[frozenset[str]]:
        """All pairs that are joined."""
        return self.undirected | {frozenset(arc) for arc in self.directed}


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureCheck:
    """What the PC algorithm made of one set of values.

    Attributes
    ----------
    shd
        Structural Hamming distance to the true CPDAG: pairs joined in one only, or joined in another direction
        (Tsamardinos, Brown & Aliferis, Machine Learning 65, 2006, 31).
    missing, extra
        Pairs joined in the true graph only, and in the learned one only.
    turned
        Pairs joined in both, with another direction or none.
    """

    shd: int
    missing: Sequence[tuple[str, str]]
    extra: Sequence[tuple[str, str]]
    turned: Sequence[tuple[str, str]]

    def to_json(self) -> dict[str, object]:
        """Give one value of ``structure``."""
        return {
            "shd": self.shd,
            "missing": [list(pair) for pair in self.missing],
            "extra": [list(pair) for pair in self.extra],
            "turned": [list(pair) for pair in self.turned],
        }


def structure_check(
    table: CodedTable, graph: Dag, variables: Sequence[str], *, alpha: float, test: str, seed: int
) -> StructureCheck:
    """Learn a CPDAG from a table and compare it with the graph's.

    Parameters
    ----------
    table
        The values.
    graph
        The true one; mutilated under an intervention.
    variables
        Those to learn from. Leave out what the texts are silent on only if nothing else depends on it: the CPDAG is
        that of the whole graph.
    alpha, test, seed
        Of the independence tests.
    """
    return structural_distance(true_pattern(graph, variables), learn_pattern(table, variables, alpha, test, seed))


def true_pattern(graph: Dag, variables: Sequence[str]) -> Pattern:
    """Give the CPDAG of the graph among `variables`, by pgmpy; see `learn_pattern` for its numbers."""
    from causalsynth.scm.pgmpy_exchange import quiet_pgmpy

    with quiet_pgmpy():
        from pgmpy.base import DAG

        names = sorted(variables)
        number = {name: n for n, name in enumerate(names)}
        dag = DAG()
        dag.add_nodes_from(range(len(names)))
        dag.add_edges_from((number[a], number[b]) for a, b in graph.edges if a in number and b in number)
        return Pattern.from_pdag(dag.to_pdag(), names)


def learn_pattern(table: CodedTable, variables: Sequence[str], alpha: float, test: str, seed: int) -> Pattern:
    """Run pgmpy's PC with the report's own test, separators of up to 3 variables.

    A test that can't speak leaves the pair joined only if no other separates it, as one that doesn't reject. pgmpy goes
    through sets of variables, and what it finds hangs on their order: it gets numbers, whose order is always the same.
    """
    from causalsynth.scm.pgmpy_exchange import quiet_pgmpy

    names = sorted(variables)
    answers: dict[tuple[frozenset[int], frozenset[int]], bool] = {}

    def independent(x: int, y: int, given: Sequence[int], *, significance_level: float, **_: Any) -> bool:
        key = (frozenset((x, y)), frozenset(given))
        if key not in answers:
            first, second = sorted((x, y))
            triple = (names[first], names[second], tuple(names[n] for n in sorted(given)))
            result = run_tests(table, [triple], test=test, seed=seed)[0]
            answers[key] = not result.testable or result.p_value > significance_level
        return answers[key]

    with quiet_pgmpy():
        import pandas as pd
        from pgmpy.causal_discovery import PC

        learner = PC(
            variant="orig",  # pgmpy's "stable" joins all separators of a pair, which hides colliders
            ci_test=independent,
            significance_level=alpha,
            max_cond_vars=_MOST_GIVEN,
            show_progress=False,
        )
        learner.fit(pd.DataFrame(np.zeros((2, len(names)), np.int8), columns=range(len(names))))
    return Pattern.from_pdag(learner.causal_graph_, names)


def structural_distance(true: Pattern, learned: Pattern) -> StructureCheck:
    """Compare two CPDAGs; a pair counts once, whatever is wrong with it."""
    missing, extra = true.adjacent - learned.adjacent, learned.adjacent - true.adjacent
    turned = {
        pair
        for pair in true.adjacent & learned.adjacent
        if (pair in true.undirected) != (pair in learned.undirected)
        or {arc for arc in true.directed if frozenset(arc) == pair}
        != {arc for arc in learned.directed if frozenset(arc) == pair}
    }
    return StructureCheck(
        shd=len(missing) + len(extra) + len(turned),
        missing=_pairs(missing),
        extra=_pairs(extra),
        turned=_pairs(turned),
    )


def _pairs(found: set[frozenset[str]] | frozenset[frozenset[str]]) -> list[tuple[str, str]]:
    return sorted((first, second) for first, second in (sorted(pair) for pair in found))
