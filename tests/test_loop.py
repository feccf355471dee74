"""The closed loop, with a realizer that says what the test wants."""

import time

import pytest

from causalsynth.domain import Domain
from causalsynth.errors import RejectedError, ServerError
from causalsynth.ledger import RecordStatus
from causalsynth.loop import Case, Loop, LoopLimits, Trial, Turn, next_turn
from causalsynth.realize.chat import Completion
from causalsynth.realize.prompts import Prompts

DOMAIN = Domain.from_yaml(
    """
domain: pets
title: notes of a vet
variables:
  cat:
    label: cat
    absent: no
    states:
      yes: {means: the patient has a cat, say: ["{He} has a cat."], assert: [has a cat]}
      no: {means: the patient has no cat, say: ["{He} has no cat."], assert: [has no cat]}
  dog:
    label: dog
    absent: no
    states:
      yes: {means: the patient has a dog, say: ["{He} has a dog."], assert: [has a dog]}
      no: {means: the patient has no dog, say: ["{He} has no dog."], assert: [has no dog]}
"""
)
SKELETON = {"cat": "yes", "dog": "no"}
RIGHT = "She has a cat. She has no dog."
NO_DOG_FACT = "She has a cat."
BOTH_WRONG = "She has no cat. She has a dog."


class Scripted:
    """Answers with what it was given, in order; an exception is raised, a pair is a text and how it ended."""

    name = "scripted"
    is_llm = False

    def __init__(self, *answers, structured_output=None):
        self.answers = list(answers)
        self.chats = []
        self.seeds = []
        self.schemas = []
        self.structured_output = structured_output

    async def complete(self, messages, sampling):
        self.chats.append(tuple(messages))
        self.seeds.append(sampling.seed)
        self.schemas.append(sampling.schema)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        text, finish = answer if isinstance(answer, tuple) else (answer, "stop")
        return Completion(text=text, finish=finish)

    async def aclose(self):
        pass


async def close(model, *, past=(), mentioned=None, corrections="rewrite", **limits):
    loop = Loop(DOMAIN, Prompts.load("clinical_note"), LoopLimits(corrections=corrections, **limits))
    case = Case(seed=1, index=4, skeleton=SKELETON, mentioned=mentioned)
    return [trial async for trial in loop.close(case, model, past)]


async def test_a_faithful_draft_is_accepted_at_once():
    (trial,) = await close(Scripted(RIGHT))
    assert (trial.k, trial.status, trial.violations) == (1, RecordStatus.REALIZED, ())


async def test_a_correction_names_the_fact_quotes_the_words_and_offers_a_form():
    model = Scripted("She has a cat. She has a dog.", RIGHT)
    trials = await close(model)
    assert [trial.status for trial in trials] == [None, RecordStatus.REALIZED]
    system, task, draft, correction = model.chats[1]
    assert (system, task) == model.chats[0]
    assert (draft.role, draft.content) == ("assistant", "She has a cat. She has a dog.")
    (line,) = [line for line in correction.content.splitlines() if line.startswith("- ")]
    assert line.startswith("- dog = no:")
    assert "has a dog" in line
    assert "the patient has no dog" in line.lower()


async def test_the_context_is_bounded_whatever_the_round():
    model = Scripted(*[NO_DOG_FACT] * 6)
    await close(model, rounds=6, restart_after=9)
    assert [len(chat) for chat in model.chats] == [2, 4, 4, 4, 4, 4]


async def test_a_draft_that_a_correction_left_as_it_was_is_not_read_again():
    first, same, last = await close(Scripted(BOTH_WRONG, BOTH_WRONG, RIGHT))
    assert same.findings is first.findings
    assert (same.k, same.violations, len(same.violations)) == (2, first.violations, 2)
    assert last.status is RecordStatus.REALIZED


async def test_corrections_that_do_not_help_lead_to_a_fresh_start():
    model = Scripted(*[BOTH_WRONG] * 7)
    await close(model, rounds=7, restart_after=2)
    assert [len(chat) for chat in model.chats] == [2, 4, 4, 2, 4, 4, 2]


async def test_every_attempt_has_a_seed_of_its_own_that_depends_on_nothing_else():
    first, second = Scripted(*[BOTH_WRONG] * 5), Scripted(*[NO_DOG_FACT] * 5)
    await close(first)
    await close(second)
    assert first.seeds == second.seeds
    assert len(set(first.seeds)) == 5


async def test_after_the_last_round_the_best_draft_is_repaired_and_says_so():
    trials = await close(Scripted(BOTH_WRONG, NO_DOG_FACT, BOTH_WRONG), rounds=3, restart_after=5)
    last = trials[-1]
    assert [trial.k for trial in trials] == [1, 2, 3, 4]
    assert (last.status, last.finish) == (RecordStatus.REPAIRED, "repair")
    assert last.draft.startswith(NO_DOG_FACT)
    assert last.findings["dog"].value == "no"


async def test_without_fallback_the_record_is_kept_as_unrealized():
    trials = await close(Scripted(BOTH_WRONG, BOTH_WRONG), rounds=2, fallback=False)
    assert [trial.status for trial in trials] == [None, RecordStatus.UNREALIZED]


