"""Open the run that a command evaluates."""

from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.cli.evaluate.printing import note

if TYPE_CHECKING:
    from causalsynth.domain import Domain
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["domain_of", "opened"]


def opened(rundir: Path, graph: str | None = None) -> "EvaluatedRun":
    """Give the run in `rundir`, and say so where it is not finished or was written by no language model.

    Raises
    ------
    InputError, RunDirectoryError
        As `causalsynth.evaluate.rundir.open_run`.
    """
    from causalsynth.evaluate.readers import stale_readings
    from causalsynth.evaluate.rundir import open_run

    run = open_run(rundir, graph)
    for stale in stale_readings(rundir):
        note(f"the reading {stale} is left out: the run has gone on since; read again")
    if run.plan.n is not None and run.finished < run.plan.n:
        note(f"incomplete: {run.finished} of {run.plan.n} planned records are finished")
    if run.plan.skeletons is not None:
        note(f"the skeletons were given ({run.plan.skeletons}), not drawn: the graph's independencies need not hold")
    if run.plan.is_llm is False:
        note(f"the realizer `{run.plan.realizer}` is not an LLM; these figures say nothing of one")
    return run


def domain_of(run: "EvaluatedRun") -> "Domain | None":
    """Give the lexicon that a run was written by, for who is to be told what states mean; None where it has gone."""
    from causalsynth.domain import Domain
    from causalsynth.errors import LexiconError

    try:
        return Domain.load(run.plan.domain or run.graph)
    except LexiconError as error:
        note(f"the reader is told the names of variables and states alone: {error.message}")
        return None
