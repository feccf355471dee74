"""``causalsynth extract``: what texts say, with the characters that say it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from causalsynth.domain import Domain

__all__ = ["extract"]


def extract(
    graph: Annotated[str, typer.Argument(help="A graph with a lexicon: a name, or a folder with a lexicon.yaml.")],
    notes: Annotated[Path, typer.Argument(help='JSON Lines, each {"id": …, "text": …}.')],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the findings go, as JSON Lines.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Read the value of every variable back from texts. No model is asked: same text, same findings."""
    from causalsynth.cli.notes import write_lines
    from causalsynth.domain import Domain

    domain = Domain.load(graph)
    counts: dict[str, dict[str, int]] = {variable: {} for variable in domain.variables}
    write_lines(output, _findings(domain, notes, counts), source=notes)
    n = sum(next(iter(counts.values())).values()) if counts else 0
    if as_json:
        summary = {"domain": domain.name, "n": n, "status": counts, "output": str(output)}
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    read = sum(of.get("stated", 0) + of.get("implied", 0) for of in counts.values())
    print(f"{output}: {n} texts, {read} of {n * len(counts)} values read", file=sys.stderr)


def _findings(domain: "Domain", notes: Path, counts: dict[str, dict[str, int]]) -> Iterator[dict[str, object]]:
    from causalsynth.cli.notes import read_notes
    from causalsynth.extract import Extractor

    extractor = Extractor(domain.lexicon)
    for note in read_notes(notes, domain, skeletons=False):
        findings = extractor.extract(note.text)
        for variable, finding in findings.items():
            counts[variable][finding.status] = counts[variable].get(finding.status, 0) + 1
        yield {"id": note.id, "values": findings.values_by_variable(), "findings": findings.to_json()}
