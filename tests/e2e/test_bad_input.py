"""What a user gets wrong is answered in one line that names the place and one that says what to do.

And whatever is refused leaves every file as it was.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from causalsynth.bundled import GRAPHS

BIF = (GRAPHS / "asia" / "asia.bif").read_text(encoding="utf-8")
LEXICON = (GRAPHS / "asia" / "lexicon.yaml").read_text(encoding="utf-8")
NOBODY = "http://127.0.0.1:9/v1"


def changed(text, old, new):
    """Give `text` with `old` replaced, and the number of the line where it stood."""
    assert text.count(old) == 1
    return text.replace(old, new), text[: text.index(old)].count("\n") + 1


STATE, STATE_LINE = changed(BIF, "(no, yes) 1.0, 0.0", "(no, maybe) 1.0, 0.0")
SUM, SUM_LINE = changed(BIF, "table 0.01, 0.99", "table 0.11, 0.99")
CYCLE, CYCLE_LINE = changed(
    BIF, "probability ( asia ) {\n  table 0.01, 0.99;", "probability ( asia | dysp ) {\n  (yes) .1, .9;\n  (no) .1, .9;"
)
NOT_YAML, NOT_YAML_LINE = changed(LEXICON, "title: Respiratory clinic notes", "title: Respiratory: clinic notes")
NO_KEY, NO_KEY_LINE = changed(LEXICON, "label: recent travel to Asia", "lable: recent travel to Asia")


def parameters(cases):
    """Name each case by its own name."""
    return [pytest.param(case, id=case.name) for case in cases]


@dataclass(frozen=True)
class Case:
    """A command that is refused: its arguments, words that the answer must hold, its exit code."""

    name: str
    arguments: str
    words: tuple[str, ...]
    code: int = 2


GENERATE = [
    Case("state", "state.bif", (f"state.bif:{STATE_LINE}:", "'maybe'", "yes, no")),
    Case("sum", "sum.bif", (f"sum.bif:{SUM_LINE}:", "sum to 1.1", "correct")),
    Case("cycle", "cycle.bif", ("cycle.bif:", "cycle", "asia", "dysp")),
    Case("unknown graph", "asai", ("'asai'", "did you mean asia?")),
    Case("no such file", "nothing.bif", ("nothing.bif", "check the path")),
    Case("no lexicon", "insurance", ("insurance", "lexicon")),
    Case("broken lexicon", "asia --domain broken.yaml", (f"broken.yaml:{NOT_YAML_LINE}", "quote")),
    Case("misspelt key", "asia --domain key.yaml", (f"key.yaml:{NO_KEY_LINE}", "lable", "spelling")),
    Case("lexicon of another graph", "cancer --domain asia", ("lexicon.yaml", "graph")),
    Case("variable in do", "asia --do smok=yes", ("smok", "did you mean smoke?")),
    Case("state in do", "asia --do smoke=maybe", ("smoke", "'maybe'", "yes, no")),
    Case("malformed do", "asia --do smoke", ("--do", "'smoke'", "VARIABLE=STATE")),
    Case("do twice", "asia --do smoke=yes --do smoke=no", ("smoke", "twice")),
    Case("variable in mention", "asia --mention smok", ("--mention", "'smok'", "smoke")),
    Case("unknown realizer", "asia --realizer openi", ("--realizer openi", "openai")),
    Case("empty model", f"asia --realizer openai --base-url {NOBODY} --model ''", ("--model",)),
    Case("missing model", f"asia --realizer openai --base-url {NOBODY}", ("--model",)),
    Case("missing base URL", "asia --realizer openai --model m", ("--base-url",)),
    Case(
        "malformed base URL",
        "asia --realizer openai --model m --base-url localhost:8000",
        ("localhost:8000", "http://"),
    ),
    Case("unreachable", f"asia --realizer openai --base-url {NOBODY} --model m", (NOBODY, "start the server"), code=3),
    Case("behaviour", "asia --realizer simulated --behaviour strenght=.5", ("strenght=.5", "strength")),
    Case("concurrency", "asia --concurrency 0", ("--concurrency 0", "auto")),
    Case("below a file", "asia -o note.txt/run", ("note.txt/run", "another run directory")),
    Case("a file", "asia -o note.txt", ("note.txt", "another run directory")),
    Case("in /proc", "asia -o /proc/causalsynth", ("/proc/causalsynth", "another run directory")),
]
OTHERS = [
    Case("sample do", "sample asia -n 3 -o kept.csv --do smoke=maybe", ("smoke", "'maybe'", "yes, no")),
    Case("sample ending", "sample asia -n 3 -o kept.xls", ("kept.xls", ".csv")),
    Case("sample below a file", "sample asia -n 3 -o note.txt/rows.csv", ("note.txt/rows.csv",)),
    Case("graphs", "graphs asai", ("'asai'", "did you mean asia?")),
    Case("extract line", "extract asia extract.jsonl -o kept.jsonl", ("extract.jsonl:2:", "not a JSON object")),
    Case("verify line", "verify asia verify.jsonl -o kept.jsonl", ("verify.jsonl:2:", "maybe", "yes, no")),
    Case("notes file", "extract asia nothing.jsonl -o kept.jsonl", ("nothing.jsonl", "path")),
    Case("skeletons", "generate asia --skeletons given.csv", ("given.csv:3: smoke", "'maybe'", "yes, no")),
    Case("skeletons and do", "generate asia --skeletons given.csv --do smoke=yes", ("--do", "--skeletons", "sample")),
    Case("kind of probes", "probes asia --kind odd -n 3 -o kept.csv", ("'odd'", "common, anti, neutral")),
    Case("weights ending", "evaluate selection nothing --weights kept.xls", ("kept.xls", ".csv")),
    Case("evaluate nothing", "evaluate realizability nothing", ("nothing", "attempts.jsonl", "generate")),
    Case("evaluate a table", "evaluate ci kept.csv", ("kept.csv", "--graph")),
]
CASES = [Case(case.name, f"generate {case.arguments} -n 5", case.words, case.code) for case in GENERATE] + OTHERS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("input")
    for name, text in {
        "state.bif": STATE,
        "sum.bif": SUM,
        "cycle.bif": CYCLE,
        "broken.yaml": NOT_YAML,
        "key.yaml": NO_KEY,
        "note.txt": "a regular file\n",
        "kept.csv": "asia\nyes\n",
        "given.csv": "asia,tub,smoke,lung,bronc,either,xray,dysp\n"
        "no,no,no,no,no,no,no,no\nno,no,maybe,no,no,no,no,no\n",
        "kept.jsonl": '{"id": 1}\n',
        "extract.jsonl": '{"id": 1, "text": "He smokes."}\nHe smokes.\n',
        "verify.jsonl": '{"id": 1, "text": "He smokes.", "skeleton": {"smoke": "yes"}}\n'
        '{"id": 2, "text": "He smokes.", "skeleton": {"smoke": "maybe"}}\n',
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def contents(folder):
    return {str(file.relative_to(folder)): file.read_bytes() if file.is_file() else None for file in folder.rglob("*")}


@pytest.fixture(scope="module")
def answers(folder, run_cli):
    """Run all cases, two at a time; each leaves the folder as it is, so they don't meet."""
    before = contents(folder)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda case: run_cli(*shlex.split(case.arguments), cwd=folder), CASES))
    return dict(zip((case.name for case in CASES), done, strict=True)), before


