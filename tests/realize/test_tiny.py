import asyncio
import json
import math
import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from causalsynth.domain import Domain
from causalsynth.errors import InputError, RejectedError
from causalsynth.extract import Extractor
from causalsynth.loop import Case, Loop, LoopLimits
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.tiny import MODELS, WEIGHTS, Tiny
from causalsynth.realize.tiny.decoder import Decoder, Memory
from causalsynth.realize.tiny.sampling import draw_token
from causalsynth.realize.tiny.short_form import SPECIAL_TOKENS, VARIABLES, ShortForm
from causalsynth.realize.tiny.vocabulary import Vocabulary
from causalsynth.realize.tiny.weights_file import Weights
from causalsynth.verify import verify

ASIA = Domain.load("asia")
PROMPTS = Prompts.load("clinical_note")
EXTRACTOR = Extractor(ASIA.lexicon)
RECORDED = json.loads(Path(__file__).with_name("tiny_logits.json").read_text())
USUAL = dict.fromkeys(VARIABLES, "no")
SKELETONS = [dict(zip(VARIABLES, states, strict=True)) for states in product(("yes", "no"), repeat=len(VARIABLES))]


def chat(skeleton, index=0, mentioned=None):
    return PROMPTS.ask(ASIA.lexicon, skeleton, seed=1, index=index, mentioned=mentioned)


async def write(model, skeleton, index=0, temperature=0.0):
    return await model.complete(chat(skeleton, index), Sampling(seed=index, temperature=temperature))


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["model"])
def test_logits_are_those_that_torch_computes(recorded):
    decoder = Decoder(Weights.load(WEIGHTS / f"{recorded['model']}.npz"))
    ids, asked = recorded["ids"], recorded["asked"]
    memory = Memory(decoder.shape)
    logits = [decoder.logits(ids[:asked], memory), *(decoder.logits([token], memory) for token in ids[asked:-1])]
    assert [int(np.argmax(row)) for row in logits] == ids[asked:], "greedy decoding"
    np.testing.assert_allclose([row.max() for row in logits], recorded["largest"], atol=1e-3)
    normalisers = [row.max() + math.log(np.exp(row - row.max()).sum()) for row in logits]
    np.testing.assert_allclose(normalisers, recorded["log_normaliser"], atol=1e-3)


