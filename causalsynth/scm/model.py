"""Structural causal models: a graph, a mechanism a variable, and independent noise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.graph import Dag, Independence
from causalsynth.scm import counterfactuals, couplings, exact, interventions, likelihood, sampling
from causalsynth.scm.bif import read_bif
from causalsynth.scm.catalog import SPEC_ENDINGS, find_graph, graph_name
from causalsynth.scm.exogenous import Noise
from causalsynth.scm.interventions import Intervention
from causalsynth.scm.mechanisms import CategoricalTable, Mechanism
from causalsynth.scm.skeletons import Skeletons
from causalsynth.scm.structure import Structure
from causalsynth.scm.support import Value

if TYPE_CHECKING:
    import networkx as nx
    from pgmpy.models import DiscreteBayesianNetwork

__all__ = ["SCM"]


@dataclass(frozen=True, slots=True, eq=False)
class SCM(Structure):
    """A structural causal model (Pearl, Causality, 2009, section 7.1).

    Each variable is a function of its parents and of noise of its own; the noise of (seed, variable, row) is
    fixed, so that two models that share a mechanism draw the same values from it.

    Parameters
    ----------
    name
        What messages and manifests call it.
    graph
        The DAG; under `do` the mutilated one.
    mechanisms
        Variable → its structural equation.
    interventions
        Variable → what `do` did to it, as ``--do`` writes it: a value, or ``~a:.2,b:.8``, ``+=5``, ``:=EXPRESSION``.

    Raises
    ------
    GraphError
        Mechanisms and graph don't fit: one is missing, parents or their values differ, a table's shape is wrong.
    """

    @classmethod
    def load(cls, source: str | Path) -> "SCM":
        """Read a model, whatever it is written in.

        Parameters
        ----------
        source
            A name (``"asia"``, ``"mimic_struct"``, or a network inside the installed pgmpy such as ``"alarm"``), a
            path to ``.bif``, ``.bif.gz`` or ``.yaml``, or a folder with one such file.

        Raises
        ------
        GraphError
            There is no such graph (suggests names), or the file is wrong (names the line).
        """
        path = find_graph(source)
        return cls.from_yaml(path) if path.suffix in SPEC_ENDINGS else cls.from_bif(path)

    @classmethod
    def from_bif(cls, source: str | Path) -> "SCM":
        """Read a network from a BIF file, by its name or path; otherwise as `load`."""
        path = find_graph(source)
        if path.suffix in SPEC_ENDINGS:
            raise GraphError(f"{path}: not a BIF file", hint="SCM.load reads YAML specs too")
        tables = read_bif(path)
        try:
            return cls.from_mechanisms(graph_name(path), tables)
        except GraphError as error:
            raise GraphError(f"{path}: {error.message}", hint=error.hint) from None

    @classmethod
    def from_yaml(cls, source: str | Path) -> "SCM":
        """Read a YAML spec (docs/specs.md), by its name or path; otherwise as `load`."""
        from causalsynth.scm.spec import read_spec

        return cls.from_mechanisms(*read_spec(find_graph(source)))

    @classmethod
    def from_mechanisms(cls, name: str, mechanisms: Mapping[str, Mechanism]) -> "SCM":
        """Build a model from its structural equations; the graph follows from what they read.

        Raises
        ------
        GraphError
            A parent isn't there, there is a cycle, or an equation doesn't fit its parents.
        """
        return cls(name, Dag({variable: each.parents for variable, each in mechanisms.items()}), dict(mechanisms))

    @classmethod
    def from_networkx(
        cls, graph: "nx.DiGraph[str]", mechanisms: Mapping[str, Mechanism], *, name: str = "custom"
    ) -> "SCM":
        """Build a model from a `networkx.DiGraph` over texts and one mechanism for each node.

        Raises
        ------
        GraphError
            The graph has a cycle, or mechanisms and graph don't fit.
        """
        declared = Dag.from_networkx(graph)
        for variable, mechanism in mechanisms.items():
            given = declared.parents_of.get(variable)
            if given is not None and set(given) != set(mechanism.parents):
                raise GraphError(
                    f"{variable} has the parents ({', '.join(given)}) in the graph and "
                    f"({', '.join(mechanism.parents)}) in its mechanism",
                    hint="the two must name the same parents",
                )
        # The mechanism's order of parents counts: it is the order of a table's axes.
        parents_of = {
            variable: mechanisms[variable].parents if variable in mechanisms else parents
            for variable, parents in declared.parents_of.items()
        }
        return cls(name, Dag(parents_of), dict(mechanisms))

    @classmethod
    def from_pgmpy(cls, model: "DiscreteBayesianNetwork", *, name: str = "custom") -> "SCM":
        """Take over a `pgmpy.models.DiscreteBayesianNetwork`.

        Raises
        ------
        GraphError
            A variable has no table, or states without names.
        """
        from causalsynth.scm.pgmpy_exchange import tables_from_pgmpy

        return cls.from_mechanisms(name, tables_from_pgmpy(model))

    def to_networkx(self) -> "nx.DiGraph[str]":
        """Give the graph as a `networkx.DiGraph` of one's own."""
        import networkx as nx

        return nx.DiGraph(self.graph.digraph)

    def to_pgmpy(self) -> "DiscreteBayesianNetwork":
        """Give a `pgmpy.models.DiscreteBayesianNetwork` with the same tables; as `tables`."""
        from causalsynth.scm.pgmpy_exchange import to_pgmpy

        return to_pgmpy(self.tables())

    def to_bif(self, path: str | Path) -> None:
        """Write a ``.bif`` or ``.bif.gz`` file that reads back bit by bit; as `tables`.

        Raises
        ------
        InputError
            The file can't be written.
        """
        from causalsynth.scm.bif_writer import write_bif

        write_bif(self.name, self.tables(), Path(path))

    def tables(self) -> dict[str, CategoricalTable]:
        """Give each variable's conditional probability table.

        Mechanisms other than tables are tabulated over their parents' configurations.

        Raises
        ------
        GraphError
            A variable is a number, or its probabilities aren't known (a Python function).
        """
        from causalsynth.scm.tabulate import tabulate

        return {variable: tabulate(self, variable) for variable in self.variables}

    def do(self, assignments: Mapping[str, Intervention] | None = None, /, **kw: Intervention) -> "SCM":
        """Intervene (Pearl, Causality, 2009, sections 3.2 and 4.2).

        Parameters
        ----------
        assignments, kw
            Variable → intervention; names that are no Python identifiers go into `assignments`. An intervention is

            - a value: the variable is held there, all arcs into it cut;
            - a mapping from states to probabilities: it is drawn from that law, with noise of its own;
            - `Shift`: it follows as before, plus an amount;
            - `Policy`: it follows from an expression over other variables;
            - any mechanism: it follows by that, with the noise that it has anyway, at the same quantile if the law is
              another; only if one is a table's and one isn't, by noise of its own;
            - one of the first four as ``--do`` writes it, e.g. ``"~a:.2,b:.8"``.

        Returns
        -------
        SCM
            The mutilated model. Under the same seed whatever is no descendant of a target keeps its value.

        Raises
        ------
        InputError
            An unknown variable or value (suggests names), or one variable given twice.
        GraphError
            A policy reads what the variable causes: a cycle.
        """
        given = dict(assignments or {})
        for variable in kw.keys() & given.keys():
            raise InputError(f"do() is given {variable} twice", hint="give each variable once")
        given |= kw
        return interventions.intervene(self, given)

    def sample(self, n: int, *, seed: int, start: int = 0, threads: int = 1) -> Skeletons:
        """Draw the rows [start, start + n).

        Parameters
        ----------
        n
            How many rows.
        seed
            Any integer from 0. Row i depends on (seed, i) alone, not on n, start or the number of threads.
        start
            The first row.
        threads
            How many work at once.

        Raises
        ------
        InputError
            A negative n or start, no thread, or a seed that is no integer from 0.
        GraphError
            An expression has no value for some row; names its place and the parents' values.
        """
        return sampling.sample(self, n, seed, start, threads)

    def noise(self, n: int, *, seed: int, start: int = 0) -> Noise:
        """Draw the exogenous noise alone: that which `sample` uses for the same rows.

        4 bytes a row for each variable with a table, 8 for others. It needn't be kept: (seed, row) brings it back.

        Raises
        ------
        InputError
            As `sample`.
        """
        return sampling.draw_noise(self, n, seed, start)

    def evaluate(self, noise: Noise) -> Skeletons:
        """Give the rows that the model makes of given noise.

        ``scm.evaluate(scm.noise(n, seed=s))`` is ``scm.sample(n, seed=s)``.

        Raises
        ------
        InputError
            The noise of a variable is missing, or of another law than its mechanism's.
        """
        return sampling.evaluate(self, noise)

    def abduct(self, factual: Skeletons, *, seed: int = 0) -> Noise:
        """Draw the noise behind observed rows, from its posterior (Pearl, Causality, 2009, section 7.1, step 1).

        A table's noise is uniform between the thresholds of the observed state; that of an additive equation is the
        residual, where rounding or clipping leave it open drawn from the truncated law; a Gumbel vector is drawn from
        the top down (Maddison, Tarlow & Minka, A* sampling, 2014).

        Parameters
        ----------
        factual
            Rows with every variable; their `interventions` count: what was imposed tells nothing of the noise.
        seed
            For what the rows leave open.

        Returns
        -------
        Noise
            ``scm.evaluate(noise)`` gives `factual` again, up to the rounding of unrounded numbers.

        Raises
        ------
        InputError
            A row is impossible under the model, or a mechanism can't be inverted.
        """
        return counterfactuals.abduct(self, factual, seed)

    def counterfactual(
        self, factual: Skeletons, do: Mapping[str, Intervention], *, seed: int | None = None
    ) -> Skeletons:
        """Give each row's twin: what it would have been, had `do` been done.

        Parameters
        ----------
        factual
            Rows from `sample`: their noise is drawn again by seed and row number, and the twins are exact. Rows from
            elsewhere (`Skeletons.from_records`): their noise is inferred, see `abduct`.
        do
            As for `SCM.do`, upon this model. Rows that were drawn under interventions lose them, unless this model is
            under them too: ``scm.do(A).counterfactual(rows, B)`` keeps A.
        seed
            For what inferred noise leaves open; 0 if not given. Not for rows that carry a seed.

        Returns
        -------
        Skeletons
            One twin a row, in order, with the same row numbers. What is no descendant of a target is unchanged, and so
            are rows that had the values anyway.

        Raises
        ------
        InputError
            A row isn't what its seed draws, or is impossible under the model.

        Notes
        -----
        The tables' counterfactuals rest on the coupling of states by the inverse CDF, which the data can't tell:
        `with_coupling` gives the other common choice.
        """
        if not isinstance(factual, Skeletons):
            raise InputError(
                f"the facts are a {type(factual).__name__}, not Skeletons", hint="Skeletons.from_records, or from_frame"
            )
        if factual.seed is not None and seed is not None and seed != factual.seed:
            raise InputError(
                f"the rows were drawn with seed {factual.seed}, not {seed}", hint="leave the seed away: they carry it"
            )
        return counterfactuals.counterfactual(self, self.do(do), factual, seed)

    def with_coupling(self, coupling: str) -> "SCM":
        """Choose how noise leads to states; the law of the rows stays the same, counterfactuals don't.

        Parameters
        ----------
        coupling
            ``"inverse_cdf"``: monotone in the order of states. ``"gumbel_max"``: independent of that order and
            counterfactually stable (Oberst & Sontag, Counterfactual off-policy evaluation with Gumbel-max structural
            causal models, ICML 2019); about ten times slower.

        Raises
        ------
        InputError
            Another word, or a model under `do`: choose first.
        """
        return SCM(self.name, self.graph, couplings.coupled_mechanisms(self, coupling))

    def log_probability(self, skeletons: Skeletons) -> NDArray[np.float64]:
        """Give ln P(row) under this model, shape (rows,); unrounded numbers contribute the density's.

        Under `do` the truncated factorisation (Pearl, Causality, 2009, eq. 3.10): a held variable adds 0 at
        its value; any other value has -inf.

        Raises
        ------
        InputError
            The skeletons lack a variable, or its states differ.
        """
        return likelihood.log_probability(self, skeletons)

    def full_conditional(self, variable: str, skeleton: Mapping[str, Value]) -> dict[str, float]:
        """Give P(variable | all others), by its Markov blanket (Pearl, Probabilistic Reasoning, 1988, 4.4).

        Parameters
        ----------
        variable
            Whose distribution; its own value in `skeleton` isn't looked at.
        skeleton
            The other variables' values; only parents, children and their parents are needed.

        Returns
        -------
        dict
            State → probability; uniform if the rest of the row is impossible whatever the state.

        Raises
        ------
        InputError
            An unknown variable or state, a number, or one of the blanket is missing.
        """
        return likelihood.full_conditional(self, variable, skeleton)

    def distribution(self, variable: str, *, given: Mapping[str, str] | None = None) -> dict[str, float]:
        """Give P(variable | given) exactly, state by state; see `joint`."""
        return dict(zip(self.states(variable), self.joint((variable,), given=given).tolist(), strict=True))

    def joint(self, variables: str | Sequence[str], *, given: Mapping[str, str] | None = None) -> NDArray[np.float64]:
        """Give P(variables | given) exactly, by pgmpy's variable elimination; under `do` the interventional law.

        Parameters
        ----------
        variables
            Whose joint law.
        given
            Variable → state.

        Returns
        -------
        array of float64
            One axis a variable, in the order asked for; one place a state.

        Raises
        ------
        InputError
            An unknown variable or state, one that occurs twice, or `given` has probability 0.
        GraphError
            The answer depends on a number, or on a Python function.
        """
        return exact.joint(self, (variables,) if isinstance(variables, str) else tuple(variables), given or {})

    def is_d_separated(self, x: str | Collection[str], y: str | Collection[str], z: str | Collection[str] = ()) -> bool:
        """Tell whether graph and determinism make x independent of y given z; see `Dag.is_d_separated`."""
        return self.graph.is_d_separated(x, y, z, deterministic=self.deterministic)

    def implied_independencies(self, *, max_given: int = 3, max_parents: int = 4) -> list[Independence]:
        """List independencies that graph and determinism imply; see `Dag.implied_independencies`."""
        return self.graph.implied_independencies(
            max_given=max_given, max_parents=max_parents, deterministic=self.deterministic
        )
