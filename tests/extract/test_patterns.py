"""Patterns find exactly the plain phrases that `expand` spells out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.bundled import GRAPHS
from causalsynth.domain import Domain
from causalsynth.domain.cues import packs_for
from causalsynth.domain.phrases import expand
from causalsynth.errors import LexiconError
from causalsynth.extract import Extractor
from causalsynth.extract.patterns import ANY_NUMBER, PatternCompiler, tokens_of
from causalsynth.extract.phrase_trie import PhraseTrie

WORDS = {"colour": ["red", "deep (blue|green)", "<shade> grey"], "shade": ["light", "dark"]}


def trie_of(phrases, words=WORDS):
    compiler = PatternCompiler(words)
    return PhraseTrie(
        [((compiler.compile(phrase),), phrase) for phrase in phrases], lambda phrase, said: (phrase, said)
    )


def found(trie, text):
    return [(value[0], value[1]) for _, _, value in trie.find_all(tokens_of(text))]


@pytest.mark.parametrize(
    "phrase",
    [
        "(no|) <colour> (hat|cap)",
        "gift card(s|)",
        "grocer('s|s|) shop",
        r"ca \(lung\)",
        "twenty four (hours|h)",
        "(a|) hundred (times|) over",
        "<number> year(s|) old",
        "q<number>",
        "(re|)intubated",
        "non-smoker",
        "(w/o|without) <colour>",
        "",
        "(|)",
    ],
)
def test_every_form_is_found_and_nothing_longer_or_shorter(phrase):
    trie = trie_of([phrase])
    for form in expand(phrase, WORDS):
        if not form:
            continue
        tokens = tokens_of(form)
        assert trie.effects_at(tokens) == (phrase,)
        assert trie.effects_at((*tokens, "further")) == ()
        assert trie.effects_at(tokens[:-1]) in [(), (phrase,)]


_leaf = st.sampled_from(["a", "bb", "c d", "<colour>", "<shade>", "7", ANY_NUMBER])
_phrases = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.lists(inner, min_size=1, max_size=2).map("".join),
        st.lists(st.one_of(inner, st.just("")), min_size=1, max_size=3).map(lambda each: f"({'|'.join(each)})"),
    ),
    max_leaves=7,
)
_tokens = st.lists(st.sampled_from(["a", "bb", "c", "d", "red", "deep", "blue", "light", "grey", "7", ANY_NUMBER]))


@settings(max_examples=300, deadline=None)
@given(_phrases, _tokens)
def test_patterns_stand_for_what_expand_gives(phrase, tokens):
    forms = {tokens_of(form) for form in expand(phrase, WORDS) if form}
    trie = trie_of([phrase])
    assert all(trie.effects_at(form) == (phrase,) for form in forms)
    assert bool(tokens and trie.effects_at(tokens)) == (tuple(tokens) in forms)


def test_the_longest_phrase_wins_and_others_follow_it():
    trie = trie_of(["red", "red hat", "hat (of|from) <number>", "of"])
    assert [" ".join(phrase) for phrase, _ in found(trie, "a red hat of 12 of red")] == ["red hat", "of", "of", "red"]
    assert [" ".join(phrase) for phrase, _ in found(trie, "hat of twelve")] == [f"hat of {ANY_NUMBER}"]


def test_all_that_is_said_of_a_phrase_comes_in_the_order_of_the_file():
    trie = trie_of(["(red|blue) hat", "red (hat|cap)", "red hat"])
    assert trie.effects_at(("red", "hat")) == ("(red|blue) hat", "red (hat|cap)", "red hat")


def test_one_counts_as_a_number_only_where_it_is_asked_for():
    plain, asked = PatternCompiler({}), PatternCompiler({}, one_too=True)
    tries = [PhraseTrie([((each.compile("<number> cat"),), 1)], lambda *_: True) for each in (plain, asked)]
    assert [bool(trie.find_all(["one", "cat"])) for trie in tries] == [False, True]
    assert all(trie.find_all(["two", "cat"]) for trie in tries)


@pytest.mark.parametrize("phrase", ["(a", "a)", "<nobody>", "<loop>"])
def test_faults_are_refused(phrase):
    with pytest.raises(ValueError, match=r"bracket|without|unknown|itself"):
        PatternCompiler({"loop": ["a <loop>"]}).compile(phrase)


def test_a_fault_names_its_place():
    lexicon = Domain.load("asia").lexicon
    smoke = lexicon.variables["smoke"].model_copy(update={"anchors": ("(tobacco",)})
    with pytest.raises(LexiconError, match=r"asia: variables\.smoke\.anchors: '\(tobacco'"):
        Extractor(lexicon.model_copy(update={"variables": {**lexicon.variables, "smoke": smoke}}))


def test_memory_does_not_grow_with_the_texts():
    trie = trie_of(["red hat", "red cap"])
    for word in ("hat", "cap", *(f"x{i}" for i in range(1000))):
        trie.find_all(["red", word, word])
    assert len(trie._root.below) == 1
    assert len(trie._root.below["red"].below) == 2


@pytest.mark.parametrize("name", sorted(path.parent.name for path in GRAPHS.glob("*/lexicon.yaml")))
def test_bundled_phrases_are_found_as_spelled_out(name):
    lexicon = Domain.load(name).lexicon
    groups = [(lexicon.words, [phrase for variable in lexicon.variables.values() for phrase in variable.anchors])]
    groups += [(pack.words, pack.cues["negate_list"]) for pack in packs_for(lexicon) if "negate_list" in pack.cues]
    tried = 0
    for words, phrases in groups:
        trie = trie_of(phrases, words)
        for phrase in phrases[:40]:
            try:
                forms = expand(phrase, words)[::7]
            except ValueError:
                continue  # too many to be spelled out: that is what patterns are for
            tried += 1
            for form in forms:
                assert phrase in trie.effects_at(tokens_of(form))
    assert tried >= 30
