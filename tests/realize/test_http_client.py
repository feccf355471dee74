"""The HTTP client against real servers: what it sends, and what it makes of odd answers."""

import asyncio
import base64
import os
import resource
import shutil
import ssl
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from causalsynth.errors import InputError, OverloadedError, RejectedError, ServerError, TransientError
from causalsynth.realize import http_client
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.openai_server import OpenAIServer
from causalsynth.realize.transport import TransportPolicy

ONCE = TransportPolicy(max_retries=0)
CHAT = [Message("user", "Write.")]
DONE = {"choices": [{"message": {"content": "Done."}}]}


@asynccontextmanager
async def serving(*routes, **site):
    """Run a real server; gives its root address."""
    app = web.Application()
    app.router.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, **site).start()
        yield f"{'https' if site else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client(url, **settings):
    model = OpenAIServer(url, "m", transport=ONCE, **settings)
    try:
        yield model
    finally:
        await model.aclose()


async def ask(model):
    return (await model.complete(CHAT, Sampling(seed=1))).text


async def asked(handler, **settings):
    """Ask a server that answers chats by `handler`, once."""
    async with serving(web.post("/v1/chat/completions", handler)) as root, client(f"{root}/v1", **settings) as model:
        return await ask(model)


def answering(**response):
    async def handler(_):
        return web.Response(**response)

    return handler


async def done(_):
    return web.json_response(DONE)


class Noting:
    """Answers, and keeps what it was asked."""

    def __init__(self):
        self.seen = []

    async def answer(self, request):
        self.seen.append(request)
        return web.json_response(DONE)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"message": "too long", "type": "x", "code": 400}}', "HTTP 400: too long"),
        ('{"object": "error", "message": "too long"}', "HTTP 400: too long"),
        ('{"error": "too long"}', "HTTP 400: too long"),
        ('{"detail": [{"loc": ["body"], "msg": "no"}]}', 'HTTP 400: [{"loc": ["body"], "msg": "no"}]'),
        ("<b>too\nlong</b>", "HTTP 400: <b>too long</b>"),
    ],
)
async def test_a_refusal_is_told_in_the_servers_words(body, said):
    with pytest.raises(RejectedError) as caught:
        await asked(answering(text=body, status=400))
    assert caught.value.message == said


async def test_the_requests_number_in_the_servers_log_is_told():
    with pytest.raises(TransientError, match=r"HTTP 500: x \(request req_7\)"):
        await asked(answering(text="x", status=500, headers={"X-Request-ID": "req_7"}))


async def test_json_is_taken_whatever_it_is_called_and_however_it_is_packed():
    body = '{"choices": [{"message": {"content": "Done."}}]}'
    assert await asked(answering(text=body, content_type="text/plain")) == "Done."

    async def packed(_):
        response = web.json_response(DONE)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    assert await asked(packed) == "Done."


async def test_an_endless_body_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(http_client, "_LONGEST_BODY", 2**20)
    sent = 0

    async def endless(request):
        nonlocal sent
        response = web.StreamResponse()
        response.enable_compression(web.ContentCoding.gzip)  # so that little goes over the wire
        await response.prepare(request)
        while True:
            await response.write(bytes(2**20))
            sent += 1

    with pytest.raises(TransientError, match="no chat completion: more than 1 MiB"):
        await asked(endless)
    assert sent < 100


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b"[" * 100_000, b'{"choices": [' + b"9" * 5000 + b"]}", b""])
async def test_a_body_that_is_no_json(body):
    with pytest.raises(TransientError, match="not JSON but text/plain"):
        await asked(answering(body=body, content_type="text/plain"))


async def test_requests_that_are_sent_on_arrive_only_as_what_they_are():
    async def moved(request):
        raise {"307": web.HTTPTemporaryRedirect, "301": web.HTTPMovedPermanently}[request.match_info["how"]](
            "/v1/chat/completions"
        )

    noting = Noting()
    routes = web.post("/{how}/chat/completions", moved), web.post("/v1/chat/completions", noting.answer)
    async with serving(*routes) as root:
        async with client(f"{root}/307") as model:
            assert await ask(model) == "Done."
        async with client(f"{root}/301") as model:
            with pytest.raises(ServerError, match=rf"sends requests on to {root}/v1/chat"):
                await ask(model)
    assert len(noting.seen) == 1


async def test_a_circle_ends():
    async def round_and_round(_):
        raise web.HTTPTemporaryRedirect("/v1/chat/completions")

    with pytest.raises(ServerError, match="in a circle"):
        await asked(round_and_round)


