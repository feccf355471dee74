"""Where in the result files each request's answer stands: any number of files, in any order, lines repeated or missing.

Only places are kept in memory, not texts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from causalsynth.errors import InputError
from causalsynth.run.batch.answers import Answer, AnswerKind, NotAResultError, parse_answer
from causalsynth.run.batch.custom_id import CustomId

__all__ = ["AnswerIndex"]


_MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class _Place:
    kind: AnswerKind
    file: Path
    start: int


@dataclass(slots=True)
class AnswerIndex:
    """The answers of one run.

    Attributes
    ----------
    records
        Indices of all records with a line.
    repeated
        Lines for a request that had one before.
    torn
        Files whose last line is cut off: the rest of them is taken.
    reasons
        Of lines without an answer: how often each reason was given.
    is_simulated
        Whether some answer is the simulator's.
    """

    records: set[int] = field(default_factory=set)
    repeated: int = 0
    torn: list[Path] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    is_simulated: bool = False
    _places: dict[CustomId, _Place] = field(default_factory=dict)

    @classmethod
    def read(cls, files: Iterable[Path], fingerprint: str) -> "AnswerIndex":
        """Read result files.

        Raises
        ------
        InputError
            A file can't be read, a line is no result, or it is of another run; names file and line.
        """
        index = cls()
        for file in files:
            for number, (start, line) in enumerate(_lines(file), start=1):
                if line.strip():
                    index._add(file, number, start, line, fingerprint)
        return index

    def _add(self, file: Path, number: int, start: int, line: bytes, fingerprint: str) -> None:
        try:
            answer = parse_answer(line)
        except NotAResultError as error:
            if not line.endswith(b"\n"):
                self.torn.append(file)
                return
            raise InputError(
                f"{file}:{number}: not a result line: {error}",
                hint="give the output and error files that came back, not those that were sent",
            ) from error
        custom_id = CustomId.parse(answer.custom_id)
        if custom_id is None or not custom_id.is_of(fingerprint):
            raise InputError(
                f"{file}:{number}: {answer.custom_id!r} is of another run",
                hint="give the results of this run's own requests",
            )
        self._note(custom_id, answer, _Place(answer.kind, file, start))

    def _note(self, custom_id: CustomId, answer: Answer, place: _Place) -> None:
        self.records.add(custom_id.record)
        self.is_simulated |= answer.is_simulated
        if answer.error is not None:
            reason = answer.error.message
            if reason not in self.reasons and len(self.reasons) >= _MOST_REASONS:
                reason = "other reasons"
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        known = self._places.get(custom_id)
        self.repeated += known is not None
        if known is None or place.kind > known.kind:
            self._places[custom_id] = place

    def __len__(self) -> int:
        return len(self._places)

    def count(self, kind: AnswerKind) -> int:
        """Count requests by what became of them."""
        return sum(place.kind is kind for place in self._places.values())

    def find(self, custom_id: CustomId) -> Answer | None:
        """Give what became of a request; None where no line tells."""
        place = self._places.get(custom_id)
        if place is None:
            return None
        with place.file.open("rb") as file:
            file.seek(place.start)
            return parse_answer(file.readline())


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Give each line with the byte where it begins."""
    try:
        with file.open("rb") as lines:
            start = 0
            for line in lines:
                yield start, line
                start += len(line)
    except OSError as error:
        raise InputError(f"{file}: can't be read ({error.strerror})", hint="give result files") from error
