"""Questions and their answers, in dialogues and forms: ``velocity?`` ``2 in the last hour``; ``Score? -- 40``."""

import re

from causalsynth.extract.layout.page import Page
from causalsynth.extract.layout.pieces import BREAK, Cell, Piece, inserted
from causalsynth.extract.replies import OPEN_WORDS
from causalsynth.extract.word_sets import word_set

__all__ = ["asked_pieces", "form_pieces"]

_PARTS = re.compile(r"[^.?!;]+(?:[.?!;]+(?= |$)|$|(?=[.?!;]))|[.?!;]")
_ASKED = re.compile(r"[*_]*(?:q ?\d* ?[.:)]|q\d+|\d+ ?[.)])[*_]* *")
_MARK = re.compile(r"(?<=[\w)])\?(?:[*_ ]*(?:-{1,2}|>|:))?(?:[*_ ]+a(?:ns|nswer)?[*_]*[.:][*_]*)? (?=\S)")
_NUMBER = re.compile(
    r"[$\u20ac\u00a3~<> *]*(?:usd |eur )?\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|none)\b"
)
_MOST_ASKED = 14
_LONGEST_REMARK = 8
"""How many words may stand behind a question and leave it to be answered."""
_LONGEST_CODA = 2
"""How many words may stand behind what is asked for without a question mark: ``sepsis. thanks``."""
_APOLOGIES = frozenset({"sorry", "thanks", "thank", "cheers", "ta", "apologies"})
"""Words that begin one of any length."""
_MOST_WORDS = 8
"""How many words a name that is asked for has at most, with what stands around it."""


_ASK_FOR_MORE = word_set("when how what which who whom whose why where")
_UNSURE = OPEN_WORDS | word_set("""
    sure know idea tell say recall remember certain clear checked tested done asked yet possibly perhaps maybe probably
    likely think guess unclear unknown pending only just because until unless except but worries worry problem rush need
    wonder
""")
_CHATTER = word_set("me lol oh ah um er well ok okay so hm hmm haha right sorry love erm uh mate doc doctor")
_SUBJECTS = word_set("i he she they it we you there that")
_AUXILIARIES = word_set("is are was were do does did has have had am")
_LINKS = frozenset({"when", "as", "while"})
_ELLIPTIC = re.compile(
    r"(?:but |oh,? |yes,? )*(?:i|he|she|they|we|you|it) (?:is|are|was|were|do|does|did|has|have|had|am)\b"
    r"(?: been)? *(?:[^\w ]|$)"
)
_CLAUSE = re.compile(r"[.,;!?(]| - ")
_MOST_CHATTER = 3
"""How many clauses of an answer may be passed over: ``Me? Well, no.``"""
_SAYS = word_set("says said")
_OPENS_QUESTION = re.compile(
    r"(?:^|[.!;,] |\b(?:so|and|ok) )(?:any|is|are|was|were|does|do|did|has|have|had) [^.?!]{3,80}$"
)
_STATES_TEXT = "negate negate_list negate_after negate_either answer_no answer_yes hedge hedge_after stop verb be"
_STATES = frozenset(_STATES_TEXT.split())
_WORD = re.compile(r"[a-z']+")


def asked_pieces(page: Page, asked: Cell, answer: Cell) -> tuple[list[Piece], bool]:
    """Give what one speaker says, and how the next one answers its end.

    Returns
    -------
    (pieces, joins)
        Whether the answer belongs into the same sentence: a value.
    """
    parts = _fragments(page, asked)
    names = _names_asked(page, parts)
    if not names:
        at = _asked_earlier(page, parts)
        if at is not None:
            return [
                page.raw(asked[0], at),
                _reply(page, (asked[0], at), answer, named=True),
                page.raw(at, asked[1]),
            ], False
        named = bool(parts) and page.names(page.of(parts[-1]))
        return [page.raw(*asked), _reply(page, asked, answer, named=named)], False
    stated = page.states_at_once(page.of(answer)) or not _polarity(page, page.of(answer))
    values = stated and _takes_value(page, names, answer)
    pieces = [page.raw(asked[0], names[0][0])]
    for n, name in enumerate(names):
        pieces.append(inserted(" , " if n else " ", name[0]))
        pieces.append(page.raw(*page.trim(*name, "?.!;")))
    pieces.append(inserted(" : " if values else " ?", names[-1][1]))
    if not values:
        pieces.append(_reply(page, asked, answer, named=True, short=True))
    return pieces, values


def form_pieces(page: Page, k: int) -> list[Piece]:
    """Read ``Engine score? -- 40`` in line `k`; nothing where it has no question that its own line answers."""
    start, end = page.lines[k]
    match = _MARK.search(page.text, start, end)
    if match is None:
        return []
    number = _ASKED.match(page.text, start, match.start())
    name = page.trim(number.end() if number else start, match.start(), "-*")
    most = _MOST_ASKED if _NUMBER.match(page.text, match.end(), end) else _MOST_WORDS
    values = len(page.of(name).split()) <= most and _takes_value(page, [name], (match.end(), end))
    if not values and match[0].strip("? *_") == "":
        return []
    middle = inserted(" : ", match.end()) if values else Piece("?" + BREAK, match.start(), match.end())
    return [inserted(BREAK, start), page.raw(*name), middle, page.raw(match.end(), end), page.end_of(k)]


