"""The report on a run directory: skeletons, what the loop's extractor read, and every reading kept there."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from causalsynth.evaluate.independence.analysis import MOST_TRIPLES, REFERENCE, independence
from causalsynth.evaluate.independence.report import IndependenceReport
from causalsynth.evaluate.independence.withheld import withhold
from causalsynth.evaluate.rundir import EvaluatedRun

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["run_frames", "run_independence"]


def run_frames(run: EvaluatedRun) -> "dict[str, pd.DataFrame]":
    """Give all tables of values of a run: ``skeleton``, ``extracted``, and each reading by its name.

    A reading may lack records; variables that it lacks are null.

    Raises
    ------
    RunDirectoryError
        As `causalsynth.evaluate.readers.read_readings`.
    """
    from causalsynth.evaluate.readers import read_readings

    readings = read_readings(run.directory, without=run.left_out)
    columns = list(run.scm.variables)
    return {**run.frames(), **{name: frame.reindex(columns=columns) for name, frame in readings.items()}}


def run_independence(
    run: EvaluatedRun,
    frames: "Mapping[str, pd.DataFrame] | None" = None,
    *,
    alpha: float = 0.05,
    test: str | None = None,
    seed: int = 0,
    values: Sequence[str] | None = None,
    most_triples: int | None = MOST_TRIPLES,
    structure: bool = False,
    threads: int = 1,
) -> IndependenceReport:
    """Test a run's values against its graph; what texts were told to keep silent on is left out of all of them.

    Parameters
    ----------
    run
        As `causalsynth.evaluate.rundir.open_run` gives it.
    frames
        Tables of values by name, the skeletons' among them; `run_frames` by default.
    values
        Which of them to test, the skeletons in any case; all by default.
    alpha, test, seed, most_triples, structure, threads
        As of `causalsynth.evaluate.independence.independence`.

    Raises
    ------
    InputError, RunDirectoryError
        As `causalsynth.evaluate.independence.independence` and `run_frames`.
    """
    mention = run.plan.mention_plan(run.scm.supports)
    wanted = {
        name: frame
        for name, frame in (run_frames(run) if frames is None else frames).items()
        if values is None or name == REFERENCE or name in values
    }
    masked, withheld = withhold(wanted, mention, run.plan.seed)
    return independence(
        masked,
        run.scm,
        alpha=alpha,
        test=test,
        seed=seed,
        silent=mention.never,
        withheld=withheld,
        most_triples=most_triples,
        structure=structure,
        drawn=run.plan.skeletons is None and run.finished == run.plan.n,
        threads=threads,
    )
