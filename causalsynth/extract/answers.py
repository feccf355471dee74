"""Which cues stand as an answer, to a heading (``TB: no``) or to a question (``TB? No.``)."""

from causalsynth.extract.beside import denies_what_follows
from causalsynth.extract.kinds import ANSWERS, NEGATES
from causalsynth.extract.readings import RULED_OUT, Negated, Reading
from causalsynth.extract.replies import OPEN_WORDS, asks_denied, contradicts, reply_cues
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.touching import entry_before
from causalsynth.extract.vocabulary import Item
from causalsynth.extract.word_sets import word_set

__all__ = ["answer_list", "answer_question", "answers", "ends_here", "is_bare_not", "reply_to"]

_ANSWERS = frozenset({"answer_no", "answer_yes"})
_MOST_LISTED = 24
"""How many items on either side an answer of the same list may stand."""
_WHOLE_WORDS = frozenset({"no", "nil", "none"})
"""Those before a stroke that are no half of ``n/k``."""
_SURE = frozenset({"clear", "certain", "sure"})
_UNABLE = frozenset({"can't", "cannot", "couldn't", "won't", "wouldn't"})
_LEADS = word_set(
    "fortunately thankfully happily mercifully luckily unfortunately sadly heavens goodness gosh god lord oh ah um uh "
    "er well hmm"
)
_HELPERS = frozenset({"has", "have", "had", "was", "is", "were"})
_DOING = _HELPERS | {"does", "do", "did"}
_MOST_BETWEEN = 4
"""How many adverbs may stand behind a ``no`` that answers: ``no currently.``, but not ``denies any recent trip``."""
_LONGEST_ELLIPSIS = 4
"""How many tokens an answer without its object has at most: ``she certainly has not``."""
_LONGEST_SPEAKER = 3
"""How many tokens may name the speaker before the colon: ``Patient: No.``"""


def answers(items: list[Item], k: int, sentence_end: int) -> bool:
    """Say whether item `k` can stand as an answer: ``negative`` always, ``no`` before a mark or the sentence's end."""
    end = items[k][1]
    if "suppose" in items[k][2].cues:
        return ends_here(items, k, sentence_end) and not any(
            "suppose" in item[2].cues for item in items[:k]
        )  # "TB r/o."
    if end >= sentence_end or not items[k][2].kinds & NEGATES:
        return True
    before = entry_before(items, k)
    named = before is not None and (before.named or (before.sign == ":" and items[k][2].lone in _WHOLE_WORDS))
    for j in range(k + 1, min(len(items), k + 1 + _MOST_BETWEEN)):
        first, after, entry = items[j]
        if first != end:
            return False
        if named and entry.lone == "/":
            return True  # "TB no / bronchitis yes", "Smoking/alcohol: no/social"
        if entry.sign or "stop" in entry.cues:
            return True
        if "between" not in entry.cues or after >= sentence_end:
            return "between" in entry.cues
        end = after
    return False


def answer_list(items: list[Item], k: int) -> list[int]:
    """Give the answers that item `k` is one of: ``TB / bronchitis: no / yes``."""
    first = last = k
    while first > 1 and _parts(items, first - 1) and k - first < _MOST_LISTED:
        first -= 2
    while last + 2 < len(items) and _parts(items, last + 1) and last - k < _MOST_LISTED:
        last += 2
    return list(range(first, last + 1, 2))


def _parts(items: list[Item], at: int) -> bool:
    """Tell whether item `at` is a stroke between two answers."""
    first, end, stroke = items[at]
    if stroke.lone != "/" or items[at - 1][1] != first or items[at + 1][0] != end:
        return False
    return bool(items[at - 1][2].kinds & ANSWERS and items[at + 1][2].kinds & ANSWERS)


def is_bare_not(items: list[Item], k: int, sentence_end: int) -> bool:
    """Say whether item `k` is a ``not`` that nothing follows: ``… but it isn't``, ``… she never has``."""
    entry = items[k][2]
    if not entry.is_not or entry.phrase[-1] in _SURE:  # "it might be fraud, but it's not clear"
        return False
    if entry.phrase[0] in _UNABLE:
        return False  # "he smokes, he keeps asking to go out and he can't"
    if entry.phrase[-1] == "yet" and _is_of_other_verb(items, k):
        return False
    if entry.phrase[-1] == "never" and k + 1 < len(items) and items[k + 1][0] == items[k][1]:
        following = items[k + 1][2]
        if following.phrase[0] in _HELPERS and len(following.phrase) == 1:
            return ends_here(items, k + 1, sentence_end)
    return answers(items, k, sentence_end)


def _is_of_other_verb(items: list[Item], k: int) -> bool:
    """``Smokes, says she's cutting back but has not yet``: what is not yet done isn't what was named."""
    at = k - 1 if k and items[k - 1][2].phrase[0] in _HELPERS else k
    if not at or items[at - 1][2].phrase != ("but",):
        return False
    return at < 2 or items[at - 2][1] != items[at - 1][0] or not items[at - 2][2].named


