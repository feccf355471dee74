"""What people read: a reading like any other, with bounds for what they were asked to bound."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.readers.agreement import krippendorffs_alpha
from causalsynth.evaluate.readers.audit.filled import Cell, FilledSheet
from causalsynth.evaluate.readers.audit.plan import AuditPlan
from causalsynth.evaluate.readers.audit.sample_size import upper_limit
from causalsynth.evaluate.readers.audit.sheet import NOT_STATED, UNCLEAR
from causalsynth.evaluate.readers.classes import Classes
from causalsynth.evaluate.readers.reading import Reading
from causalsynth.evaluate.readers.report import ReadingReport, compare
from causalsynth.evaluate.readers.stated import stated_in
from causalsynth.evaluate.texts import digest_of_texts, leaving_texts
from causalsynth.scm.support import Numeric

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["AuditReport", "StratumBound", "audit"]

_DISPUTED = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumBound:
    """One stratum of an audit.

    Attributes
    ----------
    documents
        Documents of the run in it.
    drawn
        Documents to be read.
    wrong
        Documents with a fact that was not read as in the skeleton, of those read in full.
    upper
        Exact one-sided upper limit of their share, each stratum's at the confidence that makes all hold together.
    """

    documents: int
    drawn: int
    wrong: Share
    upper: float

    def to_json(self) -> dict[str, object]:
        """Give one value of ``strata``."""
        return {
            "documents": self.documents,
            "drawn": self.drawn,
            "read": self.wrong.n,
            "wrong": self.wrong.count,
            "upper": self.upper,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What `audit` found.

    Attributes
    ----------
    bound, confidence
        What was asked for.
    upper
        Upper limit of the share of wrong documents in the run: the strata's, weighed by their documents.
    strata
        By name.
    wrong_records
        Indexes of the wrong documents.
    complete
        Whether all documents drawn were read in full.
    left_open
        Cells without an answer, by annotator.
    disputed
        Cells on which no answer has more than half of the annotators.
    alpha
        Krippendorff's, nominal: over all cells, and by variable. None with one annotator.
    reading
        Against skeletons and extractor.
    """

    bound: float
    confidence: float
    upper: float
    strata: Mapping[str, StratumBound]
    wrong_records: tuple[int, ...]
    complete: bool
    left_open: Mapping[str, int]
    disputed: int
    alpha: float | None
    alpha_by_variable: Mapping[str, float | None]
    reading: ReadingReport

    @property
    def met(self) -> bool:
        """Whether the bound holds, at the confidence asked for."""
        return self.upper <= self.bound

    def to_json(self) -> dict[str, object]:
        """Give the document of ``evaluate audit --sheet --json``."""
        return {
            "bound": self.bound,
            "confidence": self.confidence,
            "upper": self.upper,
            "met": self.met,
            "complete": self.complete,
            "strata": {name: entry.to_json() for name, entry in self.strata.items()},
            "wrong_records": list(self.wrong_records),
            "left_open": dict(self.left_open),
            "disputed": self.disputed,
            "alpha": self.alpha,
            "alpha_by_variable": dict(self.alpha_by_variable),
            "reading": self.reading.to_json(),
        }


