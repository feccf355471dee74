"""Messages carry what servers and files say, and a terminal takes none of it for a command."""

import pytest

from causalsynth.errors import InputError, RejectedError, first_cause, printable
from causalsynth.realize.chat_wire import completion_of
from causalsynth.realize.transport import error_of_status


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain, äöü ≥ 5 °C", "plain, äöü ≥ 5 °C"),
        ("\x1b]0;gone\x07\x1b[31mred", r"\x1b]0;gone\x07\x1b[31mred"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\u202eturned \ud800", r"\u202eturned \ud800"),
    ],
)
def test_messages_are_printable(said, shown):
    error = InputError(said, hint=said)
    assert (error.message, error.hint) == (shown, shown)
    assert str(error) == f"{shown} ({shown})"
    assert printable(printable(said)) == shown


def test_so_is_what_a_server_says():
    error = error_of_status(400, "no\x1b[2J\nthanks")
    assert isinstance(error, RejectedError)
    assert error.message == r"HTTP 400: no\x1b[2J thanks"
    answer = {"choices": [{"message": {"content": "\x1b"}, "finish_reason": "\x1b[2J" * 50}]}
    assert completion_of(answer).text == "\x1b", "a text is what it is"
    assert completion_of(answer).finish.startswith(r"\x1b[2J")
    assert len(completion_of(answer).finish) == 40


def test_the_error_of_a_group_that_is_shown_is_one_raised_on_purpose():
    meant, accident = InputError("wrong"), KeyError("oops")
    assert first_cause(BaseExceptionGroup("all", [accident, ExceptionGroup("some", [ValueError(), meant])])) is meant
    assert first_cause(ExceptionGroup("all", [accident])) is accident
