"""The command, as a process of its own."""

import json
import signal
import subprocess
import sys
import urllib.request

import pytest

from causalsynth.cli.simulate_server import simulate_server
from causalsynth.errors import InputError

RUN = "import typer; from causalsynth.cli.simulate_server import simulate_server; typer.run(simulate_server)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_says_what_it_is_serves_and_stops_cleanly(number):
    command = [sys.executable, "-X", "dev", "-c", RUN, "asia", "--port", "0", "--behaviour", "strength=.9"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert "not an LLM" in line
        assert "simulated(strength=0.9," in line
        url = line.split()[0]
        with urllib.request.urlopen(f"{url}/models", timeout=10) as answer:
            assert json.load(answer)["data"][0]["id"] == "simulated"
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (rest, complaints) == ("", "")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"port": -1}, "--port -1"),
        ({"latency": -0.5}, "--latency"),
        ({"fault": ["429:2"]}, "fault 429"),
        ({"behaviour": "strenght=.5"}, "strenght"),
        ({"graph": "no_such_graph"}, "no_such_graph"),
        ({"host": "256.256.256.256", "port": 0}, "can't listen at 256"),
    ],
)
def test_bad_options_are_refused(options, match):
    with pytest.raises(InputError, match=match) as caught:
        simulate_server(**options)
    assert caught.value.exit_code == 2
    assert caught.value.hint
