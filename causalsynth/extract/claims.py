"""Turn phrases and their readings into claims: what a sentence says of a variable, as a set of allowed states."""

from collections.abc import Set
from dataclasses import replace

from causalsynth.extract.bare_names import is_alternative, is_doubtful, is_heading, is_test
from causalsynth.extract.binding import Binding, bind
from causalsynth.extract.bundles import is_held
from causalsynth.extract.claim import Claim
from causalsynth.extract.episodes import ends, is_of_late
from causalsynth.extract.findings import Span
from causalsynth.extract.generality import is_of_all
from causalsynth.extract.kinds import kind_bits
from causalsynth.extract.paired_labels import is_open_label
from causalsynth.extract.quantities import Quantity, quantities
from causalsynth.extract.readings import Negated, Reading
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.stamps import Stamps
from causalsynth.extract.strangers import is_of_stranger
from causalsynth.extract.tokens import Tokens
from causalsynth.extract.vocabulary import Entry, Trait, Vocabulary

__all__ = ["claims_of", "measured", "stamped"]

_ANCHORS = int(Trait.ANCHORS)
_WORDS = int(Trait.WORDS)
_NEGATIONS = kind_bits("negate", "negate_list", "negate_either")
_NO_NAMES: Set[str] = frozenset()
_NO_STATES: frozenset[str] = frozenset()
_YOURS = frozenset({"ur", "your", "our", "my", "the"})
_UNTIL = frozenset({"until", "till"})


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
    told = _NO_NAMES
    bound: set[int] | None = None
    if vocabulary.measured:
        found = quantities(sentence, readings, tokens, text, vocabulary)
        if found:
            told = {quantity.variable for quantity in found}
            for quantity in found:
                claims += measured(quantity, tokens, vocabulary)
    bindings: list[Binding] = []
    if sentence.traits & _WORDS and sentence.traits & _ANCHORS:
        bindings = bind(sentence, readings, tokens.words, vocabulary)
    if levels:
        bindings = [*levels, *bindings]
    if bindings:
        bound = {binding.anchor for binding in bindings}
        names = {binding.variable for binding in bindings}
        told = names | told if told else names
        _add_all_bound(claims, bindings, sentence, readings, tokens, vocabulary)
    for k, reading in readings.items():
        entry = items[k][2]
        if entry.asserts:
            _add_asserted(claims, k, reading, sentence, tokens, vocabulary)
        is_bound = bound is not None and k in bound
        if not is_bound and (entry.anchors or entry.denied) and is_of_all(k, sentence, told, tokens.words):
            _add_unbound(claims, k, reading, told, sentence, tokens, vocabulary)
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
    bare = not (reading.negated or reading.affirmed)
    if bare and not entry.denial and is_alternative(k, sentence):
        reading.hedged = True
    if (bare and is_test(k, sentence, tokens.words)) or is_of_stranger(first, sentence, tokens.words):
        return  # "he had a TB test", "shares a room with a student who has TB"
    if vocabulary.who and any(variable in vocabulary.who for variable, _ in entry.asserts):
        if reading.negated:
            return
        if len(entry.phrase) > 1:
            reading = Reading(person=reading.person)  # "a 46-year-old man, perhaps septic"
    if not (reading.negated or reading.affirmed or reading.hedged) and (
        is_heading(k, sentence) or is_open_label(k, sentence)
    ):
        return
    for variable, state in entry.asserts:
        if (
            bare
            and state != vocabulary.absent[variable]
            and is_doubtful(k, variable, reading, sentence, tokens, vocabulary)
        ):
            reading.hedged = True
        weak = variable in entry.weak or (reading.negated is Negated.YES and variable in entry.sorts)
        _add(claims, _claim(variable, state, reading, variable in entry.one_way, span, vocabulary), weak=weak)


def _add_unbound(
    claims: list[Claim],
    k: int,
    reading: Reading,
    told: Set[str],
    sentence: Sentence,
    tokens: Tokens,
    vocabulary: Vocabulary,
) -> None:
    """Add what is said of item `k`, a name that has no state word."""
    first, end, entry = sentence.items[k]
    span = (tokens.starts[first], tokens.ends[end - 1])
    _add_denials(claims, entry, reading, told, span, vocabulary)
    for variable in entry.anchors:
        bundle = variable in vocabulary.members and is_held(k, reading, sentence, tokens.words)
        if bundle or (reading.affirmed and variable in entry.denied):
            _add_affirmed(claims, variable, span, vocabulary)


