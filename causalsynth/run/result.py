"""What a run gave, and the files of its directory that are derived from the ledger."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalsynth._version import __version__
from causalsynth.domain.mention import MentionPlan
from causalsynth.ledger import Attempt, latest_by_key, ledger_files
from causalsynth.run.directory import write_json
from causalsynth.run.job import Job
from causalsynth.run.records import Record, record_of, records_of, to_frame
from causalsynth.run.state import LedgerState
from causalsynth.run.summary import Summary, statuses, summarize
from causalsynth.run.tokens import TokenAccount, account_tokens

if TYPE_CHECKING:
    import pandas

    from causalsynth.realize.chat import Realizer

__all__ = ["RunResult", "derive", "in_memory"]

SUMMARY_NAME = "summary.json"
RECORDS_NAME = "records.parquet"


@dataclass(frozen=True, repr=False)
class RunResult:
    """What a run gave.

    Attributes
    ----------
    summary
        Counts, tokens and seconds, as in ``summary.json``.
    directory
        Where the run is written; None for one in memory.
    plan, seed
        Say which variables each text was to state.
    """

    summary: Mapping[str, Any]
    directory: Path | None = None
    plan: MentionPlan | None = None
    seed: int = 0
    in_memory: tuple[Attempt, ...] = ()
    """The attempts of a run without a directory."""
    had_work: bool = True
    """False where every record was finished before, and the files were up to date."""

    def __repr__(self) -> str:
        where = f", in {self.directory}" if self.directory else ""
        return f"<RunResult: {self.summary['n']} records ({statuses(self.summary)}){where}>"

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt, sorted by record and attempt; read from the directory when first asked for, and kept."""
        return tuple(self.iter_attempts())

    def iter_attempts(self) -> Iterator[Attempt]:
        """Give the attempts one by one: for runs whose texts together would not fit into memory."""
        if self.directory is None:
            return iter(self.in_memory)
        from causalsynth.ledger.index import iter_attempts

        return iter_attempts(self.directory)

    @cached_property
    def records(self) -> list[Record]:
        """One record a skeleton, by index."""
        return records_of(self.attempts)

    def to_frame(self) -> "pandas.DataFrame":
        """Give the records as a table; for its columns see `causalsynth.run.records.to_frame`."""
        records = self.records
        return to_frame(records) if self.plan is None else to_frame(records, _mentioned(self.plan, self.seed, records))


def _mentioned(plan: MentionPlan, seed: int, records: Sequence[Record]) -> list[frozenset[str]]:
    return plan.mentioned_by({record.index: record.skeleton for record in records}, seed)


def in_memory(
    attempts: Sequence[Attempt], job: Job, model: "Realizer", *, concurrency: Mapping[str, Any] | None = None
) -> RunResult:
    """Give the result of a run without a directory."""
    ordered = latest_by_key(attempts)
    summary = summarize(ordered, job.config.n, realizer=model.name, is_llm=model.is_llm)
    summary |= {"token_account": account_tokens(job, ordered), "concurrency": concurrency}
    return RunResult(summary, None, job.plan, job.config.seed, tuple(ordered))


def derive(
    directory: Path,
    job: Job,
    model: "Realizer",
    *,
    partly: bool = False,
    concurrency: Mapping[str, Any] | None = None,
) -> RunResult:
    """Write ``summary.json`` and ``records.parquet`` from the ledger, unless they are up to date.

    Parameters
    ----------
    directory, job, model
        The run.
    partly
        This process wrote a share of the records. While others are at theirs the files would be out of date as soon
        as they are written, and each would write them; so the last one does.
    concurrency
        How many requests this process had under way: the one thing in the summary that no ledger tells.

    Raises
    ------
    RunDirectoryError
        A line of the ledger is malformed, or a file can't be written.
    """
    summary = known = _up_to_date(directory, job.config.n)
    if summary is None and partly and not LedgerState.read(ledger_files(directory)).covers(job.config.n):
        summary = _summary_so_far(directory, job, model) | {"concurrency": concurrency}
    if summary is None:
        summary = _derive(directory, job, model, concurrency)
    return RunResult(summary, directory, job.plan, job.config.seed, had_work=known is None)


def _summary_so_far(directory: Path, job: Job, model: "Realizer") -> dict[str, object]:
    from causalsynth.ledger.index import iter_records

    summary = Summary()
    for attempts in iter_records(directory):
        summary.add(attempts)
    return summary.to_json(job.config.n, realizer=model.name, is_llm=model.is_llm)


def _derive(directory: Path, job: Job, model: "Realizer", concurrency: Mapping[str, Any] | None) -> dict[str, object]:
    from causalsynth.ledger.index import iter_records
    from causalsynth.run.records_file import write_records

    size = _ledger_bytes(directory)
    summary, account = Summary(), TokenAccount(job)

    def records() -> Iterator[Record]:
        for attempts in iter_records(directory):
            summary.add(attempts)
            account.add(attempts)
            if (record := record_of(attempts)) is not None:
                yield record

    write_records(records(), directory / RECORDS_NAME, lambda chunk: _mentioned(job.plan, job.config.seed, chunk))
    document = summary.to_json(job.config.n, realizer=model.name, is_llm=model.is_llm)
    document |= {"token_account": account.to_json(), "concurrency": concurrency}
    document |= {"version": __version__, "ledger_bytes": size, "records_sha256": _digest(directory / RECORDS_NAME)}
    write_json(directory / SUMMARY_NAME, document)
    return document


def _ledger_bytes(directory: Path) -> int:
    return sum(file.stat().st_size for file in ledger_files(directory))


def _up_to_date(directory: Path, n: int) -> dict[str, object] | None:
    """Give the summary that is there if it was made from this very ledger, by this version, and the table with it.

    The ledger only grows, so its size tells whether anything was added; the table may be another run's.
    """
    try:
        known = json.loads((directory / SUMMARY_NAME).read_bytes())
        made_from = (known["version"], known["ledger_bytes"], known["n"])
        table = known["records_sha256"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    current = made_from == (__version__, _ledger_bytes(directory), n)
    return known if current and _digest(directory / RECORDS_NAME) == table else None


def _digest(path: Path) -> str | None:
    """Give a file's SHA-256 (a gigabyte takes about a second); None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
