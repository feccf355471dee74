"""The OpenAI-compatible realizer against a real HTTP server: the simulated one, with its faults on demand."""

import asyncio
import socket
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from causalsynth import SCM, Domain, agenerate
from causalsynth.errors import (
    InputError,
    OverloadedError,
    RejectedError,
    ServerError,
    TransientError,
)
from causalsynth.realize.chat import Completion, Message, Sampling, takes_schema
from causalsynth.realize.openai_server import OpenAIServer
from causalsynth.realize.transport import Outcome, TransportPolicy
from causalsynth.serve import NO_FAULTS, Fault, FaultRates, FaultScript, ServerOptions, running_server
from causalsynth.serve.handler import REFUSAL

CHAT = [
    Message("system", "You write notes."),
    Message("user", "Style: clinic_note\nFacts to state:\n- smoke = yes: the patient smokes"),
]
ONCE = TransportPolicy(max_retries=0)


@dataclass
class Naps:
    """Waits that are noted down instead of waited for."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Counted:
    """Faults, and how often a request came."""

    faults: object
    requests: int = 0

    def draw(self, count):
        self.requests += 1
        return self.faults.draw(count)


@asynccontextmanager
async def client(faults=NO_FAULTS, *, model="simulated", options=None, **kw):
    """Run the simulated server and a client of it."""
    async with running_server("asia", options, faults=faults) as url:
        realizer = OpenAIServer(url, model, **kw)
        try:
            yield realizer
        finally:
            await realizer.aclose()


@asynccontextmanager
async def serving(handler):
    """Run another real server, which answers every chat with `handler`."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", handler)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


@pytest.fixture
def dead_url():
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening: refused, and nobody else gets the port
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


def always(fault):
    return FaultRates({Fault.parse(fault): 1.0})


async def ask(realizer, seed=1):
    return await realizer.complete(CHAT, Sampling(seed=seed))


async def test_answers_as_the_realizer_behind_the_server_does():
    async with client() as realizer:
        first, again, other = [await ask(realizer, seed) for seed in (1, 1, 2)]
    assert isinstance(first, Completion)
    assert first == again
    assert first.text != other.text
    assert (first.finish, first.transport_retries) == ("stop", 0)
    assert first.prompt_tokens > 10
    assert first.completion_tokens > 10
    assert realizer.name == "openai:simulated"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        *((status, RejectedError) for status in ("400", "413", "422")),
        *((status, ServerError) for status in ("401", "403", "404")),
        *((status, OverloadedError) for status in ("429", "503", "529")),
        *((status, TransientError) for status in ("500", "502", "504")),
        ("drop", TransientError),
        ("hang", OverloadedError),
    ],
)
async def test_fault_becomes_its_error(fault, error):
    patience = 0.3 if fault == "hang" else 30.0
    async with client(always(fault), transport=ONCE, timeout_s=patience) as realizer:
        with pytest.raises(error) as caught:
            await ask(realizer)
    assert type(caught.value) is error
    assert caught.value.hint
    assert "\n" not in str(caught.value)


async def test_both_kinds_of_garbage_are_transient():
    async with client(always("garbage"), transport=ONCE) as realizer:
        for _ in range(2):  # an HTML page, then JSON that breaks off
            with pytest.raises(TransientError, match="no chat completion"):
                await ask(realizer)


async def test_poor_answers_are_completions():
    """What they lack is for the loop to find out: none of them is sent again."""
    faults = Counted(FaultScript([Fault.EMPTY, Fault.REFUSAL, Fault.TRUNCATED]))
    async with client(faults) as realizer:
        empty, refusal, truncated, whole = [await ask(realizer) for _ in range(4)]
    assert (empty.text, empty.finish) == ("", "stop")
    assert refusal.text == REFUSAL
    assert truncated.finish == "length"
    assert whole.text.startswith(truncated.text)
    assert len(truncated.text) < len(whole.text)
    assert faults.requests == 4


async def test_retryable_faults_are_overcome():
    bad = [Fault.TOO_MANY, Fault.ERROR, Fault.DROP, Fault.GARBAGE, Fault.UNAVAILABLE]
    naps = Naps()
    async with client(FaultScript(bad), transport=TransportPolicy(max_retries=5), sleep=naps) as realizer:
        completion = await ask(realizer)
    assert completion.text
    assert completion.transport_retries == len(naps.seconds) == 5