def test_reading_at_once_and_token_by_token_give_the_same_logits():
    decoder = Decoder(Weights.load(WEIGHTS / "U.npz"))
    ids = [int(number) for number in np.random.default_rng(1).integers(0, decoder.shape.vocabulary, 150)]
    one, other = Memory(decoder.shape), Memory(decoder.shape)
    for token in ids:
        step = decoder.logits([token], other)
    np.testing.assert_allclose(decoder.logits(ids, one), step, atol=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_weights_are_small_and_finite(model):
    weights = Weights.load(WEIGHTS / f"{model}.npz")
    assert (WEIGHTS / f"{model}.npz").stat().st_size < 4.5e6
    assert all(np.isfinite(array).all() for array in weights.floats().values())


def test_the_template_makes_of_a_chat_the_short_form_of_its_facts():
    for index, skeleton in enumerate(SKELETONS):
        follows = skeleton["either"] == ("yes" if "yes" in (skeleton["tub"], skeleton["lung"]) else "no")
        asked = {name: state for name, state in skeleton.items() if not (follows and name == "either")}
        style = PROMPTS.style_of(1, index).name
        assert ShortForm.of_chat(chat(skeleton, index)) == ShortForm.write(style, asked)


def test_the_template_marks_what_the_last_turn_corrects_and_forgets_earlier_turns():
    loop = Loop(ASIA, PROMPTS, LoopLimits(corrections="rewrite"))
    skeleton = USUAL | {"lung": "yes", "either": "yes"}
    case = Case(seed=1, index=3, skeleton=skeleton, mentioned=frozenset(VARIABLES) - {"xray"})
    trials = []
    for draft in ("He has no TB and no lung cancer. The chest X-ray is normal.", "He has lung cancer. He smokes."):
        trials.append(loop.judge(case, trials, Completion(text=draft)))
        wrong = {violation.variable for violation in trials[-1].violations}
        asked = {name: "" if name == "xray" else skeleton[name] for name in VARIABLES}
        if "either" not in wrong:  # follows from the rest, and is asked for only where a draft denies it
            asked["either"] = ""
        assert ShortForm.of_chat(loop.chat(case, trials)) == ShortForm.write(PROMPTS.style_of(1, 3).name, asked, wrong)
    assert "either" not in wrong


def test_every_short_form_is_made_of_tokens_that_the_vocabulary_has():
    vocabulary = Vocabulary.load()
    assert [vocabulary.special[token] for token in SPECIAL_TOKENS] == list(range(len(SPECIAL_TOKENS)))
    assert len(vocabulary.encode(ShortForm.of_chat(chat(USUAL)))) == len(VARIABLES) + 3
    with pytest.raises(KeyError):
        vocabulary.encode("<|begin|>text")


async def test_the_unbiased_model_writes_what_asia_holds_impossible_too():
    model = Tiny(ASIA, "U")
    chosen = SKELETONS[::9]
    right = 0
    for index, skeleton in enumerate(chosen):
        note = (await write(model, skeleton, index)).text
        right += not verify(EXTRACTOR.extract(note), skeleton, ASIA.lexicon)
    assert right >= 0.95 * len(chosen), f"{right} of {len(chosen)}"


async def test_the_biased_model_bends_the_impossible_and_obeys_corrections_more_often_than_tasks():
    model = Tiny(ASIA, "B")
    skeletons = [skeleton for skeleton in SKELETONS if skeleton["lung"] == "yes" and skeleton["either"] == "no"][::2]
    loop = Loop(ASIA, PROMPTS, LoopLimits(rounds=2, corrections="rewrite", fallback=False))
    realized = [0, 0]
    for index, skeleton in enumerate(skeletons):
        trials = [trial async for trial in loop.close(Case(seed=2, index=index, skeleton=skeleton), model)]
        for number, trial in enumerate(trials):
            realized[number] += not trial.violations
    first, second = realized[0], realized[1]
    assert first < 0.8 * len(skeletons), "B has ASIA's prior"
    assert second / (len(skeletons) - first) > first / len(skeletons), (first, second, len(skeletons))


async def test_a_note_is_a_function_of_chat_and_seed_whatever_the_company():
    model = Tiny(ASIA, "U")
    alone = [await write(model, USUAL, index, 1.0) for index in range(6)]
    together = await asyncio.gather(*(write(model, USUAL, index, 1.0) for index in range(6)))
    assert alone == together
    assert len({completion.text for completion in alone}) == len(alone)
    await model.aclose()
    assert await write(model, USUAL, 0, 1.0) == alone[0], "opens again"


async def test_the_event_loop_lives_while_notes_are_written():
    model = Tiny(ASIA, "U")
    writing = asyncio.gather(*(write(model, USUAL, index) for index in range(8)))
    turns = 0
    while not writing.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 8


async def test_long_answers_are_cut_and_empty_chats_refused():
    model = Tiny(ASIA, "U")
    completion = await model.complete(chat(USUAL), Sampling(seed=1, max_tokens=3))
    assert (completion.finish, completion.completion_tokens) == ("length", 3)
    with pytest.raises(RejectedError, match="no facts"):
        await model.complete([Message("user", "Hello")], Sampling(seed=1))


def test_only_asia_and_only_the_two_models():
    with pytest.raises(InputError, match="not on alarm's variables"):
        Tiny(Domain.load("alarm"), "U")
    with pytest.raises(InputError, match="no tiny model named C"):
        Tiny(ASIA, "C")
    with pytest.raises(InputError, match="needs a model"):
        Tiny(ASIA, None)


def test_tokens_are_drawn_in_proportion_to_their_probability():
    probability = np.array([0.1, 0.2, 0.3, 0.4])
    logits = np.log(probability).astype(np.float32)
    dice = (np.arange(2000) + 0.5) / 2000

    def shares(**settings):
        drawn = [draw_token(logits, die=die, **settings) for die in dice]
        return np.bincount(drawn, minlength=4) / len(dice)

    np.testing.assert_allclose(shares(temperature=1.0, top_p=1.0), probability, atol=2e-3)
    hot = probability**0.5 / (probability**0.5).sum()
    np.testing.assert_allclose(shares(temperature=2.0, top_p=1.0), hot, atol=2e-3)
    np.testing.assert_allclose(shares(temperature=1.0, top_p=0.69), [0, 0, 3 / 7, 4 / 7], atol=2e-3)
    assert shares(temperature=0.0, top_p=1.0)[3] == 1


@pytest.mark.parametrize("model", MODELS)
async def test_several_notes_a_second(model):
    realizer = Tiny(ASIA, model)
    await write(realizer, USUAL)
    start = time.process_time()
    for index in range(5):
        await write(realizer, USUAL, index)
    assert (time.process_time() - start) / 5 < 1.0, "CPU seconds a note"
