"""The simulated server over real HTTP, spoken to without the OpenAI client."""

import asyncio
import json
import re
from contextlib import asynccontextmanager

import aiohttp
import pytest

from causalsynth import Domain, Grammar
from causalsynth.errors import InputError, LexiconError
from causalsynth.serve import (
    Fault,
    FaultRates,
    ServerOptions,
    SimulatedBehaviour,
    running_server,
    simulated_model,
)

MESSAGES = [
    {"role": "system", "content": "You write notes."},
    {"role": "user", "content": "Style: clinic_note\nFacts to state:\n- smoke = yes: x\n- lung = no: x"},
]
SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-z_]+="[^"]*",?)*)\})? ([0-9.e+-]+)$')


class Client:
    """A bare HTTP client of one server."""

    def __init__(self, url, session):
        self.url, self.root, self.session = url, url.removesuffix("/v1"), session

    async def post(self, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json", **(headers or {})}
        async with self.session.post(f"{self.url}/chat/completions", data=data, headers=headers) as answer:
            return answer.status, await answer.text(), answer.headers

    async def chat(self, **fields):
        status, text, _ = await self.post({"model": "simulated", "messages": MESSAGES, "seed": 1, **fields})
        assert status == 200, text
        return json.loads(text)

    async def refused(self, body):
        status, text, _ = await self.post(body)
        error = json.loads(text)["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert error["code"] == status
        return status, error

    async def metrics(self):
        """Read the metrics; every line must be a comment or a sample."""
        async with self.session.get(f"{self.root}/metrics") as answer:
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
            lines = (await answer.text()).splitlines()
        samples = [SAMPLE.match(line) for line in lines if not line.startswith("# ")]
        assert all(samples)
        found = {}
        for name, labels, value in (sample.groups() for sample in samples):
            reason = re.search(r'finished_reason="(\w+)"', labels)
            found[name.removeprefix("vllm:") + (f":{reason[1]}" if reason else "")] = float(value)
        return found

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition(found := await self.metrics()):
                await asyncio.sleep(0.01)
        return found


@asynccontextmanager
async def server(**kw):
    options = {name: kw.pop(name) for name in list(kw) if name in ServerOptions.model_fields}
    async with (
        running_server("asia", ServerOptions(port=0, **options), **kw) as url,
        aiohttp.ClientSession() as session,
    ):
        yield Client(url, session)


async def test_answer_has_the_protocols_shape():
    async with server() as client:
        answer = await client.chat()
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "simulated"
    [choice] = answer["choices"]
    assert choice["message"]["role"] == "assistant"
    assert choice["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert min(usage.values()) > 5


async def test_same_seed_same_text_on_another_server():
    async with server() as one, server(seed=9) as other:
        texts = [text_of(await client.chat(seed=seed)) for client in (one, other) for seed in (1, 2)]
    assert texts[:2] == texts[2:]
    assert texts[0] != texts[1]


async def test_without_a_seed_answers_differ():
    async with server() as client:
        texts = {text_of(await client.chat(seed=None)) for _ in range(4)}
    assert len(texts) > 1


async def test_several_choices_are_those_of_the_next_seeds():
    async with server() as client:
        three = await client.chat(n=3, seed=5)
        singles = [text_of(await client.chat(seed=seed)) for seed in (5, 6, 7)]
    assert [choice["message"]["content"] for choice in three["choices"]] == singles
    assert [choice["index"] for choice in three["choices"]] == [0, 1, 2]


async def test_unknown_fields_and_parts_of_content_are_taken():
    parts = [MESSAGES[0], {"role": "user", "content": [{"type": "text", "text": MESSAGES[1]["content"]}]}]
    async with server() as client:
        plain = await client.chat()
        odd = await client.chat(messages=parts, guided_json={"x": 1}, wishes=["many"], model=None)
    assert text_of(odd) == text_of(plain)


async def test_max_tokens_cuts():
    async with server() as client:
        cut, whole = await client.chat(max_tokens=8), await client.chat()
        same = await client.chat(max_completion_tokens=8, max_tokens=500)
    assert cut["choices"][0]["finish_reason"] == "length"
    assert text_of(whole).startswith(text_of(cut))
    assert cut["usage"]["completion_tokens"] <= 8
    assert text_of(same) == text_of(cut)


async def test_small_talk_is_answered_as_an_llm_would():
    async with server() as client:
        answer = await client.chat(messages=[{"role": "user", "content": "Say ok."}])
    assert "simulator" in text_of(answer)


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        (b"{", 400, None),
        (b"\xff\xfe", 400, None),
        ([], 400, None),
        ({}, 400, "messages"),
        ({"messages": []}, 400, "messages"),
        ({"messages": "hello"}, 400, "messages"),
        ({"messages": [{"content": "x"}]}, 400, "messages"),
        ({"messages": MESSAGES, "n": 0}, 400, "n"),
        ({"messages": MESSAGES, "temperature": -1}, 400, "temperature"),
        ({"messages": MESSAGES, "max_tokens": 0}, 400, "max_tokens"),
        ({"messages": MESSAGES, "seed": "x"}, 400, "seed"),
        ({"messages": MESSAGES, "model": "gpt-x"}, 404, "model"),
        ({"messages": [{"role": "user", "content": "Facts to state:\n- gout = yes: x"}]}, 400, "messages"),
    ],
)
async def test_bad_requests_are_refused_in_vllms_shape(body, status, param):
    async with server() as client:
        got, error = await client.refused(body)
        assert (await client.metrics())["num_requests_running"] == 0
    assert (got, error["param"]) == (status, param)


async def test_chats_beyond_the_context_length_are_refused():
    async with server(max_model_len=64) as client:
        fits = {"messages": MESSAGES, "max_tokens": 20}
        assert (await client.post(fits))[0] == 200
        for long in ({**fits, "max_tokens": 60}, {"messages": [{"role": "user", "content": "word " * 80}]}):
            status, error = await client.refused(long)
            assert status == 400
            assert "maximum context length is 64 tokens" in error["message"]


async def test_other_pages():
    async with server(model="tiny", max_model_len=999) as client:
        async with client.session.get(f"{client.url}/models") as answer:
            [card] = (await answer.json())["data"]
        async with client.session.get(f"{client.root}/health") as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        async with client.session.get(f"{client.root}/version") as answer:
            assert "version" in await answer.json()
        async with client.session.get(f"{client.url}/nothing") as answer:
            assert answer.status == 404
            assert (await answer.json())["error"]["type"] == "NotFoundError"
        async with client.session.get(f"{client.url}/chat/completions") as answer:
            assert answer.status == 405
            assert (await answer.json())["error"]["code"] == 405
    assert (card["id"], card["max_model_len"], card["owned_by"]) == ("tiny", 999, "causalsynth-simulator")


@pytest.mark.parametrize("n", [1, 2])
async def test_stream_adds_up_to_the_answer(n):
    async with server() as client:
        whole = await client.chat(n=n)
        body = {
            "messages": MESSAGES,
            "seed": 1,
            "n": n,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        _, text, headers = await client.post(body)
    assert headers["content-type"].startswith("text/event-stream")
    events = [event.removeprefix("data: ") for event in text.split("\n\n") if event]
    assert events.pop() == "[DONE]"
    *chunks, last = [json.loads(event) for event in events]
    assert last["choices"] == []
    assert last["usage"] == whole["usage"]
    for choice in whole["choices"]:
        deltas = [piece for chunk in chunks for piece in chunk["choices"] if piece["index"] == choice["index"]]
        assert deltas[0]["delta"]["role"] == "assistant"
        assert "".join(piece["delta"].get("content", "") for piece in deltas) == choice["message"]["content"]
        assert [piece["finish_reason"] for piece in deltas][-1] == choice["finish_reason"]
        assert len(deltas) > 3


async def test_metrics_count():
    async with server() as client:
        before = await client.metrics()
        answers = [await client.chat(), await client.chat(n=2), await client.chat(max_tokens=8)]
        await client.post({"messages": MESSAGES, "stream": True, "seed": 1})
        await client.refused({"messages": []})
        after = await client.metrics()
    assert set(before.values()) == {0.0}
    usage = [answer["usage"] for answer in [*answers, answers[0]]]
    assert after["prompt_tokens_total"] == sum(each["prompt_tokens"] for each in usage)
    assert after["generation_tokens_total"] == sum(each["completion_tokens"] for each in usage)
    assert after["request_success_total:stop"] == 4
    assert after["request_success_total:length"] == 1
    assert after["num_requests_running"] == after["num_requests_waiting"] == 0


async def test_requests_beyond_capacity_wait_in_line():
    async with server(max_num_seqs=2, latency=0.3) as client:
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(client.chat(seed=seed)) for seed in range(5)]
            full = await client.until(lambda found: found["num_requests_waiting"] == 3)
            assert full["num_requests_running"] == 2
            assert full["request_success_total:stop"] == 0
        assert all(text_of(call.result()) for call in calls)
        empty = await client.metrics()
    assert (empty["num_requests_running"], empty["num_requests_waiting"]) == (0, 0)
    assert empty["request_success_total:stop"] == 5


async def test_those_who_leave_free_their_place_and_the_line():
    async with server(max_num_seqs=1, faults=FaultRates({Fault.HANG: 1.0})) as client:
        calls = [asyncio.create_task(client.chat()) for _ in range(3)]
        await client.until(lambda found: (found["num_requests_running"], found["num_requests_waiting"]) == (1, 2))
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        found = await client.until(lambda found: found["num_requests_running"] + found["num_requests_waiting"] == 0)
    assert found["request_success_total:stop"] == 0
    assert found["request_success_total:abort"] >= 1


@pytest.mark.parametrize("stream", [False, True])
async def test_latency_is_jittered_around_its_mean(stream):
    loop = asyncio.get_running_loop()
    async with server(latency=0.1) as client:
        seconds = []
        for _ in range(5):
            began = loop.time()
            await client.post({"messages": MESSAGES, "stream": stream})
            seconds.append(loop.time() - began)
    assert min(seconds) >= 0.05
    assert max(seconds) - min(seconds) > 0.01


async def test_header_calls_for_a_fault_or_none():
    async with server(faults=FaultRates({Fault.ERROR: 1.0}), retry_after=3) as client:
        body = {"messages": MESSAGES}
        assert (await client.post(body))[0] == 500
        assert (await client.post(body, {"x-simulate-fault": "none"}))[0] == 200
        status, text, headers = await client.post(body, {"x-simulate-fault": "429"})
        assert (status, headers["retry-after"]) == (429, "3")
        assert json.loads(text)["error"]["type"] == "RateLimitError"
        assert (await client.post(body, {"x-simulate-fault": "404"}))[0] == 404
        assert (await client.post(body, {"x-simulate-fault": "quake"}))[0] == 400


async def test_slow_is_slow_and_drop_drops():
    loop = asyncio.get_running_loop()
    async with server() as client:
        began = loop.time()
        assert (await client.post({"messages": MESSAGES}, {"x-simulate-fault": "slow"}))[0] == 200
        assert 1 <= loop.time() - began < 3
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.post({"messages": MESSAGES}, {"x-simulate-fault": "drop"})
        assert (await client.post({"messages": MESSAGES}))[0] == 200


async def test_stops_at_once_though_a_request_hangs():
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        async with running_server("asia", faults=FaultRates({Fault.HANG: 1.0})) as url:
            call = asyncio.create_task(Client(url, session).chat())
            await Client(url, session).until(lambda found: found["num_requests_running"] == 1)
            began = loop.time()
        assert loop.time() - began < 3
        with pytest.raises(aiohttp.ClientError):
            await call


async def test_behaviour_is_the_realizers():
    bend = SimulatedBehaviour(strength=0, omit=1, hedge=0, leak=0)
    async with server(behaviour=bend) as silent, server() as usual:
        assert len(text_of(await silent.chat())) < len(text_of(await usual.chat(seed=3)))


async def test_port_that_is_taken():
    async with server() as client:
        port = int(client.root.rpartition(":")[2])
        with pytest.raises(InputError, match=f"can't listen at 127.0.0.1:{port}"):
            async with running_server("asia", ServerOptions(port=port)):
                pass


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", 70000),
        ("latency", -1),
        ("latency", float("nan")),
        ("max_num_seqs", 0),
        ("max_model_len", 3),
        ("model", ""),
    ],
)
def test_options_out_of_range(field, value):
    with pytest.raises(InputError, match="--" + field.replace("_", "-")):
        ServerOptions.checked(**{field: value})


