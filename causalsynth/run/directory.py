"""The run directory: one directory is one run, and the same command finds it again."""

import json
import os
import platform
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from causalsynth._version import __version__
from causalsynth.errors import RunDirectoryError
from causalsynth.files import replacing
from causalsynth.ledger import LEDGER_NAME
from causalsynth.run.config import FREE, RETRIABLE, RunConfig, changes, fingerprint
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.run.store import LedgerStore

__all__ = ["MANIFEST_NAME", "Intent", "Manifest", "open_directory", "read_manifest", "write_json"]

MANIFEST_NAME = "manifest.json"
_PACKAGES = ("causalsynth", "numpy", "aiohttp", "jinja2", "pydantic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run directory says of itself."""

    config: RunConfig
    sources: Mapping[str, str]
    """Digest of each thing that decides the data: graph, lexicon, templates, extractor."""
    realizer: Mapping[str, Any]
    """Its name, and whether it is an LLM."""
    server: Mapping[str, Any]
    """What the server said of itself at the start."""

    def to_json(self) -> dict[str, object]:
        """Give the document that is written."""
        return {
            "fingerprint": fingerprint(self.config, self.sources),
            "version": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "config": self.config.model_dump(),
            "seed": self.config.seed,
            "sources": dict(self.sources),
            "realizer": dict(self.realizer),
            "packages": {"python": platform.python_version()} | _versions(),
            "server": dict(self.server),
        }


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to be done in a run directory.

    Attributes
    ----------
    extend
        Give the run more records.
    retry
        Try the records again that are not realized, perhaps with other settings (`RETRIABLE`).
    shard
        Write this share of the records only; None: all of them.
    """

    extend: bool = False
    retry: bool = False
    shard: Shard | None = None


def open_directory(directory: Path, manifest: Manifest, intent: Intent) -> tuple[LedgerStore, LedgerState]:
    """Make the run directory, or make sure that it belongs to this very run.

    Everything is checked under the ledger's lock, and before anything is written.

    Parameters
    ----------
    directory
        Made if it isn't there.
    manifest
        Of the run that is about to start.
    intent
        What is to be done there.

    Returns
    -------
    tuple
        The open ledger, which the caller closes, and how far the run is.

    Raises
    ------
    RunDirectoryError
        The directory can't be written, is another process's, or holds something else.
    """
    _check_name(directory)
    if (intent.retry or intent.extend) and read_manifest(directory) is None:
        wish = "try again" if intent.retry else "extend"
        raise RunDirectoryError(f"{directory}: holds no run to {wish}", hint="give the directory of one")
    store = LedgerStore(directory, intent.shard)
    try:
        path = directory / MANIFEST_NAME
        known = read_manifest(directory)
        if known is not None:
            _compare(directory, known, manifest, intent)
        elif not store.empty:
            raise RunDirectoryError(
                f"{directory}: has {LEDGER_NAME} but no {MANIFEST_NAME}",
                hint="restore it, or choose another run directory",
            )
        document = _extended(known, manifest) if known is not None else manifest.to_json()
        if intent.retry:
            state, document = _open_pass(store, document, manifest)
        else:
            state = store.recover()
        if document != known:
            write_json(path, document)
    except BaseException:
        store.close()
        raise
    return store, state


def _check_name(directory: Path) -> None:
    """Refuse a name before a run is paid for whose tables could not be written in the end."""
    try:
        str(directory.resolve()).encode()
    except UnicodeEncodeError as error:
        raise RunDirectoryError(
            f"{directory}: its name is not UTF-8, and no Parquet file can be written there",
            hint="choose another run directory",
        ) from error


def _open_pass(store: LedgerStore, document: dict[str, Any], manifest: Manifest) -> tuple[LedgerState, dict[str, Any]]:
    """Go on with the last pass over failed records if it has the same settings and isn't through; else begin one."""
    passes = list(document.get("retries", []))
    settings = _retried_settings(document["config"], manifest.config)
    if passes and passes[-1]["settings"] == settings:
        state = store.recover(len(passes))
        if not state.covers(manifest.config.n):
            return state, document
    state = store.recover(len(passes) + 1)
    if state.covers(manifest.config.n):
        return state, document
    entry = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": settings,
        "realizer": dict(manifest.realizer),
        "server": dict(manifest.server),
    }
    return state, {**document, "retries": [*passes, entry]}