def audit(
    run: "EvaluatedRun", plan: AuditPlan, sheets: Sequence[FilledSheet], *, name: str = "human"
) -> tuple[Reading, AuditReport]:
    """Make a reading of filled-in sheets, and say what they bound.

    A cell is what more than half of its annotators say. Cells that nobody answered are not counted; disputed and
    unclear ones count as read otherwise than the skeleton.

    Parameters
    ----------
    run, plan
        The run, and what was drawn of it.
    sheets
        One or more annotators', by `causalsynth.evaluate.readers.audit.filled.read_sheet`.
    name
        What the reading is to be called.
    """
    given = _by_cell(sheets)
    said = {cell: _majority(answers) for cell, answers in given.items()}
    values, read = _tables(run, said)
    annotators = [sheet.annotator for sheet in sheets]
    reading = Reading(
        name=name,
        kind="human",
        values=values.where(values.notna(), None)[read.any(axis=1)],  # of the records not drawn nothing is known
        texts=digest_of_texts(leaving_texts(run.attempts)),
        settings={"annotators": annotators, "bound": plan.bound, "confidence": plan.confidence, "seed": plan.seed},
    )
    wrong = _wrong(run, values, read)
    strata = _strata(plan, wrong)
    documents = sum(plan.strata.values())
    report = AuditReport(
        bound=plan.bound,
        confidence=plan.confidence,
        upper=sum(entry.upper * entry.documents for entry in strata.values()) / documents,
        strata=strata,
        wrong_records=tuple(index for index, bad in wrong.items() if bad),
        complete=all(entry.wrong.n == entry.drawn for entry in strata.values()),
        left_open={sheet.annotator: sheet.left_open for sheet in sheets if sheet.left_open},
        disputed=sum(answer == _DISPUTED for answer in said.values()),
        alpha=krippendorffs_alpha(list(given.values())),
        alpha_by_variable={
            name: krippendorffs_alpha([answers for (_, variable), answers in given.items() if variable == name])
            for name in run.scm.variables
        },
        reading=compare(run, reading, read=read),
    )
    return reading, report


def _by_cell(sheets: Sequence[FilledSheet]) -> dict[Cell, dict[str, str]]:
    """Give each cell's answers by annotator."""
    given: dict[Cell, dict[str, str]] = {}
    for sheet in sheets:
        for cell, answer in sheet.answers.items():
            given.setdefault(cell, {})[sheet.annotator] = answer
    return given


def _tables(run: "EvaluatedRun", said: Mapping[Cell, str]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Give what was said, and which cells were read at all (bool): one row each finished record of the run."""
    import pandas as pd

    skeleton = run.frames()["skeleton"]
    values = pd.DataFrame(None, index=skeleton.index, columns=skeleton.columns, dtype=object)
    read = pd.DataFrame(False, index=skeleton.index, columns=skeleton.columns, dtype=bool)
    for (index, variable), answer in said.items():
        values.loc[index, variable] = _kept(answer, numeric=isinstance(run.scm.support(variable), Numeric))
        read.loc[index, variable] = True
    return values, read


def _majority(answers: Mapping[str, str]) -> str:
    answer, count = Counter(answers.values()).most_common(1)[0]
    return answer if 2 * count > len(answers) else _DISPUTED


def _kept(answer: str, *, numeric: bool) -> str | float | None:
    """Give what a table holds: as of an extractor, ``uncertain`` and ``conflict`` are no states."""
    if answer == NOT_STATED:
        return None
    if numeric:
        return None if answer in (UNCLEAR, _DISPUTED) else float(answer)
    return "uncertain" if answer == UNCLEAR else answer


def _wrong(run: "EvaluatedRun", values: "pd.DataFrame", read: "pd.DataFrame") -> dict[int, bool]:
    """Tell of each document that was read in full whether any fact it was to state was read otherwise."""
    skeleton = run.frames()["skeleton"]
    stated = stated_in(run, skeleton)
    wrong: Any = stated.to_numpy(copy=True)
    for place, (variable, support) in enumerate(run.scm.supports.items()):
        truth = skeleton[variable].tolist()
        wrong[:, place] &= ~Classes.of(support, truth).same(truth, values[variable].tolist())
    whole = read.all(axis=1)
    return {index: bool(row.any()) for index, row, full in zip(skeleton.index, wrong, whole, strict=True) if full}


def _strata(plan: AuditPlan, wrong: Mapping[int, bool]) -> dict[str, StratumBound]:
    strata = {}
    for name, drawn in plan.drawn.items():
        judged = [wrong[index] for index in drawn if index in wrong]
        share = Share(sum(judged), len(judged))
        strata[name] = StratumBound(
            documents=plan.strata[name],
            drawn=len(drawn),
            wrong=share,
            upper=upper_limit(share.count, share.n, confidence=plan.stratum_confidence, documents=plan.strata[name]),
        )
    return strata
