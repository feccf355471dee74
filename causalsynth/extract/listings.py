"""Lists under a heading that speaks for all their names: ``Negative for each of the following: TB, bronchitis``.

The names stand behind the heading's colon, in the line below it, or one in each line.
"""

from causalsynth.extract.kinds import ANSWERS, kind_bits
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Trait

__all__ = ["HeadedList"]

_COLON = int(Trait.COLON)


def _cue(kind: str, word: str) -> Entry:
    entry = Entry((word,), cues=frozenset({kind}))
    return entry


_DENY = _cue("negate_list", "no")
_DOUBT = _cue("hedge", "possible")
_IDEA = _cue("suppose", "if")
_OF_OTHERS = _cue("person", "family")
_OF_OLD = _cue("past", "of")
_DENIALS = kind_bits("negate", "negate_after", "negate_either", "negate_list", "answer_no", "not_it")
_DOUBTS = kind_bits("hedge", "hedge_after")
_IDEAS = kind_bits("suppose", "suppose_after")
_LEFT_ALONE = kind_bits("person", "past", "past_after", "affirm")
_TELLS = _DENIALS | _DOUBTS | _IDEAS
_DECIDES = _TELLS | _LEFT_ALONE
_AFFIRMING = kind_bits("answer_yes", "affirm", "so_it", "withdraw", "stop", "not_it") | _DOUBTS | _IDEAS
_WHOSE = kind_bits("person", "past")
_SPEAKS = kind_bits("self", "verb", "be")
_OTHERS = frozenset({"family", "fh", "fhx", "relatives", "household", "contacts"})
_OLD = frozenset({"history", "hx", "pmh", "pmhx", "phx"})
_LONGEST_HEADING = 16
_LONGEST_LINE = 10
_LONGEST_TITLE = 6
"""How many tokens a heading may have that gives a list to other people or times: ``Past medical history``."""
"""How many tokens a line without a bullet may have that goes on with a list."""
_LONGEST_REST = 2
"""How many tokens may stand behind the cue of a heading without a colon."""
_LISTED_WORDS = """
    findings results items features list conditions diagnoses diagnosis symptoms today now this these visit so for on
    at in of ( [ -
"""
_LISTED = frozenset(_LISTED_WORDS.split())
"""Words behind a heading's ``negative`` that leave it a heading: ``Negative findings``."""
_BULLETS = frozenset({"-", "*", "+", ".", ">"})
_SAYS_MORE = kind_bits("be", "verb", "self", "answer_no", "answer_yes", "negate", "negate_after", "negate_either")


