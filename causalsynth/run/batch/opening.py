"""Opening a run directory for batch files: which run it is, who answers, how far it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.run.config import RunConfig, fingerprint
from causalsynth.run.directory import MANIFEST_NAME, Intent, open_directory, read_manifest, write_json
from causalsynth.run.generate import make_config
from causalsynth.run.job import Job
from causalsynth.run.state import LedgerState
from causalsynth.run.store import LedgerStore

__all__ = ["Author", "OpenRun", "note_simulator", "open_run"]

_BY_SERVER = "openai"
"""The realizer whose requests batch files hold."""


@dataclass(slots=True, kw_only=True)
class Author:
    """Who answers batch files, as far as the run directory is to say."""

    name: str
    is_llm: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run whose ledger this process holds.

    Attributes
    ----------
    directory, job, store, state
        As elsewhere in `causalsynth.run`.
    author
        Who writes, by the manifest.
    fingerprint
        By the manifest, so that requests and answers know the run whichever version reads them.
    structured_output
        Whether the server that the run was begun with, if any, holds answers to a JSON schema.
    """

    directory: Path
    job: Job
    author: Author
    fingerprint: str
    structured_output: bool
    store: LedgerStore
    state: LedgerState


@contextmanager
def open_run(directory: Path, settings: Mapping[str, Any] | None = None, *, extend: bool = False) -> Iterator[OpenRun]:
    """Open a run that is there, or begin the one that `settings` describe.

    Parameters
    ----------
    directory
        The run directory.
    settings
        Of `RunConfig`, those that were given. For a new run graph, n and model are needed; of a run that is there
        they may not differ from its own.
    extend
        Whether the n of `settings` may be larger than the run's.

    Raises
    ------
    InputError
        The settings are wrong, incomplete, or another run's; or the run's realizer is no server.
    RunDirectoryError
        The directory can't be used, or another process writes there.
    """
    known = read_manifest(directory)
    config = _config(directory, known, settings or {})
    job = Job.load(config)
    author = _author(known, config)
    store, state = open_directory(directory, job.manifest(author), Intent(extend=extend))
    with store:
        yield OpenRun(
            directory=directory,
            job=job,
            author=author,
            fingerprint=str((known or {}).get("fingerprint") or fingerprint(config, job.digests())),
            structured_output=(known or {}).get("server", {}).get("structured_output") is True,
            store=store,
            state=state,
        )


def note_simulator(run: OpenRun) -> None:
    """Write into the manifest that the answers are not an LLM's."""
    manifest = read_manifest(run.directory)
    if run.author.is_llm and manifest is not None:
        run.author.is_llm = False
        realizer = {**manifest.get("realizer", {}), "is_llm": False}
        write_json(run.directory / MANIFEST_NAME, {**manifest, "realizer": realizer})


def _config(directory: Path, known: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> RunConfig:
    if known is None:
        missing = [option for name, option in _NEEDED.items() if settings.get(name) is None]
        if missing:
            raise RunDirectoryError(
                f"{directory}: holds no run", hint=f"to begin one, give {', '.join(missing)} as well"
            )
        return make_config(**{"realizer": _BY_SERVER, **settings})
    config = make_config(**{**known["config"], **settings})
    if config.realizer != _BY_SERVER:
        raise InputError(
            f"{directory}: its realizer is {config.realizer}, which answers no batch files",
            hint=f"batch files are for runs with --realizer {_BY_SERVER}",
        )
    return config


_NEEDED = {"graph": "--graph", "n": "-n", "model": "--model"}


def _author(known: Mapping[str, Any] | None, config: RunConfig) -> Author:
    told = known.get("realizer") if known else None
    if isinstance(told, dict) and isinstance(told.get("name"), str):
        return Author(name=told["name"], is_llm=told.get("is_llm") is not False)
    return Author(name=f"{_BY_SERVER}:{config.model}")
