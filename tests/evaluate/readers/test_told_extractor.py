"""An extractor that is told the answer passes every figure of the loop's own, and no independent reader."""

import pytest

from causalsynth import generate
from causalsynth.evaluate import independence, realizability
from causalsynth.evaluate.readers import compare, read_by_llm, read_by_probe
from causalsynth.evaluate.rundir import open_run
from causalsynth.realize.openai_server import OpenAIServer
from causalsynth.serve import ServerOptions, running_server

N = 500


@pytest.fixture
def honest_run(asia, domain, tmp_path):
    generate(asia, domain, "grammar", n=N, seed=5, out=tmp_path / "honest")
    return open_run(tmp_path / "honest")


@pytest.fixture
def cheated_run(honest_run, cheated, asia, domain, tmp_path):
    """A real run: a stand-in that bends and forgets facts, and a verifier that believes what it is told."""
    generate(asia, domain, "simulated", n=N, seed=5, out=tmp_path / "run", behaviour="strength=.9,omit=.2,hedge=.1")
    return open_run(tmp_path / "run")


async def read_over_http(run, model, domain):
    async with running_server(realizer=model, options=ServerOptions(port=0)) as url:
        server = OpenAIServer(url, "simulated")
        try:
            await server.probe(structured_output=True)
            return await read_by_llm(run, server, domain=domain)
        finally:
            await server.aclose()


async def test_a_told_extractor_is_exposed_by_readers_and_by_nothing_else(honest_run, cheated_run, domain, form_filler):
    assert realizability(cheated_run.attempts, planned=N).realized.rate == 1
    frames = cheated_run.frames()
    own = independence(frames, cheated_run.scm)
    assert (own.paired_difference["extracted"].fpr, own.paired_difference["extracted"].power) == (0, 0)

    llm = await read_over_http(cheated_run, form_filler(), domain)
    by_llm = compare(cheated_run, llm)
    honest_llm = compare(honest_run, await read_over_http(honest_run, form_filler(), domain))
    assert honest_llm.whole.count == N
    assert by_llm.whole.interval[1] < 0.5
    assert all(entry.extractor.interval[1] < 0.95 for entry in by_llm.by_variable.values())

    # The probe errs on honest texts as well, as long as it has few to learn from: what counts is the difference.
    probe = read_by_probe(cheated_run)
    by_probe, honest = compare(cheated_run, probe), compare(honest_run, read_by_probe(honest_run))
    for name in ("smoke", "bronc", "dysp"):
        # Exact intervals that don't overlap: false alarm below 1e-3 for each.
        assert by_probe.by_variable[name].right.interval[1] < honest.by_variable[name].right.interval[0], name

    shown = independence(frames | {"llm": llm.values, "probe": probe.values}, cheated_run.scm)
    assert shown.paired_difference["llm"].power < -0.1
