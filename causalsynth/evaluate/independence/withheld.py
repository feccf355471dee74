"""Facts that some texts were told to keep silent on: the same cells are missing from every set of values.

A test of X ⟂ Y | Z is made on the records whose texts were to state all of them. Where silence depends on facts (MAR,
MNAR), these records are a selection, and selection can make dependent what the graph makes independent. It is known
here on what silence depends, so that this can be told from the graph with one more node for each variable's silence
(Mohan & Pearl, Graphical models for processing missing data, JASA 116, 2021).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from causalsynth.domain.mention import Mechanism, MentionPlan
from causalsynth.graph import Dag, Independence
from causalsynth.scm.support import Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Withheld", "silence_is_ignorable", "unselected", "withhold"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Withheld:
    """A variable that some texts were told not to mention.

    Attributes
    ----------
    variable
        Its name.
    mechanism
        How the silence came about.
    given
        Variables on which its probability depends.
    silent
        Which records' texts were told to keep silent on it: bool, shape (records,).
    """

    variable: str
    mechanism: Mechanism
    given: tuple[str, ...]
    silent: NDArray[np.bool_]

    @property
    def records(self) -> int:
        """How many records' texts were told to keep silent on it."""
        return int(self.silent.sum())

    def to_json(self) -> dict[str, object]:
        """Give one item of ``withheld``."""
        return {
            "variable": self.variable,
            "mechanism": str(self.mechanism),
            "given": list(self.given),
            "records": self.records,
        }


def withhold(
    frames: Mapping[str, "pd.DataFrame"], plan: MentionPlan, seed: int
) -> tuple[dict[str, "pd.DataFrame"], tuple[Withheld, ...]]:
    """Take out of every table what the texts were not to state.

    Parameters
    ----------
    frames
        As `causalsynth.evaluate.rundir.value_frames` gives them: one of them is called ``skeleton``, and the others
        have its records, or some of them, by index.
    plan, seed
        The run's.

    Returns
    -------
    tuple
        The tables, null where a text was told to keep silent, and the variables of which that is true. Variables that
        no text was to state are left as they are.

    Raises
    ------
    InputError
        A skeleton has a value that the plan's model doesn't know.
    """
    skeletons: dict[int, Mapping[str, Value]] = cast("Any", frames["skeleton"].to_dict("index"))
    mentioned = plan.mentioned_by(skeletons, seed)
    silent = {name: np.array([name not in stated for stated in mentioned], bool) for name in plan.sometimes}
    index = frames["skeleton"].index
    masked = {}
    for key, frame in frames.items():
        records = index.get_indexer(frame.index)  # a reading may lack some
        masked[key] = frame.assign(
            **{name: frame[name].astype(object).where(~where[records], None) for name, where in silent.items()}
        )
    found = [
        Withheld(
            variable=name,
            mechanism=plan.mechanism(name) or Mechanism.MCAR,
            given=plan.rules[name].given,
            silent=where,
        )
        for name, where in silent.items()
    ]
    return masked, tuple(found)


def unselected(
    graph: Dag, triples: Sequence[Independence], withheld: Sequence[Withheld], *, held: frozenset[str] = frozenset()
) -> list[Independence]:
    """Keep the independencies that hold among the records whose texts state all their variables.

    Parameters
    ----------
    graph
        Mutilated, if an intervention is in force.
    triples
        Independencies of all records.
    withheld
        Variables that some texts keep silent on.
    held
        Variables that an intervention holds constant; they are in no triple.
    """
    silence = _silences(withheld)
    if not silence:
        return list(triples)
    extended = _extended(graph, silence)
    return [
        (x, y, given)
        for x, y, given in triples
        if extended.is_d_separated(
            x, y, {*given, *held, *(silence[name][0] for name in (x, y, *given) if name in silence)}
        )
    ]


def silence_is_ignorable(
    graph: Dag, family: Sequence[str], withheld: Sequence[Withheld], *, held: frozenset[str] = frozenset()
) -> bool:
    """Tell whether P(variable | parents) is the same among the records whose texts state all of them.

    Parameters
    ----------
    graph
        Mutilated, if an intervention is in force.
    family
        The variable, then its parents.
    withheld
        Variables that some texts keep silent on.
    held
        Variables that an intervention holds constant.
    """
    silence = _silences(withheld)
    variable, *parents = family
    selecting = {silence[name][0] for name in family if name in silence}
    return not selecting or _extended(graph, silence).is_d_separated(variable, selecting, {*parents, *held})


def _silences(withheld: Sequence[Withheld]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give each variable whose silence depends on facts the node of its silence, and that node's parents."""
    return {item.variable: (f"mention\x1f{item.variable}", item.given) for item in withheld if item.given}


def _extended(graph: Dag, silence: Mapping[str, tuple[str, tuple[str, ...]]]) -> Dag:
    return Dag({**graph.parents_of, **dict(silence.values())})
