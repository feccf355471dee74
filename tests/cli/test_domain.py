"""``causalsynth domain``: a lexicon for one's own graph from nothing, also with a server's help, and its check."""

import asyncio
import json
import threading

import pytest
from aiohttp import web
from typer.testing import CliRunner

from causalsynth.cli import app
from causalsynth.domain import Domain
from causalsynth.errors import CausalSynthError, InputError
from causalsynth.scm import SCM

SPEC = """
graph: mill
variables:
  grain: {description: what was milled, probabilities: {wheat: .6, rye: .4}}
  worn_stone: {states: [no, yes], bernoulli: .3}
  output_kg: {unit: kg, decimals: 0, range: [0, 900], normal: {mean: "400 - 90*[worn_stone = yes]", sd: 40}}
"""


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "mill.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["domain", *map(str, arguments)])
    if isinstance(result.exception, CausalSynthError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_draft_can_be_loaded_checked_and_used(spec, tmp_path):
    folder = tmp_path / "domain"
    assert "3 variables drafted" in run("init", spec, "-o", folder)
    text = (folder / "lexicon.yaml").read_text(encoding="utf-8")
    assert "# what was milled" in text
    assert str(folder) in text
    Domain.load(folder).check_against(SCM.load(folder))
    out = run("lint", folder)
    assert "worn_stone = yes\tWorn stone is present." in out
    assert out.endswith(f"{folder / 'lexicon.yaml'}: 0 errors, 0 warnings\n")


def test_nothing_is_overwritten(spec, tmp_path):
    folder = tmp_path / "domain"
    folder.mkdir()
    (folder / "lexicon.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="there is one already"):
        run("init", spec, "-o", folder)
    assert (folder / "lexicon.yaml").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in folder.iterdir()] == ["lexicon.yaml"]


def test_a_graph_keeps_its_place_in_its_own_folder(spec, tmp_path):
    run("init", spec, "-o", tmp_path)
    assert spec.read_text(encoding="utf-8") == SPEC
    assert (tmp_path / "lexicon.yaml").is_file()


def test_lint_finds_faults_and_leaves_with_2(spec, tmp_path):
    run("init", spec, "-o", tmp_path)
    lexicon = tmp_path / "lexicon.yaml"
    text = lexicon.read_text(encoding="utf-8").replace("Worn stone is present.", "All was quiet.")
    lexicon.write_text(text, encoding="utf-8")
    line = text[: text.index("All was quiet.")].count("\n") + 1
    out = run("lint", tmp_path, "--no-show", code=2)
    assert f"{lexicon}:{line}: error: worn_stone: 'All was quiet.' must say" in out
    document = json.loads(run("lint", tmp_path, "--json", code=2))
    assert document["errors"] == 1
    assert document["findings"][0]["line"] == line
    assert document["findings"][0]["severity"] == "error"
    assert {each["variable"] for each in document["shown"]} == {"grain", "worn_stone", "output_kg"}


def test_a_server_takes_all_three_options(spec, tmp_path):
    for options in (["--llm"], ["--base-url", "http://localhost:1/v1"], ["--llm", "--model", "m"]):
        with pytest.raises(InputError, match="belong together"):
            run("init", spec, "-o", tmp_path / "domain", *options)
    assert not (tmp_path / "domain").exists()


ANSWERS = {
    "grain": 'I would say: {"states": {}}',
    "worn_stone": json.dumps(
        {
            "states": {
                "yes": {"say": ["The millstone is worn.", "Flour is dear."], "phrases": ["millstone is worn"]},
                "no": {"say": ["The millstone is not worn."], "phrases": ["millstone is not worn"]},
            }
        }
    ),
    "output_kg": '{"say": ["The output was {value} kg."]}',
}


@pytest.fixture
def server():
    """An OpenAI-compatible server on a port of its own; gives its address and the prompts that it was sent."""
    prompts: list[str] = []

    async def complete(request):
        prompt = (await request.json())["messages"][-1]["content"]
        prompts.append(prompt)
        name = prompt.split("Variable: ")[1].split()[0]
        message = {"role": "assistant", "content": ANSWERS[name]}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return web.json_response(
            {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        )

    async def models(_):
        card = {"id": "m", "object": "model", "created": 1, "owned_by": "test"}
        return web.json_response({"object": "list", "data": [card]})

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start():
        application = web.Application()
        application.router.add_post("/v1/chat/completions", complete)
        application.router.add_get("/v1/models", models)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", prompts
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_wordings_of_a_model_are_taken_in_where_they_are_understood(spec, tmp_path, server):
    url, prompts = server
    folder = tmp_path / "domain"
    run("init", spec, "-o", folder, "--llm", "--base-url", url, "--model", "m")
    assert len(prompts) == 3  # once for each variable
    assert "what was milled" in next(prompt for prompt in prompts if "Variable: grain" in prompt)
    text = (folder / "lexicon.yaml").read_text(encoding="utf-8")
    states = Domain.load(folder).lexicon.variables["worn_stone"].states
    assert states["yes"].say[0] == "The millstone is worn."
    assert "Flour is dear." not in states["yes"].say
    assert "# dropped 'Flour is dear.': " in text
    assert "# no wordings from m: not as asked for" in text
    assert Domain.load(folder).lexicon.variables["output_kg"].number.say[0] == "The output was {value} kg." or (
        "# dropped 'The output was {value} kg.'" in text
    )
    run("lint", folder)


def test_a_server_that_is_not_there_leaves_nothing_behind(spec, tmp_path):
    with pytest.raises(CausalSynthError) as caught:
        run("init", spec, "-o", tmp_path / "domain", "--llm", "--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    assert caught.value.exit_code == 3
    assert not (tmp_path / "domain").exists()
