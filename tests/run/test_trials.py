"""A record resumed from its ledger lines sends what it would have sent."""

from causalsynth.domain import Domain
from causalsynth.ledger import parse_line
from causalsynth.loop import Case, Loop, LoopLimits, Trial
from causalsynth.realize.chat import Completion
from causalsynth.realize.prompts import Prompts
from causalsynth.realize.simulated import Simulated, SimulatedBehaviour
from causalsynth.run.trials import to_attempt, to_trials
from causalsynth.scm import SCM

ASIA = Domain.load("asia")
SCM_ = SCM.from_bif("asia")


class Babbling(Simulated):
    """Answers every third request for edits with something that is none."""

    count = 0

    async def complete(self, messages, sampling):
        if "Answer with the edits only" in messages[-1].content:
            Babbling.count += 1
            if not Babbling.count % 3:
                return Completion(text="As you wish.", prompt_tokens=1, completion_tokens=4)
        return await super().complete(messages, sampling)


async def test_resuming_among_edits_gives_the_same_next_request():
    loop = Loop(ASIA, Prompts.load("clinical_note"), LoopLimits(rounds=6, restart_after=3))
    model = Babbling(ASIA, SCM_, SimulatedBehaviour.parse("strength=.8,omit=.3,obey=.4"))
    kinds = set()
    for index, skeleton in enumerate(SCM_.sample(8, seed=2)):
        case = Case(seed=2, index=index, skeleton=skeleton)
        trials = [trial async for trial in loop.close(case, model)]
        attempts = [parse_line(to_attempt(case, trial, {}).to_line()) for trial in trials]
        for cut in range(1, len(trials)):
            stored = to_trials(loop, case, attempts[:cut])
            assert loop.request(case, stored) == loop.request(case, trials[:cut])
            kinds.add((trials[cut - 1].edits is not None, trials[cut - 1].error is not None))
    assert kinds == {(False, False), (True, False), (True, True)}


def test_the_answer_stands_beside_the_draft_that_it_led_to():
    case = Case(seed=2, index=0, skeleton=SCM_.sample(1, seed=2)[0])
    edited = Trial(k=2, draft="She smokes.", edits="1: She smokes.")
    assert '"draft":"She smokes.","edits":"1: She smokes.","values":' in to_attempt(case, edited, {}).to_line()
    assert '"edits"' not in to_attempt(case, Trial(k=1, draft="She smokes."), {}).to_line()
