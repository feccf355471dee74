"""Turn phrases and their readings into claims: what a sentence says of a variable, as a set of allowed states."""

from dataclasses import dataclass, replace

from causalsynth.extract.binding import Binding, bind
from causalsynth.extract.bundles import is_held
from causalsynth.extract.episodes import ends, is_of_late
from causalsynth.extract.findings import Span
from causalsynth.extract.generality import is_of_all
from causalsynth.extract.loose_negations import is_followed_by_negation
from causalsynth.extract.quantities import Quantity, quantities
from causalsynth.extract.readings import Negated, Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.stamps import Stamps
from causalsynth.extract.standing import stands_oddly
from causalsynth.extract.strangers import is_of_stranger
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Item, Trait, Vocabulary

__all__ = ["Claim", "claims_of", "measured", "stamped"]

_ANCHORS, _WORDS = int(Trait.ANCHORS), int(Trait.WORDS)
_TEST_WORDS = """
    test tests testing screen screening swab swabs search panel questionnaire pcr naat igra quantiferon elispot assay
    serology culture cultures smear smears
"""
_TESTS = frozenset(_TEST_WORDS.split())
_BEHIND_DASH = 3
"""How many items behind the dash of ``Smoker - never smoked`` the same variable may be named again."""
_NEGATIONS = frozenset({"negate", "negate_list", "negate_either"})
_YOURS = frozenset({"ur", "your", "our", "my", "the"})
_UNTIL = frozenset({"until", "till"})
_BRACKET = 8
"""So many items may stand in the bracket of a heading."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a text says of one variable.

    Attributes
    ----------
    allowed
        The states that it leaves open; none of a numeric variable.
    certain
        False where it is only hedged, or where grammar leaves its negation open.
    number
        Of a numeric variable, in its own unit.
    weak
        Counts only where no other does: a state that a number is judged as, an amount that nothing names.
    at_index
        A number of the very time in question: others of no stated time give way.
    entry
        Of a number the entry of the log that it stands in, see `Stamps.at`: later ones give way.
    """

    variable: str
    allowed: frozenset[str]
    certain: bool
    span: Span
    number: float | None = None
    weak: bool = False
    at_index: bool = False
    entry: int | None = 0


def claims_of(
    sentence: Sentence,
    readings: dict[int, Reading],
    levels: tuple[Binding, ...],
    tokens: Tokens,
    text: str,
    vocabulary: Vocabulary,
) -> list[Claim]:
    """Give the claims of one sentence; `levels` are the bindings of its shared words."""
    items = sentence.items
    claims: list[Claim] = []
    bound: set[int] = set()
    told: set[str] = set()
    if vocabulary.measured:
        for quantity in quantities(sentence, readings, tokens, text, vocabulary):
            told.add(quantity.variable)
            claims += measured(quantity, tokens, vocabulary)
    bindings = [*levels]
    if sentence.traits & _WORDS and sentence.traits & _ANCHORS:
        bindings += bind(sentence, readings, tokens.words, vocabulary)
    for binding in bindings:
        bound.add(binding.anchor)
        told.add(binding.variable)
    _add_all_bound(claims, bindings, sentence, readings, tokens, vocabulary)
    for k, reading in readings.items():
        first, end, entry = items[k]
        if entry.asserts:
            _add_asserted(claims, k, reading, sentence, tokens, vocabulary)
        if k not in bound and (entry.anchors or entry.denied) and is_of_all(k, sentence, told, tokens.words):
            span = (tokens.starts[first], tokens.ends[end - 1])
            _add_denials(claims, entry, reading, told, span, vocabulary)
            for variable in entry.anchors:
                bundle = variable in vocabulary.members and is_held(k, reading, sentence, tokens.words)
                if bundle or (reading.affirmed and variable in entry.denied):
                    _add_affirmed(claims, variable, span, vocabulary)
    return claims


def stamped(claims: list[Claim], stamps: Stamps) -> list[Claim]:
    """Say of each number in which entry of a log it stands."""
    return [claim if claim.number is None else replace(claim, entry=stamps.at(claim.span[0])) for claim in claims]