class HeadedList:
    """Follows the sentences of one text and gives each name of such a list what its heading says."""

    __slots__ = ("_answers", "_asked", "_bulleted", "_edge", "_lines", "_mode", "_tokens")

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._mode: Entry | None = None
        self._answers = self._asked = False
        self._bulleted = False
        self._lines = False
        self._edge = 0

    def read(self, sentence: Sentence) -> Sentence:
        """Give `sentence`, with the cue of its heading put before it where it belongs to a list."""
        if self._mode is not None and (self._is_apart(sentence) or (sentence.question and not self._lines)):
            self._mode = None
        self._edge = sentence.end
        self._answers, self._asked = self._asked, sentence.question
        colon = bool(sentence.traits & _COLON)
        if self._mode is None and not colon and not self._ends_line(sentence.end):
            return sentence  # in no list, and no heading
        inline = _behind_colon(sentence) if colon else None
        if inline is not None:
            self._mode, self._bulleted, self._lines = None, False, False
            at = next(item[1] for item in inline.items if item[2].sign == ":")
            if self._tokens.words[at][0] == "\n":
                self._mode, self._lines = _mode(sentence.items[: _colon(sentence.items)]), True
            return inline
        mode = self._heading(sentence)
        if mode is not None:
            self._mode, self._bulleted = mode, False
            self._lines = self._tokens.words[sentence.end - 1] == ":"
            return sentence.with_items([_muted(item) for item in sentence.items]) if self._lines else sentence
        if self._mode is None:
            return sentence
        bullet = self._has_bullet(sentence)
        if not bullet and (self._bulleted or not self._goes_on(sentence)):
            self._mode = None
            return sentence
        self._bulleted = bullet
        given = self._mode
        if not bullet and (not self._lines or _says_more(sentence.items)):
            self._mode = None
        if _says_more(sentence.items):
            return _named_first(sentence, self._start(sentence), given) if bullet else sentence
        return _headed(sentence, self._start(sentence), given)

    def _heading(self, sentence: Sentence) -> Entry | None:
        """Give what a line of its own that names nothing says of the list below it."""
        words = self._tokens.words
        first, end = sentence.first, sentence.end
        if end - first > _LONGEST_HEADING or not self._ends_line(end):
            return None
        if first and words[first - 1][0] != "\n" and words[first][0] != "\n" and not self._is_numbered(first):
            return None
        for _, after, entry in sentence.items:
            if entry.named or (entry.sign == ":" and after < end):
                return None
        if words[end - 1] != ":" and (self._answers or not self._is_title(sentence)):
            return None  # "fever?", "no", "TB?": what answers a question heads no list
        mode = _mode(sentence.items)
        if mode is None and end - first <= _LONGEST_TITLE:
            return _whose(sentence.items)
        return mode

    def _ends_line(self, end: int) -> bool:
        words = self._tokens.words
        return end < len(words) and words[end][0] == "\n"

    def _is_title(self, sentence: Sentence) -> bool:
        """Tell a heading without a colon, which ends with its cue, from a short statement: ``no fever``."""
        words, end = self._tokens.words, sentence.end
        said = [item for item in sentence.items if not item[2].sign]
        kinds = 0
        for _, _, entry in said:
            kinds |= entry.kinds
        if kinds & ANSWERS == ANSWERS:
            return False  # "YES   NO" over columns of boxes
        above = end + 1 < len(words) and words[end + 1] in _BULLETS
        if not said or (self._has_bullet(sentence) and not (above and self._is_numbered(sentence.first))):
            return False
        left = end - said[-1][1]
        if left and "answer_no" in said[-1][2].cues and words[said[-1][1]] not in _LISTED:
            return False  # "side room, neg pressure"
        if left > _LONGEST_REST or "not_it" in said[-1][2].cues or (left and "negate" in said[-1][2].cues):
            return False
        return above or not kinds & _SPEAKS

    def _is_apart(self, sentence: Sentence) -> bool:
        """Tell whether words that no phrase takes in stand before `sentence`: another heading, perhaps."""
        between = self._tokens.words[self._edge : sentence.first]
        return any(word[0].isalpha() for word in between)

    def _goes_on(self, sentence: Sentence) -> bool:
        """Tell a short line of names right below its heading or another such line."""
        words = self._tokens.words
        at = sentence.first
        while at < sentence.end and words[at][0] == "\n":
            at += 1
        break_before = words[at - 1] if at else ""
        if self._lines and break_before == "\n\n":
            return False
        return sentence.end - at <= _LONGEST_LINE or not self._lines

    def _start(self, sentence: Sentence) -> int:
        """Give the first item behind the bullet."""
        at = 0
        while at < len(sentence.items) and sentence.items[at][2].sign:
            at += 1
        return at

    def _is_numbered(self, at: int) -> bool:
        """Tell whether a line's number stands before token `at`: ``2. TB``, which the full stop cuts."""
        words = self._tokens.words
        return at > 1 and words[at - 1] == "." and words[at - 2].isdecimal() and (at < 3 or words[at - 3][0] == "\n")

    def _has_bullet(self, sentence: Sentence) -> bool:
        words = self._tokens.words
        at = sentence.first
        if self._is_numbered(at):
            return True
        while at < sentence.end and words[at][0] == "\n":
            at += 1
        return at < sentence.end and (words[at] in _BULLETS or words[at].isdecimal())


