import pytest

from causalsynth.cli.options import count_or_share
from causalsynth.errors import InputError


@pytest.mark.parametrize(
    ("text", "limit", "kind"),
    [("0", 0, int), ("3", 3, int), ("1", 1, int), ("0.01", 0.01, float), ("1.0", 1.0, float), ("1%", 0.01, float)],
)
def test_whole_numbers_are_records_and_the_rest_are_shares(text, limit, kind):
    value = count_or_share(text)
    assert value == limit
    assert type(value) is kind


@pytest.mark.parametrize("text", ["", "%", "many", "-1", "-0.1", "1.5", "101%", "nan", "inf"])
def test_what_is_neither_is_refused_under_the_options_name(text):
    with pytest.raises(InputError, match=r"^--max-lost .* is neither"):
        count_or_share(text, option="--max-lost")