@pytest.mark.parametrize("answer", ["", "  \n", RejectedError("too long")])
async def test_a_call_without_a_draft_costs_a_round_and_nothing_else(answer):
    trials = await close(Scripted(answer, RIGHT))
    assert [(trial.k, trial.draft) for trial in trials] == [(1, None), (2, RIGHT)]
    assert trials[0].error


async def test_a_text_that_was_cut_is_not_accepted_whatever_it_says():
    model = Scripted((RIGHT + " She was then referred to the", "length"), RIGHT)
    cut, whole = await close(model)
    assert (cut.draft, cut.status) == (RIGHT + " She was then referred to the", None)
    assert "cut" in cut.error
    assert len(model.chats[1]) == 2  # asked anew: half a text is nothing to correct
    assert whole.status is RecordStatus.REALIZED


async def test_a_record_that_never_got_a_draft_is_written_from_the_lexicon():
    trials = await close(Scripted("", ""), rounds=2)
    assert trials[-1].status is RecordStatus.REPAIRED
    assert trials[-1].findings["cat"].value == "yes"


async def test_a_dead_server_spends_no_trial():
    with pytest.raises(ServerError):
        await close(Scripted(ServerError("gone")))


async def test_a_resumed_record_goes_on_where_it_stood():
    whole = Scripted(BOTH_WRONG, NO_DOG_FACT, RIGHT)
    trials = await close(whole)
    for cut in (1, 2):
        resumed = Scripted(*[BOTH_WRONG, NO_DOG_FACT, RIGHT][cut:])
        rest = await close(resumed, past=trials[:cut])
        assert resumed.chats == whole.chats[cut:]
        assert resumed.seeds == whole.seeds[cut:]
        assert [trial.draft for trial in rest] == [trial.draft for trial in trials[cut:]]


async def test_what_should_be_silent_and_is_said_is_a_violation():
    model = Scripted(RIGHT, NO_DOG_FACT)
    trials = await close(model, mentioned=frozenset({"cat"}))
    assert [(str(v.kind), v.variable) for v in trials[0].violations] == [("leaked", "dog")]
    assert "- dog: must not be mentioned" in model.chats[1][-1].content
    assert trials[-1].status is RecordStatus.REALIZED


async def test_a_leak_that_stays_is_cut_by_the_repair():
    trials = await close(Scripted(RIGHT, RIGHT), rounds=2, mentioned=frozenset({"cat"}))
    assert trials[-1].status is RecordStatus.REPAIRED
    assert trials[-1].draft == "She has a cat."


LETTER = "Dear Dr. Hall,\n\nShe has no cat. Her uncle sings. She has a dog.\n\nKind regards"
MENDED = "Dear Dr. Hall,\n\nShe has a cat. Her uncle sings. She has no dog.\n\nKind regards"


async def test_edits_are_asked_for_by_number_and_applied_to_the_draft():
    model = Scripted(LETTER, "2: She has a cat.\n4: She has no dog.")
    first, second = await close(model, corrections="edits")
    system, task, draft, correction = model.chats[1]
    assert (system, task, draft.content) == (*model.chats[0], LETTER), "the prefix that a server has computed already"
    lines = correction.content.splitlines()
    assert [line for line in lines if line.startswith("[")] == ["[2] She has no cat.", "[4] She has a dog."]
    assert [line.partition(":")[0] for line in lines if line.startswith("- ")] == ["- cat = yes", "- dog = no"]
    assert "says [4]" in next(line for line in lines if line.startswith("- dog"))
    assert (second.draft, second.status) == (MENDED, RecordStatus.REALIZED)
    assert second.edits == "2: She has a cat.\n4: She has no dog."
    assert first.edits is None
    assert model.schemas == [None, None]


async def test_a_refusal_is_not_edited_but_written_anew():
    model = Scripted("I'm sorry, but I can't help with that.", RIGHT)
    trials = await close(model, corrections="edits")
    assert [trial.draft for trial in trials] == ["I'm sorry, but I can't help with that.", RIGHT]
    assert all(trial.edits is None for trial in trials)
    assert "whole corrected document" in model.chats[1][-1].content


async def test_what_is_missing_goes_behind_the_last_sentence_with_a_fact():
    model = Scripted("Dear Dr. Hall,\n\nShe has a cat.\n\nKind regards", "+2: She has no dog.")
    trials = await close(model, corrections="edits")
    assert "What is missing goes after [2]." in model.chats[1][-1].content
    assert trials[-1].draft == "Dear Dr. Hall,\n\nShe has a cat. She has no dog.\n\nKind regards"
    assert trials[-1].status is RecordStatus.REALIZED


async def test_a_server_that_honours_schemas_is_held_to_one_and_only_for_edits():
    answers = ['{"edits":[{"replace":2,"text":"She has a cat."},{"delete":4}]}', "nonsense", MENDED]
    model = Scripted(LETTER, *answers, structured_output=True)
    trials = await close(model, corrections="edits")
    assert [schema is not None for schema in model.schemas] == [False, True, True, False]
    assert '{"edits": [' in model.chats[1][-1].content
    assert [len(trial.violations) for trial in trials] == [2, 1, 0, 0]
    assert trials[-1].status is RecordStatus.REALIZED


