"""What an OpenAI-compatible server says of itself before a run begins."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from causalsynth.errors import InputError

__all__ = [
    "SCHEMA_PROBE",
    "SIMULATOR",
    "TINY",
    "ServerLoad",
    "ServerProbe",
    "check_model",
    "checked_url",
    "meets_probe",
    "root_url",
    "server_load",
]

SIMULATOR = "causalsynth-simulator"
"""What ``owned_by`` is in the model list of ``causalsynth simulate-server``."""

TINY = "causalsynth-tiny"
"""What the names begin with under which the tiny models are served (``scripts/export_tiny_realizer.py``)."""

_ODD_WORD = "quokka-7319"
SCHEMA_PROBE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"word": {"type": "string", "enum": [_ODD_WORD]}},
    "required": ["word"],
    "additionalProperties": False,
}
"""A schema whose only answer no model gives by itself."""


def meets_probe(answer: str) -> bool:
    """Tell whether an answer is what `SCHEMA_PROBE` demands.

    The status alone tells nothing: servers that don't know ``response_format`` answer 200 and ignore it.
    """
    try:
        return bool(json.loads(answer) == {"word": _ODD_WORD})
    except (ValueError, RecursionError):
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProbe:
    """A reachable server that serves the model.

    Attributes
    ----------
    url
        The base URL, ending in ``/v1`` for most servers.
    models
        All models served, in the server's order.
    model
        The one to be used.
    max_model_len
        Most tokens that prompt and answer may have together; None where the server doesn't say (vLLM does).
    health
        Whether ``/health`` answers well; None where there is none.
    server
        Maker and version as far as known, e.g. ``vllm 0.12.0``; empty where the server says neither.
    has_metrics
        Whether ``/metrics`` shows vLLM's queue.
    is_simulator
        True for ``causalsynth simulate-server``, which is not an LLM.
    structured_output
        Whether an answer came out as a JSON schema demanded, None where that was not asked or not to be found out.
    """

    url: str
    models: tuple[str, ...]
    model: str
    max_model_len: int | None = None
    health: bool | None = None
    server: str = ""
    has_metrics: bool = False
    is_simulator: bool = False
    structured_output: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the ``probe`` object of a run's manifest."""
        return {**asdict(self), "models": list(self.models)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLoad:
    """What a vLLM server has to do, summed over its engines."""

    running: int
    waiting: int


def checked_url(url: str) -> str:
    """Check a base URL's form and cut a trailing slash.

    Raises
    ------
    InputError
        No http(s) scheme, no host, an impossible port, or a query.
    """
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        well_formed = well_formed and not parts.query and not parts.fragment
    except ValueError:
        well_formed = False
    if not well_formed:
        raise InputError(f"base URL {url!r}: not a server's address", hint="write e.g. http://localhost:8000/v1")
    return url.rstrip("/")


def root_url(url: str) -> str:
    """Give where ``/health``, ``/version`` and ``/metrics`` lie: the base URL without its ``/v1``."""
    return url.removesuffix("/v1")


def check_model(model: str, served: tuple[str, ...], url: str) -> None:
    """Check that `model` is among the `served` ones.

    Raises
    ------
    InputError
        It is empty or not served; the hint names those that are.
    """
    if model in served:
        return
    known = ", ".join(served) or "none"
    message = f"{url}: no model named {model!r}" if model.strip() else "no model name given"
    raise InputError(message, hint=f"served there: {known}")


def server_load(metrics: str) -> ServerLoad | None:
    """Read running and waiting requests from ``/metrics``.

    Parameters
    ----------
    metrics
        Prometheus text (exposition format 0.0.4).

    Returns
    -------
    ServerLoad or None
        None where either of vLLM's two gauges is missing.
    """
    running = _gauge(metrics, "vllm:num_requests_running")
    waiting = _gauge(metrics, "vllm:num_requests_waiting")
    return None if running is None or waiting is None else ServerLoad(running=running, waiting=waiting)


def _gauge(metrics: str, name: str) -> int | None:
    """Sum one gauge over its label sets (one an engine); None where there is none."""
    values = []
    for line in metrics.splitlines():
        if line.startswith((name + "{", name + " ")):
            fields = line.rpartition("}")[2].removeprefix(name).split()
            try:
                values.append(float(fields[0]))
            except (ValueError, IndexError):
                return None
    return round(sum(values)) if values else None