@pytest.mark.parametrize(("fault", "requests"), [("500", 4), ("429", 4), ("400", 1), ("401", 1), ("404", 1)])
async def test_retries_are_bounded_and_only_where_they_help(fault, requests):
    faults = Counted(always(fault))
    async with client(faults, transport=TransportPolicy(max_retries=3), sleep=Naps()) as realizer:
        with pytest.raises((TransientError, OverloadedError, RejectedError, ServerError)):
            await ask(realizer)
    assert faults.requests == requests


async def test_waits_grow_and_stay_bounded():
    naps = Naps()
    policy = TransportPolicy(max_retries=6, first_wait_s=0.5, longest_wait_s=4)
    async with client(always("500"), transport=policy, sleep=naps) as realizer:
        with pytest.raises(TransientError):
            await ask(realizer)
    least = [0.5, 1, 2, 4, 4, 4]
    assert all(low <= wait <= low + 0.5 for low, wait in zip(least, naps.seconds, strict=True))
    assert len(set(naps.seconds)) == 6, "jittered"


async def test_retry_after_is_the_least_wait():
    naps = Naps()
    options = ServerOptions(port=0, retry_after=7)
    async with client(FaultScript([Fault.TOO_MANY, Fault.UNAVAILABLE]), options=options, sleep=naps) as realizer:
        await ask(realizer)
    assert all(7 <= wait <= 7.5 for wait in naps.seconds)
    assert len(naps.seconds) == 2


async def test_total_time_is_bounded():
    """A wait that would end beyond the budget isn't begun; the error tells how long it was to be."""
    naps = Naps()
    options = ServerOptions(port=0, retry_after=1000)
    async with client(always("429"), options=options, transport=TransportPolicy(budget_s=10), sleep=naps) as realizer:
        with pytest.raises(OverloadedError) as caught:
            await ask(realizer)
    assert naps.seconds == []
    assert caught.value.retry_after == 1000


async def test_observer_hears_of_every_call():
    heard = []
    script = FaultScript([Fault.TOO_MANY, Fault.ERROR, None, Fault.BAD_REQUEST, Fault.UNAUTHORIZED])
    async with client(script, sleep=Naps(), observer=heard.append) as realizer:
        completion = await ask(realizer)
        for error in (RejectedError, ServerError):
            with pytest.raises(error):
                await ask(realizer)
    assert [call.outcome for call in heard] == [
        Outcome.OVERLOADED, Outcome.TRANSIENT, Outcome.DONE, Outcome.REJECTED, Outcome.FATAL,
    ]  # fmt: skip
    assert [call.retried for call in heard] == [False, True, True, False, False]
    assert [call.retry_after for call in heard] == [1.0, None, None, None, None]
    assert heard[2].completion_tokens == completion.completion_tokens
    assert all(call.seconds > 0 for call in heard)