def measured(quantity: Quantity, tokens: Tokens, vocabulary: Vocabulary) -> list[Claim]:
    """Turn a number into a claim: a value, or the states that it is judged as."""
    variable = quantity.variable
    measure = vocabulary.measured[variable]
    span = (tokens.starts[quantity.first], tokens.ends[quantity.end - 1])
    if measure.numeric:
        certain = quantity.certain and quantity.exact
        return [Claim(variable, _NO_STATES, certain, span, quantity.low, quantity.weak, quantity.at_index)]
    low, high = quantity.low, quantity.high
    allowed = frozenset(
        cut.state
        for cut in measure.cuts
        if (cut.high is None or low < cut.high)
        and (cut.low is None or (high >= cut.low if low == high else high > cut.low))
    )
    return [Claim(variable, allowed, quantity.certain, span, weak=True)] if allowed else []


def _claim(
    variable: str, state: str, reading: Reading, one_way: bool, span: Span, vocabulary: Vocabulary
) -> Claim | None:
    if reading.person or (reading.supposed and reading.negated is not Negated.YES):
        return None
    absent = vocabulary.absent[variable]
    earlier = vocabulary.earlier.get(variable) if reading.past else None
    if earlier is not None:
        variable, state = earlier[state == absent]
        return _claim(variable, state, replace(reading, past=False), one_way, span, vocabulary)
    if state == absent and (reading.anaphor or reading.answered):
        # "never had it before, and doesn't have it now"; "euvolaemic, hypovolaemia: no"
        return Claim(variable, vocabulary.alone[state], True, span)
    if reading.negated is Negated.NO or (reading.listed and state == absent):  # "no SOB, nonsmoker"
        if reading.past and state != absent and variable not in vocabulary.lasting:
            return None
        if reading.hedged:
            return Claim(variable, vocabulary.states[variable], False, span)
        return Claim(variable, vocabulary.alone[state], True, span)
    states = vocabulary.states[variable]
    if one_way and (absent is None or not reading.anaphor):
        return None
    if reading.negated is Negated.PERHAPS or (reading.hedged and not reading.anaphor):
        return Claim(variable, states, False, span)
    if absent is not None and state != absent and len(states) == 2:
        return Claim(variable, vocabulary.alone[absent], True, span)
    return Claim(variable, states - {state}, True, span)


def _add(claims: list[Claim], claim: Claim | None, *, weak: bool) -> None:
    if claim is not None:
        claim.weak = weak
        claims.append(claim)


def _add_denials(
    claims: list[Claim], entry: Entry, reading: Reading, told: Set[str], span: Span, vocabulary: Vocabulary
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
            claims.append(Claim(variable, vocabulary.alone[absent] if certain else states, certain, span))
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
            claims.append(Claim(member, vocabulary.alone[absent], True, span))


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
    negated = word.negated if binding.word > binding.anchor else anchor.negated  # that of the later
    if (
        binding.word > binding.anchor
        and anchor.negated is Negated.YES
        and not word.negated
        and binding.variable in sentence.items[binding.anchor][2].denied
    ):
        span = _span_of(binding, sentence, tokens)
        _add_denials(claims, sentence.items[binding.anchor][2], anchor, _NO_NAMES, span, vocabulary)
        return  # "no antibiotics were given, either in the first hours or afterwards"
    if binding.word < binding.anchor and word.negated and not anchor.negated:
        negated = word.negated
    if binding.word < binding.anchor and _is_denial(binding, sentence, vocabulary):
        negated = word.negated  # "not given antibiotics": one negation, not two
    if binding.state == vocabulary.absent[binding.variable] and sentence.items[binding.word][2].has_word(_UNTIL):
        negated = Negated.NO  # "no antibiotics until 8 hours after she came": late, and not denied
    if (anchor.past or word.past) and not negated and binding.variable not in vocabulary.lasting:
        return  # "a previous chest X-ray was normal", "normal in 2019"
    aside = (word.supposed or word.person) and _in_relative_clause(binding, sentence)
    reading = Reading(
        negated=negated,
        hedged=anchor.hedged or word.hedged,
        supposed=anchor.supposed or (word.supposed and not aside),
        past=anchor.past or word.past,
        person=anchor.person or (word.person and not aside),
        listed=word.listed and binding.word > binding.anchor,
    )
    variable, said, name = binding.variable, sentence.items[binding.word][2], sentence.items[binding.anchor][2]
    one_way = variable in said.one_way or variable in name.one_way
    claim = _claim(variable, binding.state, reading, one_way, _span_of(binding, sentence, tokens), vocabulary)
    _add(claims, claim, weak=variable in said.weak or variable in name.weak)


def _is_denial(binding: Binding, sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Tell whether the word is the negation of its name, and not only negated by it."""
    entry = sentence.items[binding.word][2]
    return binding.state == vocabulary.absent[binding.variable] and bool(entry.kinds & _NEGATIONS)


def _span_of(binding: Binding, sentence: Sentence, tokens: Tokens) -> Span:
    first, end, _ = sentence.items[binding.anchor]
    at, after, _ = sentence.items[binding.word]
    return tokens.starts[min(first, at)], tokens.ends[max(end, after) - 1]


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
