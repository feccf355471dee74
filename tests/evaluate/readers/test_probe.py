import random
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from causalsynth import SCM, generate
from causalsynth.errors import InputError
from causalsynth.evaluate.readers import ProbeSettings, compare, read_by_probe
from causalsynth.evaluate.readers.features import _characters, text_features
from causalsynth.evaluate.readers.folds import deal
from causalsynth.evaluate.rundir import open_run

SENTENCE = {"yes": "{} is there.", "no": "{} is not there."}


def stating(*names):
    """Write a sentence for each of some facts, in an order of its own."""

    def text(i, skeleton):
        said = [SENTENCE[skeleton[name]].format(name.capitalize()) for name in names]
        random.Random(i).shuffle(said)
        return f"Note {i}. " + " ".join(said)

    return text


def test_texts_that_say_everything_are_read_and_the_seed_settles_the_reading(asia, written_run):
    run = written_run(asia, "asia", 500, stating(*asia.variables))
    found = read_by_probe(run)
    report = compare(run, found)
    # Where the facts stand in plain words the probe errs on rare states alone: 3 % is 15 texts.
    assert all(entry.right.rate > 0.97 for entry in report.by_variable.values())
    assert report.by_variable["smoke"].kappa > 0.97
    assert report.by_variable["smoke"].extractor == report.by_variable["smoke"].right
    assert read_by_probe(run).values.equals(found.values)


def test_who_reads_a_fact_by_the_company_it_keeps_is_found_out(asia, written_run):
    """No text says a word of dysp: what the probe knows of it, it knows from bronc and either."""
    told = [name for name in asia.variables if name != "dysp"]
    run = written_run(asia, "asia", 800, stating(*told))
    by_variable = compare(run, read_by_probe(run)).by_variable
    assert by_variable["dysp"].right.rate > 0.75
    assert by_variable["dysp"].beyond_guessing.rate < 0.25
    assert by_variable["bronc"].beyond_guessing.rate > 0.95
    assert by_variable["either"].guessable.rate > 0.99  # it follows from tub and lung: nothing is left to be told


def test_words_that_say_nothing_are_read_as_nothing(asia, written_run):
    run = written_run(asia, "asia", 600, lambda i, skeleton: f"Seen on day {i}. " * 3)
    entry = compare(run, read_by_probe(run)).by_variable["smoke"]
    # Half of all smoke. A coin's standard error is .02, so that .1 is 5 of them: false alarm below 1e-6.
    assert abs(entry.right.rate - 0.5) < 0.1
    assert abs(entry.kappa) < 0.2


def test_a_text_that_lies_is_read_as_it_stands(asia, written_run):
    """Each tenth text says the opposite of smoke: the probe has learned the words from the other nine."""

    def text(i, skeleton):
        lies = {"smoke": {"yes": "no", "no": "yes"}[skeleton["smoke"]]} if i % 10 == 0 else {}
        return stating(*asia.variables)(i, skeleton | lies)

    run = written_run(asia, "asia", 600, text)
    found = read_by_probe(run)
    wrong = found.values["smoke"].to_numpy() != run.frames()["skeleton"]["smoke"].to_numpy()
    # A lie that the other facts contradict may be read as the truth: a few of the 60.
    assert wrong[::10].sum() >= 54
    wrong[::10] = False
    assert wrong.sum() <= 5
    assert compare(run, found).by_variable["bronc"].right.rate > 0.97


def test_silence_that_was_ordered_is_neither_learned_nor_read(asia, written_run):
    run = written_run(asia, "asia", 300, stating("smoke", "bronc"), mention="smoke,bronc")
    found = read_by_probe(run)
    assert found.values.drop(columns=["smoke", "bronc"]).isna().all(axis=None)
    assert list(compare(run, found).by_variable) == ["smoke", "bronc"]
    some = written_run(asia, "asia", 300, stating("smoke"), mention="smoke: .5; bronc: .5")
    read = read_by_probe(some).values
    assert 0.3 < read["smoke"].isna().mean() < 0.7


def test_numbers_are_pointed_at_that_no_other_text_has(written_run):
    ward = SCM.load(Path(__file__).parents[2] / "ward")

    def text(i, skeleton):
        said = [
            f"Pulse was {skeleton['pulse']} a minute.",
            f"Temperature {skeleton['temperature']} degrees, measured {i % 7} times.",
            f"There were {skeleton['visits']} visits before.",
        ]
        random.Random(i).shuffle(said)
        return f"Bed {i % 40}. " + " ".join(said)

    run = written_run(ward, str(Path(__file__).parents[2] / "ward"), 200, text)
    by_variable = compare(run, read_by_probe(run)).by_variable
    for name in ("pulse", "temperature", "visits"):
        assert by_variable[name].right.rate > 0.97, name
    assert sum(map(sum, by_variable["pulse"].confusion.counts)) == 200


def test_rare_states_are_dealt_evenly():
    labels = np.array([0] * 97 + [1] * 3)
    fold = deal(labels, 5, np.random.default_rng(1))
    assert sorted(np.bincount(fold)) == [20] * 5
    assert np.bincount(fold[97:]).max() == 1


def test_characters_counted_by_words_are_those_of_the_texts():
    """Against scikit-learn's own counts over whole texts."""
    texts = ["No dyspnoea, no cough.", "Dyspnoea on walking; cough.", "A cough: dyspnoea?", "dyspnoea"]
    plain = [" ".join(re.findall(r"\w+", text.lower())) for text in texts]
    counts = CountVectorizer(analyzer="char_wb", ngram_range=(3, 4)).fit_transform(plain)
    frequent = np.asarray((counts > 0).sum(axis=0)).ravel() >= 3
    ours = _characters(texts)
    assert ours.shape == counts[:, frequent].shape
    assert sorted(map(tuple, ours.toarray().T)) == sorted(map(tuple, counts[:, frequent].toarray().T))
    rows = text_features(texts * 3)
    assert np.allclose((rows.multiply(rows)).sum(axis=1), 2)  # two blocks, each of length 1


def test_texts_without_words_and_too_few_texts(asia, domain, written_run, tmp_path):
    run = written_run(asia, "asia", 30, lambda i, skeleton: "")
    assert set(read_by_probe(run).values["tub"]) <= {"yes", "no"}
    generate(asia, domain, n=3, seed=1, out=tmp_path / "few")
    with pytest.raises(InputError, match="3 texts are too few for 5 folds"):
        read_by_probe(open_run(tmp_path / "few"))
    with pytest.raises(InputError, match="out of range"):
        ProbeSettings(folds=1)
