"""What ``generate --twins`` does after the factual run: one run more for each world, in the same directory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.cli.options import parse_do

if TYPE_CHECKING:
    from causalsynth.run.config import RunConfig
    from causalsynth.run.directory import Intent
    from causalsynth.run.result import RunResult

__all__ = ["pair_twins", "plan_twins", "twin_runs"]


def plan_twins(config: "RunConfig", twins: Sequence[str]) -> dict[str, "RunConfig"]:
    """Read ``--twins`` options and check them, before hours go into the factual run; as `twin_configs`."""
    if not twins:
        return {}
    from causalsynth.run.twins import twin_configs

    return twin_configs(config, [parse_do([twin]) for twin in twins])


def twin_runs(
    factual: Path, worlds: Mapping[str, "RunConfig"], intent: "Intent"
) -> Iterator[tuple[str, tuple["RunConfig", Path, "Intent"]]]:
    """Yield name, configuration, directory and intent of each twin run; the factual one must have begun.

    A world that is new in a directory is written from the start, whatever is to be done with the others.
    """
    from causalsynth.run.directory import MANIFEST_NAME, read_manifest
    from causalsynth.run.twins import TWINS_NAME

    for name, config in worlds.items():
        known = read_manifest(factual) or {}
        directory = factual / TWINS_NAME / name
        own = intent if (directory / MANIFEST_NAME).exists() else replace(intent, retry=False, extend=False)
        yield name, (config.model_copy(update={"twin_of": known.get("fingerprint")}), directory, own)


def pair_twins(factual: Path, results: Mapping[str, "RunResult"]) -> dict[str, Path]:
    """Write facts and twins side by side; give, for each world, the table, or the directory of what isn't done yet."""
    from causalsynth.run.twins import write_pairs

    paired: dict[str, Path] = {}
    for name, result in results.items():
        assert result.directory is not None
        paired[name] = write_pairs(factual, result.directory) or result.directory
    return paired
