"""The embedded realizers where edits are asked for.

Statistical tests run on fixed seeds; were the code right, each would fail by chance for one choice of seeds in a
million.
"""

import random
import shutil

import pytest
from scipy.stats import binomtest, chi2_contingency

from causalsynth.bundled import PROMPTS as FOLDER
from causalsynth.domain import Domain
from causalsynth.edits import NumberedText, parse_edits
from causalsynth.loop import Case, Loop, LoopLimits
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.grammar import Grammar
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.simulated import Simulated, SimulatedBehaviour
from causalsynth.scm import SCM

FALSE_ALARM = 1e-6
ASIA = Domain.load("asia")
SCM_ = SCM.from_bif("asia")
SKELETONS = SCM_.sample(20, seed=5)
PROMPTS = Prompts.load("clinical_note")
LOOP = Loop(ASIA, PROMPTS, LoopLimits(corrections="edits"))
REWRITING = Loop(ASIA, PROMPTS, LoopLimits(corrections="rewrite"))
STYLES = [style.name for style in PROMPTS.styles]
OTHER = {"yes": "no", "no": "yes"}


def drafted(index, wrong=("smoke", "dysp"), missing=("xray",), hedged=("bronc",)):
    """Give a record, and the trial of a draft with these faults in the record's style."""
    skeleton = SKELETONS[index]
    case = Case(seed=5, index=index, skeleton=skeleton)
    said = {name: OTHER[state] if name in wrong else state for name, state in skeleton.items() if name not in missing}
    del said["either"]  # follows from the others: the prompt does not ask for it
    style = PROMPTS.style_of(5, index).name
    text = NoteWriter(ASIA).write(said, style=style, rng=random.Random(index), hedged=set(hedged))
    return case, LOOP.judge(case, [], Completion(text=text))


@pytest.mark.parametrize("structured", [False, True])
async def test_the_grammar_mends_a_draft_by_edits_in_every_layout(structured):
    layouts = set()
    for index in range(20):
        case, first = drafted(index)
        request = LOOP.request(case, [first], structured=structured)
        answer = await Grammar(ASIA).complete(request.messages, request.sampling)
        assert answer.text.startswith("{") is structured
        second = LOOP.judge(case, [first], answer)
        assert (second.error, second.violations) == (None, ()), (first.draft, answer.text, second.draft)
        layouts.add(PROMPTS.style_of(5, index).layout)
    assert layouts == {style.layout for style in PROMPTS.styles}


async def test_edits_leave_all_other_sentences_as_they_are():
    for index in range(8):
        case, first = drafted(index)
        request = LOOP.request(case, [first])
        answer = await Grammar(ASIA).complete(request.messages, request.sampling)
        touched = {edit.at for edit in parse_edits(answer.text) if edit.kind != "insert_after"}
        edited = LOOP.judge(case, [first], answer).draft
        kept = [each for at, each in enumerate(NumberedText.of(first.draft).sentences, 1) if at not in touched]
        assert all(sentence in edited for sentence in kept)
        assert len(answer.text) < len(edited) / 2


def simulated(behaviour):
    return Simulated(ASIA, SCM_, SimulatedBehaviour.parse(behaviour))


async def outcomes(loop, realizer, n):
    """Give the values read after one correction of the same draft, for n seeds."""
    case, first = drafted(3)
    assert {violation.variable for violation in first.violations} >= {"smoke", "dysp", "xray", "bronc"}
    messages = loop.request(case, [first]).messages
    answers = [await realizer.complete(messages, Sampling(seed=seed)) for seed in range(n)]
    return [loop.judge(case, [first], answer).findings.values_by_variable() for answer in answers]


async def test_each_point_is_obeyed_at_its_rate_and_what_is_right_is_kept():
    read = await outcomes(LOOP, simulated("obey=.6,relapse=0"), 100)
    skeleton = SKELETONS[3]
    for name in ("smoke", "dysp", "xray", "bronc"):
        obeyed = sum(values[name] == skeleton[name] for values in read)
        assert binomtest(obeyed, 100, 0.6).pvalue > FALSE_ALARM
    for name in ("asia", "tub", "lung"):
        assert {values[name] for values in read} == {skeleton[name]}


async def test_a_correction_has_the_same_law_by_edits_as_by_rewriting():
    behaviour = "strength=.8,obey=.6,relapse=.2"
    runs = [await outcomes(loop, simulated(behaviour), 150) for loop in (LOOP, REWRITING)]
    for name in ASIA.variables:
        values = sorted({str(read[name]) for run in runs for read in run})
        counts = [[sum(str(read[name]) == value for read in run) for value in values] for run in runs]
        if len(values) > 1:
            assert chi2_contingency(counts).pvalue > FALSE_ALARM / len(ASIA.variables), name


async def test_where_nothing_is_changed_a_sentence_is_handed_back():
    case, first = drafted(3)
    request = LOOP.request(case, [first])
    answer = await simulated("obey=0,relapse=0").complete(request.messages, request.sampling)
    assert LOOP.judge(case, [first], answer).draft == first.draft


async def test_a_leak_is_taken_out():
    case = Case(seed=5, index=0, skeleton=SKELETONS[0], mentioned=frozenset(ASIA.variables) - {"smoke"})
    text = NoteWriter(ASIA).write(SKELETONS[0], style=STYLES[0], rng=random.Random(1))
    first = LOOP.judge(case, [], Completion(text=text))
    request = LOOP.request(case, [first])
    answer = await simulated("obey=1,relapse=0").complete(request.messages, request.sampling)
    assert not LOOP.judge(case, [first], answer).violations


def test_a_folder_without_the_template_uses_the_shared_one_and_its_own_where_it_has_one(tmp_path):
    folder = tmp_path / "note"
    shutil.copytree(FOLDER / "clinical_note", folder)
    draft = NumberedText.of("One. Two.")
    shared = Prompts.load(folder).correct_by_edits("- x = y: z", draft, shown={2}, place=2)
    assert shared == PROMPTS.correct_by_edits("- x = y: z", draft, shown={2}, place=2)
    assert "[2] Two." in shared.content
    (folder / "edits.j2").write_text("{{ count }} {{ sentences[2] }}")
    assert Prompts.load(folder).correct_by_edits("", draft, shown={2}, place=2) == Message("user", "2 Two.")
