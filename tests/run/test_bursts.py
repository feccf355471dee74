"""Answers that come in a burst: each is read and followed by the next request before the others are read."""

import asyncio

from causalsynth import Grammar
from causalsynth.run.generate import make_config, run
from causalsynth.run.job import Job
from causalsynth.run.progress import SilentDisplay

AT_ONCE = 4


class Bursting(Grammar):
    """Answers when so many have asked: all of them at once, as a server that computes in batches does."""

    def __init__(self, domain, log):
        super().__init__(domain)
        self.observer, self.sleep = None, asyncio.sleep  # it says so itself that it waits
        self.log, self.waiting = log, []

    async def complete(self, messages, sampling):
        self.log.append("asked")
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        if len(self.waiting) == AT_ONCE:
            for other in self.waiting:
                other.set_result(None)
            self.waiting.clear()
        await turn
        return await super().complete(messages, sampling)


class Log(SilentDisplay):
    def __init__(self, log):
        self.log = log

    def attempted(self, attempt):
        self.log.append("read")


async def test_the_next_record_is_asked_for_before_the_next_answer_is_read():
    log = []
    job = Job.load(make_config(graph="asia", n=12, seed=1, realizer="custom", model="bursting", concurrency="4"))
    result = await run(job, Bursting(job.domain, log), make_display=lambda n, done: Log(log))
    assert [record.index for record in result.records] == list(range(12))
    assert log == ["asked"] * AT_ONCE + ["read", "asked"] * (12 - AT_ONCE) + ["read"] * AT_ONCE
