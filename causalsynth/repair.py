"""The fallback: write the facts that the realizer would not, without a model.

A record that fails must not be dropped: the rare skeletons fail most, and dropping them is selection bias. So the
sentences that say something else are cut out of the draft, the lexicon's own sentences are put in, and the result is
read back like any other draft. What comes out is marked ``repaired`` and never counts as realized.
"""

import random
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from causalsynth.domain import Domain, Lexicon
from causalsynth.domain.values import same_value
from causalsynth.extract import Extractor, Findings, Span, Status
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.scm.support import Value
from causalsynth.verify import Kind, Violation, verify

__all__ = ["repair"]

_PASSES = 4
"""Passes over one draft: cutting a sentence can take a right fact with it, which the next pass puts back."""
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*(?:[.!?]+|\n|$)")
_STRUCTURED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s")


def repair(
    draft: str | None,
    skeleton: Mapping[str, Value],
    mentioned: Collection[str] | None,
    domain: Domain,
    extractor: Extractor,
    rng: random.Random,
) -> str | None:
    """Make `draft` say exactly the facts.

    Parameters
    ----------
    draft
        The best draft there is; None where no attempt brought one.
    skeleton
        Value of every variable.
    mentioned
        Variables to state; None: all.
    domain, extractor
        Whose wording to use, and who reads it back.
    rng
        Chooses the wordings.

    Returns
    -------
    str or None
        A text that the verifier accepts. Where the draft can't be mended or states no fact at all, a note written
        from the lexicon alone; None if even that is not read back right, which a lexicon that passes its round trip
        excludes.
    """
    if draft is not None:
        for _ in range(_PASSES):
            findings = extractor.extract(draft)
            violations = verify(findings, skeleton, domain.lexicon, mentioned=mentioned)
            if not violations:
                return draft
            if not _says_something(findings, skeleton, mentioned, domain.lexicon):
                break  # a refusal, say: nothing in it is worth keeping
            draft = _mend(draft, violations, findings, skeleton, domain.lexicon, rng)
    return _written_anew(skeleton, mentioned, domain, extractor, rng)


def _says_something(
    findings: Findings, skeleton: Mapping[str, Value], mentioned: Collection[str] | None, lexicon: Lexicon
) -> bool:
    """Tell whether a draft states any fact right."""
    wanted = skeleton if mentioned is None else mentioned
    return any(
        findings[name].status is Status.STATED
        and same_value(lexicon.variables[name], findings[name].value, skeleton[name])
        for name in wanted
    )


def _mend(
    draft: str,
    violations: Sequence[Violation],
    findings: Findings,
    skeleton: Mapping[str, Value],
    lexicon: Lexicon,
    rng: random.Random,
) -> str:
    """Cut what says something else, add what is not said."""
    offending = [v for v in violations if findings[v.variable].status is not Status.IMPLIED]
    kept = _without(draft, (span for violation in offending for span in violation.spans))
    wanted = [violation.variable for violation in violations if violation.kind is not Kind.LEAKED]
    sentences = [lexicon.render(rng.choice(lexicon.variables[name].wording(skeleton[name]).say)) for name in wanted]
    return _appended(kept, sentences)


def _without(text: str, spans: Iterable[Span]) -> str:
    """Cut every sentence or line that a span touches."""
    touched = tuple(spans)
    if not touched:
        return text
    kept = [
        match.group()
        for match in _SENTENCE.finditer(text)
        if not any(start < match.end() and match.start() < stop for start, stop in touched)
    ]
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def _appended(text: str, sentences: Sequence[str]) -> str:
    """Add sentences in the way the text is set: as list items to a list, else as a paragraph of their own."""
    lines = text.splitlines()
    bullet = _STRUCTURED.match(lines[-1]) if lines else None
    if bullet and not bullet.group().strip()[0].isdigit():
        return "\n".join([text, *(bullet.group() + sentence for sentence in sentences)])
    return "\n\n".join(part for part in (text, " ".join(sentences)) if part)


def _written_anew(
    skeleton: Mapping[str, Value],
    mentioned: Collection[str] | None,
    domain: Domain,
    extractor: Extractor,
    rng: random.Random,
) -> str | None:
    facts = {name: value for name, value in skeleton.items() if mentioned is None or name in mentioned}
    writer = NoteWriter(domain)
    for _ in range(_PASSES):
        text = writer.write(facts, style="", rng=rng)
        if not verify(extractor.extract(text), skeleton, domain.lexicon, mentioned=mentioned):
            return text
    return None
