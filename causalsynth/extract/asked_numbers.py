"""Numbers that a question asks for by other words than the variable's name.

``How old is he?`` ``Seventy-two.``
"""

from causalsynth.domain import Lexicon
from causalsynth.errors import LexiconError
from causalsynth.extract.measures import Standing
from causalsynth.extract.numbers import read_number
from causalsynth.extract.patterns import PatternCompiler
from causalsynth.extract.phrase_trie import PhraseTrie
from causalsynth.extract.quantity import Quantity, said
from causalsynth.extract.tokens import Tokens, is_number
from causalsynth.extract.vocabulary import Vocabulary

__all__ = ["asked_numbers", "asking_phrases"]

_LONGEST_QUESTION = 16
"""How many tokens behind the words that ask the question mark may stand."""
_LONGEST_LEAD = 8
"""How many tokens of the answer may stand before its number."""
_CLOSE = 3
"""How many where the line's end stands for the mark: ``how long in icu``."""
_ENDS = frozenset({"?", "\n", "\n\n"})
_LEAD_WORDS = """
    he she it they is was 's just only exactly all in total of for at the a well yes oh then right ok okay um uh er so
    about around roughly nearly almost some after within stayed spent
"""
_LEAD = frozenset(_LEAD_WORDS.split())
_MARKS = frozenset({"\n", "\n\n", "-", ".", ":", ",", ">"})


def asking_phrases(lexicon: Lexicon) -> PhraseTrie[str, str]:
    """Give the variable of each phrase that asks for its number.

    Raises
    ------
    LexiconError
        A phrase's brackets don't pair, or it names a word group that isn't there.
    """
    compiler = PatternCompiler(lexicon.words)
    patterns = []
    for name, variable in lexicon.variables.items():
        for phrase in variable.number.asked if variable.number is not None else ():
            try:
                patterns.append(((compiler.compile(phrase),), name))
            except ValueError as error:
                raise LexiconError(f"{lexicon.domain}: variables.{name}.number.asked: '{phrase}': {error}") from None
    return PhraseTrie(patterns, lambda _, names: names[0] if len(names) == 1 else None)


def asked_numbers(tokens: Tokens, text: str, vocabulary: Vocabulary) -> list[Quantity]:
    """Give the numbers that answer questions, each with its variable."""
    words = tokens.words
    found: list[Quantity] = []
    for _, end, variable in vocabulary.asking.find_all(words):
        at = _number_behind(end, words)
        if at is None:
            continue
        number = read_number(at, tokens, text, vocabulary.units, floor=end, limit=min(len(words), at + _LONGEST_LEAD))
        if number is None or number.foreign:
            continue
        if number.units is None and not vocabulary.measured[variable].needs_unit:
            factor = 1.0
        elif number.units is not None and variable in number.units:
            factor = number.units[variable]
        else:
            continue
        quantity = said(variable, number, factor, Standing.SAID, (number.first, number.end), vocabulary)
        if quantity is not None:
            found.append(quantity)
    return found


def _number_behind(end: int, words: list[str]) -> int | None:
    """Give the number that the answer to a question begins with, `end` being in the question."""
    mark = next((k for k in range(end, min(len(words), end + _LONGEST_QUESTION)) if words[k] in _ENDS), None)
    if mark is None or (words[mark] != "?" and mark > end + _CLOSE):
        return None
    at = mark + 1
    while at < len(words) and words[at] in _MARKS:
        at += 1
    for k in range(at, min(len(words), at + _LONGEST_LEAD)):
        if is_number(words[k]) or words[k] == "one":
            return k
        if words[k] not in _LEAD and words[k] != ",":
            return None
    return None