def _add_asserted(
    claims: list[Claim], k: int, reading: Reading, sentence: Sentence, tokens: Tokens, vocabulary: Vocabulary
) -> None:
    """Add what one phrase asserts by itself."""
    first, end, entry = sentence.items[k]
    span = (tokens.starts[first], tokens.ends[end - 1])
    if entry.denial and reading.negated:
        reading = replace(reading, negated=Negated.NO)  # "never septic, and pressors weren't used"
    if entry.asserts and not entry.denial and _is_alternative(k, reading, sentence):
        reading.hedged = True
    open_to_doubt = any(variable not in vocabulary.plain for variable, _ in entry.asserts)
    odd = open_to_doubt and _is_doubtful(k, reading, sentence, tokens, vocabulary.neighbours)
    if _is_test(k, reading, sentence) or is_of_stranger(first, sentence, tokens.words):
        return  # "he had a TB test", "shares a room with a student who has TB"
    if entry.asserts and not (reading.negated or reading.affirmed or entry.denial or reading.past):
        loose = is_followed_by_negation(k, sentence)
    else:
        loose = False
    if any(variable in vocabulary.who for variable, _ in entry.asserts):
        if reading.negated:
            return
        if len(entry.phrase) > 1:
            reading = Reading(person=reading.person)  # "a 46-year-old man, perhaps septic"
    for variable, state in () if _is_heading(k, reading, sentence) else entry.asserts:
        doubted = loose or (odd and variable not in vocabulary.plain)
        if doubted and state != vocabulary.absent[variable] and variable not in vocabulary.who:
            reading.hedged = True
        claim = _claim(variable, state, reading, variable in entry.one_way, span, vocabulary)
        weak = variable in entry.weak or (reading.negated is Negated.YES and variable in entry.sorts)
        _add(claims, claim, weak=weak)


def measured(quantity: Quantity, tokens: Tokens, vocabulary: Vocabulary) -> list[Claim]:
    """Turn a number into a claim: a value, or the states that it is judged as."""
    variable = quantity.variable
    wording = vocabulary.lexicon.variables[variable]
    span = (tokens.starts[quantity.first], tokens.ends[quantity.end - 1])
    if wording.numeric:
        certain = quantity.certain and quantity.exact
        return [Claim(variable, frozenset(), certain, span, quantity.low, quantity.weak, quantity.at_index)]
    cuts = wording.number.cuts if wording.number else ()
    low, high = quantity.low, quantity.high
    allowed = frozenset(
        cut.state
        for cut in cuts
        if (cut.high is None or low < cut.high)
        and (cut.low is None or (high >= cut.low if low == high else high > cut.low))
    )
    return [Claim(variable, allowed, quantity.certain, span, weak=True)] if allowed else []


def _is_alternative(k: int, reading: Reading, sentence: Sentence) -> bool:
    """``bronchitis or asthma`` leaves it open which."""
    if reading.negated or reading.affirmed:
        return False
    items = sentence.items
    before = items[k - 1] if k else None
    after = items[k + 1] if k + 1 < len(items) else None
    if before is not None and before[2].phrase == ("or",) and before[1] == items[k][0]:
        return True
    return after is not None and after[2].phrase == ("or",) and after[0] == items[k][1]


def _is_doubtful(
    k: int, reading: Reading, sentence: Sentence, tokens: Tokens, known: frozenset[tuple[str, str]]
) -> bool:
    """Tell of a bare name that no cue qualifies whether its context leaves it in doubt: ``a talk on TB``."""
    if reading.negated or reading.affirmed or reading.supposed or reading.person or reading.past:
        return False
    return stands_oddly(k, sentence, tokens, known)


def _is_test(k: int, reading: Reading, sentence: Sentence) -> bool:
    """``TB test``, ``TB screening``: by itself the name of an investigation, whose result isn't told."""
    if reading.negated or reading.affirmed or k + 1 >= len(sentence.items):
        return False
    first, _, entry = sentence.items[k + 1]
    return first == sentence.items[k][1] and entry.phrase[0] in _TESTS and "affirm" not in entry.cues


