"""What the tiny realizers learn from: ASIA notes put together from the lexicon's own wordings.

Facts stand in the lexicon's order, and a note is short, so that a model of a few million parameters learns to write
them within minutes. `train_tiny_realizer.py` trains on these notes.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from causalsynth.domain import NEUTRAL, Domain, Persona
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.subject import draw_subject, introduce
from causalsynth.realize.tiny.short_form import ShortForm
from causalsynth.scm import SCM

__all__ = ["Example", "NoteSource"]

_CHUNK = 4096
_CORRECTED = 0.25
"""Share of notes in whose short form facts are marked as corrected."""
_FLIPPED = 0.6
"""Probability that a marked fact is set against the draw: what is corrected is mostly what was not expected."""
_SILENT = 0.1
"""Share of notes that keep silent on some facts."""
_OUTRIGHT = 0.3
"""Share of notes that state `either` although it follows from the rest."""
_GREETINGS = ("Dear colleague,", "Dear Doctor,")
_REGARDS = ("Kind regards", "With best wishes")


@dataclass(frozen=True, slots=True)
class Example:
    """A short form and a note that says it."""

    short: str
    note: str
    facts: Mapping[str, str]
    """What the note states outright."""


class NoteSource:
    """Draws examples, without end.

    Parameters
    ----------
    law
        ``U``: every assignment of states is equally likely, whether or not ASIA allows it. ``B``: ASIA's own joint law.
    seed
        The same seed draws the same examples.
    """

    def __init__(self, law: str, seed: int) -> None:
        self._law, self._seed = law, seed
        self._rng = random.Random(f"tiny {law} {seed}")
        self._scm = SCM.load("asia")
        self._lexicon = Domain.load("asia").lexicon
        self._layouts = {style.name: style.layout for style in Prompts.load(self._lexicon.document).styles}

    def __iter__(self) -> Iterator[Example]:
        rng = self._rng
        for drawn in self._skeletons():
            facts, marked = self._asked(drawn)
            style = rng.choice(list(self._layouts))
            yield Example(ShortForm.write(style, facts, marked), self._note(facts, self._layouts[style]), facts)

    def _skeletons(self) -> Iterator[dict[str, str]]:
        names, rng = list(self._lexicon.variables), self._rng
        start = 0
        while True:
            if self._law == "U":
                yield {name: rng.choice(("yes", "no")) for name in names}
                continue
            for row in self._scm.sample(_CHUNK, seed=self._seed, start=start):
                yield {name: str(row[name]) for name in names}
            start += _CHUNK

    def _asked(self, drawn: dict[str, str]) -> tuple[dict[str, str], frozenset[str]]:
        """Choose which facts are listed and which of them are marked as corrected."""
        rng, names = self._rng, list(drawn)
        facts = dict(drawn)
        silent = {name for name in names if rng.random() < 0.3} if rng.random() < _SILENT else set()
        marked = set(rng.sample(names, rng.choice((1, 1, 2, 3)))) if rng.random() < _CORRECTED else set()
        for name in sorted(marked - silent):
            if rng.random() < _FLIPPED:
                facts[name] = "no" if facts[name] == "yes" else "yes"
        follows = facts["either"] == ("yes" if "yes" in (facts["tub"], facts["lung"]) else "no")
        flipped_cause = marked & {"tub", "lung"} and "either" not in marked
        if "either" not in marked and (flipped_cause or (follows and rng.random() >= _OUTRIGHT)):
            silent.add("either")
        return {name: facts[name] for name in names if name not in silent}, frozenset(marked)

    def _note(self, facts: Mapping[str, str], layout: str) -> str:
        rng, lexicon = self._rng, self._lexicon
        subject = draw_subject(lexicon, facts, rng)
        opening = introduce(lexicon, subject, rng)
        short = layout in ("form", "shorthand") or (layout == "bullets" and rng.random() < 0.5)
        persona = rng.choice((subject.persona, subject.persona, NEUTRAL))
        lines = [self._statement(name, state, persona, short, layout) for name, state in facts.items()]
        if rng.random() < 0.5:
            filler = lexicon.render(rng.choice(lexicon.filler[:12]), subject.persona)
            filler = filler.rstrip(".") if short else filler
            lines.insert(rng.randint(0, len(lines)), f"Remarks: {filler}" if layout == "form" else filler)
        closing = lexicon.render(rng.choice(lexicon.closing), subject.persona) if rng.random() < 0.4 else ""
        return _LAYOUTS[layout](opening, lines, closing, rng)

    def _statement(self, name: str, state: str, persona: Persona, short: bool, layout: str) -> str:
        rng, variable = self._rng, self._lexicon.variables[name]
        wording = variable.wording(state)
        if not short:
            return self._lexicon.render(rng.choice(wording.say), persona)
        text = self._lexicon.render(rng.choice(wording.brief), persona)
        if layout == "form":
            return f"{variable.label[:1].upper()}{variable.label[1:]}: {text.rpartition(': ')[2]}"
        return text[:1].upper() + text[1:]


def _prose(opening: str, lines: list[str], closing: str, rng: random.Random) -> str:
    return " ".join(part for part in (opening, *lines, closing) if part)


def _letter(opening: str, lines: list[str], closing: str, rng: random.Random) -> str:
    return f"{rng.choice(_GREETINGS)}\n\n{_prose(opening, lines, closing, rng)}\n\n{rng.choice(_REGARDS)}"


def _bullets(opening: str, lines: list[str], closing: str, rng: random.Random) -> str:
    return "\n".join(f"- {part}" for part in (opening, *lines, closing) if part)


def _form(opening: str, lines: list[str], closing: str, rng: random.Random) -> str:
    return "\n".join(part for part in (f"Patient: {opening}", *lines) if part)


def _shorthand(opening: str, lines: list[str], closing: str, rng: random.Random) -> str:
    return ". ".join(part.rstrip(".") for part in (opening, *lines) if part) + "."


_LAYOUTS = {"prose": _prose, "letter": _letter, "bullets": _bullets, "form": _form, "shorthand": _shorthand}
