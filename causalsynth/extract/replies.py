"""Answers in whole clauses, ``Hasn't gone.``, ``Well, she says not since May``, ``Lately, yes``, as yes or no."""

from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item
from causalsynth.extract.word_sets import word_set

__all__ = ["OPEN_WORDS", "asks_denied", "contradicts", "reply_cues"]


_NO, _YES = frozenset({"answer_no"}), frozenset({"answer_yes"})
_CHATTER = word_set("""
    me lol oh ah um er uh well ok okay so hm hmm haha right sorry love mate doc doctor ha aye told answer answers
    answered reply replied replies replying answering asked and
""")
"""Words that an answer may begin with before it answers."""
_SPEAKERS = word_set("he she they i we you it pt patient mum dad mother father wife husband")
_SAYS = word_set(
    "says said say tells told reports reported states stated insists maintains that me us definitely firmly"
)
_SAYING = frozenset({"say", "says", "said"})
_AUXILIARIES = word_set("is are was were do does did has have had am will would can could")
_INSISTING = word_set("yes yeah yep actually really certainly indeed still but ah i'm afraid")
"""Words around an ``I do`` that gainsays."""
_NEGATED = word_set("""
    not never isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't won't wouldn't can't couldn't
    dont doesnt didnt hasnt havent isnt wasnt
""")
OPEN_WORDS = word_set("""
    sure know idea tell recall remember certain clear checked tested done asked yet possibly perhaps maybe probably
    likely think guess unclear unknown pending only just because until unless except but worries worry problem rush
    need wonder more than fewer less much often many every always all too bad badly enough good great normal right
    fine anything result results back reported available seen read looked doubt comment answer back say applicable
    offered relevant as quite exactly entirely completely fully sample samples film films scan answered shown
    vape vapes vaping drink drinks
""")
"""Words with which a negation leaves the question open or speaks of something else: ``not sure``, ``no result yet``."""
_YES_WORDS, _NO_WORDS = word_set("yes yeah yep yup aye correct indeed"), word_set("no nope nah none")
_HARMLESS = word_set("""
    at all ever really never not now no none sir doctor thanks thank god goodness whatsoever of them those these it sort
    kind whatever currently today lately recently this year years so far i'm am happy pleased glad to say definitely
    absolutely certainly luckily fortunately either since in for my his her life once a bit that i know he she they have
    has had been haven't hasn't love mate doc longer more like the is was sort such thing
""")
"""Words that may stand behind a ``no`` and leave it the whole answer; ``No crackles`` is of something else."""
_NEVER = _NEGATED | {"never"}
_MARKS = frozenset({".", "?", "!", ";", "\n", "\n\n"})
_LONGEST_QUESTION = 20
"""How many tokens of a question are looked through for what it denies."""
_SPEAKER_REACH = 3
"""How many tokens may stand before the colon behind a speaker's name."""
_HEDGING = frozenset({"hedge", "hedge_after", "suppose", "suppose_after", "affirm", "person"})
_MOST_CLAUSES = 3
_LONGEST = 9
"""How many words a clause that answers has at most."""
_LATE = 5
"""How many words may stand before the ``yes`` of ``On the stairs and on hills, yes``."""
_WHERE = word_set("on in at when after with only sometimes occasionally at climbing walking lately recently these most")
"""Words that such an answer begins with."""


def contradicts(sentence: Sentence, words: list[str]) -> bool:
    """Tell whether a sentence says that what the question before it denies is so: ``You don't smoke? Oh, I do.``."""
    at = sentence.first
    lead = words[at : min(at + _SPEAKER_REACH, sentence.end)]
    if ":" in lead:
        at += lead.index(":") + 1  # "Patient: I do."
    while at < sentence.end and (not words[at][0].isalnum() or words[at] in _CHATTER or words[at] in _INSISTING):
        at += 1
    if at >= sentence.end or words[at] not in _SPEAKERS:
        return False
    at += 1
    while at < sentence.end and words[at] in _INSISTING:
        at += 1
    if at >= sentence.end or words[at] not in _AUXILIARIES:
        return False
    at += 1
    if at < sentence.end and words[at] == "been":
        at += 1  # "Oh yes, I have been."
    return at == sentence.end or not words[at][0].isalnum() or words[at] in _INSISTING


