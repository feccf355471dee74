"""Documents composed from a lexicon's own sentences: what the embedded realizers and the repair write."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from causalsynth.domain import Domain, Persona
from causalsynth.realize.prompts import Prompts, Style
from causalsynth.realize.subject import draw_subject, introduce
from causalsynth.scm.support import Value

__all__ = ["NoteWriter"]

_FILLERS = (1, 3)
"""Fewest and most filler sentences a note."""
_GREETINGS = ("Dear colleague,", "Dear Doctor,", "To whom it may concern,")
_REGARDS = ("Kind regards", "With best wishes", "Yours sincerely")
_HEDGES = (
    "It is not yet clear whether {means}.",
    "It remains uncertain whether {means}.",
    "Possibly {means}, but this is unconfirmed.",
)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What a note is set from: each statement as a sentence, in short, and under its label."""

    opening: str
    statements: tuple[tuple[str, str, str], ...]
    """(label, sentence, short form) of each fact and hedge, in the order of the note."""
    fillers: tuple[str, ...]
    closing: str


class NoteWriter:
    """Composes documents of one domain from its lexicon.

    Parameters
    ----------
    domain
        Whose lexicon gives the sentences.
    styles
        How each style is set; those of the domain's document type where not given.
    """

    def __init__(self, domain: Domain, styles: Sequence[Style] | None = None) -> None:
        self._lexicon = domain.lexicon
        chosen = Prompts.load(domain.lexicon.document).styles if styles is None else styles
        self._layouts = {style.name: style.layout for style in chosen}

    def write(self, facts: Mapping[str, Value], *, style: str, rng: random.Random, hedged: Collection[str] = ()) -> str:
        """Write a document that states `facts`.

        Parameters
        ----------
        facts
            Value of each variable to be stated; others are not mentioned.
        style
            Name of a style; an unknown one is set as prose.
        rng
            Chooses wordings, order and filler.
        hedged
            Variables among `facts` to leave open instead of stating them.

        Returns
        -------
        str
            The document, without a trailing newline.
        """
        pieces = self._compose(facts, rng, frozenset(hedged))
        layout = _LAYOUTS[self._layouts.get(style, "prose")]
        return layout(pieces, rng)

    def statement(
        self, name: str, value: Value, *, style: str, rng: random.Random, persona: Persona, hedged: bool = False
    ) -> str:
        """Write the one sentence or line that states a fact in a document of a style; `hedged`: leaves it open."""
        label, sentence, short = self._statement(name, value, persona, rng, hedged)
        layout = self._layouts.get(style, "prose")
        if layout == "form":
            return _field(label, short)
        return f"{_capitalised(short).rstrip('.')}." if layout == "shorthand" else sentence

    def _compose(self, facts: Mapping[str, Value], rng: random.Random, hedged: frozenset[str]) -> _Pieces:
        lexicon = self._lexicon
        subject = draw_subject(lexicon, {name: facts[name] for name in facts if name not in hedged}, rng)
        persona = subject.persona
        names = list(facts)
        rng.shuffle(names)
        fillers = rng.sample(lexicon.filler, min(len(lexicon.filler), rng.randint(*_FILLERS)))
        return _Pieces(
            opening=introduce(lexicon, subject, rng),
            statements=tuple(self._statement(name, facts[name], persona, rng, name in hedged) for name in names),
            fillers=tuple(lexicon.render(sentence, persona) for sentence in fillers),
            closing=lexicon.render(rng.choice(lexicon.closing), persona) if lexicon.closing else "",
        )

    def _statement(
        self, name: str, value: Value, persona: Persona, rng: random.Random, hedge: bool
    ) -> tuple[str, str, str]:
        variable = self._lexicon.variables[name]
        wording = variable.wording(value)
        label = variable.label[:1].upper() + variable.label[1:]
        if hedge:
            sentence = _capitalised(rng.choice(_HEDGES).format(means=wording.means.rstrip(".")))
            return label, sentence, sentence.rstrip(".")
        sentence = self._lexicon.render(rng.choice(wording.say), persona)
        short = self._lexicon.render(rng.choice(wording.brief), persona) if wording.brief else sentence.rstrip(".")
        return label, sentence, short


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _mixed(pieces: _Pieces, rng: random.Random, *, short: bool = False) -> list[str]:
    """Statements with the fillers strewn between them."""
    texts = [_capitalised(brief) if short else sentence for _, sentence, brief in pieces.statements]
    for filler in pieces.fillers:
        texts.insert(rng.randint(0, len(texts)), filler.rstrip(".") if short else filler)
    return texts


def _prose(pieces: _Pieces, rng: random.Random) -> str:
    sentences = _mixed(pieces, rng)
    cut = rng.randint(2, max(2, len(sentences) - 2)) if rng.random() < 0.5 else len(sentences)
    first = " ".join(part for part in (pieces.opening, *sentences[:cut]) if part)
    second = " ".join(part for part in (*sentences[cut:], pieces.closing) if part)
    return "\n\n".join(part for part in (first, second) if part)


def _letter(pieces: _Pieces, rng: random.Random) -> str:
    return f"{rng.choice(_GREETINGS)}\n\n{_prose(pieces, rng)}\n\n{rng.choice(_REGARDS)}"


def _bullets(pieces: _Pieces, rng: random.Random) -> str:
    lines = [part for part in (pieces.opening, *_mixed(pieces, rng, short=rng.random() < 0.5), pieces.closing) if part]
    return "\n".join(f"- {line}" for line in lines)


def _form(pieces: _Pieces, rng: random.Random) -> str:
    lines = [_field(label, short) for label, _, short in pieces.statements]
    remarks = " ".join(part for part in (pieces.opening, *pieces.fillers, pieces.closing) if part)
    lines.insert(rng.choice((0, len(lines))), f"Remarks: {remarks}" if remarks else "Remarks: none")
    return "\n".join(lines)


def _field(label: str, short: str) -> str:
    return f"{label}: {short.rpartition(': ')[2]}"


def _shorthand(pieces: _Pieces, rng: random.Random) -> str:
    return ". ".join(part.rstrip(".") for part in (pieces.opening, *_mixed(pieces, rng, short=True)) if part) + "."


_LAYOUTS: Mapping[str, Callable[[_Pieces, random.Random], str]] = {
    "prose": _prose,
    "letter": _letter,
    "bullets": _bullets,
    "form": _form,
    "shorthand": _shorthand,
}
