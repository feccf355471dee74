"""The probe: a linear model that learns from the run's own texts what their skeletons are.

Each value is predicted by a model that has not seen its record. The model knows neither lexicon nor extractor; a text
that says something else than its skeleton is read as what other texts use these words for. What such a reader can and
can't tell is in ``docs/evaluation/readers.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError
from causalsynth.evaluate.readers.features import Rows, text_features
from causalsynth.evaluate.readers.folds import deal
from causalsynth.evaluate.readers.pointer import Documents, point
from causalsynth.evaluate.readers.reading import Reading, check_name
from causalsynth.evaluate.readers.stated import stated_in
from causalsynth.evaluate.texts import digest_of_texts, leaving_texts
from causalsynth.scm.noise import stream
from causalsynth.scm.support import Numeric

if TYPE_CHECKING:
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["ProbeSettings", "read_by_probe"]

_PARALLEL_FROM = 20_000
"""Records times variables from which processes of their own pay."""
_TOLERANCE = 1e-2
"""Of the optimiser; smaller ones take longer and change next to no prediction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """How the probe learns.

    Attributes
    ----------
    seed
        Deals the folds; with it and the texts the reading is settled, whatever `jobs` is.
    folds
        A record's value is predicted by a model of the other folds.
    cost
        C of the squared hinge loss; each state weighs alike, however rare.
    jobs
        Processes.
    """

    seed: int = 0
    folds: int = 5
    cost: float = 1.0
    jobs: int = 1

    def __post_init__(self) -> None:
        if self.folds < 2 or self.jobs < 1 or not self.cost > 0 or self.seed < 0:
            raise InputError(f"{self}: out of range", hint="take at least 2 folds, 1 job, and a cost above 0")


def read_by_probe(run: "EvaluatedRun", *, name: str = "probe", settings: ProbeSettings | None = None) -> Reading:
    """Read all values with linear models over word and character n-grams, out of fold.

    States are told by linear support vector machines, one state against the rest (scikit-learn's ``LinearSVC``); of a
    number it is learned which of the text's numbers it is (`causalsynth.evaluate.readers.pointer`). Values that a text
    was not to state, and those of records without a text, are null.

    Parameters
    ----------
    run
        With at least as many texts as folds.
    name
        What the reading is to be called.
    settings
        How it learns.

    Raises
    ------
    InputError
        Too few texts, or no name for a reading.
    """
    import pandas as pd

    settings = settings or ProbeSettings()
    check_name(name)
    texts = leaving_texts(run.attempts)
    documents = list(texts.values())
    written = np.array([document is not None for document in documents], dtype=bool)
    if written.sum() < settings.folds:
        raise InputError(
            f"{run.directory}: {written.sum()} texts are too few for {settings.folds} folds", hint="write more records"
        )
    skeleton = run.frames()["skeleton"]
    stated = stated_in(run, skeleton)
    rows = {variable: np.flatnonzero(written & stated[variable].to_numpy()) for variable in skeleton.columns}
    columns = _columns([document or "" for document in documents], skeleton, rows, run, settings)
    return Reading(
        name=name,
        kind="probe",
        values=pd.DataFrame(columns, index=skeleton.index, columns=skeleton.columns, dtype=object),
        texts=digest_of_texts(texts),
        settings={"seed": settings.seed, "folds": settings.folds, "cost": settings.cost},
    )


def _columns(
    documents: Sequence[str],
    skeleton: Any,
    rows: dict[str, NDArray[np.intp]],
    run: "EvaluatedRun",
    settings: ProbeSettings,
) -> dict[str, NDArray[Any]]:
    """Read each variable in its `rows`; null elsewhere."""
    features, numbers = text_features(documents), Documents(documents)
    tasks = {}
    for variable, own in rows.items():
        rng = np.random.default_rng(stream(settings.seed, f"probe {variable}").getrandbits(64))
        truth = skeleton[variable].to_numpy(dtype=object)[own]
        if isinstance(support := run.scm.support(variable), Numeric):
            tasks[variable] = partial(point, numbers, own, truth.astype(float), support, settings.folds, rng)
        else:
            tasks[variable] = partial(_classify, features, own, truth.astype(str), settings, rng)
    columns = {}
    for (variable, own), read in zip(rows.items(), _run(list(tasks.values()), len(documents), settings), strict=True):
        columns[variable] = np.full(len(documents), None, dtype=object)
        columns[variable][own] = read
    return columns


def _run(tasks: Sequence[Any], documents: int, settings: ProbeSettings) -> list[Any]:
    """Do all tasks; in processes, as liblinear's random numbers are the whole process's."""
    if settings.jobs == 1 or len(tasks) * documents < _PARALLEL_FROM:
        return [task() for task in tasks]
    from joblib import Parallel, delayed

    found: list[Any] = Parallel(n_jobs=settings.jobs)(delayed(task)() for task in tasks)
    return found


def _classify(
    features: Rows, rows: NDArray[np.intp], truth: NDArray[Any], settings: ProbeSettings, rng: np.random.Generator
) -> NDArray[Any]:
    """Predict states out of fold; where training knows one state only, it is that one."""
    states, labels = np.unique(truth, return_inverse=True)
    read = np.empty(len(rows), dtype=object)
    if not len(rows):
        return read
    fold = deal(labels, settings.folds, rng)
    for held_out in range(settings.folds):
        train, test = fold != held_out, fold == held_out
        if not test.any():
            continue
        known = np.unique(labels[train])
        predicted = (
            known[:1]
            if len(known) == 1
            else _fitted(features[rows[train]], labels[train], settings, features[rows[test]])
        )
        read[test] = states[predicted]
    return read


def _fitted(known: Rows, labels: NDArray[np.intp], settings: ProbeSettings, unknown: Rows) -> NDArray[np.intp]:
    from sklearn.svm import LinearSVC

    model = LinearSVC(
        C=settings.cost, tol=_TOLERANCE, class_weight="balanced", random_state=settings.seed % 2**31, max_iter=2000
    )
    predicted: NDArray[np.intp] = model.fit(known, labels).predict(unknown)
    return predicted
