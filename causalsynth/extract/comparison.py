"""States that follow from two names: ``ip_country=CA card_country=CA`` is a match.

Each name is of the thing right behind it (``GB card``) or of the nearest thing before it (``the card was issued in
Brazil``). Only where the whole text gives each of the two things one name does anything follow.
"""

from collections.abc import Iterator

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import Comparison
from causalsynth.domain.phrases import expand
from causalsynth.errors import LexiconError
from causalsynth.extract.claim import Claim
from causalsynth.extract.findings import Span
from causalsynth.extract.tokens import Tokens, tokenise
from causalsynth.extract.trie import Trie

__all__ = ["Comparer", "comparers"]

_REACH = 7
"""How many tokens before its name a thing may stand."""
_CODE = 3
"""Names of so few letters count in capitals only: ``IN``, ``US``."""
_PAIRED = frozenset({"and", "&", "+", "/", ",", "vs", "the", "versus", "her", "his", "its", "their"})
_SO = frozenset({("so", "is"), ("so", "was"), ("as", "is"), ("as", "was"), ("so", "are"), ("so", "were"), ("like",)})
_COPULAS = frozenset(
    {"are", "were", "both", "is", "all", ":", "=", "in", "from", "the", "countries", "country", ",", "/"}
)
_Found = tuple[int, int, tuple[str, str]]
_LEFT, _RIGHT = "left", "right"


class Comparer:
    """Reads the two names of one variable."""

    __slots__ = ("_allowed", "_states", "_trie", "_variable")

    def __init__(self, variable: str, comparison: Comparison, lexicon: Lexicon) -> None:
        self._variable = variable
        self._states = frozenset(lexicon.variables[variable].states)
        self._allowed = (frozenset({comparison.different}), frozenset({comparison.same}))
        self._trie: Trie[tuple[str, str]] = Trie()  # (side, "") or ("", name)
        entries = [(spelling, ("", name)) for name, spellings in comparison.values.items() for spelling in spellings]
        entries += [(phrase, (_LEFT, "")) for phrase in comparison.left]
        entries += [(phrase, (_RIGHT, "")) for phrase in comparison.right]
        for phrase, value in entries:
            try:
                forms = expand(phrase, lexicon.words)
            except ValueError as error:
                raise LexiconError(f"{lexicon.domain}: variables.{variable}.compare: '{phrase}': {error}") from None
            for form in forms:
                if words := tokenise(form).words:
                    self._trie.add(words, value)

    def claims(self, tokens: Tokens, text: str) -> Iterator[Claim]:
        """Give the claim that follows, once for each of the two names; none where a thing has several or none."""
        said: dict[str, dict[str, Span]] = {_LEFT: {}, _RIGHT: {}}
        found = self._trie.find_all(tokens.words)
        for k, (first, end, (side, name)) in enumerate(found):
            span = (tokens.starts[first], tokens.ends[end - 1])
            if side and (alike := _alike(k, found, tokens)):
                for other, where in said[_LEFT if side == _RIGHT else _RIGHT].items():
                    if other == alike:
                        said[side].setdefault(other, where)
            if side or (span[1] - span[0] <= _CODE and not text[span[0] : span[1]].isupper()):
                continue
            owners = _pair_of(k, found, tokens) or (self._owner(k, found, tokens),)
            for owner in owners:
                if owner:
                    said[owner].setdefault(name, span)
        left, right = said[_LEFT], said[_RIGHT]
        if not left or not right:
            return
        certain = len(left) == len(right) == 1
        allowed = self._allowed[left.keys() == right.keys()] if certain else self._states
        for span in (*left.values(), *right.values()):
            yield Claim(self._variable, allowed, certain, span, weak=True)

    @staticmethod
    def _owner(k: int, found: list[tuple[int, int, tuple[str, str]]], tokens: Tokens) -> str:
        first, end, _ = found[k]
        words = tokens.words
        assigned = k > 0 and words[first - 1] in ("=", ":") and found[k - 1][1] == first - 1
        if not assigned and k + 1 < len(found) and found[k + 1][0] == end and found[k + 1][2][0]:
            return found[k + 1][2][0]
        if k == 0 or not found[k - 1][2][0] or first - found[k - 1][1] > _REACH:
            return ""
        between = words[found[k - 1][1] : first]
        return "" if any(word[0] in "\n;|" or word == "." for word in between) else found[k - 1][2][0]


def _alike(k: int, found: list[_Found], tokens: Tokens) -> str:
    """Give the name that the thing `k` has as well: ``the IP is Slovenian and so is the card``; empty if none."""
    words, first = tokens.words, found[k][0]
    while first > 0 and words[first - 1] in _PAIRED:
        first -= 1
    said_so = tuple(words[max(0, first - 2) : first]) in _SO
    name = next((name for _, _, (side, name) in reversed(found[max(0, k - 2) : k]) if not side), "")
    return name if said_so else ""


def _pair_of(k: int, found: list[_Found], tokens: Tokens) -> tuple[str, ...]:
    """``both IP and card are German`` names both, ``IP/card: ZA / ZA`` one each; empty if no pair stands before."""
    words = tokens.words
    second = k
    while second > 0 and k - second < 1 and not found[second - 1][2][0]:
        if any(word not in _PAIRED for word in words[found[second - 1][1] : found[second][0]]):
            return ()
        second -= 1
    if second < 2 or not (found[second - 1][2][0] and found[second - 2][2][0]):
        return ()
    (_, edge, (one, _)), (first, end, (other, _)) = found[second - 2 : second]
    joined = one != other and 0 < first - edge <= 2 and all(word in _PAIRED for word in words[edge:first])
    if not joined or any(word not in _COPULAS for word in words[end : found[second][0]]):
        return ()
    if second < k:
        return (other,)
    if k + 1 < len(found) and not found[k + 1][2][0]:
        between = words[found[k][1] : found[k + 1][0]]
        return (one,) if all(word in _PAIRED for word in between) else (one, other)
    return (one, other)


def comparers(lexicon: Lexicon) -> tuple[Comparer, ...]:
    """Make one for every variable of `lexicon` that is compared.

    Raises
    ------
    LexiconError
        A phrase can't be spelled out.
    """
    return tuple(
        Comparer(name, variable.compare, lexicon)
        for name, variable in lexicon.variables.items()
        if variable.compare is not None
    )
