"""``causalsynth doctor``: what works here, and what to do about what doesn't."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from causalsynth.cli import run_options as options
from causalsynth.errors import RunDirectoryError, ServerError, printable

if TYPE_CHECKING:
    from causalsynth.run.doctor import Check

__all__ = ["doctor"]

_MARKS = {True: "ok", False: "FAILED", None: "-"}


def doctor(
    base_url: Annotated[str | None, typer.Option(help="Of a server to try, e.g. http://localhost:8000/v1.")] = None,
    model: Annotated[str, typer.Option(help="As the server lists it; not needed where it has but one.")] = "",
    folder: Annotated[Path, typer.Option("--dir", help="Where run directories are to be.")] = Path(),
    timeout: Annotated[float, typer.Option(min=0.01, help="Seconds to wait for one answer.")] = 60.0,
    json_output: Annotated[bool, options.JSON] = False,
) -> None:
    """Try libraries, disk and, with --base-url, a server. Leaves with code 3 where the server fails, 2 for the disk."""
    from causalsynth.run.doctor import check_disk, check_extras

    disk = check_disk(folder)
    checks = [*check_extras(), disk]
    server = asyncio.run(_try_server(base_url, model, timeout)) if base_url is not None else []
    checks += server
    failed = [check for check in checks if check.ok is False]
    if json_output:
        print(json.dumps({"ok": not failed, "checks": [check.to_json() for check in checks]}))
    else:
        _show(checks)
    for check in failed:
        kind = RunDirectoryError if check is disk else ServerError
        raise kind(f"{check.name}: {check.says}", hint=check.hint)


async def _try_server(base_url: str, model: str, timeout: float) -> "list[Check]":
    from causalsynth.realize.openai_server import OpenAIServer
    from causalsynth.realize.transport import TransportPolicy
    from causalsynth.run.doctor import check_server

    server = OpenAIServer(base_url, model, timeout_s=timeout, transport=TransportPolicy(max_retries=0))
    try:
        return await check_server(server)
    finally:
        await server.aclose()


def _show(checks: "list[Check]") -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{_MARKS[check.ok]:6}  {check.name:{width}}  {printable(check.says)}")
        if check.hint:
            print(f"{'':6}  {'':{width}}  → {check.hint}")
