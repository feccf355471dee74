"""Each measure against a published value, another library's figure, or the definition done by hand."""

import random
from itertools import combinations

import numpy as np
import pytest

from causalsynth.evaluate.richness.diversity import distinct_n, mattr, mtld
from causalsynth.evaluate.richness.similarity import jaccard, mean_pairwise, near_duplicates
from causalsynth.evaluate.richness.words import Corpus, words_of

GETTYSBURG = """Four score and seven years ago our fathers brought forth, on this continent, a new nation, conceived in
Liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great civil war,
testing whether that nation, or any nation so conceived and so dedicated, can long endure. We are met on a great
battle-field of that war. We have come to dedicate a portion of that field, as a final resting place for those who here
gave their lives that that nation might live. It is altogether fitting and proper that we should do this."""


def corpus(*texts):
    return Corpus.of([words_of(text) for text in texts])


def test_words_are_words():
    assert words_of("Mr O'Neill's X-ray: no 3.5-cm mass; état normal.") == [
        "mr", "o'neill's", "x-ray", "no", "3", "5-cm", "mass", "état", "normal",
    ]  # fmt: skip


def test_mtld_is_that_of_its_authors_example():
    """McCarthy & Jarvis (2010): the share falls below .72 at the sixth word, and what is left has no repeat."""
    assert mtld(["of", "the", "people", "by", "the", "people", "for", "the", "people"]) == 9


def test_diversity_is_lexical_diversitys():
    """The package lexical-diversity 0.1.1: ``mtld(words, min=0)`` and ``mattr(words, 50)``."""
    words = words_of(GETTYSBURG)
    assert len(words) == REFERENCE["words"]
    assert mtld(words) == pytest.approx(REFERENCE["mtld"], abs=1e-9)
    assert mattr(words) == pytest.approx(REFERENCE["mattr"], abs=1e-9)


REFERENCE = {"words": 102, "mtld": 77.96837944664031, "mattr": 0.7626415094339623}


def test_mattr_is_the_mean_over_windows_and_mtld_says_nothing_without_a_repeat():
    rng = random.Random(2)
    words = [rng.choice("abcdefghij") for _ in range(90)]
    windows = [len(set(words[start : start + 20])) / 20 for start in range(71)]
    assert mattr(words, 20) == pytest.approx(np.mean(windows), abs=1e-12)
    assert mattr(words[:19], 20) is None
    assert mtld(list("abcdef")) is None
    assert mtld([]) is None


def test_distinct_n_by_hand():
    """Li et al. (2016): different n-grams over all; none reaches from one text into the next."""
    texts = corpus("a b a b", "b a b", "c")
    assert distinct_n(texts, 1) == 3 / 8
    assert distinct_n(texts, 2) == 2 / 5  # ab ba ab | ba ab
    assert distinct_n(texts, 3) == 2 / 3  # aba bab | bab
    assert distinct_n(texts, 5) is None
    assert distinct_n(texts.chosen(np.array([1, 2])), 2) == 1
    assert distinct_n(texts.chosen(np.array([2, 0])), 1) == 3 / 5


def made_up(seed, n=150, words=30):
    """Some sentences in an order of their own, now and then with a word changed: near and far texts."""
    rng = random.Random(seed)
    stock = [" ".join(rng.choice("abcdefgh") * 2 for _ in range(6)) for _ in range(12)]
    texts = []
    for _ in range(n):
        chosen = rng.choices(stock, k=words // 6) if rng.random() < 0.5 or not texts else rng.choice(texts).split(". ")
        text = ". ".join(chosen)
        texts.append(text.replace("aa", "zz", 1) if rng.random() < 0.3 else text)
    return [*texts, "", "x y"]


def trigrams(text):
    words = words_of(text)
    return {tuple(words[place : place + 3]) for place in range(len(words) - 2)}


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
def test_near_duplicates_are_those_that_comparing_all_pairs_finds(threshold):
    texts = made_up(seed=5)
    sets = corpus(*texts).sets(3)
    expected = {
        (i, j)
        for (i, one), (j, other) in combinations(enumerate(map(trigrams, texts)), 2)
        if one and other and len(one & other) / len(one | other) >= threshold
    }
    found = set(zip(*(side.tolist() for side in near_duplicates(sets, threshold)), strict=True))
    assert found == expected
    assert len(found) > 20


def test_similarity_is_jaccards():
    texts = made_up(seed=1, n=20)
    similarity = jaccard(corpus(*texts).sets(3))
    by_hand = [
        len(one & other) / len(one | other) if one | other else 0
        for one, other in combinations(map(trigrams, texts), 2)
    ]
    assert mean_pairwise(similarity) == pytest.approx(np.mean(by_hand), abs=1e-12)
    assert mean_pairwise(similarity[:1, :1]) is None
