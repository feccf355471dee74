"""What works here: libraries, disk, and a server, each tried and not assumed."""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth._version import __version__
from causalsynth.errors import CausalSynthError, RunDirectoryError
from causalsynth.realize.chat import Message, Sampling
from causalsynth.run.locks import lock

if TYPE_CHECKING:
    from causalsynth.realize.openai_server import OpenAIServer
    from causalsynth.realize.server_probe import ServerProbe

__all__ = ["EXTRAS", "Check", "check_disk", "check_extras", "check_server"]

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "vllm": ("vllm",),
    "transformers": ("transformers", "torch"),
    "ray": ("ray",),
    "plots": ("matplotlib",),
}
"""What users install beside the package, and the libraries that each brings."""

_CALL_TOKENS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tried.

    Attributes
    ----------
    name
        What.
    ok
        Whether it works; None where it isn't there and needn't be.
    says
        What was found.
    hint
        What to do about it; empty where nothing need be done.
    """

    name: str
    ok: bool | None
    says: str
    hint: str = ""

    def to_json(self) -> dict[str, object]:
        """Give the object of the ``checks`` list."""
        return asdict(self)


def check_extras() -> list[Check]:
    """Tell which libraries are installed, and in which versions; nothing is imported."""
    own = Check(name="causalsynth", ok=True, says=f"{__version__}, Python {platform.python_version()}")
    return [own, *(_extra(name, libraries) for name, libraries in EXTRAS.items())]


def _extra(name: str, libraries: tuple[str, ...]) -> Check:
    found = {library: _version(library) for library in libraries}
    if missing := [library for library, known in found.items() if known is None]:
        return Check(
            name=f"extra {name}",
            ok=None,
            says=f"{', '.join(missing)} not installed",
            hint=f"pip install 'causalsynth[{name}]'",
        )
    return Check(name=f"extra {name}", ok=True, says=", ".join(f"{library} {found[library]}" for library in libraries))


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def check_disk(directory: Path) -> Check:
    """Write, lock and force to the disk a file where run directories are to be."""
    name = f"disk {directory}"
    try:
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".causalsynth-doctor-") as file:
            lock(file.fileno(), Path(file.name))
            file.write(b"\n")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(directory).free
    except OSError as error:
        return Check(name=name, ok=False, says=f"can't be written ({error.strerror})", hint="choose another folder")
    except RunDirectoryError as error:
        return Check(name=name, ok=False, says=error.message, hint=error.hint)
    return Check(name=name, ok=True, says=f"writable, knows locks, {free / 1e9:.1f} GB free")


async def check_server(server: "OpenAIServer") -> list[Check]:
    """Try a server: is it there, has it the model, what can it do, how long does one short call take.

    Parameters
    ----------
    server
        Without a model's name the only one served is taken.
    """
    checks: list[Check] = []
    try:
        checks.append(await _reached(server))
        probe = await server.probe(structured_output=True)
        checks += _capabilities(probe)
        checks.append(await _small_call(server))
    except CausalSynthError as error:
        name = "model" if checks else f"server {server.base_url}"
        checks.append(Check(name=name, ok=False, says=error.message, hint=error.hint))
    return checks


async def _reached(server: "OpenAIServer") -> Check:
    served = await server.served()
    if not server.model and len(served) == 1:
        server.model = served[0]
    return Check(name=f"server {server.base_url}", ok=True, says=f"serves {', '.join(served) or 'nothing'}")


def _capabilities(probe: "ServerProbe") -> list[Check]:
    maker = f" by {probe.server}" if probe.server else ""
    simulated = " (a simulator, no LLM)" if probe.is_simulator else ""
    context = "does not say how long its context is"
    if probe.max_model_len is not None:
        context = f"context of {probe.max_model_len} tokens"
    structured = {
        True: "honoured: edits are asked for as JSON",
        False: "not honoured: edits are asked for as plain lines",
        None: "could not be found out: edits are asked for as plain lines",
    }[probe.structured_output]
    return [
        Check(name="model", ok=True, says=f"{probe.model}{maker}{simulated}, {context}"),
        Check(name="structured output", ok=probe.structured_output or None, says=structured),
        Check(
            name="/metrics",
            ok=probe.has_metrics or None,
            says="the queue is readable" if probe.has_metrics else "no queue to be read",
            hint="" if probe.has_metrics else "--concurrency auto then goes by speed and refusals alone",
        ),
    ]


async def _small_call(server: "OpenAIServer") -> Check:
    began = time.perf_counter()
    ask = Message("user", "Say hello, in one word.")
    completion = await server.complete([ask], Sampling(seed=0, temperature=0.0, max_tokens=_CALL_TOKENS))
    tokens = "?" if completion.completion_tokens is None else completion.completion_tokens
    counted = completion.completion_tokens is not None
    return Check(
        name="one short call",
        ok=True,
        says=f"{time.perf_counter() - began:.3f} s, {tokens} tokens",
        hint="" if counted else "the server counts no tokens: budgets of tokens and money can't be kept",
    )
