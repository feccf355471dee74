"""Every bundled graph that has a lexicon, put into words: by the lexicon's own sentences, and by one with faults."""

import pytest

import causalsynth
from causalsynth import SCM, Domain
from causalsynth.bundled import GRAPHS
from causalsynth.domain.values import same_value

NAMES = sorted(path.parent.name for path in GRAPHS.glob("*/lexicon.yaml"))


def test_all_that_should_be_there_is_there():
    assert {"asia"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_lexicon_s_own_sentences_are_accepted_at_once(name):
    result = causalsynth.generate(SCM.load(name), Domain.load(name), "grammar", n=25, seed=3)
    assert result.summary["realized"] == result.summary["attempts"] == 25, [
        (attempt.draft, attempt.violations) for attempt in result.attempts if attempt.violations
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_leaves_the_loop_says_its_facts(name):
    domain = Domain.load(name)
    result = causalsynth.generate(SCM.load(name), domain, "simulated", n=10, seed=3, rounds=3)
    assert result.summary["unrealized"] == 0
    for record in result.records:
        for variable, value in record.skeleton.items():
            assert same_value(domain.wording(variable), record.values[variable], value), record.text
