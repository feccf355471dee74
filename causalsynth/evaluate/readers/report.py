"""What a reading says of the texts: against the skeletons, and against the loop's own extractor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.readers.agreement import cohens_kappa
from causalsynth.evaluate.readers.classes import NOT_READ, Classes
from causalsynth.evaluate.readers.others import guess_from_others
from causalsynth.evaluate.readers.stated import stated_in
from causalsynth.evaluate.texts import leaving_texts

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate.readers.reading import Reading
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["Confusion", "ReadingReport", "VariableReading", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """What was read where the skeleton says what.

    Attributes
    ----------
    classes
        The states, or ranges of numbers.
    counts
        For each true class the records read as each class, and last those not read.
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def recall(self) -> dict[str, Share]:
        """Of the records of each true class those read as it."""
        return {
            name: Share(row[place], sum(row))
            for place, (name, row) in enumerate(zip(self.classes, self.counts, strict=True))
        }

    def to_json(self) -> dict[str, object]:
        """Give rows by true class, with exact intervals of what is read right."""
        heads = [*self.classes, "not read"]
        return {
            name: {"read_as": dict(zip(heads, row, strict=True)), **self.recall[name].to_json()}
            for name, row in zip(self.classes, self.counts, strict=True)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableReading:
    """One variable as it was read.

    Attributes
    ----------
    right
        Texts in which the skeleton's value was read, of those that were to state it.
    not_read
        Those of them in which nothing definite was read.
    kappa
        Cohen's, against the skeleton, where a value was read.
    extractor
        Texts of which the reader and the loop's extractor read the same, of those in which the extractor read a value.
    extractor_kappa
        Cohen's, against the extractor, where both read a value.
    guessable
        Records whose value a guess from the other facts alone gets right.
    beyond_guessing
        Of those that it gets wrong, the ones that the reader gets right. A reader that goes by the other facts gets
        few of them; one that reads the words gets as many as elsewhere. None of n where the others give it all away.
    leaked
        Texts told to keep silent in which a value was read all the same.
    """

    right: Share
    not_read: int
    kappa: float | None
    extractor: Share
    extractor_kappa: float | None
    guessable: Share
    beyond_guessing: Share
    leaked: int
    confusion: Confusion

    def to_json(self) -> dict[str, object]:
        """Give one value of ``by_variable``."""
        return {
            "n": self.right.n,
            "right": self.right.count,
            **self.right.to_json(),
            "not_read": self.not_read,
            "kappa": self.kappa,
            "extractor": {"n": self.extractor.n, **self.extractor.to_json(), "kappa": self.extractor_kappa},
            "guessable": {"n": self.guessable.n, **self.guessable.to_json()},
            "beyond_guessing": {"n": self.beyond_guessing.n, **self.beyond_guessing.to_json()},
            "leaked": self.leaked,
            "confusion": self.confusion.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport:
    """What `compare` found.

    Attributes
    ----------
    name, kind, settings, notes
        As in `causalsynth.evaluate.readers.Reading`.
    records
        Records of the reading.
    whole
        Records whose every fact was read right, of those that were read in full.
    by_variable
        Variables that some text was to state.
    """

    name: str
    kind: str
    settings: Mapping[str, Any]
    notes: Mapping[str, Any]
    records: int
    whole: Share
    by_variable: Mapping[str, VariableReading]

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate read --json``."""
        return {
            "name": self.name,
            "kind": self.kind,
            "settings": dict(self.settings),
            "notes": dict(self.notes),
            "records": self.records,
            "whole_records": {"n": self.whole.n, "right": self.whole.count, **self.whole.to_json()},
            "by_variable": {name: entry.to_json() for name, entry in self.by_variable.items()},
        }


def compare(run: "EvaluatedRun", reading: "Reading", *, read: "pd.DataFrame | None" = None) -> ReadingReport:
    """Compare a reading with the skeletons and with what the loop's extractor read.

    Intervals are exact binomial ones: records are drawn independently of one another.

    Parameters
    ----------
    run
        The run.
    reading
        Of its texts; records that it lacks are left out.
    read
        Which cells were read at all: bool, a row a record; None: all of the reading's records with a text.
    """
    frames = run.frames()
    texts = leaving_texts(run.attempts)
    index = frames["skeleton"].index
    asked = np.array([texts[i] is not None for i in index], dtype=bool) & index.isin(reading.values.index)
    cells = dict.fromkeys(run.scm.variables, asked)
    if read is not None:
        done = read.reindex(index, fill_value=False)
        cells = {name: asked & done[name].to_numpy() for name in run.scm.variables}
    values = reading.values.reindex(index)
    stated = stated_in(run, frames["skeleton"])
    guessed = guess_from_others(frames["skeleton"], run.scm.supports)
    right = np.ones(len(index), dtype=bool)
    by_variable = {}
    for name, support in run.scm.supports.items():
        truth = frames["skeleton"][name].tolist()
        classes = Classes.of(support, truth)
        told = cells[name] & stated[name].to_numpy()
        columns = _Columns(classes, truth, values[name], frames["extracted"][name], guessed[name])
        right &= columns.right | ~told
        if told.any():
            by_variable[name] = columns.compared(told, cells[name] & ~told)
    return ReadingReport(
        name=reading.name,
        kind=reading.kind,
        settings=reading.settings,
        notes=reading.notes,
        records=len(reading.values),
        whole=_share(right, np.logical_and.reduce(list(cells.values()))),
        by_variable=by_variable,
    )


class _Columns:
    """One variable by all who say something of it."""

    def __init__(
        self,
        classes: Classes,
        truth: Sequence[object],
        read: "pd.Series[Any]",
        extracted: "pd.Series[Any]",
        guessed: "pd.Series[Any]",
    ) -> None:
        self.classes = classes
        self.truth, self.read, self.extracted = (
            classes.code(values) for values in (truth, read.tolist(), extracted.tolist())
        )
        self.right = classes.same(truth, read.tolist())
        self.as_extracted = classes.same(extracted.tolist(), read.tolist())
        self.guessed_right = classes.same(truth, guessed.tolist())

    def compared(self, told: NDArray[np.bool_], silent: NDArray[np.bool_]) -> VariableReading:
        """Count the texts that were told to state the variable, and leaks of those told to keep silent."""
        extracted = told & (self.extracted != NOT_READ)
        hidden = told & ~self.guessed_right
        return VariableReading(
            right=_share(self.right, told),
            not_read=int((self.read[told] == NOT_READ).sum()),
            kappa=cohens_kappa(self._table(self.truth, told)[:, :-1]),
            extractor=_share(self.as_extracted, extracted),
            extractor_kappa=cohens_kappa(self._table(self.extracted, extracted)[:, :-1]),
            guessable=_share(self.guessed_right, told),
            beyond_guessing=_share(self.right, hidden),
            leaked=int((self.read[silent] != NOT_READ).sum()),
            confusion=Confusion(
                classes=self.classes.names,
                counts=tuple(tuple(int(count) for count in row) for row in self._table(self.truth, told)),
            ),
        )

    def _table(self, rows: NDArray[np.intp], where: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count (class by `rows`, class as read); the last column is not read."""
        size = len(self.classes.names)
        read = np.where(self.read == NOT_READ, size, self.read)
        table = np.zeros((size, size + 1), dtype=np.int64)
        np.add.at(table, (rows[where], read[where]), 1)
        return table


def _share(flags: NDArray[np.bool_], of: NDArray[np.bool_]) -> Share:
    return Share(int((flags & of).sum()), int(of.sum()))