async def test_connections_are_kept_and_as_many_as_requests():
    peers, all_there = set(), asyncio.Event()

    async def note(request):
        peers.add(request.transport.get_extra_info("peername"))
        if len(peers) == 110:
            all_there.set()
        await all_there.wait()
        return web.json_response(DONE)

    async with serving(web.post("/v1/chat/completions", note)) as root, client(f"{root}/v1") as model:
        for _ in range(2):
            async with asyncio.TaskGroup() as group, asyncio.timeout(10):
                for _ in range(110):
                    group.create_task(ask(model))
    assert len(peers) == 110


async def test_user_and_password_in_the_address():
    noting = Noting()
    async with (
        serving(web.post("/v1/chat/completions", noting.answer)) as root,
        client(f"{root.replace('//', '//a%40b:c@')}/v1", api_key="k") as model,
    ):
        assert await ask(model) == "Done."
    assert noting.seen[0].headers["Authorization"] == "Basic " + base64.b64encode(b"a@b:c").decode()


async def test_ones_own_headers_come_first(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    noting = Noting()
    await asked(noting.answer, api_key="k\n", headers={"authorization": "Token t", "openai-project": "p"})
    headers = noting.seen[0].headers
    assert headers.getall("Authorization") == ["Token t"]
    assert headers.getall("OpenAI-Project") == ["p"]
    assert headers["OpenAI-Organization"] == "org-1"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("causalsynth/")
    await asked(noting.answer, api_key="k\n")
    assert noting.seen[1].headers["Authorization"] == "Bearer k"


@pytest.mark.parametrize("settings", [{"api_key": "k\nx: y"}, {"headers": {"x": "a\r\nb"}}, {"headers": {"ü": "a"}}])
async def test_headers_that_cannot_be_sent(settings):
    with pytest.raises(InputError, match="can't be sent"):
        await asked(done, **settings)


async def test_the_environments_proxy_is_used(monkeypatch):
    """An HTTP proxy is asked for the whole address; this one answers by itself."""
    noting = Noting()
    async with serving(web.post("/{path:.*}", noting.answer)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.replace("//", "//u:p@"))
        monkeypatch.setenv("no_proxy", "example.org")
        async with client("http://models.test/v1") as model:
            assert await ask(model) == "Done."
        async with client("http://example.org:1/v1", timeout_s=0.5) as model:
            with pytest.raises((ServerError, TransientError, OverloadedError)):
                await ask(model)
    (request,) = noting.seen
    assert request.headers["Host"] == "models.test"
    assert request.headers["Proxy-Authorization"] == "Basic " + base64.b64encode(b"u:p").decode()
    assert request.headers["Authorization"].startswith("Bearer ")


def test_which_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert http_client.proxy_for("https://a/v1") is None
    monkeypatch.setenv("ALL_PROXY", "p:3128")
    assert http_client.proxy_for("https://a/v1") == "http://p:3128"
    monkeypatch.setenv("HTTPS_PROXY", "http://q:1")
    assert http_client.proxy_for("https://a/v1") == "http://q:1"
    monkeypatch.setenv("NO_PROXY", "a,b:8000")
    assert http_client.proxy_for("https://user:word@b:8000/v1") is None
    monkeypatch.setenv("ALL_PROXY", "socks5://p:1")
    with pytest.raises(InputError, match="only HTTP proxies"):
        http_client.proxy_for("http://c/v1")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
async def test_certificates(tmp_path, monkeypatch):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    name = ("-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(["openssl", "req", *kind, *name, *files], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with serving(web.post("/v1/chat/completions", done), ssl_context=context) as root:
        async with client(f"{root}/v1") as model:
            with pytest.raises(ServerError, match="certificate isn't trusted") as caught:
                await ask(model)
        assert "SSL_CERT_FILE" in caught.value.hint
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with client(f"{root}/v1") as model:
            assert await ask(model) == "Done."


async def test_no_more_files_to_be_opened_is_no_dead_server():
    async with AsyncExitStack() as stack:
        root = await stack.enter_async_context(serving(web.post("/v1/chat/completions", done)))
        model = await stack.enter_async_context(client(f"{root}/v1"))
        assert await ask(model) == "Done."  # what is imported and opened once is there now
        model.base_url = root.replace("127.0.0.1", "127.0.0.2") + "/v1"
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        lowest = os.dup(0)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
        try:
            with pytest.raises(OverloadedError, match="no connection") as caught:
                await ask(model)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "ulimit -n" in caught.value.hint
