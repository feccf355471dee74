"""Numbers that the writer takes back: of ``416, no, scrub that, 460 dollars`` only the second one was meant.

The first number, whatever ends it and the correction are left out of the tokens, so that names, units and phrases
find the second in its place: ``opened 45 days ago, no, 54 days ago``.
"""

from typing import TypeVar

from causalsynth.extract.number_words import NUMBERS_IN_LETTERS, has_number, number_value

__all__ = ["corrections_in", "drop_corrected"]

_T = TypeVar("_T")

_STRONG = (
    *(("no", "wait"), ("wait", "no"), ("no", "sorry"), ("sorry", "no"), ("no", "hang", "on"), ("no", "hold", "on")),
    *(("scratch", "that"), ("scrub", "that"), ("strike", "that"), ("correct", "that"), ("cancel", "that")),
    *(("scratch", "it"), ("scrub", "it"), ("strike", "it"), ("delete", "that"), ("ignore", "that")),
    *(("make", "that"), ("make", "it"), ("correction",), ("corrected", "to"), ("corrected",), ("amended", "to")),
    *(("i", "mean"), ("i", "meant"), ("i", "tell", "a", "lie"), ("i", "misspoke"), ("i", "misread")),
    *(("my", "mistake"), ("my", "error"), ("my", "bad"), ("beg", "your", "pardon"), ("beg", "pardon")),
    *(("let", "me", "correct"), ("should", "read"), ("should", "have", "read"), ("should", "say")),
    *(("that", "'s", "wrong"), ("no", "that", "'s"), ("no", "it", "'s"), ("misread", "it"), ("mistyped",)),
    *(("no", "no"), ("oops",), ("whoops",), ("typo",), ("not", "that"), ("no", "not", "that"), ("wait",)),
)
"""What takes a number back wherever it stands between two."""
_WEAK = (
    ("no",),
    ("sorry",),
    ("apologies",),
    ("pardon",),
    ("or", "rather"),
    ("nope",),
    ("err",),
    ("er",),
    ("excuse", "me"),
)
"""What takes it back only between two marks or right before the second number: ``416, no, 460``."""
_BY_FIRST_WORD: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
for _cues, _is_strong in ((_STRONG, True), (_WEAK, False)):
    for _words in _cues:
        _BY_FIRST_WORD.setdefault(_words[0], []).append((_words, _is_strong))
_MARKS = frozenset({",", "-", ".", "(", ")", ";", ":", "!", "/", "?"})
_ENDS = 5
"""How many tokens may stand between the first number and the correction: ``days ago,``."""
_FILLER = 9
"""How many between a strong correction and the second number: ``my thumb was over it:``."""
_MARKED = 2
_MEASURED_TEXT = (
    "day days d year years months weeks hours minutes min dollars usd cents euros points percent % bpm mmhg kg mg l "
    "ml c"
)
_MEASURED = frozenset(_MEASURED_TEXT.split())
"""Units that the second number may have where the first has none: ``416, no, 460 dollars``."""
_MONEY = frozenset({"dollar", "dollars", "bucks", "usd", "euros", "pounds"})
_SIGNS = frozenset({"$", "usd", "us"})


_IT = frozenset({"it", "it's", "'s"})
"""What may stand between a weak correction and the second number besides marks: ``416, no, it's 460``."""
_SECOND_NUMBER = _IT | _SIGNS | NUMBERS_IN_LETTERS
"""Words that the second number may begin with."""
_ALONE = frozenset(cue[0] for cue in _STRONG if len(cue) == 1)
_SECOND = {first: frozenset(cue[1] for cue, _ in cues if len(cue) > 1) for first, cues in _BY_FIRST_WORD.items()}


def corrections_in(words: list[str]) -> list[int]:
    """Give the tokens that may begin a correction."""
    return [at for at, word in enumerate(words) if word in _BY_FIRST_WORD]


def drop_corrected(words: list[str], starts: list[int], ends: list[int], corrections: list[int]) -> None:
    """Leave out of parallel lists of tokens, in place, every number that is taken back; the rest stays.

    `corrections` are those that `corrections_in` gives.
    """
    cuts = _cuts(words, corrections)
    if not cuts:
        return
    _leave_out(words, cuts)
    _leave_out(starts, cuts)
    _leave_out(ends, cuts)


