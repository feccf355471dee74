"""A real HTTP server that looks like vLLM and answers with a realizer that needs no GPU.

For trying out a run, its limits and its recovery, and for tests over real sockets. Not an LLM: the model
list, the version and the first line printed say so.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from causalsynth._version import __version__
from causalsynth.domain import Domain
from causalsynth.errors import InputError
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.server_probe import SIMULATOR
from causalsynth.realize.simulated import Simulated, SimulatedBehaviour
from causalsynth.scm import SCM
from causalsynth.serve.faults import NO_FAULTS, Faults
from causalsynth.serve.handler import ChatHandler
from causalsynth.serve.metrics import ServerMetrics
from causalsynth.serve.options import ServerOptions
from causalsynth.serve.protocol import error_body
from causalsynth.serve.remembered import Remembered

__all__ = ["make_app", "running_server", "serve_forever", "simulated_model"]

_LONGEST_BODY = 16 * 2**20
_GRACE_S = 0.5


def simulated_model(graph: str | Path, behaviour: SimulatedBehaviour | None = None) -> Simulated:
    """Make the realizer that answers: the graph's own full conditionals are its prior.

    Parameters
    ----------
    graph
        A bundled name, or a folder with a graph and a ``lexicon.yaml``.
    behaviour
        How far it follows.

    Raises
    ------
    InputError
        There is no such graph, it has no lexicon, or the two don't fit.
    """
    scm = SCM.load(graph)
    domain = Domain.load(graph)
    domain.check_against(scm)
    return Simulated(domain, scm, behaviour)


def make_app(realizer: ChatModel, options: ServerOptions, faults: Faults = NO_FAULTS) -> web.Application:
    """Put the routes together: chat completions, models, health, version, metrics.

    Parameters
    ----------
    realizer
        Who answers; it must answer at once, as the latency is added here.
    options
        Host and port are not looked at.
    faults
        What goes wrong; a request's header ``x-simulate-fault`` (a fault's name, or ``none``) takes
        precedence.
    """
    metrics = ServerMetrics(options.model)
    if options.cache:
        realizer = Remembered(realizer, options.cache)
    chat = ChatHandler(realizer, options, faults, metrics)
    app = web.Application(client_max_size=_LONGEST_BODY, middlewares=[_vllm_errors])
    app.router.add_post("/v1/chat/completions", chat.handle)
    app.router.add_get("/v1/models", _models(options))
    app.router.add_get("/health", _health)
    app.router.add_get("/version", _version)
    app.router.add_get("/metrics", _metrics(metrics))
    return app


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _vllm_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Dress aiohttp's own errors (no such page, wrong method, body too large) as vLLM's."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.json_response(error_body(error.status, error.reason), status=error.status)


def _models(options: ServerOptions) -> Handler:
    card = {
        "id": options.model,
        "object": "model",
        "created": int(time.time()),
        "owned_by": SIMULATOR,
        "root": options.model,
        "parent": None,
        "max_model_len": options.max_model_len,
    }

    async def models(_: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": [card]})

    return models


async def _health(_: web.Request) -> web.StreamResponse:
    return web.Response()


async def _version(_: web.Request) -> web.StreamResponse:
    return web.json_response({"version": __version__, "server": SIMULATOR})


def _metrics(metrics: ServerMetrics) -> Handler:
    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(
            body=metrics.render().encode(),
            headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    return page


@asynccontextmanager
async def running_server(
    graph: str | Path = "asia",
    options: ServerOptions | None = None,
    *,
    behaviour: SimulatedBehaviour | None = None,
    faults: Faults = NO_FAULTS,
    realizer: ChatModel | None = None,
) -> AsyncIterator[str]:
    """Run a server as long as the block lasts, on this event loop.

    Parameters
    ----------
    graph, behaviour
        What `Simulated` writes about, and how far it follows.
    options
        Those of the command, except that the port is a free one where not given.
    faults
        What goes wrong.
    realizer
        Another one that answers instead; it isn't closed at the end.

    Yields
    ------
    str
        The base URL, e.g. ``http://127.0.0.1:41234/v1``.

    Raises
    ------
    InputError
        There is no such graph, or the address can't be listened at.
    """
    chosen = options or ServerOptions(port=0)
    app = make_app(realizer or simulated_model(graph, behaviour), chosen, faults)
    # Without cancellation a request that hangs would outlive its client.
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=_GRACE_S)
    await runner.setup()
    try:
        yield await _listen(runner, chosen)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, options: ServerOptions) -> str:
    try:
        await web.TCPSite(runner, options.host, options.port, backlog=4096).start()
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            f"can't listen at {options.host}:{options.port}: {reason}",
            hint="is another server there? --port 0 takes a free port",
        ) from error
    port = runner.addresses[0][1]
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{port}/v1"


async def serve_forever(
    realizer: ChatModel, options: ServerOptions, faults: Faults, announce: Callable[[str], None]
) -> None:
    """Run a server until SIGINT or SIGTERM.

    Parameters
    ----------
    realizer, options, faults
        As in `make_app`.
    announce
        Is called with the base URL once the server listens.

    Raises
    ------
    InputError
        The address can't be listened at.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running_server(options=options, faults=faults, realizer=realizer) as url:
        announce(url)
        await stop.wait()
