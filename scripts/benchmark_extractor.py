"""Measure the extractor's speed: notes per second, and seconds by length for texts made to be hard.

    python scripts/benchmark_extractor.py [--domain asia] [--notes 500] [--words 200] [--longest 400000]

The notes are those of the grammar realizer, put together until they have the length asked for. The hard texts repeat
one piece; each is read at lengths that double, and its time should at most double as well. Seconds are CPU seconds of
one core, best of three.
"""

import argparse
import gc
import itertools
import random
import time
from collections.abc import Iterable, Iterator, Sequence

from causalsynth.domain import Domain
from causalsynth.extract import COMPILED, Extractor
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.realize.prompts import Prompts
from causalsynth.scm import SCM

__all__ = ["PATHOLOGICAL", "cpu_seconds", "main", "notes", "pathological"]

PATHOLOGICAL = {
    "one letter": "a",
    "open brackets": "(",
    "brackets": "( )",
    "negations": "no ",
    "names": "TB, ",
    "list": "no TB or ",
    "looking back": "TB, excluded ",
    "answers": "none: ",
    "anaphora": "TB, he does not have it ",
    "pronouns": "TB and lung cancer, the former and the latter, both ",
    "anchors": "CXR normal ",
    "asides": "CXR, because ",
    "headings": "Lung cancer: ",
    "relative clauses": "TB, which affected his brother ",
    "digits": "1.",
    "line ends": "\n \n",
    "apostrophes": "'",
    "dashes": "-",
    "question marks": "TB? ",
    "nested lists": "- a\n  - no TB\n    - or ",
    "table": "| TB | no |\n",
    "header rows": "| a | b |\n|---|---|\n",
    "check boxes": "[ ] TB [x] ",
    "dot leaders": "TB ..... no ",
    "nested JSON": '{"a":{"b":[',
    "keys": "tb=no ",
    "dialogue": "A: TB?\nB: no\n",
    "speakers": "[10:01] Tom: ",
    "headed list": "Negative for:\n- TB\n",
    "amounts": "$1.50 and ",
    "counts": "three in the last hour, ",
    "corrections": "lactate 2.4, no wait, ",
    "levels": "CVP and wedge low, ",
    "other people": "his brother's ",
    "pronouns alone": "he she ",
    "two bytes": "ﬁİ",
}
"""What each hard text repeats."""

_REPEATS = 3


def pathological(piece: str, length: int) -> str:
    """Repeat `piece` up to `length` characters."""
    return (piece * (length // len(piece) + 1))[:length]


def notes(domain: Domain, count: int, words: int) -> Iterator[str]:
    """Write `count` notes of about `words` words, the same ones each time."""
    rng = random.Random(7)
    writer = NoteWriter(domain)
    styles = [style.name for style in Prompts.load(domain.lexicon.document).styles]
    drawn = itertools.cycle(SCM.load(domain.name).sample(1000, seed=7))
    for _ in range(count):
        parts: list[str] = []
        while sum(len(part.split()) for part in parts) < words:
            facts = next(drawn)
            parts.append(writer.write(facts, style=rng.choice(styles), rng=rng))
        yield "\n\n".join(parts)


def cpu_seconds(extractor: Extractor, texts: Iterable[str]) -> float:
    """Give the CPU seconds that `texts` take, best of three."""
    best = float("inf")
    texts = list(texts)
    gc.disable()
    try:
        for _ in range(_REPEATS):
            start = time.process_time()
            for text in texts:
                extractor.extract(text)
            best = min(best, time.process_time() - start)
    finally:
        gc.enable()
    return best


def _compile_rows(domain: Domain) -> Iterator[str]:
    for label in ("first Extractor", "second Extractor"):
        start = time.process_time()
        Extractor(domain.lexicon)
        yield f"{label:20} {time.process_time() - start:10.4f} s"


def _note_rows(extractor: Extractor, texts: Sequence[str]) -> Iterator[str]:
    seconds = cpu_seconds(extractor, texts)
    words = sum(len(text.split()) for text in texts) / len(texts)
    yield f"{'extractor':20} {'compiled' if COMPILED else 'plain Python':>10}"
    yield f"{'notes':20} {len(texts) / seconds:10.0f} a second ({len(texts)} notes of {words:.0f} words on average)"


def _hard_rows(extractor: Extractor, longest: int) -> Iterator[str]:
    lengths = [longest // 8, longest // 4, longest // 2, longest]
    yield f"{'characters':20} " + " ".join(f"{length:>10}" for length in lengths) + "  last ratio"
    for name, piece in PATHOLOGICAL.items():
        seconds = [cpu_seconds(extractor, [pathological(piece, length)]) for length in lengths]
        ratio = seconds[-1] / max(seconds[-2], 1e-9)
        yield f"{name:20} " + " ".join(f"{second:10.4f}" for second in seconds) + f"  {ratio:10.2f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the extractor's speed.")
    parser.add_argument("--domain", default="asia")
    parser.add_argument("--notes", type=int, default=500, help="how many")
    parser.add_argument("--words", type=int, default=200, help="words a note")
    parser.add_argument("--longest", type=int, default=400_000, help="characters of the longest hard text")
    options = parser.parse_args(argv)
    domain = Domain.load(options.domain)
    for row in _compile_rows(domain):
        print(row)
    extractor = Extractor(domain.lexicon)
    for row in _note_rows(extractor, list(notes(domain, options.notes, options.words))):
        print(row)
    for row in _hard_rows(extractor, options.longest):
        print(row, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
