"""``causalsynth graphs``: which graphs there are, and what is in one."""

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from causalsynth.scm import SCM, GraphEntry, Support

__all__ = ["graphs"]


def graphs(
    name: Annotated[
        str | None,
        typer.Argument(help="A graph: a name, a .bif or .yaml file, or a folder. Without it, all are listed."),
    ] = None,
    dot: Annotated[bool, typer.Option("--dot", help="Print the graph in Graphviz's language.")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="Draw the graph into this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the graphs that ship with CausalSynth, or show one."""
    from causalsynth.errors import InputError

    if dot and (name is None or as_json):
        raise InputError("--dot needs a graph and no --json", hint="causalsynth graphs asia --dot")
    if svg is not None and name is None:
        raise InputError("--svg needs a graph", hint="causalsynth graphs asia --svg asia.svg")
    if svg is not None and svg.suffix.lower() != ".svg":
        raise InputError(f"--svg {svg}: a drawing ends in .svg", hint="causalsynth graphs asia --svg asia.svg")
    if name is None:
        _list_all(as_json=as_json)
        return
    from causalsynth.scm import SCM, bundled_graphs, pgmpy_graphs

    scm = SCM.load(name)
    entry = bundled_graphs().get(name) or pgmpy_graphs().get(name)
    if svg is not None:
        _draw(scm, svg)
    if dot:
        sys.stdout.write(_dot(scm))
    elif as_json:
        _print_json(_describe(scm, entry))
    elif svg is not None:
        sys.stdout.write(f"{svg}: {scm.name}, {len(scm.variables)} variables, {len(scm.graph.edges)} arcs\n")
    else:
        _show(scm, entry)


def _list_all(*, as_json: bool) -> None:
    from causalsynth.scm import SCM, bundled_graphs, pgmpy_graphs

    bundled = bundled_graphs()
    listed: list[dict[str, Any]] = []
    for name, entry in bundled.items():
        graph = SCM.load(entry.path).graph
        listed.append(
            {
                "name": name,
                "variables": len(graph.nodes),
                "arcs": len(graph.edges),
                "lexicon": entry.lexicon,
                "source": entry.source,
            }
        )
    others = [name for name in pgmpy_graphs() if name not in bundled]
    if as_json:
        _print_json({"graphs": listed, "pgmpy": others})
        return
    cells = [
        [g["name"], str(g["variables"]), str(g["arcs"]), "yes" if g["lexicon"] else "no", g["source"]] for g in listed
    ]
    _print_table(["name", "variables", "arcs", "lexicon", "source"], cells)
    if others:
        sys.stdout.write(f"Also by name, from the installed pgmpy: {', '.join(others)}\n")


def _describe(scm: "SCM", entry: "GraphEntry | None") -> dict[str, Any]:
    return {
        "name": scm.name,
        "variables": [
            {"name": name, **_values(support), "parents": list(scm.graph.parents(name))}
            for name, support in scm.supports.items()
        ],
        "arcs": [list(arc) for arc in scm.graph.edges],
        "lexicon": entry.lexicon if entry else False,
        "source": entry.source if entry else None,
        "licence": entry.licence if entry else None,
    }


def _show(scm: "SCM", entry: "GraphEntry | None") -> None:
    sys.stdout.write(f"{scm.name}: {len(scm.variables)} variables, {len(scm.graph.edges)} arcs\n")
    cells = [[name, own.describe(), ", ".join(scm.graph.parents(name))] for name, own in scm.supports.items()]
    _print_table(["variable", "values", "parents"], cells)
    if entry:
        sys.stdout.write(f"source: {entry.source}\nlicence: {entry.licence}\n")


def _values(support: "Support") -> dict[str, Any]:
    """Say what a variable can take; a number has no states, a bound that isn't there is null."""
    from causalsynth.scm import Categorical

    if isinstance(support, Categorical):
        return {"states": list(support.states)}
    bounds = {"low": support.low, "high": support.high}
    return {
        "states": None,
        "unit": support.unit,
        "decimals": support.decimals,
        **{name: bound if math.isfinite(bound) else None for name, bound in bounds.items()},
    }


def _draw(scm: "SCM", path: Path) -> None:
    from causalsynth.drawing import svg
    from causalsynth.errors import InputError
    from causalsynth.files import replacing

    labels = {name: (support.describe(),) for name, support in scm.supports.items()}
    try:
        with replacing(path) as temporary:
            temporary.write_text(svg(scm.graph, title=scm.name, labels=labels), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror or error}", hint="check the folder") from None


def _dot(scm: "SCM") -> str:
    lines = [f"  {_quoted(name)};" for name in scm.variables]
    lines += [f"  {_quoted(parent)} -> {_quoted(child)};" for parent, child in scm.graph.edges]
    return "\n".join([f"digraph {_quoted(scm.name)} {{", *lines, "}", ""])


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table on a terminal; elsewhere write lines with tabs, nothing folded or cut."""
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in (header, *rows))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in header:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
