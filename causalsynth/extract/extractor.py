"""The deterministic extractor: text in, findings out. No model, no I/O, no state between texts."""

from collections.abc import Iterator

from causalsynth.domain import Lexicon
from causalsynth.extract.anaphora import resolve_pronouns
from causalsynth.extract.answers import answer_question, is_bare_not
from causalsynth.extract.claims import Claim, claims_of
from causalsynth.extract.context import read_context
from causalsynth.extract.findings import Findings
from causalsynth.extract.headings import mark_heading
from causalsynth.extract.lookback import LookBack
from causalsynth.extract.readings import Reading
from causalsynth.extract.resolve import resolve
from causalsynth.extract.sentences import Sentence, split
from causalsynth.extract.tokens import Tokens, tokenise
from causalsynth.extract.vocabulary import compile_vocabulary

__all__ = ["VERSION", "Extractor"]

VERSION = "3"
"""Changes whenever the same text may be read differently; stored with every verdict."""


class Extractor:
    """Reads back what a text says of each variable of a lexicon.

    Parameters
    ----------
    lexicon
        Compiled once for each content.

    Raises
    ------
    LexiconError
        A phrase of the lexicon can't be spelled out, or it uses an unknown pack.
    """

    __slots__ = ("_vocabulary",)

    def __init__(self, lexicon: Lexicon) -> None:
        self._vocabulary = compile_vocabulary(lexicon)

    @property
    def lexicon(self) -> Lexicon:
        """What it was compiled from."""
        return self._vocabulary.lexicon

    def extract(self, text: str) -> Findings:
        """Read `text`. Any text will do; spans are character offsets into it."""
        return resolve(self.claims(text), self._vocabulary.lexicon)

    def claims(self, text: str) -> Iterator[Claim]:
        """Give every claim of `text`, sentence by sentence."""
        tokens = tokenise(text)
        items = self._vocabulary.trie.find_all(tokens.words)
        before: tuple[Sentence, dict[int, Reading]] | None = None
        for found in split(tokens, text, items):
            sentence = resolve_pronouns(mark_heading(found, tokens, self._vocabulary), before and before[0])
            readings = read_context(sentence, tokens)
            if before is not None:
                yield from self._finish(before, sentence, tokens)
            before = (sentence, readings)
        if before is not None:
            yield from self._finish(before, None, tokens)

    def _finish(
        self, read: tuple[Sentence, dict[int, Reading]], following: Sentence | None, tokens: Tokens
    ) -> Iterator[Claim]:
        sentence, readings = read
        if not readings:
            return
        if sentence.question:
            answer_question(readings, following, tokens)
        elif following is not None and _denied_next(following):
            LookBack(sentence, readings).deny_it(len(sentence.items))
        yield from claims_of(sentence, readings, tokens, self._vocabulary)


def _denied_next(following: Sentence) -> bool:
    """Tell whether the next sentence says ``She doesn't have it`` before it names anything itself."""
    for k, (_, _, entry) in enumerate(following.items):
        if "not_it" in entry.cues or is_bare_not(following.items, k, following.end):
            return True
        if entry.asserts or entry.anchors or entry.denied or "person" in entry.cues:
            return False
    return False
