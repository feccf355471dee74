"""Compile a lexicon and its packs of cues into a vocabulary."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from causalsynth.domain import Lexicon, VariableWording
from causalsynth.domain.cues import packs_for
from causalsynth.domain.lexicon import NumberWording
from causalsynth.domain.phrases import expand
from causalsynth.errors import LexiconError
from causalsynth.extract.asked_numbers import asking_phrases
from causalsynth.extract.patterns import Alternatives, PatternCompiler, Run, Token, tokens_of
from causalsynth.extract.phrase_trie import PhraseTrie
from causalsynth.extract.tokens import tokenise
from causalsynth.extract.trie import Trie
from causalsynth.extract.units import Units
from causalsynth.extract.vocabulary import Entry, Measure, Says, Vocabulary

__all__ = ["compile_vocabulary"]

_Pattern = tuple[Run, Says]
_SIGNS = (",", ":", ";", "(", ")", "[", "]", "-", "?", "=", ".", "!", "\n", "\n\n", ">", "*")
_SHORTHAND: dict[tuple[str, ...], frozenset[str]] = {
    ("(", "-", ")"): frozenset({"negate", "answer_no"}),
    ("[", "-", "]"): frozenset({"negate", "answer_no"}),
    ("|",): frozenset({"stop"}),
    ("(", "+", ")"): frozenset({"answer_yes"}),
    ("[", "+", "]"): frozenset({"answer_yes"}),
}
"""Cues that the syntax of phrases has no way to write."""
_LISTED: dict[str, tuple[str, Callable[[Says], object]]] = {
    "assert": ("asserts", lambda each: (each.variable, each.state)),
    "state_words": ("words", lambda each: (each.variable, each.state)),
    "anchors": ("anchors", lambda each: each.variable),
    "label": ("anchors", lambda each: each.variable),
    "denied": ("denied", lambda each: each.variable),
    "number": ("numbers", lambda each: (each.variable, each.value)),
}
"""Role → the attribute of an entry that it adds to, and what it adds."""


_DENIALS: frozenset[str] = frozenset({"negate", "negate_list", "negate_after", "negate_either", "answer_no"})


class _ByContent:
    """A lexicon that is equal to every other with the same content; lexicons themselves can't be hashed."""

    __slots__ = ("_digest", "lexicon")

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._digest = blake2b(lexicon.model_dump_json().encode("utf-8", "surrogatepass")).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByContent) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)


def compile_vocabulary(lexicon: Lexicon) -> Vocabulary:
    """Compile `lexicon` and the packs that it uses, once for each content.

    Raises
    ------
    LexiconError
        A phrase's brackets don't pair, or it names a word group that isn't there.
    """
    return _compile(_ByContent(lexicon))


@lru_cache(maxsize=8)
def _compile(key: _ByContent) -> Vocabulary:
    lexicon = key.lexicon
    variables = lexicon.variables
    states = {name: frozenset(variable.states) for name, variable in variables.items()}
    members = {i.variable: tuple(i.any_of.items()) for i in lexicon.implies if len(i.any_of) > 1}
    labels: Trie[str] = Trie()
    for name, variable in reversed(list(variables.items())):
        labels.add(tokens_of(variable.label), name)
    return Vocabulary(
        lexicon,
        _trie(lexicon),
        states,
        {name: _absent(variable) for name, variable in variables.items()},
        members,
        {name: variable.bind for name, variable in variables.items()},
        labels,
        {name: {tokens_of(state): state for state in variable.states} for name, variable in variables.items()},
        _neighbours(lexicon),
        Units(lexicon),
        {name: measure for name, variable in variables.items() if (measure := _measure(variable)) is not None},
        frozenset(name for name, variable in variables.items() if _counts(variable)),
        {name: trie for name, variable in variables.items() if (trie := _beside(variable, lexicon)) is not None},
        asking_phrases(lexicon),
        sum(bool(variable.state_words) for variable in variables.values()) > 1,
        frozenset(name for name, variable in variables.items() if variable.plain or len(variable.states) > 2),
        frozenset(name for name, variable in variables.items() if variable.pronouns),
        frozenset(name for name, variable in variables.items() if variable.lasting),
        {name: variable.ever for name, variable in variables.items() if variable.ever is not None},
        frozenset(name for name, variable in variables.items() if variable.number and variable.number.since),
        {state: frozenset({state}) for variable in variables.values() for state in variable.states},
        _earlier(lexicon),
    )


