"""``causalsynth verify``: do texts say their facts, and what must change where they don't."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from causalsynth.domain import Domain

__all__ = ["verify"]


def verify(
    graph: Annotated[str, typer.Argument(help="A graph with a lexicon: a name, or a folder with a lexicon.yaml.")],
    notes: Annotated[Path, typer.Argument(help='JSON Lines, each {"id": …, "text": …, "skeleton": {…}}.')],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the verdicts go, as JSON Lines.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Compare texts with the facts that they had to state."""
    from causalsynth.cli.notes import write_lines
    from causalsynth.domain import Domain

    domain = Domain.load(graph)
    accepted: Counter[bool] = Counter()
    kinds: Counter[str] = Counter()
    write_lines(output, _verdicts(domain, notes, accepted, kinds), source=notes)
    n = accepted.total()
    if as_json:
        summary = {
            "domain": domain.name,
            "n": n,
            "accepted": accepted[True],
            "violations": dict(sorted(kinds.items())),
            "output": str(output),
        }
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    listed = "".join(f", {count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{output}: {accepted[True]} of {n} texts accepted{listed}", file=sys.stderr)


def _verdicts(
    domain: "Domain", notes: Path, accepted: "Counter[bool]", kinds: "Counter[str]"
) -> Iterator[dict[str, object]]:
    from causalsynth.cli.notes import read_notes
    from causalsynth.extract import Extractor
    from causalsynth.verify import correction
    from causalsynth.verify import verify as departures

    extractor = Extractor(domain.lexicon)
    for note in read_notes(notes, domain, skeletons=True):
        findings = extractor.extract(note.text)
        violations = departures(findings, note.skeleton or {}, lexicon=domain.lexicon)
        accepted[not violations] += 1
        kinds.update(str(violation.kind) for violation in violations)
        yield {
            "id": note.id,
            "values": findings.values_by_variable(),
            "findings": findings.to_json(),
            "accepted": not violations,
            "violations": [_violation(violation.to_json()) for violation in violations],
            "correction": correction(violations, note.text, domain.lexicon),
        }


def _violation(violation: dict[str, object]) -> dict[str, object]:
    """Add ``span``: the first of ``spans``, or null."""
    spans = violation["spans"]
    return {**violation, "span": spans[0] if isinstance(spans, list) and spans else None}
