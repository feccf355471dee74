"""What evaluation takes from a run directory: the plan of its manifest, tables of values from its ledger."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.ledger import Attempt, Value, final_line, leaving_attempt, read_ledger
from causalsynth.realize.embedded import EMBEDDED
from causalsynth.scm.support import Support

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.scm import SCM

__all__ = ["EvaluatedRun", "RunPlan", "check_graph", "interventions", "open_run", "read_plan", "value_frames"]

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What the run was asked for; None where the manifest does not say.

    Attributes
    ----------
    graph, graph_digest
        Name or path as it was given, and `SCM.digest` of what was read there, interventions included.
    do
        Interventions: variable → state.
    twin_of
        Fingerprint of the run that these records are the twins of.
    n, rounds
        Records, and most attempts of the realizer for each.
    mention
        Which variables the texts state, as `MentionPlan.parse` reads it.
    seed
        What everything was drawn with.
    realizer, is_llm
        Who wrote, and whether that is a language model.
    skeletons
        The table that the facts were taken from; None where they were drawn from the graph.
    domain, prompts, prompts_digest
        How things are worded and asked for, where that is not the graph's own; and the digest of the templates.
    """

    graph: str | None = None
    graph_digest: str | None = None
    do: Mapping[str, str] = field(default_factory=dict)
    twin_of: str | None = None
    n: int | None = None
    rounds: int | None = None
    mention: str | None = None
    seed: int = 0
    realizer: str | None = None
    is_llm: bool | None = None
    skeletons: str | None = None
    domain: str | None = None
    prompts: str | None = None
    prompts_digest: str | None = None

    def mention_plan(self, supports: Mapping[str, Support]) -> MentionPlan:
        """Give the plan of what the texts state, for the graph's variables.

        Raises
        ------
        InputError
            The plan names a variable or state that is not among them.
        """
        return MentionPlan.parse(self.mention or "all", supports)


@dataclass(frozen=True, kw_only=True)
class EvaluatedRun:
    """A run as the evaluations take it.

    Attributes
    ----------
    directory, plan
        Where it lies, and what it was asked for.
    graph
        Name or path that its graph was read from: the plan's, unless that has gone elsewhere.
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    scm
        The graph that the skeletons were drawn from, interventions included.
    observational
        The same graph without them: what is usual, and what a fact is surprising in the light of.
    left_out
        Names of readings that no figure is to be taken on.
    """

    directory: Path
    plan: RunPlan
    graph: str
    attempts: Sequence[Attempt]
    scm: "SCM"
    observational: "SCM"
    left_out: frozenset[str] = frozenset()

    @property
    def finished(self) -> int:
        """How many records are finished; one that was tried again has several final lines."""
        return len({attempt.i for attempt in self.attempts if attempt.final})

    def frames(self) -> dict[str, "pd.DataFrame"]:
        """Give the tables of values, by `value_frames`; they are shared by all who ask, and not to be changed."""
        return dict(self._frames)

    @cached_property
    def _frames(self) -> "dict[str, pd.DataFrame]":
        return value_frames(self.attempts, self.scm.variables)


def open_run(directory: str | Path, graph: str | None = None) -> EvaluatedRun:
    """Read a run directory and the graph that it was drawn from.

    Parameters
    ----------
    directory
        One that ``generate`` wrote.
    graph
        Name or path of the graph, where the one in the manifest has gone elsewhere.

    Raises
    ------
    InputError
        No manifest names the graph, it is another one than the run's, records differ in their interventions, or no
        record is finished.
    RunDirectoryError
        The directory holds no run.
    """
    from causalsynth.scm import SCM

    where = Path(directory)
    if not where.is_dir():
        raise RunDirectoryError(f"{where}: there is no such directory", hint="give one that `generate` wrote")
    plan = read_plan(where)
    name = graph or plan.graph
    if name is None:
        raise InputError(f"{where}: no manifest names the graph", hint="give --graph")
    attempts = read_ledger(where)
    scm = SCM.load(name)
    check_graph(where, plan, scm, name=name)
    held = interventions(attempts)
    run = EvaluatedRun(
        directory=where,
        plan=plan,
        graph=name,
        attempts=attempts,
        scm=scm.do(held) if held else scm,
        observational=scm,
    )
    if not run.finished:
        raise InputError(f"{where}: no record is finished", hint="run `generate` again: it resumes")
    return run


