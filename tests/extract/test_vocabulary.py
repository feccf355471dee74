"""What is laid out of each phrase once, so that sentences needn't work it out again."""

from causalsynth.domain import Domain
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.kinds import VERBS, bits_of, kind_bits
from causalsynth.extract.sentences import split
from causalsynth.extract.tokens import tokenise
from causalsynth.extract.vocabulary import Entry, traits_of

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
