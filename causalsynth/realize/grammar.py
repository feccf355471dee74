"""The embedded default: notes composed from the lexicon's own sentences. Not an LLM, and it says so.

It needs no network and no weights, is deterministic in its seed, and states each fact in a form that the extractor
knows. What it can't show is how a language model bends facts; for that there is `simulated`, or a real server.
"""

from collections.abc import Sequence

from causalsynth.domain import Domain
from causalsynth.edits import as_json, as_lines
from causalsynth.realize.brief import read_brief
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.realize.revising import Reviser
from causalsynth.scm.noise import stream

__all__ = ["Grammar"]


class Grammar:
    """The embedded realizer behind the chat interface: reads the facts out of the prompt, writes the note.

    Parameters
    ----------
    domain
        Whose lexicon gives the sentences.
    """

    name = "grammar"
    is_llm = False

    def __init__(self, domain: Domain) -> None:
        self._lexicon = domain.lexicon
        self._writer = NoteWriter(domain)
        self._reviser = Reviser(domain, self._writer)

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Write the note that the chat asks for, or the edits that make a draft say it.

        Corrections give other wordings of the same facts.

        Raises
        ------
        RejectedError
            The chat holds no facts to state, or a number that is none.
        """
        brief = read_brief(messages, self._lexicon)
        rng = stream(sampling.seed, "grammar")
        if not brief.wants_edits:
            return Completion(text=self._writer.write(brief.facts, style=brief.style, rng=rng))
        edits = self._reviser.edits(brief, self._reviser.read(brief.draft or ""), brief.facts, rng)
        return Completion(text=as_lines(edits) if sampling.schema is None else as_json(edits))

    async def aclose(self) -> None:
        """Do nothing: there is nothing to give back."""