def _is_heading(k: int, reading: Reading, sentence: Sentence) -> bool:
    """``Smoking: …``, ``TB status: …`` say nothing by themselves until an answer such as ``yes`` is understood."""
    items = sentence.items
    if reading.negated or reading.affirmed or reading.hedged or k + 1 >= len(items):
        return False
    after = k + 1
    if items[after][2].phrase == ("status",) and items[after][0] == items[k][1]:
        return True
    first = k
    while (
        first > max(0, k - 6)
        and items[first - 1][1] == items[first][0]
        and (items[first - 1][2].named or items[first - 1][2].phrase in (("/",), ("and",), ("&",)))
    ):
        first -= 1  # "Infection/sepsis: …"
    begins = items[first][0] == (items[first - 1][1] if first else sentence.first)
    if not begins or (first and not items[first - 1][2].sign):
        return False
    after = _behind_bracket(after, items)
    while after + 1 < len(items) and "between" in items[after][2].cues and items[after][0] == items[after - 1][1]:
        after += 1
    if items[after][2].sign == "-" and items[after][0] == items[after - 1][1]:
        names = {name for name, _ in items[k][2].asserts}
        behind = items[after + 1 : after + 1 + _BEHIND_DASH]
        return any(not names.isdisjoint((*entry.denied, *dict(entry.asserts))) for _, _, entry in behind)
    return items[after][2].sign == ":" and items[after][0] == items[after - 1][1]


def _behind_bracket(after: int, items: list[Item]) -> int:
    """Give the item behind the bracket that opens at item `after`, or that: ``Delirium (CAM-ICU): …``."""
    if items[after][2].sign not in ("(", "[") or items[after][0] != items[after - 1][1]:
        return after
    for j in range(after + 1, min(len(items) - 1, after + _BRACKET)):
        if items[j][2].sign in (")", "]"):
            return j + 1
    return after


def _claim(
    variable: str, state: str, reading: Reading, one_way: bool, span: Span, vocabulary: Vocabulary
) -> Claim | None:
    if reading.person or (reading.supposed and reading.negated is not Negated.YES):
        return None
    absent = vocabulary.absent[variable]
    states = vocabulary.states[variable]
    earlier = vocabulary.earlier.get(variable) if reading.past else None
    if earlier is not None:
        variable, state = earlier[state == absent]
        return _claim(variable, state, replace(reading, past=False), one_way, span, vocabulary)
    if state == absent and (reading.anaphor or reading.answered):
        # "never had it before, and doesn't have it now"; "euvolaemic, hypovolaemia: no"
        return Claim(variable, frozenset({absent}), True, span)
    if reading.negated is Negated.NO or (reading.listed and state == absent):  # "no SOB, nonsmoker"
        if reading.past and state != absent and variable not in vocabulary.lasting:
            return None
        if reading.hedged:
            return Claim(variable, states, False, span)
        return Claim(variable, frozenset({state}), True, span)
    if one_way and (absent is None or not reading.anaphor):
        return None
    if reading.negated is Negated.PERHAPS or (reading.hedged and not reading.anaphor):
        return Claim(variable, states, False, span)
    if absent is not None and state != absent and len(states) == 2:
        return Claim(variable, frozenset({absent}), True, span)
    return Claim(variable, states - {state}, True, span)


def _add(claims: list[Claim], claim: Claim | None, *, weak: bool = False) -> None:
    if claim is not None:
        claims.append(replace(claim, weak=True) if weak else claim)


def _add_denials(
    claims: list[Claim], entry: Entry, reading: Reading, told: set[str], span: Span, vocabulary: Vocabulary
) -> None:
    if reading.person:
        return
    if reading.negated is Negated.NO:
        if reading.hedged and not reading.supposed:  # "CXR equivocal"
            for name in entry.anchors:
                if name not in told and vocabulary.states[name]:
                    claims.append(Claim(name, vocabulary.states[name], False, span))
        return
    certain = reading.negated is Negated.YES and not reading.hedged
    for variable in entry.denied:
        absent = vocabulary.absent[variable]
        if absent is not None and not any(variable == other for other, _ in entry.asserts):
            states = vocabulary.states[variable]
            claims.append(Claim(variable, frozenset({absent}) if certain else states, certain, span))
    for variable in entry.anchors:
        if variable not in told:
            _add_bundle(claims, variable, certain, span, vocabulary, alone=reading.answered)


def _add_affirmed(claims: list[Claim], variable: str, span: Span, vocabulary: Vocabulary) -> None:
    """``Overheating: yes`` is the one state that isn't the absent one."""
    absent = vocabulary.absent[variable]
    others = vocabulary.states[variable] - {absent}
    if absent is not None and len(others) == 1:
        claims.append(Claim(variable, others, True, span))


def _add_bundle(
    claims: list[Claim], variable: str, certain: bool, span: Span, vocabulary: Vocabulary, *, alone: bool
) -> None:
    """``no TB or lung cancer`` denies the bundle and each of its members, ``TB or lung cancer: no`` it `alone`."""
    if variable not in vocabulary.members or not certain:
        return
    members = () if alone else vocabulary.members[variable]
    for member, state in ((variable, None), *members):
        absent = vocabulary.absent[member]
        if absent is not None and absent != state:
            claims.append(Claim(member, frozenset({absent}), True, span))


