"""``causalsynth evaluate audit``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption, RunArgument
from causalsynth.cli.evaluate.printing import print_report
from causalsynth.cli.evaluate.source import domain_of, opened

if TYPE_CHECKING:
    from causalsynth.evaluate.readers.audit import AuditPlan, AuditReport
    from causalsynth.evaluate.rundir import EvaluatedRun

__all__ = ["audit"]


def audit(
    rundir: RunArgument,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Sheet to be made, a CSV file.")] = None,
    sheet: Annotated[list[Path] | None, typer.Option(help="Sheet filled in; one for each annotator.")] = None,
    bound: Annotated[float, typer.Option(help="Most texts, as a share, that may be wrong.")] = 0.01,
    confidence: Annotated[float, typer.Option(help="Of the bound.")] = 0.95,
    errors: Annotated[int, typer.Option(min=0, help="Wrong texts among those read with which it still holds.")] = 0,
    surprising: Annotated[
        float | None, typer.Option(help="Share of the records, the least probable, in which it is to hold as well.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the reading is called.")] = "human",
    seed: Annotated[int, typer.Option(min=0, help="Draws the texts.")] = 0,
    graph: GraphOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have people read as many texts as a bound takes: make the sheet (-o), then take it back (--sheet)."""
    from causalsynth.errors import InputError

    if (out is None) == (not sheet):
        raise InputError("audit makes a sheet or takes it back", hint="give -o SHEET.csv, or --sheet FILLED.csv")
    if out is not None and out.is_file():
        raise InputError(f"{out}: there already, and may be filled in", hint="take another name, or remove it")
    run = opened(rundir, graph)
    if out is not None:
        _make(run, out, name, bound, confidence, errors, surprising, seed, as_json=as_json)
    else:
        _take_back(run, sheet or [], name, as_json=as_json)


def _make(
    run: "EvaluatedRun",
    out: Path,
    name: str,
    bound: float,
    confidence: float,
    errors: int,
    surprising: float | None,
    seed: int,
    *,
    as_json: bool,
) -> None:
    from causalsynth.cli.evaluate.audit_tables import render_plan
    from causalsynth.evaluate.readers.audit import plan_audit, write_plan_file, write_sheet

    plan = plan_audit(run, bound=bound, confidence=confidence, errors=errors, surprising=surprising, seed=seed)
    write_plan_file(run.directory, name, plan)
    write_sheet(out, _texts(run, plan), run.scm.supports, domain_of(run))
    print_report(_Made(plan, out, name), render_plan, as_json=as_json)


class _Made:
    """A sheet that was made, as a report."""

    def __init__(self, plan: "AuditPlan", sheet: Path, name: str) -> None:
        self.plan, self.sheet, self.name = plan, sheet, name

    def to_json(self) -> dict[str, object]:
        """Give the document of ``--json``."""
        return {"sheet": str(self.sheet), "name": self.name, **self.plan.model_dump(mode="json")}


def _texts(run: "EvaluatedRun", plan: "AuditPlan") -> dict[int, str]:
    """Give the texts to be read, in the sheet's order; a record that lost its text since has the empty one."""
    from causalsynth.evaluate.texts import leaving_texts

    texts = leaving_texts(run.attempts)
    return {index: texts.get(index) or "" for index in plan.order}


def _take_back(run: "EvaluatedRun", sheets: list[Path], name: str, *, as_json: bool) -> None:
    from causalsynth.cli.evaluate.audit_tables import render_audit
    from causalsynth.errors import InputError
    from causalsynth.evaluate.readers import write_reading
    from causalsynth.evaluate.readers.audit import audit as evaluate
    from causalsynth.evaluate.readers.audit import read_plan_file, read_sheet

    plan = read_plan_file(run.directory, name)
    texts = _texts(run, plan)
    filled = [read_sheet(path, texts, run.scm.supports) for path in sheets]
    if len({one.annotator for one in filled}) < len(filled):
        raise InputError("two sheets of one name", hint="name each sheet after its annotator")
    reading, report = evaluate(run, plan, filled, name=name)
    write_reading(run.directory, reading)
    print_report(report, render_audit, as_json=as_json)
    _require(report)


def _require(report: "AuditReport") -> None:
    """Leave with code 5 where all was read and the bound does not hold."""
    from causalsynth.errors import ThresholdError

    if report.complete and not report.met:
        raise ThresholdError(
            f"at most {report.bound:g} was to be shown, but up to {report.upper:.4f} may be wrong",
            hint="the report names the records that are wrong",
        )