@pytest.mark.parametrize("answer", ["I can't do that.", "9: She has no dog.", "", ("2: She has a", "length"), LETTER])
async def test_edits_that_cannot_be_applied_cost_a_round_and_lead_to_a_rewrite_of_the_same_draft(answer):
    model = Scripted(LETTER, answer, RIGHT)
    trials = await close(model, corrections="edits")
    assert [trial.k for trial in trials] == [1, 2, 3]
    lost = trials[1]
    assert lost.error
    assert (lost.draft, lost.edits) == (None, answer[0] if isinstance(answer, tuple) else answer)
    assert model.chats[2][:3] == model.chats[1][:3]
    assert "whole corrected document" in model.chats[2][-1].content
    assert trials[2].status is RecordStatus.REALIZED


async def test_a_whole_document_is_taken_for_one_if_it_is_better_than_the_draft():
    model = Scripted(LETTER, NO_DOG_FACT, RIGHT)
    trials = await close(model, corrections="edits")
    assert [(trial.draft, trial.edits, len(trial.violations)) for trial in trials] == [
        (LETTER, None, 2),
        (NO_DOG_FACT, None, 1),
        (RIGHT, None, 0),
    ]
    assert all("Answer with the edits only" in chat[-1].content for chat in model.chats[1:])


async def test_edits_that_do_not_help_lead_to_a_rewrite_and_then_to_a_fresh_start():
    model = Scripted(LETTER, "3: Her aunt sings.", LETTER, LETTER, "2: She has a cat.", "4: She has no dog.")
    trials = await close(model, corrections="edits", rounds=6)
    asked = ["whole" if "whole corrected" in chat[-1].content else "edits" for chat in model.chats]
    assert [len(chat) for chat in model.chats] == [2, 4, 4, 2, 4, 4]
    assert [asked[at] for at in (1, 2, 4, 5)] == ["edits", "whole", "edits", "edits"]
    assert "Her aunt sings." in model.chats[2][2].content, "the latest draft, also one that is no better"
    assert trials[-1].draft == MENDED


async def test_a_record_resumed_among_edits_goes_on_where_it_stood():
    answers = [LETTER, "nonsense", LETTER, "2: She has a cat.", "2: She has a cat.", RIGHT]
    whole = Scripted(*answers)
    trials = await close(whole, corrections="edits", rounds=6, restart_after=3)
    assert trials[-1].status is RecordStatus.REALIZED
    for cut in range(1, len(trials)):
        resumed = Scripted(*answers[cut:])
        await close(resumed, past=trials[:cut], corrections="edits", rounds=6, restart_after=3)
        assert resumed.chats == whole.chats[cut:]


def trial(count):
    """Give a document with so many violations; `~count` after edits, None: no document, "lost": useless edits."""
    edits = "x" if count == "lost" or (isinstance(count, int) and count < 0) else None
    if not isinstance(count, int):
        return Trial(k=1, draft=None, edits=edits)
    return Trial(k=1, draft="x", edits=edits, violations=("v",) * (~count if count < 0 else count))


@pytest.mark.parametrize(
    ("counts", "turn"),
    [
        ([], Turn.TASK),
        ([3], Turn.EDITS),
        ([3, 2], Turn.EDITS),
        ([3, 3], Turn.EDITS),
        ([3, 3, 3], Turn.TASK),
        ([3, 3, 2, 2], Turn.EDITS),
        ([3, 3, 2, 2, 2], Turn.TASK),
        ([3, 3, 3, 5], Turn.EDITS),
        ([3, None], Turn.TASK),
        ([None, 2], Turn.EDITS),
        ([3, ~2], Turn.EDITS),
        ([3, ~3], Turn.REWRITE),
        ([3, ~3, 3], Turn.TASK),
        ([3, ~3, 2], Turn.EDITS),
        ([3, "lost"], Turn.REWRITE),
        ([3, "lost", 2, "lost"], Turn.REWRITE),
        ([3, "lost", 3], Turn.TASK),
        ([3, "lost", None], Turn.TASK),
    ],
)
def test_what_to_ask_for_next(counts, turn):
    assert next_turn([trial(count) for count in counts], patience=2) is turn


async def test_an_answer_far_beyond_max_tokens_is_not_read():
    """A server that ignores the limit must not stop the run for minutes, nor fill the ledger."""
    answer = "She has a cat. She has no dog, she said. No, wait: " * 150_000
    began = time.process_time()
    (trial,) = await close(Scripted(answer), rounds=1, fallback=False, max_tokens=300)
    assert time.process_time() - began < 5
    assert trial.error.startswith(f"an answer of {len(answer)} characters, which 300 tokens can't have")
    assert len(trial.draft) == 128 * 300
    assert (trial.findings, trial.status) == (None, RecordStatus.UNREALIZED)
    (trial,) = await close(Scripted(RIGHT + " " * 30_000), rounds=1, max_tokens=1)
    assert trial.status is RecordStatus.REALIZED, "realizers that count no tokens are left alone"
