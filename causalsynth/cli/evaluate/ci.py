"""``causalsynth evaluate ci``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from causalsynth.cli.evaluate.options import GraphOption, JsonOption
from causalsynth.cli.evaluate.printing import print_report

if TYPE_CHECKING:
    import pandas as pd

    from causalsynth.evaluate import IndependenceReport
    from causalsynth.scm import SCM

__all__ = ["ci"]


def ci(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUNDIR|TABLE...", help="A run directory, or a table of values; several tables are replicates."
        ),
    ],
    graph: GraphOption = None,
    alpha: Annotated[float, typer.Option(help="Level of each test, above 0 and below 1.")] = 0.05,
    test: Annotated[
        str | None,
        typer.Option(
            metavar="x2|mc|g2|cmh|mixed|auto",
            help="Test of conditional independence: x2, or auto (mixed wherever a number takes part) by default.",
        ),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            metavar="skeleton|extracted|READER", help="Which values to show; may be repeated. All by default."
        ),
    ] = None,
    do: Annotated[
        list[str] | None,
        typer.Option(metavar="X=x", help="Intervention that a TABLE was drawn under; a run directory knows its own."),
    ] = None,
    replicate: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column of a TABLE that says which replicate a row is of.")
    ] = None,
    most: Annotated[
        int, typer.Option(min=0, help="Most independencies to test, a sample if there are more; 0 for all.")
    ] = 1000,
    structure: Annotated[
        str | None, typer.Option(metavar="pc", help="Learn the graph from all values too, and compare.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the p-values of the independencies (QQ plot).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Draws the tests and their standard error.")] = 0,
    threads: Annotated[int, typer.Option(min=0, help="Of the tests; 0 for one a core.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Test whether the data keep the graph's independencies and show its arcs."""
    from causalsynth.cli.evaluate.ci_tables import render_independence

    options: dict[str, Any] = {
        "alpha": alpha,
        "test": test,
        "seed": seed,
        "most_triples": most or None,
        "structure": _learner(structure),
        "threads": threads,
    }
    if len(sources) == 1 and sources[0].is_dir():
        _refuse_with_run(do, replicate)
        report = _of_run(sources[0], graph, values, options)
    else:
        report = _of_tables(sources, graph, do, replicate, values, options)
    if plot is not None:
        from causalsynth.evaluate.independence.qq_plot import qq_plot

        qq_plot(report, plot)
    print_report(report, render_independence, as_json=as_json)


def _learner(name: str | None) -> bool:
    from causalsynth.errors import InputError

    if name not in (None, "pc"):
        raise InputError(f"--structure {name}: no such learner", hint="give pc")
    return name is not None


def _refuse_with_run(do: Sequence[str] | None, replicate: str | None) -> None:
    from causalsynth.errors import InputError

    if do:
        raise InputError("--do goes with a TABLE", hint="a run directory knows its own interventions")
    if replicate is not None:
        raise InputError("--replicate goes with a TABLE", hint="a run directory is one data set")


def _of_run(
    directory: Path, graph: str | None, values: Sequence[str] | None, options: Mapping[str, Any]
) -> "IndependenceReport":
    from causalsynth.cli.evaluate.source import opened
    from causalsynth.evaluate.independence.of_run import run_frames, run_independence

    run = opened(directory, graph)
    frames = run_frames(run)
    shown = _shown(values, frames)
    return _only(run_independence(run, frames, values=shown, **options), shown)


def _of_tables(
    paths: Sequence[Path],
    graph: str | None,
    do: Sequence[str] | None,
    replicate: str | None,
    values: Sequence[str] | None,
    options: Mapping[str, Any],
) -> "IndependenceReport":
    from causalsynth.evaluate import independence, replicated_independence

    scm = _model(paths, graph, do)
    tables = [{"table": frame} for path in paths for frame in _data_sets(path, replicate, scm.variables)]
    shown = _shown(values, tables[0])
    if len(tables) == 1:
        return _only(independence(tables[0], scm, **options), shown)
    return _only(replicated_independence(tables, scm, **options), shown)


def _model(paths: Sequence[Path], graph: str | None, do: Sequence[str] | None) -> "SCM":
    from causalsynth.cli.options import parse_do
    from causalsynth.errors import InputError
    from causalsynth.scm import SCM

    for path in paths:
        if path.is_dir():
            raise InputError(f"{path}: a run directory goes alone", hint="give tables as replicates")
        if not path.exists():
            raise InputError(f"{path}: there is no such file or directory", hint="check the path")
    if graph is None:
        raise InputError(f"{paths[0]}: a table does not say which graph it follows", hint="give --graph")
    scm, held = SCM.load(graph), parse_do(do)
    return scm.do(held) if held else scm


def _data_sets(path: Path, replicate: str | None, variables: Sequence[str]) -> "list[pd.DataFrame]":
    """Read a table; give the rows of each replicate apart if a column tells them."""
    from causalsynth.errors import InputError
    from causalsynth.tables import read_table

    frame = read_table(path)
    if frame.empty:
        raise InputError(f"{path}: no rows", hint="give a table with one row a record")
    if missing := [name for name in variables if name not in frame.columns]:
        of_run = f"skeleton.{missing[0]}" in frame.columns
        hint = (
            "these are a run's records: give its directory"
            if of_run
            else "it needs one for each of the graph's variables"
        )
        raise InputError(f"{path}: no column {missing[0]!r}", hint=hint)
    if replicate is None:
        return [frame]
    if replicate not in frame.columns:
        raise InputError(f"{path}: no column {replicate!r}", hint="--replicate names a column of the table")
    if lacking := int(frame[replicate].isna().sum()):  # grouping would drop them without a word
        raise InputError(
            f"{path}: {lacking} rows have no {replicate!r}", hint="say of each row which replicate it is of"
        )
    return [own for _, own in frame.groupby(replicate, sort=True)]


def _shown(values: Sequence[str] | None, frames: "Mapping[str, pd.DataFrame]") -> list[str]:
    from causalsynth.errors import InputError

    if unknown := [name for name in values or () if name not in frames]:
        raise InputError(f"--values {unknown[0]}: no such values here", hint=f"there are: {', '.join(frames)}")
    return [name for name in frames if not values or name in values]


def _only(report: "IndependenceReport", names: Sequence[str]) -> "IndependenceReport":
    """Keep what was asked for; the reference is tested either way, for the paired difference."""
    return replace(
        report,
        values={name: own for name, own in report.values.items() if name in names},
        paired_difference={name: pair for name, pair in report.paired_difference.items() if name in names},
        structure={name: check for name, check in report.structure.items() if name in names},
    )
