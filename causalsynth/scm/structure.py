"""What a structural causal model consists of; `causalsynth.scm.model.SCM` adds the questions that it answers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Self

from causalsynth.errors import GraphError, InputError
from causalsynth.graph import Dag
from causalsynth.scm.mechanisms import Mechanism
from causalsynth.scm.noise import NOISE_VERSION
from causalsynth.scm.support import Categorical, Support

__all__ = ["Structure"]


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """A graph, one structural equation a variable, and what `do` made of them; `SCM` says what each field is.

    Raises
    ------
    GraphError
        Mechanisms and graph don't fit.
    """

    name: str
    graph: Dag
    mechanisms: Mapping[str, Mechanism] = field(repr=False)
    interventions: Mapping[str, str] = field(default_factory=dict)
    before: Self | None = field(default=None, repr=False)
    """The model before any `do`."""
    held: frozenset[str] = frozenset()
    """The variables that `do` holds at one value."""
    anew: frozenset[str] = field(default=frozenset(), repr=False)
    """The variables to which `do` gave an exogenous variable of their own."""
    _digest: str | None = field(default=None, init=False, repr=False)
    supports: Mapping[str, Support] = field(init=False, repr=False)
    """Variable → what it can take, in the order of the file."""

    def __post_init__(self) -> None:
        for variable in self.graph.nodes:
            if variable.startswith("_"):
                raise GraphError(
                    f"a variable is called {variable}: such names are kept for tables' own columns, as _index is",
                    hint="rename it",
                )
        object.__setattr__(self, "mechanisms", dict(self.mechanisms))
        object.__setattr__(self, "interventions", dict(self.interventions))
        for extra in (name for name in self.mechanisms if name not in self.graph.parents_of):
            raise GraphError(f"there is a mechanism for {extra!r}, which is not in the graph", hint=self._close(extra))
        for variable in self.graph.nodes:
            if variable not in self.mechanisms:
                raise GraphError(f"{variable} has no mechanism", hint="give a mechanism for each variable")
        supports = {variable: self.mechanisms[variable].support for variable in self.graph.nodes}
        object.__setattr__(self, "supports", supports)
        for variable in self.graph.nodes:
            self._check_mechanism(variable)

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables, in the order of the file."""
        return self.graph.nodes

    def states(self, variable: str) -> tuple[str, ...]:
        """Give a categorical variable's states, in the order of their codes.

        Raises
        ------
        InputError
            An unknown variable (suggests names), or a number.
        """
        support = self.support(variable)
        if not isinstance(support, Categorical):
            raise InputError(f"{variable} is a number and has no states", hint="SCM.support tells its unit and range")
        return support.states

    def support(self, variable: str) -> Support:
        """Tell what a variable can take: `Categorical` states, or `Numeric` values.

        Raises
        ------
        InputError
            An unknown variable; suggests names.
        """
        if variable not in self.supports:
            raise InputError(f"{self.name} has no variable {variable!r}", hint=self._close(variable))
        return self.supports[variable]

    @property
    def observational(self) -> Self:
        """The model before any `do`: itself, where there was none."""
        return self.before or self

    @property
    def deterministic(self) -> frozenset[str]:
        """The variables that their parents decide without any chance."""
        return frozenset(name for name in self.variables if self.mechanisms[name].deterministic)

    def stream(self, variable: str) -> str:
        """Give the key of a variable's noise: its name, unless do(X ~ law) gave it another exogenous variable."""
        return f"do\x1f{variable}" if variable in self.anew else variable

    def digest(self) -> str:
        """Give the SHA-256 of all that decides a sample: names, equations, interventions, the layout of noise."""
        if self._digest is None:
            content = hashlib.sha256(b"noise %d" % NOISE_VERSION)
            for variable in self.variables:
                equation = [self.stream(variable), variable, self.mechanisms[variable].canonical()]
                content.update(json.dumps(equation).encode())
            object.__setattr__(self, "_digest", content.hexdigest())
        return str(self._digest)

    def _check_mechanism(self, variable: str) -> None:
        mechanism = self.mechanisms[variable]
        if mechanism.parents != self.graph.parents(variable):
            raise GraphError(
                f"{variable} has the parents ({', '.join(self.graph.parents(variable))}) in the graph and "
                f"({', '.join(mechanism.parents)}) in its mechanism",
                hint="the two must name the same parents in the same order",
            )
        try:
            mechanism.check(self.supports)
        except GraphError as error:
            raise GraphError(f"{error.message}, in the mechanism of {variable}", hint=error.hint) from None

    def _close(self, name: str) -> str:
        close = get_close_matches(name, self.graph.nodes, n=3)
        return f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(self.graph.nodes)}"
