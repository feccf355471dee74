"""What a server's words about waiting and load mean."""

from datetime import UTC, datetime

import pytest

from causalsynth.errors import InputError, ServerError, TransientError
from causalsynth.realize.server_probe import ServerLoad, server_load
from causalsynth.realize.transport import TransportPolicy, error_of_status, retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after(headers, NOW) == seconds


def test_long_messages_become_one_short_line():
    error = error_of_status(500, "a\nb " + "x" * 5000)
    assert isinstance(error, TransientError)
    assert error.message.startswith("HTTP 500: a b xxx")
    assert len(error.message) < 330


def test_forbidden_everything_stops_the_run():
    assert isinstance(error_of_status(401, "no"), ServerError)
    assert "OPENAI_API_KEY" in error_of_status(401, "no").hint


@pytest.mark.parametrize("kw", [{"max_retries": -1}, {"max_unreachable": 0}, {"budget_s": -1}, {"first_wait_s": -0.1}])
def test_impossible_policies(kw):
    with pytest.raises(InputError, match="out of range"):
        TransportPolicy(**kw)


def test_load_is_summed_over_engines():
    text = """# HELP vllm:num_requests_running Running.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="a} b"} 3.0
vllm:num_requests_running{engine="1",model_name="a"} 4.0 1700000000000
vllm:num_requests_running_by_reason{reason="x"} 50.0
vllm:num_requests_waiting 1e1
"""
    assert server_load(text) == ServerLoad(running=7, waiting=10)


@pytest.mark.parametrize("text", ["", "vllm:num_requests_running 1", "<html>", "vllm:num_requests_waiting x"])
def test_no_load_without_both_gauges(text):
    assert server_load(text) is None
