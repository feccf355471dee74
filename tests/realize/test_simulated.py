"""The simulated realizer: its law, its corrections, its determinism.

Statistical tests run on fixed seeds, so they pass always or never; were the code right, each would fail by
chance for one choice of seeds in a million.
"""

from collections import Counter

import pytest
from scipy.stats import binomtest, chisquare

from causalsynth.domain import Domain
from causalsynth.errors import InputError, RejectedError
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.simulated import (
    Simulated,
    SimulatedBehaviour,
    approximate_tokens,
    override_probability,
)
from causalsynth.scm import SCM

FALSE_ALARM = 1e-6
N = 2000

DOMAIN = Domain.from_yaml("""
domain: rashes
title: skin notes
variables:
  rash:
    label: rash
    states:
      mild: {means: the rash is mild, say: [The rash is mild.], assert: [rash is mild]}
      severe: {means: the rash is severe, say: [The rash is severe.], assert: [rash is severe]}
      none: {means: the skin is clear, say: [The skin is clear.], assert: [skin is clear]}
  fever:
    label: fever
    absent: "no"
    states:
      "yes": {means: the patient has fever, say: [There is fever.], assert: [fever]}
      "no": {means: the patient has no fever, say: [There is no fever.]}
  cough:
    label: cough
    absent: "no"
    states:
      "yes": {means: the patient coughs, say: [There is cough.], assert: [cough]}
      "no": {means: the patient does not cough, say: [There is no cough.]}
""")
SENTENCES = {
    "rash": {"mild": "The rash is mild.", "severe": "The rash is severe.", "none": "The skin is clear."},
    "fever": {"yes": "There is fever.", "no": "There is no fever."},
    "cough": {"yes": "There is cough.", "no": "There is no cough."},
}
PRIOR = {
    "rash": {"mild": 0.6, "severe": 0.1, "none": 0.3},
    "fever": {"yes": 0.5, "no": 0.5},
    "cough": {"yes": 1.0, "no": 0.0},
}
FACTS = {"rash": "severe", "fever": "yes", "cough": "no"}
FAITHFUL = "strength=0,omit=0,hedge=0,obey=1,relapse=0,leak=0"


def simulated(behaviour=FAITHFUL, prior=PRIOR):
    return Simulated(DOMAIN, behaviour=SimulatedBehaviour.parse(behaviour), prior=prior)


def task(facts=FACTS, silent=()):
    lines = [
        "Style: clinic_note",
        "Facts to state:",
        *(f"- {name} = {state}: x" for name, state in facts.items()),
    ]
    lines += ["", "Do not mention:", *(f"- {name}: {name}" for name in silent)] if silent else []
    return [Message("system", "Write."), Message("user", "\n".join(lines))]


def correction(draft, *lines, **kw):
    return [*task(**kw), Message("assistant", draft), Message("user", "\n".join(["Correct:", *lines]))]


def read(text):
    """Find out what a note says by looking for the lexicon's only sentence for each state."""
    return {
        name: state
        for name, sentences in SENTENCES.items()
        for state, sentence in sentences.items()
        if sentence in text
    }


async def notes(realizer, messages, n=N):
    return [(await realizer.complete(messages, Sampling(seed=seed))).text for seed in range(n)]


async def test_faithful_one_states_exactly_the_facts():
    for text in await notes(simulated(), task(), 50):
        assert read(text) == FACTS


async def test_override_law():
    """Bending has the stated probability, and the written state is drawn from the prior among the others."""
    texts = await notes(simulated("strength=.8,omit=0,hedge=0"), task())
    wrote = Counter(read(text)["rash"] for text in texts)
    bend = 0.8 * (1 - 0.1 / 0.6)
    expected = {"severe": 1 - bend, "mild": bend * 0.6 / 0.9, "none": bend * 0.3 / 0.9}
    test = chisquare([wrote[state] for state in expected], [N * share for share in expected.values()])
    assert test.pvalue > FALSE_ALARM
    impossible = sum(read(text)["cough"] == "yes" for text in texts)
    assert binomtest(impossible, N, 0.8).pvalue > FALSE_ALARM
    assert all(read(text)["fever"] == "yes" for text in texts), "the likeliest state is never bent"


async def test_omission_and_hedging():
    texts = await notes(simulated("strength=0,omit=.2,hedge=.3"), task())
    stated = sum("fever" in read(text) for text in texts)
    assert binomtest(stated, N, 0.8 * 0.7).pvalue > FALSE_ALARM
    silent = sum("fever" not in text.lower() for text in texts)
    assert binomtest(silent, N, 0.2).pvalue > FALSE_ALARM


async def test_leaks_only_what_is_silent():
    facts = {name: FACTS[name] for name in ("rash", "fever")}
    texts = await notes(simulated("strength=0,omit=0,hedge=0,leak=.25"), task(facts, ["cough"]))
    leaked = sum("cough" in read(text) for text in texts)
    assert binomtest(leaked, N, 0.25).pvalue > FALSE_ALARM
    assert {read(text).get("cough") for text in texts} == {"yes", None}, "cough = no is impossible by its prior"
    assert all(facts.items() <= read(text).items() for text in texts)


