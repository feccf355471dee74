"""Measure the extractor beside negspaCy and medspaCy: negation on plain clinical sentences, and notes per second.

    python benchmarks/extractor.py [--compiled PYTHON] [--peer negspacy=PYTHON]…
        [--notes 300] [--sentences FILE] [--errors]

PYTHON is an interpreter that has the peer, or our extractor compiled: `make benchmark-extractor` sets all three up,
each in an environment of its own, as the peers want different versions of spaCy. Precision, recall and F1 are of
``Negated``; a concept that isn't found counts as not negated. Notes are those of the grammar realizer for ASIA, put
together to at least 200 words; peers look for the phrases of its lexicon, at most 500. Seconds are CPU seconds of one
core, best of three, each in a process of its own, without garbage collection.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from benchmark_extractor import cpu_seconds, notes

from causalsynth.domain import Domain, Lexicon
from causalsynth.domain.phrases import expand
from causalsynth.extract import COMPILED, Extractor

__all__ = ["Row", "main", "negation_lexicon", "ours", "read_sentences", "scores"]

SENTENCES = Path(__file__).parent / "negation" / "sentences.tsv"
_WORDS = 200
_MOST_TERMS = 500
_SIGN = re.compile(r"[()|<>\\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence with its marked concept."""

    concept: str
    negated: bool
    sentence: str


def read_sentences(path: Path) -> list[Row]:
    """Read lines of ``concept<TAB>Negated|Affirmed<TAB>sentence``."""
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Row(concept, label == "Negated", sentence) for concept, label, sentence in cells]


def negation_lexicon(concepts: Sequence[str]) -> Lexicon:
    """Make a lexicon in which each concept is a variable that is there or isn't."""
    variables = {
        f"concept_{i}": {
            "label": f"concept {i}",
            "absent": "no",
            "plain": True,
            "states": {
                "yes": {"means": "it is there", "say": ["It is there."], "assert": [_SIGN.sub(r"\\\g<0>", concept)]},
                "no": {"means": "it is absent", "say": ["It is absent."]},
            },
        }
        for i, concept in enumerate(concepts)
    }
    return Lexicon.model_validate(
        {"domain": "negation", "title": "sentences", "use": ["clinical_english"], "variables": variables}
    )


def ours(rows: Sequence[Row]) -> list[bool]:
    """Tell of each row whether the extractor reads its concept as absent."""
    concepts = sorted({row.concept.lower() for row in rows})
    extractor = Extractor(negation_lexicon(concepts))
    names = {concept: f"concept_{i}" for i, concept in enumerate(concepts)}
    return [extractor.extract(row.sentence)[names[row.concept.lower()]].value == "no" for row in rows]


def scores(rows: Sequence[Row], said: Sequence[bool | None]) -> tuple[float, float, float]:
    """Give precision, recall and F1 of `Negated`."""
    right = sum(row.negated and bool(negated) for row, negated in zip(rows, said, strict=True))
    read, wanted = sum(map(bool, said)), sum(row.negated for row in rows)
    precision, recall = right / max(read, 1), right / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def _terms(lexicon: Lexicon) -> list[str]:
    """Give plain phrases of a lexicon, from all its variables alike."""
    lists = [
        [form for state in variable.states.values() for each in state.asserts for form in _forms(each, lexicon)]
        for variable in lexicon.variables.values()
    ]
    share = _MOST_TERMS // len(lists)
    return sorted({form for forms in lists for form in forms[:: max(1, len(forms) // share)][:share]})


def _forms(phrase: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Spell a phrase out; not one that stands for more forms than the peers get of all."""
    try:
        return tuple(expand(phrase, lexicon.words))
    except ValueError:
        return ()


def _measured(rows: Sequence[Row], texts: Sequence[str]) -> dict[str, Any]:
    """Read sentences and notes with the extractor of this interpreter."""
    rate = len(texts) / cpu_seconds(Extractor(Domain.load("asia").lexicon), texts)
    return {"negated": ours(rows), "rate": rate, "compiled": COMPILED}


def _rows(options: argparse.Namespace) -> Iterator[str]:
    rows = read_sentences(options.sentences)
    domain = Domain.load("asia")
    texts = list(notes(domain, options.notes, _WORDS))
    request = {
        "sentences": [[row.concept, row.sentence] for row in rows],
        "terms": _terms(domain.lexicon),
        "notes": texts,
    }
    words = sum(len(text.split()) for text in texts) / len(texts)
    yield (
        f"{len(rows)} sentences, {sum(row.negated for row in rows)} of them negated; "
        f"{len(texts)} notes of {words:.0f} words on average"
    )
    yield f"{'':14} {'precision':>9} {'recall':>9} {'F1':>9} {'notes/s':>9} {'ours/theirs':>11}"
    measured = _measured(rows, texts)
    said = measured["negated"]
    best = rate = measured["rate"]
    yield f"{_line('causalsynth', scores(rows, said), rate, None)}  ({'compiled' if COMPILED else 'plain Python'})"
    if options.compiled:
        command = [
            options.compiled,
            __file__,
            "--json",
            "--sentences",
            str(options.sentences),
            "--notes",
            str(len(texts)),
        ]
        measured = _answer(command, "")
        if isinstance(measured, str) or not measured["compiled"]:
            yield f"{'causalsynth':14} did not run compiled: {measured}"
        else:
            best = measured["rate"]
            yield f"{_line('causalsynth', scores(rows, measured['negated']), best, None)}  (compiled)"
    for peer, python in (each.split("=", 1) for each in options.peer):
        answer = _answer([python, str(Path(__file__).with_name("extractor_peer.py")), peer], json.dumps(request))
        if isinstance(answer, str):
            yield f"{peer:14} did not run: {answer}"
            continue
        rate = len(texts) / answer["seconds"]
        yield f"{_line(peer, scores(rows, answer['negated']), rate, best)}  ({answer['version']})"
    if options.errors:
        wrong = (row for row, negated in zip(rows, said, strict=True) if negated != row.negated)
        yield from (f"{'Negated' if row.negated else 'Affirmed'}: {row.concept}: {row.sentence}" for row in wrong)


def _answer(command: Sequence[str], request: str) -> dict[str, Any] | str:
    """Run a program that answers in JSON; what it said last if it fails."""
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "?"
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _line(name: str, scores: tuple[float, float, float], rate: float, own_rate: float | None) -> str:
    figures = " ".join(f"{score:9.3f}" for score in scores)
    ratio = "" if own_rate is None else f"{own_rate / rate:11.1f}"
    return f"{name:14} {figures} {rate:9.0f} {ratio}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the extractor beside negspaCy and medspaCy.")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON", help="negspacy or medspacy")
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--notes", type=int, default=300, help="how many notes of 200 words")
    parser.add_argument("--errors", action="store_true", help="show the sentences that we misread")
    parser.add_argument("--compiled", metavar="PYTHON", help="an interpreter that has our extractor compiled")
    parser.add_argument("--json", action="store_true", help="only what this interpreter's extractor says, as JSON")
    options = parser.parse_args(argv)
    if options.json:
        texts = list(notes(Domain.load("asia"), options.notes, _WORDS))
        print(json.dumps(_measured(read_sentences(options.sentences), texts)))
        return 0
    for row in _rows(options):
        print(row, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
