"""Calls that come one by one, done together: each gets its own result, or its batch's failure."""

import asyncio
import threading

import pytest

from causalsynth.realize.micro_batches import MicroBatches


async def test_calls_are_done_together_and_each_gets_its_own_result():
    sizes, threads = [], set()

    def work(items):
        sizes.append(len(items))
        threads.add(threading.current_thread().name)
        return [item * 10 for item in items]

    batches = MicroBatches(work, 4)
    assert await asyncio.gather(*map(batches.do, range(10))) == [item * 10 for item in range(10)]
    assert sizes == [4, 4, 2]
    assert await batches.do(7) == 70
    assert len(threads) == 1
    assert threading.current_thread().name not in threads
    await batches.aclose()


async def test_a_failure_is_its_batch_s_alone_and_one_given_up_is_left_out():
    done = []

    def work(items):
        if "bad" in items:
            raise ValueError("bad")
        done.extend(items)
        return items

    batches = MicroBatches(work, 2)
    results = await asyncio.gather(*map(batches.do, ["bad", "a", "b", "c"]), return_exceptions=True)
    assert [type(result) for result in results[:2]] == [ValueError, ValueError]
    assert results[2:] == ["b", "c"]
    given_up = asyncio.create_task(batches.do("never"))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await batches.do("d") == "d"
    assert done == ["b", "c", "d"]
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await batches.aclose()


async def test_who_waits_for_a_batch_hears_that_it_was_closed():
    begun, go_on = threading.Event(), threading.Event()

    def work(items):
        begun.set()
        go_on.wait(10)
        return items

    batches = MicroBatches(work, 1)
    under_way, waiting = asyncio.create_task(batches.do("a")), asyncio.create_task(batches.do("b"))
    await asyncio.to_thread(begun.wait, 10)
    closing = asyncio.create_task(batches.aclose())
    await asyncio.sleep(0)
    go_on.set()
    results = await asyncio.wait_for(asyncio.gather(under_way, waiting, return_exceptions=True), 5)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 2
    await closing