def check_refusal(done, words, code=2):
    """Check that a message of one line and a remedy of one line end the output, and nothing was printed as a result."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    *before, message, remedy = done.stderr.splitlines()
    assert message.startswith("error: "), done.stderr
    assert remedy.startswith("  → "), done.stderr
    assert not [line for line in before if "error" in line.lower()]
    missing = [word for word in words if word not in f"{message}\n{remedy}"]
    assert not missing, done.stderr


@pytest.mark.parametrize("case", parameters(CASES))
def test_one_line_says_what_is_wrong_and_one_what_to_do(case, answers):
    check_refusal(answers[0][case.name], case.words, case.code)


def test_whatever_was_refused_has_changed_no_file(answers, folder):
    assert contents(folder) == answers[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("generate", "asia", "-n", 0), ("-n", "1")),
        (("generate", "asia"), ("-n",)),
        (("generate", "asia", "-n", 5, "--colour", "red"), ("--colour",)),
        (("generate", "asia", "-n", "many"), ("-n", "integer")),
        (("generat", "asia"), ("generat",)),
    ],
)
def test_wrong_usage_is_named_and_points_to_help(arguments, words, run_cli, tmp_path):
    done = run_cli(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "--help" in done.stderr
    assert all(word in done.stderr.splitlines()[-1] for word in words), done.stderr
    assert not [*tmp_path.iterdir()]


RUN = ("generate", "asia", "-n", 4, "--seed", 7)


@pytest.fixture(scope="module")
def finished(run_cli, tmp_path_factory):
    path = tmp_path_factory.mktemp("finished") / "run"
    done = run_cli(*RUN, "-o", path)
    assert done.returncode == 0, done.stderr
    return path


def damage_ledger(run):
    lines = (run / "attempts.jsonl").read_bytes().splitlines(keepends=True)
    lines[1] = lines[1][: len(lines[1]) // 2] + b"\n"
    (run / "attempts.jsonl").write_bytes(b"".join(lines))


def break_manifest(run):
    (run / "manifest.json").write_text("not JSON\n")


def empty_manifest_sources(run):
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"sources": None}))


def lose_manifest(run):
    (run / "manifest.json").unlink()


def leave_alone(run):
    """Change nothing."""


@dataclass(frozen=True)
class Refused:
    """A run directory in a certain state, and a command on it that is refused."""

    name: str
    prepare: object
    words: tuple[str, ...]
    options: tuple = ()
    command: tuple = RUN


REFUSED = [
    Refused("rounds", leave_alone, ("rounds: 5 → 3", "another run directory"), ("--rounds", 3)),
    Refused("seed", leave_alone, ("seed: 7 → 8",), ("--seed", 8)),
    Refused("do", leave_alone, ("do: ", "smoke"), ("--do", "smoke=yes")),
    Refused("more", leave_alone, ("4 records, not 6", "--extend"), ("-n", 6)),
    Refused("fewer", leave_alone, ("4 records, not 3",), ("--extend", 3)),
    Refused("damaged line", damage_ledger, ("attempts.jsonl:2:", "restore")),
    Refused("damaged line, extend", damage_ledger, ("attempts.jsonl:2:", "restore"), ("--extend", 6)),
    Refused("broken manifest", break_manifest, ("manifest.json", "another run directory")),
    Refused("hollow manifest", empty_manifest_sources, ("'sources' is not an object",)),
    Refused("lost manifest", lose_manifest, ("no manifest.json", "another run directory")),
    Refused("lost manifest, extend", lose_manifest, ("no run to extend",), ("--extend", 6)),
]


@pytest.fixture(scope="module")
def refusals(finished, run_cli, tmp_path_factory):
    """Give each refused command its own copy of the run; two run at a time."""
    copies = tmp_path_factory.mktemp("refused")

    def refuse(case):
        run = copies / case.name
        shutil.copytree(finished, run)
        case.prepare(run)
        before = contents(run)
        return run_cli(*case.command, "-o", run, *case.options), before, contents(run)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip((case.name for case in REFUSED), pool.map(refuse, REFUSED), strict=True))


@pytest.mark.parametrize("case", parameters(REFUSED))
def test_a_run_that_cannot_go_on_is_refused_and_left_as_it_is(case, refusals):
    done, before, after = refusals[case.name]
    check_refusal(done, case.words)
    assert after == before, "a command that is refused changes nothing"


@pytest.mark.parametrize("command", ["realizability", "ci"])
def test_a_damaged_ledger_is_not_evaluated(command, finished, run_cli, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    damage_ledger(run)
    check_refusal(run_cli("evaluate", command, run), ("attempts.jsonl:2:",))


def test_a_graph_in_a_file_finds_the_lexicon_beside_it(run_cli, tmp_path):
    (tmp_path / "clinic.bif").write_text(BIF, encoding="utf-8")
    (tmp_path / "lexicon.yaml").write_text(LEXICON, encoding="utf-8")
    done = run_cli("generate", tmp_path / "clinic.bif", "-n", 2, "-o", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["finished"] == 2


def test_a_graph_in_a_file_without_a_lexicon_says_so(run_cli, tmp_path):
    (tmp_path / "clinic.bif").write_text(BIF, encoding="utf-8")
    done = run_cli("generate", tmp_path / "clinic.bif", "-n", 2, "-o", tmp_path / "run")
    check_refusal(done, ("lexicon",))
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell's ulimit")
def test_a_full_disk_stops_the_run_and_the_same_command_goes_on(run_cli, run_directory, tmp_path):
    """A limit on file size (24 KiB) stands for the disk: the write that meets it is cut short, as on a full one."""
    run = run_directory(tmp_path / "run")
    arguments = ("generate", "asia", "-n", "24", "--realizer", "simulated", "-o", str(run.path))
    limited = ["bash", "-c", 'ulimit -f 24 && exec "$@"', "bash", sys.executable, "-m", "causalsynth", *arguments]
    done = subprocess.run(
        limited,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    check_refusal(done, ("attempts.jsonl", "can't be written", "run the command again"))
    assert 0 < sum(line["final"] for line in run.lines()) < 24
    ledger = run.ledger
    assert len(ledger) <= 24 * 1024
    again = run_cli(*arguments)
    assert again.returncode == 0, again.stderr
    assert run.ledger.startswith(ledger)
    run.check_complete(24)
