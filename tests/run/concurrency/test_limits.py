import pytest

from causalsynth.errors import InputError
from causalsynth.run.concurrency import Limits


@pytest.mark.parametrize(("text", "limits"), [("7", (7, 7)), ("8-64", (8, 64)), ("auto", (4, 1024))])
def test_limits_are_read(text, limits):
    parsed = Limits.parse(text)
    assert (parsed.low, parsed.high) == limits


@pytest.mark.parametrize("text", ["", "0", "-3", "8-", "9-8", "many", "1-99999"])
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(InputError, match="--concurrency"):
        Limits.parse(text)
