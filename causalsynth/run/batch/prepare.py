"""Out: the next request of every record that is not finished, in batch files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from causalsynth.loop import Case, Trial
from causalsynth.realize.chat_wire import chat_fields
from causalsynth.run.batch.custom_id import CustomId
from causalsynth.run.batch.opening import OpenRun, open_run
from causalsynth.run.batch.request_files import FOLDER, RequestFiles, Service, last_service
from causalsynth.run.result import derive
from causalsynth.run.trials import to_attempt, to_trials

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was written.

    Attributes
    ----------
    n, finished
        Records of the run, and those that are done.
    by_round
        Requests by the record's round, from 1.
    files
        In order; none where every record is finished.
    model
        The name that the requests ask for.
    """

    n: int
    finished: int
    by_round: Mapping[int, int]
    files: tuple[Path, ...]
    model: str

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(self.by_round.values())

    def to_json(self) -> dict[str, Any]:
        """Give the document that ``batch prepare --json`` prints."""
        return {
            "n": self.n,
            "finished": self.finished,
            "requests": self.requests,
            "by_round": {str(number): count for number, count in sorted(self.by_round.items())},
            "files": [str(path) for path in self.files],
            "model": self.model,
        }


def prepare(
    directory: str | Path,
    settings: Mapping[str, Any] | None = None,
    *,
    extend: bool = False,
    service: Mapping[str, Any] | None = None,
) -> Prepared:
    """Write the requests of the current round of all unfinished records.

    Done twice it writes the same files again; killed at any moment, it has lost nothing.

    Parameters
    ----------
    directory
        The run directory; made if it isn't there.
    settings, extend
        As `causalsynth.run.batch.opening.open_run` takes them.
    service
        Attributes of `Service` that differ from the last time's.

    Raises
    ------
    As `open_run`.
    """
    with open_run(Path(directory), settings, extend=extend) as run:
        folder = run.directory / FOLDER
        takes = replace(last_service(folder) or Service(structured_output=run.structured_output), **(service or {}))
        by_round: Counter[int] = Counter()
        with RequestFiles(folder, takes) as files:
            for case in run.job.cases(run.state):
                if number := _add(run, case, files):
                    by_round[number] += 1
        n = run.job.config.n
        prepared = Prepared(
            n=n,
            finished=n - by_round.total(),
            by_round=dict(by_round),
            files=files.paths,
            model=run.job.config.model or "",
        )
    if not prepared.files:
        derive(run.directory, run.job, run.author)
    return prepared


def _add(run: OpenRun, case: Case, files: RequestFiles) -> int:
    """Write a record's next request and give its round; 0 where the fallback ended the record."""
    loop = run.job.loop
    trials = to_trials(loop, case, run.state.past(case.index))
    request = loop.request(case, trials, structured=files.service.structured_output)
    if request is None:
        append(run, case, loop.fall_back(case, trials))
        return 0
    custom_id = CustomId.of(run.fingerprint, loop, case, trials)
    files.add(str(custom_id), chat_fields(run.job.config.model or "", request.messages, request.sampling))
    return len(trials) + 1


def append(run: OpenRun, case: Case, trial: Trial) -> None:
    """Write a trial into the ledger."""
    run.store.append(to_attempt(case, trial, run.job.scm.interventions, retry=run.state.retry))