async def test_more_strength_never_unbends():
    """Strength moves the threshold of one fixed die, so the sets of bent facts are nested."""
    weak, strong = [
        [read(text) for text in await notes(simulated(f"strength={strength},omit=0,hedge=0"), task(), 300)]
        for strength in (0.2, 0.6)
    ]
    assert all(b["cough"] == "yes" for a, b in zip(weak, strong, strict=True) if a["cough"] == "yes")
    assert sum(b["cough"] == "yes" for b in strong) > sum(a["cough"] == "yes" for a in weak) > 0


async def test_same_seed_same_text_and_temperature_plays_no_part():
    realizer = simulated("strength=.5")
    first = await realizer.complete(task(), Sampling(seed=7, temperature=0.1))
    assert first == await simulated("strength=.5").complete(task(), Sampling(seed=7, temperature=1.0))
    others = {(await realizer.complete(task(), Sampling(seed=seed))).text for seed in range(20)}
    assert len(others) > 5
    assert first.text != (await realizer.complete(task()[1:], Sampling(seed=7))).text


async def test_correction_is_obeyed_at_its_rate_and_the_rest_is_kept():
    draft = "The rash is mild. There is no fever. There is no cough."
    chat = correction(draft, "- rash = severe: state it.")
    texts = [read(text) for text in await notes(simulated("obey=.6,relapse=0,strength=1,omit=1,hedge=1"), chat)]
    assert binomtest(sum(said["rash"] == "severe" for said in texts), N, 0.6).pvalue > FALSE_ALARM
    assert all(said["rash"] in ("mild", "severe") for said in texts), "what isn't mended stays as it was"
    assert {said["fever"] for said in texts} == {"no"}, "wrong, but not complained of"
    assert {said["cough"] for said in texts} == {"no"}


async def test_relapse_bends_right_facts_only():
    draft = "The rash is severe. There is no fever."
    chat = correction(draft, "- cough = no: state it.")
    texts = [read(text) for text in await notes(simulated("obey=1,relapse=.1"), chat)]
    wrote = Counter(said["rash"] for said in texts)
    expected = {"severe": 0.9, "mild": 0.1 * 2 / 3, "none": 0.1 / 3}
    test = chisquare([wrote[state] for state in expected], [N * share for share in expected.values()])
    assert test.pvalue > FALSE_ALARM
    assert {said["fever"] for said in texts} == {"no"}
    assert {said["cough"] for said in texts} == {"no"}


async def test_missing_stays_missing_until_obeyed():
    chat = correction("The rash is severe. There is fever.", "- cough = no: state it.")
    assert all("cough" not in read(text) for text in await notes(simulated("obey=0,relapse=0"), chat, 30))
    assert all(read(text) == FACTS for text in await notes(simulated("obey=1,relapse=0"), chat, 30))


HEDGED = "The rash is severe. Possible fever. There is no cough."


async def test_hedge_is_kept_until_it_is_corrected():
    chat = correction(HEDGED, "- rash = severe: state it.")
    for text in await notes(simulated("obey=1,relapse=1"), chat, 30):
        assert "fever" in text, "still spoken of"
        assert "fever" not in read(text), "still hedged: what isn't stated outright can't relapse"
    chat = correction(HEDGED, "- fever = yes: state it.")
    assert all(read(text) == FACTS for text in await notes(simulated("obey=1,relapse=0"), chat, 30))


async def test_leak_is_taken_out_when_obeyed_and_kept_otherwise():
    facts = {"rash": "severe"}
    chat = correction(
        "The rash is severe. There is cough.",
        "- cough: must not be mentioned; take it out.",
        facts=facts,
        silent=["cough", "fever"],
    )
    assert all(read(text) == facts for text in await notes(simulated("obey=1,relapse=0"), chat, 30))
    kept = {**facts, "cough": "yes"}
    assert all(read(text) == kept for text in await notes(simulated("obey=0,relapse=0"), chat, 30))


async def test_bounded_context_converges():
    """Task, latest draft and its corrections are enough: no history is needed to get every fact right."""
    realizer = simulated("strength=1,omit=.5,hedge=0,obey=.7,relapse=0")
    draft = (await realizer.complete(task(), Sampling(seed=3))).text
    for seed in range(40):
        wrong = [name for name in FACTS if read(draft).get(name) != FACTS[name]]
        if not wrong:
            break
        chat = correction(draft, *(f"- {name} = {FACTS[name]}: state it." for name in wrong))
        after = (await realizer.complete(chat, Sampling(seed=seed))).text
        still = {name for name in FACTS if read(after).get(name) != FACTS[name]}
        assert still <= set(wrong), "nothing that was right got lost"
        draft = after
    assert read(draft) == FACTS


