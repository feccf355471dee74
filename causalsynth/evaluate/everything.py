"""All evaluations of a run, one after the other; what can't be said of it is told and holds up none of the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.evaluate.blas import on_one_blas_thread
from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["EvaluationReport", "Report", "evaluate_all"]


class Report(Protocol):
    """What every evaluation gives."""

    def to_json(self) -> dict[str, object]:
        """Give a plain document."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """What `evaluate_all` found.

    Attributes
    ----------
    reports
        Evaluation → its report: ``realizability``, ``ci``, ``selection``, ``backdoor``, ``fidelity``, ``effects``,
        ``richness``, and ``readers/NAME`` for each reading.
    skipped
        Evaluation → why there is no report of it. A reading that can't be used is skipped as ``readers/NAME``, one of
        a twin run as ``twins/WORLD/readers/NAME``: all figures are taken without it.
    damaged
        Those of `skipped` that a damaged file of the run directory held up, and nothing in what is there to be said.
    """

    reports: Mapping[str, Report]
    skipped: Mapping[str, str]
    damaged: Mapping[str, RunDirectoryError] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate all --json``: a key for each evaluation, ``readers``, and ``skipped``."""
        documents = {name: report.to_json() for name, report in self.reports.items()}
        readers = {name.removeprefix(_READER): documents.pop(name) for name in self.reports if name.startswith(_READER)}
        return {**documents, "readers": readers, "skipped": dict(self.skipped)}


_READER = "readers/"


@on_one_blas_thread
def evaluate_all(
    run: EvaluatedRun,
    *,
    seed: int = 0,
    threads: int = 1,
    probe: bool = True,
    on_start: Callable[[str], None] = lambda name: None,
) -> EvaluationReport:
    """Evaluate a run in every way.

    Parameters
    ----------
    run
        As `causalsynth.evaluate.rundir.open_run` gives it.
    seed
        Of all draws and folds.
    threads
        Of the tests and of the probe.
    probe
        Whether a probe reads the texts first, unless a reading of its name is there and up to date. Its reading is
        kept in the run directory.
    on_start
        Called with each evaluation's name before it begins.
    """
    reports: dict[str, Report] = {}
    skipped: dict[str, InputError] = {}
    usable = _without_unusable(run, skipped)
    for name, evaluate in _evaluations(usable, seed, threads, probe, skipped):
        on_start(name)
        try:
            reports |= evaluate()
        except InputError as error:
            skipped[name] = error
    return EvaluationReport(
        reports=reports,
        skipped={name: error.message for name, error in skipped.items()},
        damaged={name: error for name, error in skipped.items() if isinstance(error, RunDirectoryError)},
    )


def _without_unusable(run: EvaluatedRun, skipped: dict[str, InputError], within: str = "") -> EvaluatedRun:
    """Give the run without the readings that can't be used, and note those in `skipped`."""
    from causalsynth.evaluate.readers import unusable_readings

    unusable = unusable_readings(run)
    skipped |= {f"{within}{_READER}{name}": error for name, error in unusable.items()}
    return replace(run, left_out=frozenset(unusable)) if unusable else run


Evaluation = Callable[[], Mapping[str, Report]]


def _evaluations(
    run: EvaluatedRun, seed: int, threads: int, probe: bool, skipped: dict[str, InputError]
) -> Iterator[tuple[str, Evaluation]]:
    """Give all in their order: readers come first, so that every figure after them is taken on their values too."""
    from causalsynth.evaluate.backdoor import backdoor
    from causalsynth.evaluate.effects import effects
    from causalsynth.evaluate.fidelity import fidelity_of_run
    from causalsynth.evaluate.independence.of_run import run_independence
    from causalsynth.evaluate.richness import richness
    from causalsynth.evaluate.selection import selection

    if probe:
        yield "probe", lambda: _probe(run, seed, threads)
    yield "readers", lambda: _readers(run)
    yield "realizability", lambda: {"realizability": _realizability(run)}
    yield "ci", lambda: {"ci": run_independence(run, seed=seed, threads=threads)}
    yield "selection", lambda: {"selection": selection(run, seed=seed)}
    yield "backdoor", lambda: {"backdoor": backdoor(run)}
    yield "fidelity", lambda: {"fidelity": fidelity_of_run(run, seed=seed)}
    yield "effects", lambda: {"effects": effects(run, against=_twins(run, skipped))}
    yield "richness", lambda: {"richness": richness(run.attempts, seed=seed)}


def _realizability(run: EvaluatedRun) -> Report:
    from causalsynth.evaluate.realizability import realizability
    from causalsynth.evaluate.strata import log_probabilities
    from causalsynth.evaluate.styles import styles_of

    return realizability(
        run.attempts,
        planned=run.plan.n,
        rounds=run.plan.rounds,
        log_probability=log_probabilities(run.attempts, run.observational),
        styles=styles_of(run.plan, {attempt.i for attempt in run.attempts}, graph=run.graph),
    )


def _probe(run: EvaluatedRun, seed: int, threads: int) -> Mapping[str, Report]:
    """Have a probe read the texts, unless it has; its report comes with those of the other readers."""
    from causalsynth.evaluate.readers import ProbeSettings, read_by_probe, read_readings, write_reading

    kept = read_readings(run.directory, without=run.left_out)
    if "probe" not in {*kept, *run.left_out}:  # one that can't be used is not replaced unasked
        write_reading(run.directory, read_by_probe(run, settings=ProbeSettings(seed=seed, jobs=threads)))
    return {}


def _readers(run: EvaluatedRun) -> Mapping[str, Report]:
    from causalsynth.evaluate.readers import compare, kept_readings

    return {f"{_READER}{reading.name}": compare(run, reading) for reading in kept_readings(run)}


def _twins(run: EvaluatedRun, skipped: dict[str, InputError]) -> list[EvaluatedRun]:
    from causalsynth.evaluate.effects import twin_directories
    from causalsynth.evaluate.rundir import open_run

    return [
        _without_unusable(open_run(path, run.graph), skipped, f"{path.parent.name}/{path.name}/")
        for path in twin_directories(run.directory)
    ]