def test_graph_without_a_lexicon():
    with pytest.raises(LexiconError):
        simulated_model("alarm" if not has_lexicon("alarm") else "cancer")


def has_lexicon(graph):
    from causalsynth.bundled import GRAPHS

    return (GRAPHS / graph / "lexicon.yaml").is_file()


def text_of(answer):
    return answer["choices"][0]["message"]["content"]


async def test_a_cache_gives_the_same_answers_and_asks_the_realizer_once_for_each():
    class Counting(Grammar):
        calls = 0

        async def complete(self, messages, sampling):
            Counting.calls += 1
            return await super().complete(messages, sampling)

    async with server(cache=2, realizer=Counting(Domain.load("asia"))) as client:
        first = [(await client.chat(seed=seed))["choices"] for seed in (1, 2, 1, 2)]
        assert Counting.calls == 2
        assert first[:2] == first[2:]
        assert first[0] != first[1]
        await client.chat(seed=3)  # the third takes the place of the first
        await client.chat(seed=2)
        assert Counting.calls == 3
        assert (await client.chat(seed=1))["choices"] == first[0]
        assert Counting.calls == 4


async def test_a_cache_keeps_answers_that_are_held_to_a_schema_apart():
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    held = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    async with server(cache=4) as client:
        free = text_of(await client.chat())
        answers = [text_of(await client.chat(response_format=held)) for _ in range(2)]
        assert answers[0] == answers[1] == '{"word":""}'
        assert text_of(await client.chat()) == free != answers[0]