def _counts(variable: VariableWording) -> bool:
    return variable.numeric and variable.number is not None and bool(variable.number.units) and not variable.number.unit


def _measure(variable: VariableWording) -> Measure | None:
    number = variable.number
    if number is None:
        return None
    return Measure(
        variable.numeric, number.plausible, number.decimals, number.needs_unit, number.timeless, tuple(number.cuts)
    )


def _beside(variable: VariableWording, lexicon: Lexicon) -> Trie[bool] | None:
    if variable.number is None or not variable.number.near:
        return None
    trie: Trie[bool] = Trie()
    for phrases, near in ((variable.number.near, True), (variable.number.far, False)):
        for phrase in phrases:
            for form in expand(phrase, lexicon.words):
                trie.add(tokens_of(form), near)
    return trie


def _earlier(lexicon: Lexicon) -> dict[str, tuple[tuple[str, str], tuple[str, str]]]:
    earlier = {}
    for name, variable in lexicon.variables.items():
        if variable.past is not None:
            absent = _absent(lexicon.variables[variable.past])
            present = next(state for state in lexicon.variables[variable.past].states if state != absent)
            if absent is not None:
                earlier[name] = ((variable.past, present), (variable.past, absent))
    return earlier


def _neighbours(lexicon: Lexicon) -> frozenset[tuple[str, str]]:
    variables = lexicon.variables.values()
    wordings = [wording for variable in variables for wording in variable.states.values()]
    wordings += [variable.wording(1) for variable in variables if variable.numeric]
    sentences = [sentence for wording in wordings for sentence in (*wording.say, *wording.brief, wording.means)]
    words = [tokenise(lexicon.render(sentence)).words for sentence in sentences]
    return frozenset(pair for sentence in words for pair in pairwise(sentence))


def _absent(variable: VariableWording) -> str | None:
    if variable.absent is not None or len(variable.states) != 2:
        return variable.absent
    return next((state for state in variable.states if state in {"no", "absent", "false", "FALSE"}), None)


def _trie(lexicon: Lexicon) -> PhraseTrie[Entry, Says]:
    measured = any(variable.number is not None for variable in lexicon.variables.values())
    entries = _Entries()
    trie: PhraseTrie[Entry, Says] = PhraseTrie(
        _patterns(lexicon),
        entries.make,
        (lambda short, long: bool(long.numbers) and not short.means) if measured else None,
    )
    entries.trie = trie
    return trie


class _Entries:
    """Makes the entry of a phrase from what its places say of it."""

    trie: PhraseTrie[Entry, Says]

    def make(self, phrase: tuple[str, ...], said: tuple[Says, ...]) -> Entry | None:
        """Give the entry; None where nothing is left of a cue that ends with one of the lexicon's own phrases.

        ``no complaints`` is no cue where a variable is called ``complaints``.
        """
        if any(each.role == "cue" for each in said) and any(self._is_own(phrase[at:]) for at in range(1, len(phrase))):
            said = tuple(each for each in said if each.role != "cue")
        if not said:
            return None
        entry = Entry(phrase)
        for each in said:
            _say(entry, each)
        if entry.asserts:  # "none at present", where it asserts something, answers nothing
            entry.cues -= _DENIALS
        entry.settle()
        return entry

    def _is_own(self, phrase: tuple[str, ...]) -> bool:
        said = self.trie.effects_at(phrase)
        worded = {each.variable for each in said if each.role == "state_words"}
        return len(worded) > 1 or any(each.role in ("assert", "anchors", "label") for each in said)