def ends_here(items: list[Item], k: int, sentence_end: int) -> bool:
    """Say whether a mark or the sentence's end follows item `k`."""
    end = items[k][1]
    if end >= sentence_end:
        return True
    return k + 1 < len(items) and items[k + 1][0] == end and bool(items[k + 1][2].sign)


def answer_question(readings: dict[int, Reading], following: Sentence | None, tokens: Tokens) -> bool:
    """Read a question by its answer, ``TB? No.``; without one it asserts nothing. Tell whether it has one.

    A question about a test, a plan or somebody else (``Tested for TB? Yes.``) asserts nothing whatever the answer.
    """
    contradicted = following is not None and contradicts(following, tokens.words)
    denied = contradicted and following is not None and asks_denied(tokens.words, following.first)
    cues = _ANSWERS if contradicted else _answer_cues(following, tokens)
    for reading in readings.values():
        about_another = reading.person or (reading.supposed and not reading.hedged)
        if contradicted and reading.negated and not about_another:
            reading.affirmed, reading.negated = reading.negated is Negated.YES, Negated.NO
            reading.hedged = not reading.affirmed
            continue
        if not cues or about_another:
            reading.supposed = True
            reading.negated = Negated.NO
        elif "answer_no" in cues and not contradicted:
            reading.negated, reading.hedged, reading.supposed = Negated.YES, False, False
        else:
            reading.hedged, reading.supposed = denied, False  # "You haven't been to Asia? I have."
    return bool(cues)


def _elliptic(following: Sentence, at: int) -> frozenset[str]:
    """Read an answer without its object, such as ``She has not``."""
    items = following.items[at : at + _LONGEST_ELLIPSIS]
    if len(items) < 2 or items[1][0] != items[0][1]:
        return frozenset()
    for k in range(1, min(len(items), _LONGEST_ELLIPSIS)):
        near = items[k][1] - items[0][0] <= _LONGEST_ELLIPSIS
        if near and is_bare_not(following.items, at + k, following.end):
            return frozenset({"answer_no"})
    does = items[1][2].phrase[0] in _DOING and ends_here(following.items, at + 1, following.end)
    return frozenset({"answer_yes"}) if does else frozenset()


def _answer_cues(following: Sentence | None, tokens: Tokens) -> frozenset[str]:
    return frozenset() if following is None else reply_to(following, tokens.words)


def reply_to(following: Sentence, words: list[str]) -> frozenset[str]:
    """Tell whether a sentence answers the question before it with yes or no: ``answer_yes``, ``answer_no``."""
    at = 0
    start = following.first
    colon = next((k for k, item in enumerate(following.items[:3]) if item[2].sign == ":"), None)
    if colon is not None and following.items[colon][0] <= start + _LONGEST_SPEAKER:
        at, start = colon + 1, following.items[colon][1]
    elif following.items and following.items[0][0] == start + 1 and following.items[0][2].sign in (".", ":"):
        at, start = 1, start + 2
    while start < following.end and (words[start] in _LEADS or (words[start] == "," and words[start - 1] in _LEADS)):
        at += at < len(following.items) and following.items[at][0] == start
        start += 1  # "Fortunately the answer is no.", "Heavens, no."
    return _short_answer(following, at, start, words) or reply_cues(following, start, words)


def _rules_out(following: Sentence, at: int) -> bool:
    """``TB? Ruled out at St James's in June``: nothing else is named."""
    names = any(entry.named and "self" not in entry.cues for _, _, entry in following.items[at + 1 :])
    return following.items[at][2].phrase[0] in RULED_OUT and not names


def _short_answer(following: Sentence, at: int, start: int, words: list[str]) -> frozenset[str]:
    """Read an answer that the packs know: ``No.``, ``Excluded.``, ``She has not``."""
    if at >= len(following.items) or following.items[at][0] != start:
        return frozenset()
    said = following.items[at][2].cues
    if "so_it" in said:
        return frozenset({"answer_yes"})  # "And the bronchitis? That she does have."
    if "not_it" in said and not denies_what_follows(following.items, at):
        return frozenset({"answer_no"})
    if "self" in said:
        return _elliptic(following, at)
    if said & {"negate_after", "negate_either"} and (
        ends_here(following.items, at, following.end) or _rules_out(following, at)
    ):
        return frozenset({"answer_no"})  # "TB? Excluded."
    cues = said & {"answer_no", "answer_yes"}
    if "answer_no" in cues and not OPEN_WORDS.isdisjoint(words[following.items[at][1] : following.items[at][1] + 2]):
        return frozenset()  # "No results yet."
    return cues if answers(following.items, at, following.end) else frozenset()
