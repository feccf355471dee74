"""Corrections as edit lists beside whole documents: tokens and realizability, on the simulated realizer.

::

    python benchmarks/corrections.py                       # asia 1,000 records, alarm 150: about 3 minutes
    python benchmarks/corrections.py --records asia=5000 --json

The simulated realizer is no LLM: what the figures show is what edits save where a realizer follows them as well as it
follows any other correction. Its tokens are estimated, four for three words; JSON's marks count as words.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from causalsynth import SCM, Domain, generate
from causalsynth.edits import NumberedText
from causalsynth.evaluate.intervals import Share
from causalsynth.ledger import Attempt
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.simulated import Simulated, approximate_tokens
from causalsynth.run.generate import RunResult
from causalsynth.verify import Kind, Violation, correction

WAYS = {"rewrite": "whole documents", "lines": "edits, in lines", "json": "edits, as JSON"}


class HeldToSchemas(Simulated):
    """The simulated realizer as a server that honours JSON schemas shows it."""

    structured_output = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run: prompt and answer tokens of correction rounds, and of all."""

    graph: str
    way: str
    records: int
    realized: int
    corrections: int
    in_corrections: tuple[int, int]
    in_all: tuple[int, int]

    def row(self, base: "Measured") -> str:
        """Give a line of the table; `base`: the run by whole documents."""
        rate, (low, high) = self.realized / self.records, Share(self.realized, self.records).interval
        cells = [
            f"{self.graph}, {self.records:,} records",
            WAYS[self.way],
            f"{rate:.3f} ({low:.3f}–{high:.3f})",
            f"{self.corrections:,}",
            f"{self.in_corrections[1] / self.corrections:.1f}",
            _percent(self.in_corrections[1] / self.corrections, base.in_corrections[1] / base.corrections),
            f"{self.in_all[1] / self.realized:.0f}",
            _percent(self.in_all[1] / self.realized, base.in_all[1] / base.realized),
            f"{self.in_all[0] / self.realized:,.0f}",
            _percent(self.in_all[0] / self.realized, base.in_all[0] / base.realized),
        ]
        return f"| {' | '.join(cells)} |"


HEADER = (
    "| Graph | Corrections | Realized (95 %) | Rounds of correction | Answer tokens a round | | "
    "Answer tokens a realized text | | Prompt tokens a realized text | |\n|---|---|---|---|---|---|---|---|---|---|"
)


def _percent(value: float, base: float) -> str:
    return f"{value / base:.0%}"


def measure(graph: str, way: str, n: int, seed: int) -> tuple[Measured, RunResult]:
    """Do one run in memory."""
    scm, domain = SCM.load(graph), Domain.load(graph)
    model: ChatModel = (HeldToSchemas if way == "json" else Simulated)(domain, scm)
    result = generate(scm, domain, model, n=n, seed=seed, corrections="rewrite" if way == "rewrite" else "edits")
    account = result.summary["token_account"]
    rounds, run = account["corrections"]["run"], account["run"]
    measured = Measured(
        graph=graph,
        way=way,
        records=n,
        realized=account["realized"],
        corrections=account["corrections"]["rounds"],
        in_corrections=(rounds["prompt"], rounds["completion"]),
        in_all=(run["prompt"], run["completion"]),
    )
    return measured, result


def numbering(graph: str, attempts: Sequence[Attempt]) -> dict[str, float]:
    """Give the prompt tokens that draft and last turn of an edit round take, for three ways to show the numbers."""
    domain = Domain.load(graph)
    prompts = Prompts.load(domain.lexicon.document)
    totals = {"concerned": 0, "all": 0, "in the draft": 0}
    rounds = 0
    for before in _drafts_before_edits(attempts):
        draft = NumberedText.of(before.draft or "")
        violations = [Violation(v.variable, Kind(v.kind), v.expected, v.found, v.spans) for v in before.violations]
        lines = correction(violations, draft.text, domain.lexicon, numbered=draft)
        count = len(draft.sentences)
        concerned = {*draft.numbers_at(span for violation in violations for span in violation.spans), count}
        for way, shown in (("concerned", concerned), ("all", set(range(1, count + 1))), ("in the draft", set())):
            turn = prompts.correct_by_edits(lines, draft, shown=shown, place=count, missing=True)
            totals[way] += approximate_tokens(draft.text) + approximate_tokens(turn.content)
        totals["in the draft"] += approximate_tokens("x " * count)
        rounds += 1
    return {way: total / max(1, rounds) for way, total in totals.items()}


def _drafts_before_edits(attempts: Sequence[Attempt]) -> Iterator[Attempt]:
    for _, record in groupby(attempts, key=lambda attempt: attempt.i):
        latest: Attempt | None = None
        for attempt in record:
            if attempt.edits is not None and latest is not None:
                yield latest
            latest = attempt if attempt.has_usable_draft else latest


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", default="asia=1000,alarm=150", help="graphs and how many records of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="every figure, as JSON")
    options = parser.parse_args()
    runs: list[Measured] = []
    shown: dict[str, dict[str, float]] = {}
    for graph, _, n in (part.partition("=") for part in options.records.split(",")):
        for way in WAYS:
            measured, result = measure(graph, way, int(n), options.seed)
            runs.append(measured)
            if way == "lines":
                shown[graph] = numbering(graph, result.attempts)
    if options.json:
        print(json.dumps({"runs": [asdict(run) for run in runs], "numbering": shown}))
        return
    base = {run.graph: run for run in runs if run.way == "rewrite"}
    print(HEADER, *(run.row(base[run.graph]) for run in runs), sep="\n")
    print("\nPrompt tokens of draft and last turn of an edit round, by which sentences are quoted with their numbers:")
    for graph, ways in shown.items():
        print(f"{graph}: " + ", ".join(f"{way} {tokens:.0f}" for way, tokens in ways.items()))


if __name__ == "__main__":
    main()
