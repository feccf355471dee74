"""Measure what the tiny realizers bend, and what the loop makes of it.

    python scripts/tiny_realizer_study.py [--models U B] [--temperatures 0 .7 1] [--repeats 1] [--json]
    python scripts/tiny_realizer_study.py --models causalsynth-tiny-B --base-url http://localhost:8000/v1

Each of ASIA's 256 assignments of states is asked for, by the prompts and in the loop of any other run (corrections by
rewriting, no repair). Three tables: the share of first drafts with all eight facts right, by how probable the skeleton
is under ASIA; the share right within 1 … K rounds; and of what is imposed on first drafts, how often the opposite is
written, and how often nothing. **Nothing here says how a large language model would do.**
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from causalsynth.domain import Domain
from causalsynth.evaluate.strata import STRATA, stratum_of
from causalsynth.loop import Case, Loop, LoopLimits
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.prompts import Prompts
from causalsynth.scm import SCM, Skeletons
from causalsynth.verify import Kind, Violation

Facts = Mapping[str, str]
IMPOSED: Mapping[str, tuple[str, Callable[[Facts], bool]]] = {
    "lung=yes where either=no": ("lung", lambda x: x["lung"] == "yes" and x["either"] == "no"),
    "tub=yes where either=no": ("tub", lambda x: x["tub"] == "yes" and x["either"] == "no"),
    "either=yes where tub=lung=no": ("either", lambda x: x["either"] == "yes" and x["tub"] == x["lung"] == "no"),
    "xray=no where either=yes": ("xray", lambda x: x["xray"] == "no" and x["either"] == "yes"),
    "xray=yes where either=no": ("xray", lambda x: x["xray"] == "yes" and x["either"] == "no"),
    "dysp=no where bronc=yes": ("dysp", lambda x: x["dysp"] == "no" and x["bronc"] == "yes"),
    "asia=yes": ("asia", lambda x: x["asia"] == "yes"),
    "tub=yes where either=yes": ("tub", lambda x: x["tub"] == "yes" and x["either"] == "yes"),
}
"""Facts that a prior of ASIA's resists, and the last two, which are merely rare."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One record: its facts, its stratum, what was wrong with each draft."""

    facts: Facts
    stratum: str
    drafts: tuple[tuple[Violation, ...] | None, ...]
    """Violations of each attempt; None for one without a usable draft."""

    def realized_within(self, rounds: int) -> bool:
        """Tell whether one of the first `rounds` drafts was right."""
        return any(violations == () for violations in self.drafts[:rounds])


def skeletons(scm: SCM) -> list[tuple[dict[str, str], str]]:
    """Give every assignment of states with its stratum."""
    names = list(scm.supports)
    rows = [dict(zip(names, states, strict=True)) for states in product(("yes", "no"), repeat=len(names))]
    logs = scm.log_probability(Skeletons.from_records(rows, scm.supports)).tolist()
    return [(row, stratum_of(log)) for row, log in zip(rows, logs, strict=True)]


async def study(
    model: ChatModel, temperature: float, *, rounds: int, repeats: int, seed: int, width: int
) -> list[Outcome]:
    """Run the loop on every skeleton, `repeats` times, `width` at once."""
    domain = Domain.load("asia")
    limits = LoopLimits(rounds=rounds, temperature=temperature, max_tokens=256, corrections="rewrite", fallback=False)
    loop = Loop(domain, Prompts.load(domain.lexicon.document), limits)
    turn = asyncio.Semaphore(width)

    async def one(index: int, facts: dict[str, str], stratum: str) -> Outcome:
        async with turn:
            case = Case(seed=seed, index=index, skeleton=facts)
            trials = [trial async for trial in loop.close(case, model)]
        return Outcome(facts, stratum, tuple(trial.violations if trial.usable else None for trial in trials))

    asked = skeletons(SCM.load("asia")) * repeats
    return await asyncio.gather(*(one(index, facts, stratum) for index, (facts, stratum) in enumerate(asked)))


def by_stratum(outcomes: Sequence[Outcome], rounds: int) -> dict[str, tuple[int, int]]:
    """Count for each stratum how many are realized within `rounds`, and how many there are."""
    total = Counter(outcome.stratum for outcome in outcomes)
    right = Counter(outcome.stratum for outcome in outcomes if outcome.realized_within(rounds))
    return {stratum: (right[stratum], total[stratum]) for stratum in STRATA if total[stratum]}


