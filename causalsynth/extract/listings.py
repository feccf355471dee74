"""Lists under a heading that denies them: ``Considered and excluded`` over a line of names, or one name a bullet."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["DeniedList"]

_DENY = Entry(("no",), cues=frozenset({"negate_list"}))
_DENY.settle()
_DENIALS = frozenset({"negate_after", "negate_either", "negate_list", "answer_no"})
_LONGEST_HEADING = 9
_BULLETS = frozenset({"-", "*", "+", "."})
_SAYS_MORE = frozenset({"be", "verb", "self", "answer_no", "answer_yes", "negate", "negate_after", "negate_either"})


class DeniedList:
    """Follows the sentences of one text and denies what stands under such a heading."""

    __slots__ = ("_bulleted", "_open", "_tokens")

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._open = False
        self._bulleted = False

    def read(self, sentence: Sentence) -> Sentence:
        """Give `sentence`, with a denial put before it where it belongs to the list."""
        if self._is_heading(sentence):
            self._open, self._bulleted = True, False
            return sentence
        if not self._open:
            return sentence
        bullet = self._has_bullet(sentence)
        if (self._bulleted and not bullet) or _says_more(sentence):
            self._open = False
            return sentence
        self._open = self._bulleted = bullet
        return _denied(sentence)

    def _is_heading(self, sentence: Sentence) -> bool:
        """Tell a short line of its own that ends with a denial and names nothing."""
        words = self._tokens.words
        first, end = sentence.first, sentence.end
        if end - first > _LONGEST_HEADING or end >= len(words) or words[end][0] != "\n":
            return False
        if first and words[first - 1][0] != "\n" and words[first][0] != "\n":
            return False
        if any(item[2].named or item[2].cues & {"self", "verb", "be"} for item in sentence.items):
            return False
        said = [item for item in sentence.items if not item[2].sign]
        return bool(said) and bool(said[-1][2].cues & _DENIALS)

    def _has_bullet(self, sentence: Sentence) -> bool:
        words = self._tokens.words
        at = sentence.first
        while at < sentence.end and words[at][0] == "\n":
            at += 1
        return at < sentence.end and (words[at] in _BULLETS or words[at].isdecimal())


def _says_more(sentence: Sentence) -> bool:
    """Tell a list of names from a sentence that speaks for itself."""
    depth = 0
    for _, _, entry in sentence.items:
        if entry.sign in ("(", "["):
            depth += 1
        elif entry.sign in (")", "]"):
            depth = max(0, depth - 1)
        elif depth == 0 and not entry.means and entry.cues & _SAYS_MORE:
            return True
    return False


def _denied(sentence: Sentence) -> Sentence:
    """Open the denial at the start, and again behind each mark that would end it."""
    bullet = 0
    while bullet < len(sentence.items) and sentence.items[bullet][2].sign:
        bullet += 1
    items: list[Item] = list(sentence.items[:bullet])
    edge = items[-1][1] if items else sentence.first
    items.append((edge, edge, _DENY))
    depth = 0
    for item in sentence.items[bullet:]:
        items.append(item)
        depth += (item[2].sign in ("(", "[")) - (item[2].sign in (")", "]"))
        if item[2].sign == ";" and depth == 0:
            items.append((item[1], item[1], _DENY))
    return Sentence(items, sentence.first, sentence.end, sentence.question)