def _retried_settings(known: Mapping[str, Any], config: RunConfig) -> dict[str, object]:
    """Give the settings that a pass over failed records changes."""
    old, new = _decisive(known), config.decisive()
    return {key: value for key, value in new.items() if old.get(key) != value}


def read_manifest(directory: Path) -> dict[str, Any] | None:
    """Read a run directory's manifest as far as resuming needs it; None where there is none.

    Raises
    ------
    RunDirectoryError
        It can't be read, or is none.
    """
    path = directory / MANIFEST_NAME
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ValueError("no file")
        known = json.loads(path.read_text(encoding="utf-8"))
        _check_form(known)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise RunDirectoryError(
            f"{path}: not a manifest: {what}", hint="restore it, or choose another run directory"
        ) from error
    return dict(known)


def _check_form(known: Any) -> None:
    """Make sure of what is read from a manifest, which may have been edited by hand."""
    if not isinstance(known, dict):
        raise TypeError("not a JSON object")
    for name, entry in (("config", known["config"]), ("sources", known["sources"]), *_optional(known)):
        if not isinstance(entry, dict):
            raise TypeError(f"{name!r} is not an object")
    n = known["config"]["n"]
    if type(n) is not int or n < 1:
        raise ValueError(f"'n' is {n!r}")
    retries = known.get("retries", [])
    if not isinstance(retries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("settings"), dict) for entry in retries
    ):
        raise ValueError("'retries' is no list of passes with their 'settings'")


def _optional(known: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, known[name]) for name in ("realizer", "server") if name in known]


def _extended(known: Mapping[str, Any], manifest: Manifest) -> dict[str, Any]:
    """Give the manifest that is there, with more records if the run is to have them."""
    return {**known, "config": {**known["config"], "n": manifest.config.n}}


def _compare(directory: Path, known: Mapping[str, Any], manifest: Manifest, intent: Intent) -> None:
    free = RETRIABLE if intent.retry else frozenset()
    old, new = _decisive(known["config"]), manifest.config.decisive()
    different = changes(_without(old, free), _without(new, free))
    sources, current = known["sources"], _without(manifest.sources, free)
    different += [f"the {name} has changed" for name, digest in current.items() if sources.get(name) != digest]
    if different:
        raise RunDirectoryError(
            f"{directory}: holds a run with another configuration: {'; '.join(different)}",
            hint="choose another run directory, or give the settings of that run to resume it",
        )
    planned, wanted = known["config"]["n"], manifest.config.n
    if wanted < planned or (wanted > planned and not intent.extend):
        raise RunDirectoryError(
            f"{directory}: holds a run of {planned} records, not {wanted}",
            hint=f"give -n {planned} to resume it, or --extend N for a larger N",
        )


def _without(entries: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if name not in names}


def _decisive(stored: Mapping[str, Any]) -> dict[str, object]:
    """Read a stored configuration; settings that its version did not have yet are at their defaults."""
    try:
        return RunConfig.model_validate(stored).decisive()
    except ValidationError:
        return {key: value for key, value in stored.items() if key not in FREE}


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a document in one step: a reader sees the old file or the new one.

    Raises
    ------
    RunDirectoryError
        The file can't be written.
    """
    try:
        with replacing(path) as draft, draft.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> RunDirectoryError:
    return RunDirectoryError(
        f"{path}: can't be used: {error.strerror}", hint="choose another run directory, or make room"
    )