def asks_denied(words: list[str], end: int) -> bool:
    """Tell whether the question that ends at token `end` denies what it asks: ``You haven't been to Asia?``.

    ``Haven't you been to Asia?`` and ``You smoke, don't you?`` don't.
    """
    at = end - 1
    while at >= 0 and words[at] != "?":
        at -= 1
    for n in range(at - 1, max(-1, at - _LONGEST_QUESTION), -1):
        word = words[n]
        if word in _MARKS:
            return False
        if word in _NEVER:
            inverted = words[n + 1] in _SPEAKERS or (word == "not" and n > 1 and words[n - 1] in _SPEAKERS)
            inverted = inverted and (word != "not" or words[n - 2] in _AUXILIARIES)  # "have you not been to Asia?"
            if not inverted and words[n - 1] != "or":
                return True
    return False


def reply_cues(sentence: Sentence, start: int, words: list[str]) -> frozenset[str]:
    """Tell what a sentence, from token `start` on, answers; nothing where its first clauses name something."""
    first = start
    for n in range(_MOST_CLAUSES):
        while first < sentence.end and not words[first][0].isalnum():
            first += 1
        end = first
        while end < sentence.end and (words[end][0].isalnum() or words[end][0] == "'"):
            end += 1
        at = _behind_chatter(words, first, end)
        if at < end:
            late = (
                _late_word(words, end, sentence.end) if n == 0 and end - at <= _LATE and words[at] in _WHERE else _NONE
            )
            return _of_clause(sentence, at, end, words) or late
        first = end
    return _NONE


_NONE: frozenset[str] = frozenset()


def _behind_chatter(words: list[str], first: int, end: int) -> int:
    while first < end and words[first] in _CHATTER:
        first += 1
    if first + 1 < end and words[first] in _SPEAKERS and words[first + 1] in _SAYS:
        first += 1
    while first < end and words[first] in _SAYS:
        first += 1
    return first


def _late_word(words: list[str], end: int, last: int) -> frozenset[str]:
    """Read ``On the stairs, yes.``."""
    if end + 1 >= last or words[end] != "," or (end + 2 < last and words[end + 2][0].isalnum()):
        return _NONE
    return _YES if words[end + 1] in _YES_WORDS else _NO if words[end + 1] in _NO_WORDS else _NONE


def _of_clause(sentence: Sentence, first: int, end: int, words: list[str]) -> frozenset[str]:
    clause = words[first:end]
    inside = [item for item in sentence.items if first <= item[0] < end]
    if len(clause) > _LONGEST or not OPEN_WORDS.isdisjoint(clause) or _speaks_of_more(inside):
        return _NONE
    if len(clause) > 1 and clause[-2] in _SAYING and clause[-1] in ("no", "not", "yes"):
        return _YES if clause[-1] == "yes" else _NO  # "The cultures say no."
    if clause[0] in _NO_WORDS:
        return _NO if _HARMLESS.issuperset(clause[1:]) else _NONE
    if clause[0] in _NEGATED:
        return _NO
    if clause[0] in _YES_WORDS:
        return _YES
    if clause[0] in _SPEAKERS:
        if not _NEGATED.isdisjoint(clause[1:3]):
            return _NO
        if len(clause) == 2 and clause[1] in _AUXILIARIES:
            return _YES
    return _NONE


def _speaks_of_more(inside: list[Item]) -> bool:
    """Tell a clause that names something itself, or leaves it open, from a mere answer."""
    return any(
        (entry.named and "self" not in entry.cues) or entry.numbers or entry.cues & _HEDGING for _, _, entry in inside
    )