async def test_prior_of_an_scm_is_its_full_conditional():
    """`either` = no beside lung cancer is impossible: bent at full strength. Usual facts never are."""
    domain, scm = Domain.load("asia"), SCM.from_bif("asia")
    realizer = Simulated(domain, scm, SimulatedBehaviour.parse("strength=.5,omit=0,hedge=0"))
    facts = {
        "asia": "no", "tub": "no", "smoke": "yes", "lung": "yes",
        "bronc": "yes", "either": "no", "xray": "yes", "dysp": "yes",
    }  # fmt: skip
    flag = {state: domain.lexicon.variables["either"].states[state].say for state in ("yes", "no")}
    travel = domain.lexicon.variables["asia"].states["yes"].say
    texts = await notes(realizer, task(facts), 600)
    bent = sum(any(sentence in text for sentence in flag["yes"]) for text in texts)
    straight = sum(any(sentence in text for sentence in flag["no"]) for text in texts)
    assert bent + straight == 600
    assert binomtest(bent, 600, 0.5).pvalue > FALSE_ALARM
    assert not any(domain.lexicon.render(sentence) in text for text in texts for sentence in travel)


async def test_what_is_not_stated_is_imagined_to_fit():
    """Lung cancer is stated, the flag that follows from it is silent: what leaks can only be a positive flag."""
    domain, scm = Domain.load("asia"), SCM.from_bif("asia")
    realizer = Simulated(domain, scm, SimulatedBehaviour.parse("strength=0,omit=0,hedge=0,leak=1"))
    silent = [name for name in domain.variables if name != "lung"]
    texts = await notes(realizer, task({"lung": "yes"}, silent), 60)
    say = {state: wording.say for state, wording in domain.lexicon.variables["either"].states.items()}
    assert all(any(sentence in text for sentence in say["yes"]) for text in texts)
    assert not any(sentence in text for text in texts for sentence in say["no"])


async def test_prior_may_be_a_function_of_the_other_facts():
    asked = []

    def prior(variable, rest):
        asked.append((variable, dict(rest)))
        return PRIOR[variable]

    await simulated(prior=prior).complete(task({"rash": "severe"}), Sampling(seed=0))
    variable, rest = asked[-1]
    assert variable == "rash"
    assert set(rest) == set(FACTS), "what the chat leaves out is imagined"
    assert rest["rash"] == "severe"
    assert rest["cough"] == "yes", "the prior holds cough = no impossible"


async def test_length_limit_cuts_the_text():
    whole = await simulated().complete(task(), Sampling(seed=1))
    cut = await simulated().complete(task(), Sampling(seed=1, max_tokens=6))
    assert (whole.finish, cut.finish) == ("stop", "length")
    assert whole.text.startswith(cut.text)
    assert 0 < cut.completion_tokens <= 6 < whole.completion_tokens == approximate_tokens(whole.text)
    assert whole.prompt_tokens == sum(approximate_tokens(message.content) for message in task())


@pytest.mark.parametrize(
    ("facts", "match"),
    [({"gout": "yes"}, "'gout'"), ({"rash": "purple"}, "rash = purple")],
    ids=["name", "state"],
)
async def test_chat_of_another_domain_is_rejected(facts, match):
    with pytest.raises(RejectedError, match=match):
        await simulated().complete(task(facts), Sampling(seed=0))


def test_says_what_it_is():
    realizer = simulated("strength=.5")
    assert realizer.is_llm is False
    assert realizer.name == "simulated(strength=0.5,omit=0.05,hedge=0.05,obey=0.7,relapse=0.02,leak=0.1)"
    assert "say nothing of real LLMs" in Simulated.__doc__


def test_override_probability_spans_from_0_to_strength():
    assert override_probability("a", {"a": 0.7, "b": 0.3}, 0.4) == 0
    assert override_probability("b", {"a": 0.8, "b": 0.2}, 0.4) == pytest.approx(0.3)
    assert override_probability("b", {"a": 1.0, "b": 0.0}, 0.4) == 0.4


def test_behaviour_from_text():
    assert SimulatedBehaviour.parse("") == SimulatedBehaviour()
    assert SimulatedBehaviour.parse(" strength = .5, obey=1 ,") == SimulatedBehaviour(strength=0.5, obey=1)
    some = SimulatedBehaviour(strength=0.25, leak=0)
    assert SimulatedBehaviour.parse(str(some)) == some


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("strenght=.5", "'strenght=.5'.*names: strength"),
        ("strength", "NAME=PROBABILITY"),
        ("strength=.5,strength=.6", "given twice"),
        ("obey=1.5", r"obey=1\.5: no probability"),
        ("obey=-1", "no probability"),
        ("obey=nan", "no probability"),
        ("obey=often", "obey=often: no probability"),
    ],
)
def test_wrong_behaviour_is_refused_with_a_remedy(text, match):
    with pytest.raises(InputError, match=match) as caught:
        SimulatedBehaviour.parse(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "rash",
    [{}, {"mild": 1, "severe": 1}, {"mild": 0, "severe": 0, "none": 0}, {"mild": -1, "severe": 1, "none": 1}],
)
def test_mapping_that_is_no_prior_is_refused(rash):
    with pytest.raises(InputError, match="prior of rash"):
        simulated(prior={**PRIOR, "rash": rash})


def test_a_prior_is_needed():
    with pytest.raises(InputError, match="no prior"):
        Simulated(DOMAIN)