def overrides(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int, int]]:
    """Count for each imposed fact how many first drafts write the opposite, how many nothing definite, and all."""
    counts: dict[str, tuple[int, int, int]] = {}
    for label, (variable, imposed) in IMPOSED.items():
        kinds = [
            next((violation.kind for violation in outcome.drafts[0] if violation.variable == variable), None)
            for outcome in outcomes
            if imposed(outcome.facts) and outcome.drafts[0] is not None
        ]
        opposite = sum(kind is Kind.WRONG for kind in kinds)
        counts[label] = opposite, sum(kind is not None for kind in kinds) - opposite, len(kinds)
    return counts


def show(title: str, rows: Mapping[str, Sequence[str]], heads: Sequence[str]) -> None:
    """Print a Markdown table."""
    print(f"\n{title}\n\n| |{'|'.join(heads)}|\n|---|{'---|' * len(heads)}")
    for label, cells in rows.items():
        print(f"| {label} | {' | '.join(cells)} |")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def report(results: Mapping[str, Sequence[Outcome]], rounds: int) -> None:
    """Print the three tables; `results` by label, such as ``B T=0.7``."""
    first = {label: by_stratum(outcomes, 1) for label, outcomes in results.items()}
    strata = next(iter(first.values()))
    rows = {
        f"{stratum} (n = {strata[stratum][1]})": [_share(*counts[stratum]) for counts in first.values()]
        for stratum in strata
    }
    show("First drafts with all eight facts right", rows, list(results))
    for label, outcomes in results.items():
        within = [by_stratum(outcomes, k) for k in range(1, rounds + 1)]
        rows = {stratum: [_share(*counts[stratum]) for counts in within] for stratum in within[0]}
        everything = [sum(outcome.realized_within(k) for outcome in outcomes) for k in range(1, rounds + 1)]
        rows["all skeletons"] = [_share(count, len(outcomes)) for count in everything]
        show(f"{label}: right within K rounds", rows, [f"K = {k}" for k in range(1, rounds + 1)])
    bent = {label: overrides(outcomes) for label, outcomes in results.items()}
    rows = {
        fact: [
            f"{_share(counts[fact][0], counts[fact][2])} / {_share(counts[fact][1], counts[fact][2])}"
            for counts in bent.values()
        ]
        for fact in IMPOSED
    }
    show("First drafts that write the opposite of what is imposed / that say nothing of it", rows, list(results))


def as_json(results: Mapping[str, Sequence[Outcome]], rounds: int) -> dict[str, object]:
    """Give the counts behind the tables."""
    return {
        label: {
            "within": [by_stratum(outcomes, k) for k in range(1, rounds + 1)],
            "opposite_silent_n": overrides(outcomes),
        }
        for label, outcomes in results.items()
    }


async def run(options: argparse.Namespace) -> dict[str, list[Outcome]]:
    """Do all that the command line asks for."""
    results: dict[str, list[Outcome]] = {}
    for name in options.models:
        model = _open(name, options.base_url)
        try:
            for temperature in options.temperatures:
                print(f"{model.name} at temperature {temperature:g} …", file=sys.stderr)
                results[f"{name} T={temperature:g}"] = await study(
                    model,
                    temperature,
                    rounds=options.rounds,
                    repeats=options.repeats,
                    seed=options.seed,
                    width=options.width,
                )
        finally:
            await model.aclose()
    return results


def _open(name: str, base_url: str | None) -> ChatModel:
    if base_url is not None:
        from causalsynth.realize.openai_server import OpenAIServer

        return OpenAIServer(base_url, name)
    from causalsynth.realize.tiny import Tiny

    return Tiny(Domain.load("asia"), name)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["U", "B"], help="U, B, or with --base-url names as served")
    parser.add_argument("--base-url", help="of a server; otherwise the embedded realizer writes")
    parser.add_argument("--temperatures", nargs="+", type=float, default=[0.0, 0.7, 1.0])
    parser.add_argument("--rounds", type=int, default=5, metavar="K")
    parser.add_argument("--repeats", type=int, default=1, help="records a skeleton")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--width", type=int, default=16, help="records under way at once")
    parser.add_argument("--json", action="store_true", help="counts as JSON instead of tables")
    options = parser.parse_args()
    results = asyncio.run(run(options))
    if options.json:
        print(json.dumps(as_json(results, options.rounds)))
    else:
        report(results, options.rounds)


if __name__ == "__main__":
    main()
