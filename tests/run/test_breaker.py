import pytest

from causalsynth.errors import OverloadedError, RejectedError, ServerError, TransientError
from causalsynth.realize.chat import Completion, Sampling
from causalsynth.run.breaker import MOST_FAILURES, GuardedModel

SAMPLING = Sampling(seed=1)
LATE, BROKEN, REFUSED = OverloadedError("timeout"), TransientError("HTTP 500"), RejectedError("HTTP 400")


class Scripted:
    name = "scripted"
    is_llm = False

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    async def complete(self, messages, sampling):
        self.calls += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Completion(text=answer)

    async def aclose(self):
        pass


@pytest.mark.parametrize("error", [LATE, BROKEN, REFUSED])
async def test_a_server_that_answers_nobody_stops_the_run(error):
    model = Scripted(*[error] * 50)
    with pytest.raises(ServerError, match=f"{MOST_FAILURES} calls in a row failed"):
        await GuardedModel(model).complete([], SAMPLING)
    assert model.calls == MOST_FAILURES


async def test_a_short_outage_costs_nothing():
    guarded = GuardedModel(Scripted(LATE, BROKEN, "text"))
    assert (await guarded.complete([], SAMPLING)).text == "text"


async def test_failures_count_in_a_row_only():
    answers = [*[BROKEN] * (MOST_FAILURES - 1), "text"] * 3
    guarded = GuardedModel(Scripted(*answers))
    assert [(await guarded.complete([], SAMPLING)).text for _ in range(3)] == ["text"] * 3


async def test_a_request_that_alone_is_refused_is_charged_to_its_record():
    guarded = GuardedModel(Scripted("text", REFUSED, "text"))
    await guarded.complete([], SAMPLING)
    with pytest.raises(RejectedError):
        await guarded.complete([], SAMPLING)
    assert (await guarded.complete([], SAMPLING)).text == "text"


async def test_a_failure_while_others_come_through_is_charged_to_its_record():
    class Meanwhile(Scripted):
        async def complete(self, messages, sampling):
            if not messages:
                await guarded.complete(["another record's"], sampling)
                raise BROKEN
            return Completion(text="text")

    guarded = GuardedModel(Meanwhile())
    with pytest.raises(TransientError):
        await guarded.complete([], SAMPLING)