def _mode(items: list[Item]) -> Entry | None:
    """Give the cue that a heading amounts to, the last that decides; none where the heading names something."""
    if any(item[2].named for item in items):
        return None
    deciding = [item[2] for item in items if item[2].kinds & _DECIDES and not item[2].sign]
    last = deciding[-1].kinds if deciding else _LEFT_ALONE
    if last & _LEFT_ALONE:
        return None
    if last & _DOUBTS:
        return _DOUBT
    if last & _IDEAS and not last & _DENIALS:
        return _IDEA
    denials = sum(bool(entry.kinds & _DENIALS) for entry in deciding)
    return _DENY if denials == 1 else _DOUBT


def _whose(items: list[Item]) -> Entry | None:
    """Give the cue of a heading such as ``Family history``."""
    if any(item[2].named for item in items):
        return None
    words = {word for item in items for word in item[2].phrase if item[2].kinds & _WHOSE}
    if words & _OTHERS:
        return _OF_OTHERS
    return _OF_OLD if words & _OLD else None


def _colon(items: list[Item]) -> int:
    for k, (_, _, entry) in enumerate(items):
        if entry.sign == ":":
            return k
    return len(items)


def _behind_colon(sentence: Sentence) -> Sentence | None:
    """Read ``The following were all excluded: TB, bronchitis`` where the list stands in the same sentence."""
    items = sentence.items
    colon = _colon(items)
    if colon + 1 >= len(items) or items[colon][0] - sentence.first > _LONGEST_HEADING:
        return None
    mode = _mode(items[:colon])
    if mode is None or _says_more(items[colon + 1 :]) or not any(item[2].named for item in items[colon + 1 :]):
        return None
    return _headed(sentence, colon + 1, mode)


def _muted(item: Item) -> Item:
    """Give an item of a heading without what it would say by itself."""
    first, end, entry = item
    return (first, end, Entry(entry.phrase)) if entry.kinds & _TELLS and not entry.sign else item


def _says_more(items: list[Item]) -> bool:
    """Tell a list of names from a sentence that speaks for itself."""
    depth = 0
    for _, _, entry in items:
        if entry.sign in ("(", "["):
            depth += 1
        elif entry.sign in (")", "]"):
            depth = max(0, depth - 1)
        elif depth == 0 and not entry.named and entry.kinds & _SAYS_MORE:
            return True
    anchors = {name for _, _, entry in items for name in entry.anchors}
    return any(name in anchors for _, _, entry in items for name, _ in entry.words if not entry.shared)


def _named_first(sentence: Sentence, at: int, mode: Entry) -> Sentence:
    """Give a bullet's name its heading's cue where all that follows agrees: ``- TB: smears and cultures negative``."""
    items = sentence.items
    if mode is not _DENY or at + 1 >= len(items) or not items[at][2].named or items[at + 1][2].sign not in (":", "-"):
        return sentence
    behind = [item[2] for item in items[at + 1 :]]
    if items[at + 1][0] != items[at][1] or any(entry.kinds & _AFFIRMING for entry in behind):
        return sentence
    if any(name in items[at][2].anchors for entry in behind for name, _ in entry.words):
        return sentence  # "4. Lung ventilation: zero"
    edge = items[at][0]
    return sentence.with_items([*items[:at], (edge, edge, mode), *items[at:]])


def _headed(sentence: Sentence, at: int, mode: Entry) -> Sentence:
    """Put `mode` before item `at`, and again behind each mark that would end its reach."""
    items: list[Item] = [_muted(item) for item in sentence.items[:at]]
    edge = items[-1][1] if items else sentence.first
    items.append((edge, edge, mode))
    depth = 0
    for item in sentence.items[at:]:
        items.append(item)
        depth += (item[2].sign in ("(", "[")) - (item[2].sign in (")", "]"))
        if item[2].sign in (";", "-", ">") and depth == 0:
            items.append((item[1], item[1], mode))
    return sentence.with_items(items)
