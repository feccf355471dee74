import asyncio

import pytest

from causalsynth.errors import InputError
from causalsynth.realize.transport import CallOutcome, Outcome
from causalsynth.run.limiter import Limiter, Limits

COMPLAINT = CallOutcome(outcome=Outcome.OVERLOADED, seconds=0.1)
DONE = CallOutcome(outcome=Outcome.DONE, seconds=0.1)


@pytest.mark.parametrize(("text", "limits"), [("7", (7, 7)), ("8-64", (8, 64)), ("auto", (4, 32))])
def test_limits_are_read(text, limits):
    parsed = Limits.parse(text)
    assert (parsed.low, parsed.high) == limits


@pytest.mark.parametrize("text", ["", "0", "-3", "8-", "9-8", "many", "1-99999"])
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(InputError, match="--concurrency"):
        Limits.parse(text)


async def test_never_more_than_allowed_and_everybody_gets_a_turn():
    limiter = Limiter(Limits(3, 3))
    active = most = done = 0

    async def call():
        nonlocal active, most, done
        async with limiter.leave():
            active += 1
            most = max(most, active)
            await asyncio.sleep(0.001)
            active -= 1
            done += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(call())
    assert (most, done) == (3, 50)


async def test_a_cancelled_waiter_takes_no_turn_with_it():
    limiter = Limiter(Limits(1, 1))

    async def hold(seconds):
        async with limiter.leave():
            await asyncio.sleep(seconds)

    first = asyncio.create_task(hold(0.01))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(hold(0)) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.wait_for(asyncio.gather(first, *waiting[1:]), 2)


async def test_complaints_cut_once_an_episode_and_never_below_the_least():
    limiter = Limiter(Limits(4, 32))
    limiter.observe(DONE)
    assert limiter.allowed == 32
    limiter.observe(COMPLAINT)
    limiter.observe(COMPLAINT)
    assert (limiter.allowed, limiter.cuts) == (24, 1)
    for _ in range(20):
        limiter._cut_at = float("-inf")  # a new episode each time
        limiter.observe(COMPLAINT)
    assert limiter.allowed == 4
    for _ in range(400):
        async with limiter.leave():
            pass
    assert limiter.allowed == 28  # additive increase: about one more for each full round
