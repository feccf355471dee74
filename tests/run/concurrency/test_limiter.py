"""Slots: never too many, none lost, those that come back first."""

import asyncio

import pytest

from causalsynth.realize.transport import CallOutcome, Outcome
from causalsynth.run.concurrency import Limiter, Limits


def complaint(retry_after=None):
    return CallOutcome(outcome=Outcome.OVERLOADED, seconds=0.0, retry_after=retry_after)


async def hold(limiter, seconds, log=None, name=None):
    await limiter.acquire()
    if log is not None:
        log.append(name)
    try:
        await asyncio.sleep(seconds)
    finally:
        limiter.release()


async def test_a_slot_stays_unless_it_was_taken_away_or_somebody_comes_back():
    limiter = Limiter(Limits(1, 4))
    for _ in range(limiter.allowed):
        await limiter.acquire()
    arriving = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    assert limiter.stays()  # new records begin in their order, wherever there is room
    returning = asyncio.create_task(limiter.lend(0))
    await asyncio.sleep(0.01)
    assert (arriving.done(), returning.done(), limiter.stays()) == (True, False, False)
    limiter.release()
    await returning
    assert limiter.stays()
    limiter.observe(complaint(retry_after=60))
    assert limiter.allowed < 4
    assert not limiter.stays()


async def free_slots(limiter):
    """Count them by taking them all."""
    taken = 0
    try:
        while True:
            await asyncio.wait_for(limiter.acquire(), 0.01)
            taken += 1
    except TimeoutError:
        for _ in range(taken):
            limiter.release()
        return taken


async def test_never_more_than_allowed_and_everybody_gets_a_turn():
    limiter = Limiter(Limits(3, 3))
    active = most = done = 0

    async def call():
        nonlocal active, most, done
        await limiter.acquire()
        active += 1
        most = max(most, active)
        await asyncio.sleep(0.001)
        active -= 1
        done += 1
        limiter.release()

    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(call())
    assert (most, done, await free_slots(limiter)) == (3, 50, 3)


async def test_a_cancelled_waiter_takes_no_slot_with_it():
    limiter = Limiter(Limits(1, 1))
    first = asyncio.create_task(hold(limiter, 0.01))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(hold(limiter, 0)) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await first  # gives its slot to the next one, who is cancelled before it wakes
    waiting[1].cancel()
    await asyncio.wait_for(asyncio.gather(*waiting[2:]), 2)
    assert [task.cancelled() for task in waiting[:2]] == [True, True]
    assert await free_slots(limiter) == 1


async def test_a_slot_given_back_while_all_are_cancelled_goes_to_nobody():
    limiter = Limiter(Limits(1, 1))
    await limiter.acquire()
    waiting = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    limiter.release()  # before any of them has heard of it, as when Ctrl-C cancels a whole run
    assert all(
        isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*waiting, return_exceptions=True)
    )
    assert await free_slots(limiter) == 1


async def test_a_slot_is_lent_during_a_wait_and_whoever_comes_back_goes_first():
    limiter = Limiter(Limits(1, 3))
    limiter.observe(complaint())  # 3 × 0.8: two slots
    log = []
    await limiter.acquire()
    await limiter.acquire()

    async def comes_back():
        await limiter.lend(0.01)
        log.append("back")
        limiter.release()

    task = asyncio.create_task(comes_back())
    others = [asyncio.create_task(hold(limiter, 0.03, log, name)) for name in ("second", "third")]
    await asyncio.gather(task, *others)
    limiter.release()
    # The second has the lent slot for 0.03 s; it is free again after 0.01 s only for the one that comes back.
    assert log == ["second", "back", "third"]
    assert await free_slots(limiter) == 2


async def test_records_under_way_are_never_more_than_twice_the_limit_however_many_sleep():
    limiter = Limiter(Limits(4, 4))
    begun = []

    async def retries(name):
        await limiter.acquire()
        begun.append(name)
        await limiter.lend(30)

    tasks = [asyncio.create_task(retries(name)) for name in range(20)]
    await asyncio.sleep(0.01)
    assert begun == list(range(8))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _ in begun:
        limiter.release()  # a cancelled sleeper holds its slot again, until whoever took it gives it back
    assert await free_slots(limiter) == 4


async def test_nothing_is_sent_while_the_server_wants_none():
    limiter = Limiter(Limits(1, 8))
    limiter.observe(complaint(retry_after=0.1))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(limiter.acquire(), 0.05)
    began = asyncio.get_running_loop().time()
    await asyncio.wait_for(limiter.acquire(), 1)
    assert asyncio.get_running_loop().time() - began > 0.03


async def test_thousands_that_wait_cost_no_more_than_their_turn():
    limiter = Limiter(Limits(2, 2))
    ticks = 0
    for _ in range(2):
        await limiter.acquire()
    waiting = [asyncio.create_task(limiter.acquire()) for _ in range(5000)]
    await asyncio.sleep(0)
    woken = [task for task in waiting if task.done()]
    limiter.release()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ticks = sum(task.done() for task in waiting)
    assert (len(woken), ticks) == (0, 1)
    for task in waiting:
        task.cancel()
