"""What is laid out of each phrase once, so that sentences needn't work it out again."""

from causalsynth.domain import Domain
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.kinds import VERBS, bits_of, kind_bits
from causalsynth.extract.numbers import Number
from causalsynth.extract.sentences import split
from causalsynth.extract.tokens import tokenise
from causalsynth.extract.vocabulary import Entry, Trait, traits_of

TEXT = """
No TB, seen by Dr. Ward on 3.4.2021! Smoker? Never.
Lung cancer: excluded on CT
and bronchitis possible; her mother has TB.

CXR normal 12
"""


def test_each_kind_of_cue_has_a_bit_of_its_own():
    assert kind_bits("be") | kind_bits("verb") == VERBS
    assert kind_bits("be") & kind_bits("verb") == 0
    entry = Entry(("is",), cues=frozenset({"be", "verb"}))
    assert entry.kinds == VERBS == bits_of(entry.cues)
    entry.cues -= {"verb"}
    entry.settle()
    assert entry.kinds == kind_bits("be")


def test_a_phrase_of_several_words_is_asked_for_any_of_them():
    lone, several = Entry(("until",)), Entry(("not", "until", "now"))
    assert (lone.lone, several.lone) == ("until", "")
    for entry in (lone, several):
        assert entry.has_word(frozenset({"until", "till"}))
        assert not entry.has_word(frozenset({"since"}))


def test_a_label_is_made_once_for_its_variable_and_says_only_its_own_words():
    entry = Entry(("tb", "film"), words=(("tub", "yes"), ("xray", "yes")), cues=frozenset({"hedge"}))
    label = entry.as_label("tub")
    assert label is entry.as_label("tub")
    assert (label.words, label.anchors, label.denied, label.cues) == (
        (("tub", "yes"),),
        ("tub",),
        ("tub",),
        frozenset(),
    )
    assert entry.as_label("xray").anchors == ("xray",)


def test_sentences_have_the_traits_of_their_items():
    vocabulary = compile_vocabulary(Domain.load("asia").lexicon)
    for text in (TEXT, TEXT * 3, "TB. " * 3, "no " * 1500 + "."):
        tokens = tokenise(text)
        sentences = split(tokens, text, vocabulary.trie.find_all(tokens.words))
        assert sentences
        for sentence in sentences:
            assert sentence.traits == traits_of(sentence.items)
            assert all(sentence.first <= first < end <= sentence.end for first, end, _ in sentence.items)


def test_a_number_is_only_a_number_unless_it_is_made_a_cue():
    number = Number(0, 1, 2.4, 2.4)
    entry = Entry(("<number>",), number=number)
    assert entry.means
    assert not entry.named
    assert (entry.lone, entry.kinds, entry.traits) == ("<number>", 0, Trait.MEANS | Trait.NUMBERS)
    cue = Entry(("<number>",), number=number, cues=frozenset({"negate"}))
    assert cue.means
    assert (cue.kinds, cue.traits & Trait.NUMBERS) == (kind_bits("negate"), Trait.NUMBERS)


def test_what_is_said_of_the_numbers_of_a_variable_is_laid_out():
    lexicon = Domain.load("payments").lexicon
    measured = compile_vocabulary(lexicon).measured
    assert measured.keys() == {name for name, variable in lexicon.variables.items() if variable.number is not None}
    for name, measure in measured.items():
        number = lexicon.variables[name].number
        assert number is not None
        assert measure.numeric == lexicon.variables[name].numeric
        for laid_out in ("plausible", "decimals", "needs_unit", "timeless", "cuts"):
            assert getattr(measure, laid_out) == getattr(number, laid_out)