def _say(entry: Entry, each: Says) -> None:
    """Enter what one place says of a phrase."""
    if each.role in _LISTED:
        attribute, given = _LISTED[each.role]
        known: tuple[object, ...] = getattr(entry, attribute)
        new = given(each)
        if new not in known and not (each.role == "label" and entry.asserts):
            setattr(entry, attribute, (*known, new))
    elif each.role == "one_way":
        entry.one_way |= {each.variable}
    elif each.role == "sorts":
        entry.sorts |= {each.variable}
    elif each.role == "weak":
        entry.one_way |= {each.variable}
        entry.weak |= {each.variable}
    elif each.role == "exclude":
        entry.excluded = True
    elif each.role == "others":
        entry.other = True
    elif each.role == "cue":
        entry.cues |= each.cues
    else:
        entry.sign = each.state


def _patterns(lexicon: Lexicon) -> Iterator[_Pattern]:
    compiler = PatternCompiler(lexicon.words)
    for name, variable in lexicon.variables.items():
        yield from _of_variable(name, variable, compiler, lexicon)
    yield from _compiled(lexicon.others, Says("others"), "others", compiler, lexicon.domain)
    for pack in packs_for(lexicon):
        pack_compiler = PatternCompiler(pack.words)
        for kind, phrases in pack.cues.items():
            cue = Says("cue", cues=frozenset({kind}))
            yield from _compiled(phrases, cue, f"cues.{kind}", pack_compiler, f"{pack.pack}.yaml")
    for phrase, cues in _SHORTHAND.items():
        yield _plain(phrase), Says("cue", cues=cues)
    for sign in _SIGNS:
        yield _plain((sign,)), Says("sign", state=sign)
    yield _plain(("|",)), Says("sign", state=";")  # what is left of a table's or a log line's bars


def _of_variable(
    name: str, variable: VariableWording, compiler: PatternCompiler, lexicon: Lexicon
) -> Iterator[_Pattern]:
    def of(phrases: Iterable[str], says: Says, key: str) -> Iterator[_Pattern]:
        return _compiled(phrases, says, f"variables.{name}.{key}", compiler, lexicon.domain)

    for state, wording in variable.states.items():
        yield from of(wording.asserts, Says("assert", name, state), f"states.{state}.assert")
    for state, phrases in variable.state_words.items():
        yield from of(phrases, Says("state_words", name, state), f"state_words.{state}")
    keys: Mapping[str, Iterable[str]] = {
        "anchors": variable.anchors,
        "denied": variable.denied,
        "one_way": variable.one_way,
        "sorts": variable.sorts,
        "weak": variable.weak,
        "exclude": variable.exclude,
    }
    for key, listed in keys.items():
        yield from of(listed, Says(key, name), key)
    if variable.number is not None:
        yield from _of_number(name, variable, variable.number, lexicon)


def _of_number(name: str, variable: VariableWording, number: NumberWording, lexicon: Lexicon) -> Iterator[_Pattern]:
    for text in (variable.label, name):
        if words := tokenise(text.replace("_", " ")).words:
            yield _plain(words), Says("label", name)
    place = f"variables.{name}.number"
    compiler = PatternCompiler(lexicon.words, one_too=True)
    yield from _compiled(number.forms, Says("number", name), f"{place}.forms", compiler, lexicon.domain)
    for written, phrases in number.values.items():
        try:
            value = float(written)
        except ValueError:
            raise LexiconError(f"{lexicon.domain}: {place}.values: '{written}' is no number") from None
        says = Says("number", name, value=value)
        yield from _compiled(phrases, says, f"{place}.values.{written}", compiler, lexicon.domain)


def _compiled(
    phrases: Iterable[str], says: Says, place: str, compiler: PatternCompiler, source: str
) -> Iterator[_Pattern]:
    for phrase in phrases:
        try:
            pattern: Alternatives = compiler.compile(phrase)
        except ValueError as error:
            raise LexiconError(f"{source}: {place}: '{phrase}': {error}") from None
        yield (pattern,), says


def _plain(words: Iterable[str]) -> Run:
    return tuple(map(Token, words))
