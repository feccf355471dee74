"""Which documents an audit reads, and what it is to show."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.evaluate.readers.audit.sample_size import sample_size
from causalsynth.evaluate.readers.reading import FOLDER, check_name
from causalsynth.evaluate.strata import log_probabilities
from causalsynth.evaluate.texts import leaving_texts
from causalsynth.files import replacing
from causalsynth.scm.noise import stream

if TYPE_CHECKING:
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["ALL", "AuditPlan", "plan_audit", "read_plan_file", "write_plan_file"]

ALL, SURPRISING, OTHERS = "all", "surprising", "others"


class AuditPlan(BaseModel):
    """``RUNDIR/readings/NAME.audit.json``: what was asked for, and the documents drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bound: float = Field(gt=0, lt=1)
    """Most documents, as a share, that may be wrong."""
    confidence: float = Field(gt=0, lt=1)
    errors: int = Field(ge=0)
    """Wrong documents of a stratum with which the bound still holds."""
    surprising: float | None = None
    """Share of the records that make the stratum of surprising facts; None: one stratum."""
    seed: int = 0
    strata: Mapping[str, int]
    """Stratum → documents of the run."""
    drawn: Mapping[str, tuple[int, ...]]
    """Stratum → records to be read, as drawn at random."""

    @property
    def stratum_confidence(self) -> float:
        """What each stratum's limit needs so that all of them hold together (Bonferroni)."""
        return 1 - (1 - self.confidence) / len(self.strata)

    @property
    def order(self) -> list[int]:
        """Give the records in the order of the sheet: strata mixed, lest a reader learn which is which."""
        records = sorted(index for drawn in self.drawn.values() for index in drawn)
        stream(self.seed, "audit order").shuffle(records)
        return records


def plan_audit(
    run: "EvaluatedRun",
    *,
    bound: float = 0.01,
    confidence: float = 0.95,
    errors: int = 0,
    surprising: float | None = None,
    seed: int = 0,
) -> AuditPlan:
    """Draw the documents of an audit.

    Parameters
    ----------
    run
        Whose texts are read.
    bound, confidence, errors
        As in `sample_size`.
    surprising
        Share of the records, those whose skeletons the graph without interventions holds least probable, that make a
        stratum of their own: the bound is to hold in it, in the rest, and so in all.
    seed
        Draws them.

    Raises
    ------
    InputError
        A parameter is out of range, there is no text, or the graph's numbers give no probabilities.
    """
    written = [index for index, text in leaving_texts(run.attempts).items() if text is not None]
    if not written:
        raise InputError(f"{run.directory}: no text to be read", hint="run `generate` again")
    strata = {ALL: written} if surprising is None else _by_surprise(run, written, surprising)
    own = 1 - (1 - confidence) / len(strata)
    drawn = {}
    for name, records in strata.items():
        needed = sample_size(bound, confidence=own, errors=errors, documents=len(records))
        drawn[name] = tuple(sorted(stream(seed, f"audit {name}").sample(records, needed)))
    return AuditPlan(
        bound=bound,
        confidence=confidence,
        errors=errors,
        surprising=surprising,
        seed=seed,
        strata={name: len(records) for name, records in strata.items()},
        drawn=drawn,
    )


def _by_surprise(run: "EvaluatedRun", written: list[int], share: float) -> dict[str, list[int]]:
    if not 0 < share < 1:
        raise InputError(f"--surprising {share:g}: no share of the records", hint="give e.g. 0.1")
    probable = log_probabilities(run.attempts, run.observational)
    if not probable:
        raise InputError("--surprising: the graph's unrounded numbers give no probabilities", hint="leave it out")
    ranked = sorted(written, key=lambda index: (probable[index], index))
    count = min(max(1, round(share * len(ranked))), len(ranked) - 1)
    return {SURPRISING: ranked[:count], OTHERS: ranked[count:]} if count else {ALL: ranked}


def _path(directory: Path, name: str) -> Path:
    return directory / FOLDER / f"{check_name(name)}.audit.json"


def write_plan_file(directory: Path, name: str, plan: AuditPlan) -> Path:
    """Keep a plan in the run directory.

    Raises
    ------
    InputError
        There is another plan of that name: sheets made by it could not be taken back any more.
    RunDirectoryError
        It can't be written.
    """
    path = _path(directory, name)
    if path.exists() and read_plan_file(directory, name) != plan:
        raise InputError(
            f"{path}: another audit is called {name}, and its sheets need it",
            hint="give this one another --name, or remove the file",
        )
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as draft:
            draft.write_text(plan.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise RunDirectoryError(f"{path}: can't be written: {error.strerror}", hint="mend the folder") from error
    return path


def read_plan_file(directory: Path, name: str) -> AuditPlan:
    """Read the plan that a sheet was made by.

    Raises
    ------
    InputError
        No sheet was made under this name.
    RunDirectoryError
        The file is no plan.
    """
    path = _path(directory, name)
    try:
        return AuditPlan.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"{path}: no audit was begun here", hint="make a sheet with `evaluate audit … -o`") from None
    except (OSError, ValidationError) as error:
        raise RunDirectoryError(f"{path}: not an audit's plan", hint="make the sheet again") from error
