"""How the simulated realizer treats numbers.

Statistical tests run on fixed seeds, so they pass always or never; were the code right, each would fail by
chance for one choice of seeds in a million.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from causalsynth.domain import Domain
from causalsynth.errors import InputError, RejectedError
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.simulated import Simulated, SimulatedBehaviour
from causalsynth.realize.usual import UsualNumbers
from causalsynth.scm import SCM

FALSE_ALARM = 1e-6
N = 1000

FOLDER = Path(__file__).parents[1] / "ward"
WARD = Domain.load(FOLDER)
MODEL = SCM.load(FOLDER)
USUAL = UsualNumbers(WARD, MODEL)
FACTS = {"sex": "female", "fever": "no", "temperature": "41.5 °C", "pulse": "76 beats/min", "visits": "1"}
FAITHFUL = "strength=0,omit=0,hedge=0,obey=1,relapse=0,leak=0"


def simulated(behaviour=FAITHFUL):
    return Simulated(WARD, MODEL, SimulatedBehaviour.parse(behaviour))


def task(facts=FACTS, silent=()):
    lines = ["Facts to state:", *(f"- {name} = {value}: x" for name, value in facts.items())]
    lines += ["", "Do not mention:", *(f"- {name}: {name}" for name in silent)] if silent else []
    return [Message("system", "Write."), Message("user", "\n".join(lines))]


async def notes(realizer, messages, n=N):
    return [(await realizer.complete(messages, Sampling(seed=seed))).text for seed in range(n)]


def temperature(text):
    """Find the number by the two sentences that the lexicon has for it."""
    match = re.search(r"temperature was (\d+\.\d) °C|Temperature (\d+\.\d) degrees", text)
    return float(match[1] or match[2]) if match else None


async def test_a_faithful_one_writes_every_number_with_all_its_digits():
    for text in await notes(simulated(), task(FACTS | {"temperature": "37.0 °C"}), 60):
        assert temperature(text) == 37.0
        assert re.search(r"heart rate was 76 bpm|Pulse 76 beats per minute", text)
        assert "Earlier visits: 1." in text


async def test_the_farther_out_the_surer_it_is_bent_and_always_to_the_middle_half():
    texts = await notes(simulated("strength=.6,omit=0,hedge=0"), task())
    bent = [number for text in texts if (number := temperature(text)) != 41.5]
    assert binomtest(len(bent), N, 0.6).pvalue > FALSE_ALARM, "no row of the model has 41.5"
    low, high = np.quantile(MODEL.sample(100_000, seed=7).column("temperature"), [0.24, 0.76])
    assert low - 0.15 <= min(bent) < max(bent) <= high + 0.15  # a quarter of the width that 1,024 rows may be off
    assert all(re.search(r"\b76\b", text) for text in texts), "a number in the middle half is never bent"


async def test_omission_and_hedging_as_of_states():
    texts = await notes(simulated("strength=0,omit=.2,hedge=.3"), task())
    stated = sum(temperature(text) == 41.5 for text in texts)
    assert binomtest(stated, N, 0.8 * 0.7).pvalue > FALSE_ALARM
    hedged = sum("the temperature is 41.5 °C" in text for text in texts)
    assert binomtest(hedged, N, 0.8 * 0.3).pvalue > FALSE_ALARM


async def test_a_silent_number_leaks_as_a_usual_one():
    facts = {name: FACTS[name] for name in ("sex", "fever")}
    texts = await notes(simulated("strength=0,omit=0,hedge=0,leak=1"), task(facts, ["temperature"]), 300)
    leaked = [temperature(text) for text in texts]
    assert all(30 < number < 45 for number in leaked)
    assert len(set(leaked)) > 10
    assert kstest(leaked, MODEL.sample(4000, seed=5).column("temperature")).pvalue > FALSE_ALARM


async def test_a_correction_is_obeyed_and_what_is_within_the_tolerance_is_right():
    draft = "The patient is female. No fever. Temperature 39.0 degrees Celsius. Pulse 76 bpm. Earlier visits: 1."
    turn = Message("user", "- temperature = 41.5 °C: state it.")
    chat = [*task(), Message("assistant", draft), turn]
    assert all(temperature(text) == 41.5 for text in await notes(simulated(), chat, 30))
    kept = await notes(simulated("obey=0,relapse=0"), chat, 30)
    assert all(temperature(text) == 39.0 for text in kept)
    relapsed = await notes(simulated("obey=0,relapse=1"), [*chat[:2], chat[2], Message("user", "Again.")], 30)
    assert all(temperature(text) == 39.0 for text in relapsed), "what is wrong already doesn't relapse"
    assert not any(re.search(r"(was|Pulse) 76 b", text) for text in relapsed)


@pytest.mark.parametrize(
    ("value", "match"),
    [("hot", "temperature = hot"), ("99.0 °C", "out of range"), ("37.55 °C", "more digits"), ("37.5 °F", "37.5 °F")],
)
async def test_a_number_that_the_model_does_not_have_is_rejected(value, match):
    with pytest.raises(RejectedError, match=match):
        await simulated().complete(task({"temperature": value}), Sampling(seed=0))


def test_numbers_need_a_model():
    prior = {"sex": {"female": 1, "male": 1}, "fever": {"yes": 1, "no": 1}}
    with pytest.raises(InputError, match="temperature, pulse, visits"):
        Simulated(WARD, prior=prior)
    Simulated(WARD, MODEL, prior=prior)


def test_weights_are_1_in_the_middle_half_and_0_beyond_all_rows():
    column = np.sort(MODEL.sample(1024, seed=0).column("temperature"))
    assert USUAL.weight("temperature", float(column[512])) == 1
    assert USUAL.weight("temperature", float(column[260])) == 1
    assert USUAL.weight("temperature", 34.0) == USUAL.weight("temperature", 42.0) == 0
    tail = [USUAL.weight("temperature", float(number)) for number in column[::16] if number < column[256]]
    assert tail == sorted(tail)
    assert 0 < tail[0] < 0.1


def test_the_commonest_count_is_usual_though_it_is_the_least():
    assert USUAL.weight("visits", 0) > 0.8
    assert USUAL.weight("visits", 1) == 1


def test_another_number_says_something_else_and_keeps_its_kind():
    for die in (0.0, 0.3, 0.999):
        for value in (0, 1, 2, 9):
            other = USUAL.another("visits", value, die)
            assert other != value
            assert type(other) is int
        assert abs(USUAL.another("temperature", 37.0, die) - 37.0) > 0.05


def test_where_nothing_else_is_usual_the_number_stays():
    held = MODEL.do(visits=2)
    assert UsualNumbers(WARD, held).another("visits", 2, 0.5) == 2
