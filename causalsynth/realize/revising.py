"""What the embedded realizers answer where edits are asked for: the changed sentences, and no others."""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from causalsynth.domain import FEMALE, MALE, NEUTRAL, Domain, Persona
from causalsynth.domain.values import same_value
from causalsynth.edits import Edit, EditKind, NumberedText
from causalsynth.extract.findings import Finding, Findings, Status
from causalsynth.realize.brief import Brief
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.scm.support import Value

if TYPE_CHECKING:
    from causalsynth.extract import Extractor

__all__ = ["Reviser"]

_SHE = re.compile(r"\b(?:she|her|hers)\b", re.IGNORECASE)
_HE = re.compile(r"\b(?:he|his|him)\b", re.IGNORECASE)


class Reviser:
    """Edits drafts of one domain.

    Parameters
    ----------
    domain
        Whose extractor reads the draft, and whose sentences are put in.
    writer
        Words them.
    """

    def __init__(self, domain: Domain, writer: NoteWriter) -> None:
        self._domain = domain
        self._writer = writer

    @cached_property
    def _extractor(self) -> "Extractor":
        from causalsynth.extract import Extractor

        return Extractor(self._domain.lexicon)

    def read(self, draft: str) -> Findings:
        """Read a draft."""
        return self._extractor.extract(draft)

    def edits(
        self,
        brief: Brief,
        findings: Findings,
        said: Mapping[str, Value],
        rng: random.Random,
        *,
        hedged: Collection[str] = (),
    ) -> tuple[Edit, ...]:
        """Give the edits that make the brief's draft say `said`.

        A sentence that says something else is replaced, together with what else it says; a further one is deleted;
        what the draft doesn't say is put where the brief wants it. Where nothing is to be changed, a sentence is handed
        back as it stands.

        Parameters
        ----------
        brief
            With the draft.
        findings
            What the draft says.
        said, hedged
            What the document is to say, and which of it to leave open; the brief's other variables are not to be
            mentioned. Variables that the brief doesn't list are left alone.
        rng
            Chooses wordings.
        """
        draft = NumberedText.of(brief.draft or "")
        names = (*brief.facts, *brief.silent)
        changed = [name for name in names if not self._stands(findings[name], said.get(name), name in hedged)]
        at = {name: draft.numbers_at(findings[name].spans) for name in names if _is_said(findings[name])}
        persona = _persona(draft.text)

        def sentences(wanted: Sequence[str]) -> str:
            return " ".join(
                self._writer.statement(
                    name, said[name], style=brief.style, rng=rng, persona=persona, hedged=name in hedged
                )
                for name in wanted
            )

        edits = []
        for number in sorted({number for name in changed for number in at.get(name, ())}):
            here = [name for name in names if number in at.get(name, ()) and name in said]
            kept = [name for name in here if name not in changed or at[name][0] == number]
            kind = EditKind.REPLACE if kept else EditKind.DELETE
            edits.append(Edit(kind, number, sentences(kept)))
        place = min(brief.place or len(draft.sentences), len(draft.sentences))
        new = [name for name in changed if name in said and not at.get(name)]
        edits += [Edit(EditKind.INSERT, place, sentences([name])) for name in new]
        return tuple(edits) or (Edit(EditKind.REPLACE, place, " ".join(draft.sentences[place - 1].split())),)

    def _stands(self, finding: Finding, wanted: Value | None, hedged: bool) -> bool:
        """Tell whether the draft already says what is wanted of one variable."""
        if finding.status is Status.UNCERTAIN:
            return hedged
        if finding.status is Status.STATED:
            wording = self._domain.wording(finding.variable)
            return wanted is not None and not hedged and same_value(wording, finding.value, wanted)
        return wanted is None and finding.status is not Status.CONTRADICTORY


def _is_said(finding: Finding) -> bool:
    return finding.status not in (Status.NOT_STATED, Status.IMPLIED)


def _persona(text: str) -> Persona:
    """Tell by its pronouns whom a document is about."""
    she, he = len(_SHE.findall(text)), len(_HE.findall(text))
    if she == he:
        return NEUTRAL
    return FEMALE if she > he else MALE