def _fragments(page: Page, cell: Cell) -> list[Cell]:
    cells = (page.trim(match.start(), match.end()) for match in _PARTS.finditer(page.text, *cell))
    return [part for part in cells if any(character.isalnum() for character in page.of(part))]


def _asked_earlier(page: Page, parts: list[Cell]) -> int | None:
    """Give the end of a question that names something and a short remark follows: ``Asia? I have to ask.``."""
    if len(parts) < 2 or page.of(parts[-1]).endswith("?"):
        return None
    remark, asked = page.of(parts[-1]), page.of(parts[-2])
    if not asked.endswith("?") or not page.names(asked) or page.names(remark):
        return None
    return parts[-2][1] if len(remark.split()) <= _LONGEST_REMARK else None


def _names_asked(page: Page, parts: list[Cell]) -> list[Cell]:
    """Give the names at the end of a turn that are all of it: ``any AKI. sepsis.``, ``pressors? vent?``."""
    names: list[Cell] = []
    told = False
    for part in reversed(parts):
        text = page.of(part)
        if _is_asked_for(page, text) and (not told or "?" in text):
            names.insert(0, part)
        elif names or page.names(text) or "?" in text:
            break
        words = text.split()
        told = told or (len(words) > _LONGEST_CODA and words[0] not in _APOLOGIES)
    return names


def _is_asked_for(page: Page, text: str) -> bool:
    """Tell a mere name, ``and oxygen?``, ``ip``, from a sentence."""
    words = _WORD.findall(text)
    if not words or len(words) > _MOST_WORDS or not page.names(text):
        return False
    if any(word in _SUBJECTS | _AUXILIARIES and words[at - 1] not in _LINKS for at, word in enumerate(words)):
        return False
    tokens, found = page.known(text)
    others = [entry for _, _, entry in found if not entry.named and entry.phrase != ("+",)]
    if any(entry.cues & _STATES or entry.words for entry in others):
        return False
    known = sum(end - first for first, end, _ in found)
    return text.endswith("?") or (len(tokens) - known <= 1 and not any(word[0].isdecimal() for word in tokens))


def _takes_value(page: Page, names: list[Cell], answer: Cell) -> bool:
    """Tell whether a value answers, not a yes or no."""
    text = page.of(answer)
    if _ELLIPTIC.match(text):
        return False  # "You haven't been to Asia? I have."
    first = page.known(text[:80])[1][:1]
    if (
        first
        and first[0][0] == 0
        and not first[0][2].words
        and first[0][2].cues & {"answer_no", "answer_yes", "negate", "negate_list"}
    ):
        return False
    inside = [entry for name in names for _, _, entry in page.known(page.of(name))[1]]
    if any(entry.words and not entry.named for entry in inside):
        return False  # "been to China?"
    known = [entry for entry in inside if entry.named]
    return (bool(known) or any(page.labels(page.of(name)) for name in names)) and not any(
        entry.asserts for entry in known
    )


def _reply(page: Page, asked: Cell, answer: Cell, *, named: bool, short: bool = False) -> Piece:
    """End a turn; say yes or no for an answer that does so in other words: ``I haven't``, ``she is``."""
    text = page.of(asked).strip()
    question = short or text.endswith("?") or _OPENS_QUESTION.search(text) is not None
    polarity = _polarity(page, page.of(answer)) if named and question and not _asks_for_more(text) else ""
    mark = "" if short or text.endswith("?") else " ?"
    return inserted(f"{mark}{BREAK}{polarity} .{BREAK}" if polarity else BREAK, asked[1])


def _asks_for_more(text: str) -> bool:
    words = _WORD.findall(text.rsplit(". ", 1)[-1])
    return bool(words) and (words[0] in _ASK_FOR_MORE or words[1:2] == ["not"])


def _polarity(page: Page, answer: str) -> str:
    """Give ``yes`` or ``no`` for the first clause of an answer that names nothing itself."""
    clause, words = "", []
    for clause in _CLAUSE.split(answer, maxsplit=_MOST_CHATTER)[:_MOST_CHATTER]:
        words = _WORD.findall(clause)
        while words and words[0] in _CHATTER:
            words = words[1:]
        if words:
            break
    if not words or len(words) > _MOST_WORDS or page.names(clause):
        return ""
    _, found = page.known(" ".join(words))
    if not _UNSURE.isdisjoint(words[found[0][1] if found and found[0][0] == 0 else 0 :]):
        return ""
    cues = frozenset(kind for _, _, entry in found for kind in entry.cues)
    if cues & {"hedge", "hedge_after", "suppose", "suppose_after", "affirm"}:
        return ""
    first = found[0] if found else None
    if first and first[0] == 0 and first[2].cues & {"answer_no", "negate"}:
        return "no"
    if first and first[0] == 0 and "answer_yes" in first[2].cues:
        return "yes"
    return _of_subject(words, cues)


def _of_subject(words: list[str], cues: frozenset[str]) -> str:
    """Read ``she says no``, ``he does``, ``I haven't``."""
    if words[0] in _SUBJECTS and len(words) == 3 and words[1] in _SAYS and words[2] in ("no", "not", "yes"):
        return "yes" if words[2] == "yes" else "no"
    if words[0] in _SUBJECTS and len(words) == 2 and words[1] in _AUXILIARIES:
        return "yes"
    return "no" if "negate" in cues and words[0].rstrip("'ve") in _SUBJECTS | {"hasn't", "haven't", "doesn't"} else ""
