"""Runs to be read, and a stand-in for a language model that reads."""

import json

import pytest

from causalsynth import SCM, Completion, Domain, Extractor
from causalsynth.errors import RejectedError
from causalsynth.evaluate.rundir import open_run
from causalsynth.extract import Finding, Findings, Status
from causalsynth.ledger import Attempt, RecordStatus
from causalsynth.loop import Loop


class FormFiller:
    """Fills in the form by an extractor that was told nothing; behind a server it is read like an LLM."""

    name = "form-filler"
    is_llm = False

    def __init__(self, domain, spoil=lambda number, text: text):
        self._extractor = Extractor(domain.lexicon)
        self._spoil = spoil
        self.asked = []

    async def complete(self, messages, sampling):
        if "<document>" not in messages[-1].content:
            raise RejectedError("no document to read")
        self.asked.append((messages, sampling))
        document = messages[-1].content.removeprefix("<document>\n").removesuffix("\n</document>")
        values = self._extractor.extract(document).values_by_variable()
        form = json.dumps(
            {name: None if value in ("uncertain", "conflict") else value for name, value in values.items()}
        )
        text = form if sampling.schema else f"The form {{as asked}}:\n```json\n{form}\n```\n"
        return Completion(text=self._spoil(len(self.asked), text), prompt_tokens=100, completion_tokens=50)

    async def aclose(self):
        pass


@pytest.fixture(scope="session")
def asia():
    return SCM.from_bif("asia")


@pytest.fixture(scope="session")
def domain():
    return Domain.load("asia")


@pytest.fixture
def form_filler(domain):
    return lambda **settings: FormFiller(domain, **settings)


class Told:
    """An extractor that always "reads" what it was told."""

    def __init__(self, skeleton):
        self._skeleton = skeleton

    def extract(self, text):
        stated = {
            name: Finding(variable=name, status=Status.STATED, value=value) for name, value in self._skeleton.items()
        }
        return Findings(stated)


@pytest.fixture
def cheated(monkeypatch):
    """Let the loop's extractor be told the answer, for every record of every run."""
    judge = Loop.judge

    def told(self, case, trials, completion, **more):
        object.__setattr__(self, "extractor", Told(case.skeleton))
        return judge(self, case, trials, completion, **more)

    monkeypatch.setattr(Loop, "judge", told)


@pytest.fixture
def written_run(tmp_path):
    """Write a run directory in which every record is accepted, with texts of the test's own making."""

    def write(model, graph, n, text, *, mention="all", seed=9):
        lines = [
            Attempt(
                i=i,
                k=1,
                t=0.0,
                skeleton=skeleton,
                draft=text(i, skeleton),
                values=dict(skeleton),
                finish="stop",
                final=True,
                status=RecordStatus.REALIZED,
            ).to_line()
            for i, skeleton in enumerate(model.sample(n, seed=seed))
        ]
        rundir = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        rundir.mkdir()
        (rundir / "attempts.jsonl").write_text("".join(lines))
        config = {"graph": graph, "n": n, "rounds": 2, "seed": seed, "realizer": "openai", "mention": mention}
        (rundir / "manifest.json").write_text(json.dumps({"config": config}))
        return open_run(rundir)

    return write