def _cuts(words: list[str], corrections: list[int]) -> list[tuple[int, int]]:
    """Give what is taken back as disjoint ranges of tokens, in order."""
    cuts: list[tuple[int, int]] = []
    for at in corrections:
        cut = _cut(words, at) if _goes_on(words, at) and _follows_number(words, at) else None
        if cut is None:
            continue
        if cuts and cut[0] < cuts[-1][1]:
            cuts[-1] = (cuts[-1][0], max(cut[1], cuts[-1][1]))
        else:
            cuts.append(cut)
    return cuts


def _goes_on(words: list[str], at: int) -> bool:
    """Tell whether what follows token `at` may make a correction of it: most a ``no`` stands before a name."""
    following = words[at + 1] if at + 1 < len(words) else "."
    if following in _SECOND[words[at]] or words[at] in _ALONE or not following.isalpha():
        return True
    return following in _SECOND_NUMBER


def _follows_number(words: list[str], at: int) -> bool:
    """Tell whether there is a number so near before token `at` that it may be taken back there."""
    return has_number(words[max(0, at - 1 - _ENDS) : at])


def _leave_out(parallel: list[_T], cuts: list[tuple[int, int]]) -> None:
    kept: list[_T] = []
    edge = 0
    for first, end in cuts:
        kept += parallel[edge:first]
        edge = end
    parallel[:] = kept + parallel[edge:]


def _cut(words: list[str], at: int) -> tuple[int, int] | None:
    """Give the tokens to leave out for a correction that begins at token `at`."""
    length, strong = _cue(words, at)
    if not length:
        return None
    second = _second(words, at + length, strong=strong)
    first = _first(words, at, strong=strong)
    if first is None or second is None or not _comparable(words, first, second, strong=strong):
        return None
    before_first, before_second = words[first - 1] in _SIGNS if first else False, words[second - 1] in _SIGNS
    if before_first and before_second:
        while first > 0 and second > 0 and words[first - 1] == words[second - 1] and words[first - 1] in _SIGNS:
            first, second = first - 1, second - 1
    return first, second - (1 if before_second and not before_first else 0)


def _cue(words: list[str], at: int) -> tuple[int, bool]:
    """Give the length of the correction at token `at`, commas inside it included, and whether it is a strong one."""
    best = (0, False)
    for cue, strong in _BY_FIRST_WORD[words[at]]:
        end = at
        for word in cue:
            while end > at and end < len(words) and words[end] in (",", "-"):
                end += 1
            if end >= len(words) or words[end] != word:
                break
            end += 1
        else:
            best = max(best, (end - at, strong))
    return best


def _second(words: list[str], at: int, *, strong: bool) -> int | None:
    """Give the number that is meant, at or behind token `at`."""
    for k in range(at, min(len(words), at + (_FILLER if strong else _MARKED + 1))):
        if words[k][0] == "\n":
            return None
        if number_value(words[k]) is not None and not (words[k] == "one" and words[k - 1].isalpha() and k > at):
            return k  # but not "wait, that's the afternoon one"
        if not strong and words[k] not in _MARKS and words[k] not in _SIGNS and words[k] not in _IT:
            return None
    return None


def _first(words: list[str], at: int, *, strong: bool) -> int | None:
    """Give the number that is taken back, right before token `at`."""
    if not strong and words[at - 1] not in _MARKS:
        return None
    for k in range(at - 1, max(-1, at - 2 - _ENDS), -1):
        if words[k][0] == "\n":
            return None
        if number_value(words[k]) is not None:
            return _whole_of(words, k)
    return None


def _whole_of(words: list[str], part: int) -> int:
    """Give where the amount begins that the number at token `part` ends: ``thirty-four dollars and sixteen``."""
    k = part - 1
    if k > 1 and words[k] == "and":
        k -= 1
    if k > 0 and words[k] in _MONEY and number_value(words[k - 1]) is not None:
        return k - 1
    return part


def _comparable(words: list[str], first: int, second: int, *, strong: bool) -> bool:
    """Tell two numbers of one thing: what stands behind both is the same, or only marks stand behind one."""
    old, new = (words[k + 1] if k + 1 < len(words) else "." for k in (first, second))
    if old == new or old.rstrip("s") == new.rstrip("s"):
        return True
    if new in _MARKS or new[0] == "\n":
        return True
    bare = old in _MARKS or old in _BY_FIRST_WORD or old[0] == "\n"
    return bare and (strong or new in _MEASURED)