def read_plan(directory: str | Path) -> RunPlan:
    """Read the plan off a run directory's manifest; an empty plan where there is none.

    Raises
    ------
    RunDirectoryError
        The manifest is not one.
    """
    path = Path(directory) / _MANIFEST
    if not path.is_file():
        return RunPlan()
    try:
        return _plan(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunDirectoryError(f"{path}: not a manifest", hint="give a directory that `generate` wrote") from error


def _plan(manifest: dict[str, Any]) -> RunPlan:
    config: dict[str, Any] = manifest["config"]
    name = config.get("realizer")
    realizer = manifest.get("realizer") or {"name": name, "is_llm": False if name in EMBEDDED else None}
    return RunPlan(
        graph=config.get("graph"),
        graph_digest=manifest.get("sources", {}).get("graph"),
        do=dict(config.get("do") or {}),
        twin_of=config.get("twin_of"),
        n=config.get("n"),
        rounds=config.get("rounds"),
        mention=config.get("mention"),
        seed=int(config.get("seed") or 0),
        realizer=realizer.get("name", name),
        is_llm=realizer.get("is_llm"),
        skeletons=config.get("skeletons"),
        domain=config.get("domain"),
        prompts=config.get("prompts"),
        prompts_digest=manifest.get("sources", {}).get("prompts"),
    )


def check_graph(directory: str | Path, plan: RunPlan, scm: "SCM", *, name: str) -> None:
    """Make sure that a run is evaluated against the graph that its skeletons were drawn from.

    Parameters
    ----------
    directory, plan
        The run; one whose manifest holds no digest is taken at its word.
    scm
        The graph that is about to be used, without interventions.
    name
        What it was read from.

    Raises
    ------
    InputError
        It is another graph: other variables, states, arcs or probabilities.
    """
    if plan.graph_digest is None or _digest(scm, plan.do) == plan.graph_digest:
        return
    changed = ", which has changed since" if name == plan.graph else ""
    raise InputError(
        f"{Path(directory) / _MANIFEST}: the run's graph is not the one in {name}",
        hint=f"give the run's graph with --graph; it was {plan.graph}{changed}",
    )


def _digest(scm: "SCM", do: Mapping[str, str]) -> str | None:
    try:
        return scm.do(do).digest()
    except InputError:  # A graph without these variables or states is another one, too.
        return None


def interventions(attempts: Iterable[Attempt]) -> dict[str, str]:
    """Give the one intervention that all records share.

    Raises
    ------
    InputError
        Records differ in it: they follow different graphs, and must be tested apart.
    """
    found = {tuple(sorted(attempt.do.items())) for attempt in attempts}
    if len(found) > 1:
        raise InputError(
            "the run mixes records under different interventions",
            hint="test each intervention's records alone",
        )
    return dict(*found)


def value_frames(attempts: Iterable[Attempt], variables: Sequence[str]) -> dict[str, "pd.DataFrame"]:
    """Give one row for each finished record, as ``skeleton`` and as ``extracted``.

    Parameters
    ----------
    attempts
        Each ``(i, k)`` once and sorted by it, as `causalsynth.ledger.read_ledger` gives them.
    variables
        Columns; those that a record lacks are null.

    Returns
    -------
    dict
        Two tables with the same index (``i``). Extracted values are those of the text that leaves the run:
        of a realized or repaired record its last draft, of an unrealized one the draft with the fewest
        violations. No record is left out; where there is no draft, all values are null.
    """
    import pandas as pd

    skeletons: dict[int, Mapping[str, Value]] = {}
    extracted: dict[int, Mapping[str, Value | None]] = {}
    for index, lines in groupby(attempts, key=lambda attempt: attempt.i):
        record = list(lines)
        if last := final_line(record):
            skeletons[index] = last.skeleton
            shown = leaving_attempt(record, last)
            extracted[index] = (shown.values or {}) if shown else {}
    columns = list(variables)
    return {
        name: pd.DataFrame(
            {column: [row.get(column) for row in rows.values()] for column in columns},
            index=pd.Index(rows, name="i"),
            dtype=object,
        )
        for name, rows in (("skeleton", skeletons), ("extracted", extracted))
    }