def _add_all_bound(
    claims: list[Claim],
    bindings: list[Binding],
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    vocabulary: Vocabulary,
) -> None:
    if not vocabulary.ever or vocabulary.ever.keys().isdisjoint(binding.variable for binding in bindings):
        for binding in bindings:
            _add_bound(claims, binding, sentence, readings, tokens, vocabulary)
        return
    said: list[list[Claim]] = []
    for binding in bindings:
        said.append([])
        _add_bound(said[-1], binding, sentence, readings, tokens, vocabulary)
    ended = ends(bindings, said, sentence, vocabulary)
    for n, binding in enumerate(bindings):
        if n not in ended:
            late = is_of_late(binding, sentence, tokens.words, vocabulary)
            claims += [replace(claim, weak=True) for claim in said[n]] if late else said[n]


def _add_bound(
    claims: list[Claim],
    binding: Binding,
    sentence: Sentence,
    readings: dict[int, Reading],
    tokens: Tokens,
    vocabulary: Vocabulary,
) -> None:
    anchor, word = readings[binding.anchor], readings[binding.word]
    if binding.word > binding.anchor:
        later, later_entry = word, sentence.items[binding.word][2]
    else:
        later, later_entry = anchor, sentence.items[binding.anchor][2]
    negated = later.negated
    if (
        binding.word > binding.anchor
        and anchor.negated is Negated.YES
        and not word.negated
        and binding.variable in sentence.items[binding.anchor][2].denied
    ):
        span = _span_of(binding, sentence, tokens)
        _add_denials(claims, sentence.items[binding.anchor][2], anchor, set(), span, vocabulary)
        return  # "no antibiotics were given, either in the first hours or afterwards"
    if binding.word < binding.anchor and word.negated and not anchor.negated:
        negated = word.negated
    if binding.word < binding.anchor and _is_denial(binding, sentence, vocabulary):
        negated = word.negated  # "not given antibiotics": one negation, not two
    if binding.state == vocabulary.absent[binding.variable] and not _UNTIL.isdisjoint(
        sentence.items[binding.word][2].phrase
    ):
        negated = Negated.NO  # "no antibiotics until 8 hours after she came": late, and not denied
    if (anchor.past or word.past) and not negated and binding.variable not in vocabulary.lasting:
        return  # "a previous chest X-ray was normal", "normal in 2019"
    aside = _in_relative_clause(binding, sentence)
    reading = Reading(
        negated=negated,
        hedged=anchor.hedged or word.hedged,
        supposed=anchor.supposed or (word.supposed and not aside),
        past=anchor.past or word.past,
        person=anchor.person or (word.person and not aside),
        listed=word.listed and binding.word > binding.anchor,
    )
    entries = (sentence.items[binding.word][2], sentence.items[binding.anchor][2], later_entry)
    one_way = any(binding.variable in entry.one_way for entry in entries)
    span = _span_of(binding, sentence, tokens)
    claim = _claim(binding.variable, binding.state, reading, one_way, span, vocabulary)
    _add(claims, claim, weak=any(binding.variable in entry.weak for entry in entries))


def _is_denial(binding: Binding, sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Tell whether the word is the negation of its name, and not only negated by it."""
    entry = sentence.items[binding.word][2]
    return binding.state == vocabulary.absent[binding.variable] and bool(entry.cues & _NEGATIONS)


def _span_of(binding: Binding, sentence: Sentence, tokens: Tokens) -> Span:
    anchor, word = sentence.items[binding.anchor], sentence.items[binding.word]
    return tokens.starts[min(anchor[0], word[0])], tokens.ends[max(anchor[1], word[1]) - 1]


def _in_relative_clause(binding: Binding, sentence: Sentence) -> bool:
    """Tell whether a person is only of the name's own clause: ``the X-ray his mother asked for was normal``."""
    k = binding.anchor
    if binding.word < k or k + 1 >= len(sentence.items):
        return False
    following = sentence.items[k + 1 : k + 3]
    if following[0][0] != sentence.items[k][1]:
        return False
    if "person" in following[0][2].cues:
        return True
    second = following[1] if len(following) > 1 else following[0]
    return following[0][2].phrase[0] in _YOURS and "person" in second[2].cues and second[0] == following[0][1]
