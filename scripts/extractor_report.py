"""Measure the extractor on a folder of annotated documents, and show every error beside its sentence.

    python scripts/extractor_report.py CORPUS_DIR [--domain asia] [--quiet]

Each ``DOMAIN.jsonl`` in the folder holds documents with ``skeleton``, ``gold`` and ``altered``. Value precision:
of the definite values read, the share that is right (gold is definite and equal). Recall: of the definite gold values
the share read. False acceptance: a document with an altered variable that verifies. False alarm: a faithful one that
doesn't.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from causalsynth.domain import Domain
from causalsynth.domain.values import same_value
from causalsynth.errors import CausalSynthError
from causalsynth.extract import Extractor, Findings
from causalsynth.scm import Value
from causalsynth.verify import verify

OPEN = ("uncertain", "conflict")


@dataclass
class Counts:
    """What is counted, for a variable or a whole domain."""

    read: int = 0
    right: int = 0
    stated: int = 0
    found: int = 0

    def add(self, gold: Value | None, value: Value | None, *, same: bool) -> None:
        """Count one cell; `same`: what was read is what is stated, numbers within their tolerance."""
        definite = gold is not None and gold not in OPEN
        read = value is not None and value not in OPEN
        self.read += read
        self.right += read and same
        self.stated += definite
        self.found += definite and same

    @property
    def precision(self) -> float:
        """Share of definite values read that are right."""
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """Share of definite gold values that are read."""
        return self.found / self.stated if self.stated else 1.0


@dataclass
class Report:
    """One domain's figures."""

    domain: str
    total: Counts = field(default_factory=Counts)
    by_variable: dict[str, Counts] = field(default_factory=dict)
    false_acceptances: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    faithful: int = 0
    altered: int = 0
    errors: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Give the report as text."""
        total = self.total
        yield (
            f"{self.domain}: precision {total.precision:.4f} ({total.right}/{total.read}), recall {total.recall:.4f} "
            f"({total.found}/{total.stated}), false acceptances {len(self.false_acceptances)}/{self.altered}, "
            f"false alarms {len(self.false_alarms)}/{self.faithful}"
        )
        for name, counts in self.by_variable.items():
            yield f"  {name:16} precision {counts.precision:.4f} recall {counts.recall:.4f} of {counts.stated}"
        yield f"  falsely accepted: {', '.join(self.false_acceptances) or 'none'}"
        yield f"  falsely refused: {', '.join(self.false_alarms) or 'none'}"
        yield from self.errors


def measure(name: str, documents: list[dict[str, object]]) -> Report:
    """Run the extractor of domain `name` over its documents."""
    extractor = Extractor(Domain.load(name).lexicon)
    report = Report(name, by_variable={variable: Counts() for variable in extractor.lexicon.variables})
    for document in documents:
        _measure_one(document, extractor, report)
    return report


def _measure_one(document: dict[str, object], extractor: Extractor, report: Report) -> None:
    text, gold, skeleton = str(document["text"]), dict(document["gold"]), dict(document["skeleton"])  # type: ignore[call-overload]
    findings = extractor.extract(text)
    for variable, value in findings.values_by_variable().items():
        same = same_value(extractor.lexicon.variables[variable], gold[variable], value)
        report.total.add(gold[variable], value, same=same)
        report.by_variable[variable].add(gold[variable], value, same=same)
        if not same:
            report.errors.append(_error(str(document["id"]), variable, gold[variable], findings, text))
    accepted = not verify(findings, skeleton, extractor.lexicon)
    if document["altered"]:
        report.altered += 1
        report.false_acceptances += [str(document["id"])] * accepted
    else:
        report.faithful += 1
        report.false_alarms += [str(document["id"])] * (not accepted)


def _error(document: str, variable: str, gold: Value | None, findings: Findings, text: str) -> str:
    value = findings.values_by_variable()[variable]
    weight = "!" if value not in (None, *OPEN) else " "
    around = " … ".join(text[max(0, s - 40) : e + 40].replace("\n", " ") for s, e in findings[variable].spans)
    return f"{weight} {document} {variable}: gold {gold}, read {value}: {around}"


def main(argv: list[str] | None = None) -> int:
    """Print a report a domain."""
    parser = argparse.ArgumentParser(description="Measure the extractor on annotated documents.")
    parser.add_argument("corpus", type=Path, help="folder of DOMAIN.jsonl files")
    parser.add_argument("--domain", action="append", help="only these; default: every domain that has a lexicon")
    parser.add_argument("--quiet", action="store_true", help="no errors one by one")
    options = parser.parse_args(argv)
    for path in sorted(options.corpus.glob("*.jsonl")):
        if options.domain and path.stem not in options.domain:
            continue
        documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        try:
            report = measure(path.stem, documents)
        except CausalSynthError as error:
            print(f"{path.stem}: {error}", file=sys.stderr)
            continue
        print("\n".join(list(report.lines())[: 3 + len(report.by_variable) if options.quiet else None]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
