"""What ``doctor`` finds out, tried on servers that differ, and on none."""

import json
import tomllib
from pathlib import Path

from typer.testing import CliRunner

from causalsynth.cli import app
from causalsynth.errors import InputError, RunDirectoryError, ServerError
from causalsynth.realize.openai_server import OpenAIServer
from causalsynth.run.doctor import EXTRAS, check_server
from causalsynth.serve import ServerOptions, running_server


def doctor(*arguments):
    """Run the command; give its exit code's error, if any, and what it found by name."""
    result = CliRunner().invoke(app, ["doctor", "--json", *map(str, arguments)])
    document = json.loads(result.stdout) if result.stdout else {}
    return result.exception, {check["name"].split(" http")[0]: check for check in document.get("checks", [])}


def test_the_extras_are_those_of_the_package():
    with (Path(__file__).parents[2] / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    assert EXTRAS.keys() <= extras.keys()
    for name, libraries in EXTRAS.items():
        for library in libraries:
            assert any(library in requirement for requirement in extras[name]), (name, library)


def test_without_a_server(tmp_path):
    error, checks = doctor("--dir", tmp_path)
    assert error is None
    assert "knows locks" in checks[f"disk {tmp_path}"]["says"]
    assert list(tmp_path.iterdir()) == []
    assert {f"extra {name}" for name in EXTRAS} <= checks.keys()


def test_a_folder_that_is_not_there(tmp_path):
    error, checks = doctor("--dir", tmp_path / "none")
    assert isinstance(error, RunDirectoryError)
    assert checks[f"disk {tmp_path / 'none'}"]["ok"] is False


async def tried(model="", **options):
    """Try a simulated server; give what was found by name."""
    async with running_server("asia", ServerOptions(port=0, **options)) as url:
        server = OpenAIServer(url, model)
        try:
            return {check.name.split(" http")[0]: check for check in await check_server(server)}
        finally:
            await server.aclose()


async def test_a_server():
    checks = await tried()
    assert all(check.ok for check in checks.values())
    assert checks["server"].says == "serves simulated"
    assert "a simulator, no LLM" in checks["model"].says
    assert "context of 32768 tokens" in checks["model"].says
    assert "as JSON" in checks["structured output"].says
    assert checks["one short call"].says.endswith("tokens")


async def test_a_server_that_ignores_schemas():
    checks = await tried(structured_output="ignore")
    assert checks["structured output"].ok is None
    assert "plain lines" in checks["structured output"].says
    assert checks["one short call"].ok


async def test_a_model_that_is_not_served():
    checks = await tried("other")
    assert checks["server"].ok
    assert checks["model"].ok is False
    assert checks["model"].hint == "served there: simulated"


def test_no_server():
    error, checks = doctor("--base-url", "http://127.0.0.1:9/v1")
    assert isinstance(error, ServerError)
    assert error.exit_code == 3
    assert checks["server"]["hint"]


def test_no_address():
    error, _ = doctor("--base-url", "localhost:8000")
    assert isinstance(error, InputError)
