"""Tokens: what stands between two spaces has the same ones in every text, at its own offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causalsynth.extract import tokens
from causalsynth.extract.tokens import tokenise

_CHUNK = st.text(alphabet="abx09.,-'=:(\"*²°é\u2013\x1c", max_size=8)


@given(_CHUNK, _CHUNK, st.integers(1, 3), st.sampled_from([" ", "\n", "\n \n"]))
def test_the_tokens_of_a_chunk_hang_on_nothing_around_it(before: str, behind: str, many: int, between: str) -> None:
    gap = between * many if between == " " else between
    whole, left, right = tokenise(before + gap + behind), tokenise(before), tokenise(behind)
    shift = len(before) + len(gap)
    lines = [] if gap.isspace() and "\n" not in gap else ["\n" if gap == "\n" else "\n\n"]
    assert whole.words == [*left.words, *lines, *right.words]
    assert whole.starts[len(left) + len(lines) :] == [start + shift for start in right.starts]
    assert whole.ends[len(left) + len(lines) :] == [end + shift for end in right.ends]


@pytest.mark.parametrize("end", ["\n", "\n ", "\n\n", "\n  \n", "\x0c", "\x0b", "\r", "\n \x0c"])
def test_a_run_of_line_ends_and_spaces_is_one_token(end: str) -> None:
    found = tokenise(f"a{end}b")
    assert found.words == ["a", "\n\n" if len(end.replace(" ", "")) > 1 else "\n", "b"]
    assert (found.starts[1], found.ends[1]) == (1, 1 + len(end))


def test_lines_may_end_as_on_windows() -> None:
    text = "No sign\nof TB.\n\nChest film: clear\n"
    assert tokenise(text.replace("\n", "\r\n")).words == tokenise(text).words


def test_only_so_many_chunks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    if tokens.cut.__class__.__name__ != "function":
        pytest.skip("compiled: constants can't be changed")
    monkeypatch.setattr(tokens, "_REMEMBERED", 10)
    monkeypatch.setattr(tokens, "_words", {})
    monkeypatch.setattr(tokens, "_chunks", {})
    for n in range(50):
        assert tokenise(f"w{n} {'x' * 60}").words == ["w", str(n), "x" * 60]
    kept = [*tokens._words, *tokens._chunks]
    assert 0 < len(kept) <= 10
    assert all(len(chunk) <= tokens._LONGEST for chunk in kept)
