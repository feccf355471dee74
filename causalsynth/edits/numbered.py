"""A text as numbered sentences and the layout between them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Self

from causalsynth.edits.edit import Edit, EditError, EditKind
from causalsynth.edits.splitting import LIST_MARK, MARKER, cuts

__all__ = ["NumberedText"]

_GAP_MARKER = re.compile(rf"{LIST_MARK}$")
_COUNTED = re.compile(r"(\d{1,3})([.)][ \t]+)$")
_ENDED = re.compile(r"[.!?…:;,][\"'”’)\]]*$")
_CLOSED = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class NumberedText:
    """A text, cut into sentences (numbered from 1) and what stands between them.

    Nothing is lost: ``NumberedText.of(text).text == text`` for every text.

    Attributes
    ----------
    sentences
        Without white space around them and without the mark of a list item.
    gaps
        White space and list marks before each sentence, and last what follows the last one.
    """

    sentences: tuple[str, ...]
    gaps: tuple[str, ...]
    _ends: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """Offsets: where the first gap ends, the first sentence, the second gap, and so on."""

    def __post_init__(self) -> None:
        lengths = map(len, chain.from_iterable(zip(self.gaps, self.sentences, strict=False)))
        object.__setattr__(self, "_ends", tuple(accumulate(lengths)))

    @classmethod
    def of(cls, text: str) -> Self:
        """Cut a text."""
        sentences: list[str] = []
        gaps: list[str] = []
        gap, start = "", 0
        for stop in (*cuts(text), len(text)):
            segment, start = text[start:stop], stop
            content = segment.strip()
            if not content:
                gap += segment
                continue
            at = segment.index(content)
            gap += segment[:at]
            if (mark := MARKER.match(content)) and (not gaps or "\n" in gap):
                gap, content = gap + mark.group(), content[mark.end() :]
            sentences.append(content)
            gaps.append(gap)
            gap = segment[at + len(segment.strip()) :]
        return cls(tuple(sentences), (*gaps, gap))

    @property
    def text(self) -> str:
        """The text, character for character."""
        return "".join(gap + sentence for gap, sentence in zip(self.gaps, (*self.sentences, ""), strict=True))

    def numbers_at(self, spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        """Give the numbers of all sentences that one of the `spans` (half-open offsets into the text) touches."""
        begins, ends = self._ends[::2], self._ends[1::2]
        found: set[int] = set()
        for start, stop in spans:
            # Sentences lie in order: those touched end behind `start` and begin before `stop`.
            first, last = bisect_right(ends, start), bisect_left(begins, stop)
            found.update(range(first + 1, last + 1))
        return tuple(sorted(found))

    def edited(self, edits: Iterable[Edit]) -> str:
        """Give the text after `edits`, which all go by the numbers of this one.

        Everything that no edit touches stays as it is. A new sentence is set like the one that it replaces or
        follows: in the line, or as a list item or line of its own. Lists that count are counted on.

        Raises
        ------
        EditError
            There is no such sentence, two edits of one sentence clash, or no text is left.
        """
        changed, inserted = self._sorted(edits)
        if not changed and not inserted:
            return self.text
        parts: list[tuple[str, str]] = []
        gap = self.gaps[0]
        for sentence in inserted.get(0, ()):
            parts.append((gap, sentence))
            gap = self._separator(1)
        for number, sentence in enumerate(self.sentences, start=1):
            behind = self.gaps[number]
            new: str | None = changed.get(number, sentence)
            if not new:
                gap = _closed_gap(gap, behind, first=not parts, last=number == len(self.sentences))
                continue
            parts.append((gap, new))
            parts += [(self._separator(number), added) for added in inserted.get(number, ())]
            gap = behind
        if not parts:
            raise EditError("the edits leave no text")
        return "".join(before + sentence for before, sentence in self._counted(parts)) + gap

    def _sorted(self, edits: Iterable[Edit]) -> tuple[dict[int, str], dict[int, list[str]]]:
        """Give the new text of each changed sentence (empty: deleted), and what is inserted after each."""
        changed: dict[int, str] = {}
        inserted: dict[int, list[str]] = {}
        count = len(self.sentences)
        for edit in edits:
            least = 0 if edit.kind is EditKind.INSERT else 1
            if not least <= edit.at <= count:
                raise EditError(f"there is no sentence {edit.at}: the draft has {count}")
            if edit.kind is EditKind.INSERT:
                inserted.setdefault(edit.at, []).append(self._fitted(edit))
            elif changed.setdefault(edit.at, text := self._fitted(edit)) != text:
                raise EditError(f"two different edits of sentence {edit.at}")
        for number in [number for number, text in changed.items() if not text and inserted.get(number)]:
            changed[number] = inserted[number].pop(0)  # deleted, and another put after it: that is to replace it
        return changed, inserted

    def _fitted(self, edit: Edit) -> str:
        """Give an edit's text as it fits in: without the layout's own list mark, and ended where its neighbour is."""
        if edit.kind is EditKind.DELETE or not self.sentences:
            return edit.text
        number = max(edit.at, 1)
        text = MARKER.sub("", edit.text, count=1) if self._mark(number) and MARKER.match(edit.text) else edit.text
        in_line = edit.kind is EditKind.INSERT and "\n" not in self._separator(number)
        if (in_line or _CLOSED.search(self.sentences[number - 1])) and not _ENDED.search(text):
            text += "."
        return text

    def _mark(self, number: int) -> str:
        mark = _GAP_MARKER.search(self.gaps[number - 1])
        return mark.group() if mark else ""

    def _separator(self, number: int) -> str:
        """Give what stands between sentence `number` and one put after it."""
        if not self.sentences:
            return " "
        before, behind = self.gaps[number - 1], self.gaps[number]
        begins = number == 1 or "\n" in before
        ends = number == len(self.sentences) or "\n" in behind
        mark = self._mark(number)
        if begins and ends and (mark or not _CLOSED.search(self.sentences[number - 1])):
            return "\n" + before.rpartition("\n")[2]
        return " "

    def _counted(self, parts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """Count the marks of a list anew where the text has one list that counts: 1, 2, 3."""
        numbers = [int(match[1]) for gap in self.gaps if (match := _COUNTED.search(gap))]
        if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            return parts
        counted = []
        for gap, sentence in parts:
            match = _COUNTED.search(gap)
            if match:
                gap = f"{gap[: match.start()]}{numbers[0]}{match[2]}"
                numbers[0] += 1
            counted.append((gap, sentence))
        return counted


def _closed_gap(before: str, behind: str, *, first: bool, last: bool) -> str:
    """Give what is left between its neighbours where a sentence is taken out."""
    if last:
        return behind
    if not first and "\n" not in before:
        return behind if "\n" in behind else before
    if "\n" not in behind:
        return before
    space, _, start = behind.rpartition("\n")
    if first:
        return start
    above = before.rpartition("\n")[0]
    return max(above, space, key=lambda lines: lines.count("\n")) + "\n" + start