async def test_answer_that_trickles_meets_the_timeout():
    async def trickle(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:  # each read is quick, so only a limit on the whole helps
            await response.write(b" ")
            await asyncio.sleep(0.02)

    async with serving(trickle) as url:
        realizer = OpenAIServer(url, "m", transport=ONCE, timeout_s=0.3)
        with pytest.raises(OverloadedError, match=r"within 0\.3 s"):
            await ask(realizer)
        await realizer.aclose()


async def test_cancelling_lets_the_server_go():
    async with client(always("hang")) as realizer:
        call = asyncio.create_task(ask(realizer))
        await until(realizer, lambda load: load.running == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(realizer, lambda load: load.running == 0)


async def until(realizer, condition):
    async with asyncio.timeout(5):
        while not condition(await realizer.load()):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("retries", [0, 10])
async def test_refused_connections_mean_a_dead_server(dead_url, retries):
    naps = Naps()
    policy = TransportPolicy(max_retries=retries, max_unreachable=3)
    realizer = OpenAIServer(dead_url, "m", transport=policy, sleep=naps)
    with pytest.raises(ServerError, match="the server is gone") as caught:
        await ask(realizer)
    assert caught.value.exit_code == 3
    assert len(naps.seconds) == min(retries, 2)
    assert await realizer.load() is None
    await realizer.aclose()


async def test_server_that_dies_under_way_is_noticed():
    async with running_server("asia") as url:
        realizer = OpenAIServer(url, "simulated", sleep=Naps())
        assert (await ask(realizer)).text
    with pytest.raises(ServerError, match="the server is gone"):
        await ask(realizer)
    await realizer.aclose()


async def test_server_that_comes_back_is_waited_for():
    later = AsyncExitStack()
    async with running_server("asia") as url:
        pass
    options = ServerOptions(port=int(url.split(":")[2].split("/")[0]))
    naps = []

    async def nap(seconds):
        naps.append(seconds)
        if len(naps) == 2:
            await later.enter_async_context(running_server("asia", options))

    async with later:
        realizer = OpenAIServer(url, "simulated", sleep=nap)
        completion = await ask(realizer)
        await realizer.aclose()
    assert completion.transport_retries == 2


@pytest.mark.parametrize(
    "answer",
    ["{}", "[]", "null", '{"choices": []}', '{"choices": [{}]}', '{"choices": 7}', '{"choices": [null]}'],
)
async def test_answer_without_choices_is_transient(answer):
    async def canned(_):
        return web.Response(text=answer, content_type="application/json")

    async with serving(canned) as url:
        realizer = OpenAIServer(url, "m", transport=ONCE)
        with pytest.raises(TransientError, match="no chat completion"):
            await ask(realizer)
        await realizer.aclose()


async def test_null_content_is_an_empty_text():
    async def canned(_):
        return web.json_response({"choices": [{"message": {"content": None}, "finish_reason": "content_filter"}]})

    async with serving(canned) as url:
        realizer = OpenAIServer(url, "m")
        completion = await ask(realizer)
        await realizer.aclose()
    assert completion == Completion(text="", finish="content_filter")


async def sent(sampling, **kw):
    """Give the body and headers that arrive at a server."""
    seen = {}

    async def record(request):
        seen.update(body=await request.json(), headers=request.headers)
        return web.json_response({"choices": [{"message": {"content": "x"}}]})

    async with serving(record) as url:
        realizer = OpenAIServer(url, "m", **kw)
        await realizer.complete(CHAT, sampling)
        await realizer.aclose()
    return seen["body"], seen["headers"]


async def test_sampling_is_sent_and_what_is_none_is_left_out():
    body, _ = await sent(Sampling(seed=5, temperature=0.2, top_p=0.9, max_tokens=77))
    messages = [{"role": message.role, "content": message.content} for message in CHAT]
    wanted = {
        "model": "m",
        "messages": messages,
        "seed": 5,
        "temperature": 0.2,
        "top_p": 0.9,
        "max_tokens": 77,
    }
    assert body == wanted
    body, _ = await sent(Sampling(seed=0, temperature=None), extra_body={"top_k": 40}, headers={"x-team": "t"})
    assert body == {"model": "m", "messages": messages, "seed": 0, "max_tokens": 1024, "top_k": 40}


@pytest.mark.parametrize(
    ("argument", "variable", "key"),
    [("a", "b", "a"), (None, "b", "b"), (None, "", "EMPTY"), (None, None, "EMPTY")],
)
async def test_key_from_argument_or_environment(monkeypatch, argument, variable, key):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    if variable is not None:
        monkeypatch.setenv("OPENAI_API_KEY", variable)
    _, headers = await sent(Sampling(seed=0), api_key=argument, headers={"x-team": "t"})
    assert headers["authorization"] == f"Bearer {key}"
    assert headers["x-team"] == "t"


async def test_probe_tells_what_the_server_is():
    options = ServerOptions(port=0, model="tiny", max_model_len=4096)
    async with client(model="tiny", options=options) as realizer:
        assert realizer.is_llm
        probe = await realizer.probe()
        assert realizer.is_llm is False, "the simulator must not pass for an LLM"
    assert probe.models == ("tiny",)
    assert (probe.model, probe.max_model_len, probe.health) == ("tiny", 4096, True)
    assert probe.server.startswith("causalsynth-simulator ")
    assert probe.has_metrics
    assert probe.is_simulator
    assert probe.to_json()["models"] == ["tiny"]


async def test_probe_of_an_unknown_model_names_the_served_ones():
    async with client(model="gpt-x") as realizer:
        with pytest.raises(InputError, match=r"no model named 'gpt-x' \(served there: simulated\)"):
            await realizer.probe()
        with pytest.raises(ServerError, match="gpt-x"):
            await ask(realizer)


@pytest.mark.parametrize("model", ["", " "])
async def test_probe_without_a_model_name(model):
    async with client(model=model) as realizer:
        with pytest.raises(InputError, match=r"no model name given \(served there: simulated\)"):
            await realizer.probe()


async def test_probe_of_nobody(dead_url):
    realizer = OpenAIServer(dead_url, "m")
    with pytest.raises(ServerError, match="no connection") as caught:
        await realizer.probe()
    await realizer.aclose()
    assert caught.value.exit_code == 3
    assert caught.value.hint
    assert "\n" not in str(caught.value)


async def test_probe_at_a_wrong_path_says_where_the_api_usually_is():
    async with running_server("asia") as url:
        realizer = OpenAIServer(url.removesuffix("/v1"), "simulated")
        with pytest.raises(ServerError, match="usually ends in /v1"):
            await realizer.probe()
        await realizer.aclose()


@pytest.mark.parametrize(("does", "found"), [("honour", True), ("ignore", False), ("refuse", False)])
async def test_whether_schemas_are_honoured_is_told_by_the_effect(does, found):
    """A server that ignores ``response_format`` answers 200 all the same."""
    async with client(options=ServerOptions(structured_output=does)) as realizer:
        assert (await realizer.probe()).structured_output is None, "asked only where it matters"
        probe = await realizer.probe(structured_output=True)
        assert probe.structured_output is found
        assert probe.to_json()["structured_output"] is found
        assert takes_schema(realizer) is found


async def test_a_fault_leaves_open_whether_schemas_are_honoured():
    async with client(FaultScript([Fault.parse("503")]), transport=ONCE) as realizer:
        probe = await realizer.probe(structured_output=True)
        assert probe.structured_output is None
        assert not takes_schema(realizer)


@pytest.mark.parametrize("does", ["honour", "ignore"])
async def test_edits_come_as_json_only_from_a_server_that_honours_schemas(does):
    scm, domain = SCM.load("asia"), Domain.load("asia")
    async with client(options=ServerOptions(structured_output=does)) as realizer:
        await realizer.probe(structured_output=True)
        result = await agenerate(scm, domain, realizer, n=12, seed=4)
    edits = [attempt.edits for attempt in result.attempts if attempt.edits is not None]
    assert len(edits) > 3
    assert all(answer.startswith("{") is (does == "honour") for answer in edits)
    assert all(attempt.draft and not attempt.error for attempt in result.attempts)


async def test_server_without_pages_beside_v1_is_probed_as_well():
    async def models(_):
        return web.json_response({"object": "list", "data": [{"id": "m"}]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    realizer = OpenAIServer(f"http://127.0.0.1:{runner.addresses[0][1]}/v1/", "m")
    probe = await realizer.probe()
    await realizer.aclose()
    await runner.cleanup()
    assert (probe.health, probe.max_model_len, probe.server, probe.has_metrics) == (None, None, "", False)
    assert realizer.is_llm


@pytest.mark.parametrize(
    "url", ["", "localhost:8000/v1", "ftp://a/v1", "http://", "http://a:99999/v1", "http://[::1/v1"]
)
def test_base_url_that_is_none(url):
    with pytest.raises(InputError, match="not a server's address"):
        OpenAIServer(url, "m")


@pytest.mark.parametrize("kw", [{"timeout_s": 0}, {"timeout_s": float("nan")}, {"extra_body": {"n": 2}}])
def test_wrong_settings(kw):
    with pytest.raises(InputError):
        OpenAIServer("http://localhost:1/v1", "m", **kw)


def test_client_library_is_imported_late():
    code = "import sys, causalsynth.realize.openai_server; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
