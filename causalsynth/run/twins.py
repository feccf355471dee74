"""Counterfactual twins: each record written a second time, as it would have been under another intervention.

The noise of a record is a function of (seed, index) alone, so that a run under ``do(X = x)`` with the seed of a factual
run holds the twins of its records (`SCM.counterfactual` gives the same rows). So does everything else that is drawn:
style, who is spoken of, which facts are passed over, and the seed that the realizer is given for each attempt.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.errors import InputError, RunDirectoryError
from causalsynth.files import replacing
from causalsynth.run.config import RunConfig
from causalsynth.run.result import RECORDS_NAME

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PAIRS_NAME", "TWINS_NAME", "twin_configs", "twin_name", "write_pairs"]

TWINS_NAME = "twins"
"""Folder in a run directory that holds one run a twin world."""
PAIRS_NAME = "pairs.parquet"
_CHUNK = 8192
_UNSAFE = re.compile(r"[^\w.=+~-]", re.ASCII)
_KEPT = ("status", "text", "skeleton.", "extracted.")


def twin_configs(config: RunConfig, twins: Sequence[Mapping[str, str]]) -> dict[str, RunConfig]:
    """Give the configuration of each twin world, by the name of its folder.

    Parameters
    ----------
    config
        Of the factual run. What `do` holds there is held in the twins too, unless they change it.
    twins
        For each world, variable → intervention.

    Raises
    ------
    InputError
        The facts are a table's, two worlds are the same, or an intervention suits no variable of the graph: told before
        anything is written.
    """
    from causalsynth.scm import SCM

    if twins and config.skeletons is not None:
        raise InputError(
            "--twins needs the noise behind the facts, and a table of --skeletons has none",
            hint="write their twins by `causalsynth counterfactual`, then give those to `generate --skeletons`",
        )
    scm = SCM.load(config.graph)
    worlds: dict[str, RunConfig] = {}
    for do in twins:
        name = twin_name(do)
        if name in worlds:
            raise InputError(f"--twins {name} is given twice", hint="give each world once")
        merged = {**config.do, **do}
        scm.do(merged)
        worlds[name] = config.model_copy(update={"do": merged})
    return worlds


def twin_name(do: Mapping[str, str]) -> str:
    """Name a world's folder: ``smoke=yes``; what no folder should be called is replaced, and told apart by a digest."""
    told = ",".join(f"{name}{value if value[:1] in '~+:' else '=' + value}" for name, value in do.items())
    safe = _UNSAFE.sub("-", told)[:80]
    return safe if safe == told else f"{safe}-{hashlib.sha256(told.encode()).hexdigest()[:6]}"


def write_pairs(factual: Path, twin: Path) -> Path | None:
    """Put facts and twins side by side, one row a record that both runs have finished, by index.

    Parameters
    ----------
    factual, twin
        Run directories.

    Returns
    -------
    Path or None
        ``pairs.parquet`` in the twins' directory: ``_index``; ``fact.text``, ``twin.text``, and likewise ``status``,
        ``skeleton.NAME`` and ``extracted.NAME``. None while one of the runs has no ``records.parquet`` yet.

    Raises
    ------
    RunDirectoryError
        The file can't be written.
    """
    from causalsynth.run.records_file import write_frames

    sources = {"fact": factual / RECORDS_NAME, "twin": twin / RECORDS_NAME}
    if not all(path.is_file() for path in sources.values()):
        return None
    path = twin / PAIRS_NAME
    try:
        with replacing(path) as draft:
            write_frames(_pairs(sources), draft)
    except OSError as error:
        raise RunDirectoryError(f"{path}: can't be written: {error.strerror or error}", hint="make room") from error
    return path


def _pairs(sources: Mapping[str, Path]) -> Iterator["pd.DataFrame"]:
    import pyarrow.parquet as pq

    last = max(
        pq.read_table(path, columns=["_index"])["_index"].to_numpy().max(initial=-1) for path in sources.values()
    )
    for start in range(0, int(last) + 1, _CHUNK):
        span = [("_index", ">=", start), ("_index", "<", start + _CHUNK)]
        fact, twin = (_kept(pq.read_table(path, filters=span).to_pandas(), side) for side, path in sources.items())
        yield fact.join(twin, how="inner").reset_index()


def _kept(frame: "pd.DataFrame", side: str) -> "pd.DataFrame":
    names = [name for name in frame.columns if name.startswith(_KEPT)]
    return frame.set_index("_index")[names].add_prefix(f"{side}.")
