"""The benchmark runs, in tiny size, and its arithmetic is right. What it measures is no test's business."""

import importlib.util
import json
import subprocess
import sys

import pytest
from benchmark_modules import FOLDER, load

FIELDS = {"cpu_s", "wall_s", "process_cpu_s", "rss_before_mb", "peak_mb"}


goals = load("goals")


def run(*options):
    command = [sys.executable, str(FOLDER / "sampler.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def report():
    done = run("--network", "asia", "--rows", "2000", "--rounds", "1", "--peers", "pgmpy", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_each_sampler_is_measured_in_each_round(report):
    assert (report["network"], report["variables"], report["rows"], report["rounds"]) == ("asia", 8, 2000, 1)
    assert set(report["samplers"]) - {"causalsynth, noise array kept"} == {"causalsynth", "pgmpy"}
    for sampler in report["samplers"].values():
        assert len(sampler["rounds"]) == 1
        assert set(sampler["median"]) == FIELDS
        assert sampler["median"] == sampler["rounds"][0]
        figures = sampler["median"]
        assert 0 < figures["cpu_s"] < figures["process_cpu_s"]
        assert 0 < figures["rss_before_mb"] <= figures["peak_mb"]


def test_ratios_are_those_of_the_figures(report):
    ratios = report["ratios"]["pgmpy"]
    for field in ("cpu_s", "process_cpu_s", "peak_mb"):
        ours, theirs = (report["samplers"][name]["median"][field] for name in ("causalsynth", "pgmpy"))
        assert ratios[field] == pytest.approx({"of_medians": theirs / ours, "by_round": theirs / ours})
    assert [goal["wanted"] for goal in report["goals"]] == [100, 4] * (len(report["samplers"]) - 1)
    assert all(goal["met"] == (goal["value"] >= goal["wanted"]) for goal in report["goals"])


def test_says_what_it_was_measured_on(report):
    assert report["machine"]["cores"] >= 1
    assert {"causalsynth", "numpy", "pgmpy"} <= set(report["machine"]["versions"])


def test_table_has_a_line_a_sampler_and_a_verdict():
    done = run("--network", "cancer", "--rows", "2000", "--rounds", "1", "--peers", "pyagrum")
    assert done.returncode == 0, done.stderr
    assert "cancer, 5 variables, 2,000 rows, 1 round, fresh processes" in done.stdout
    assert "\ncausalsynth  " in done.stdout
    assert "The goals are stated for alarm, 1,000,000 rows." in done.stdout
    installed = importlib.util.find_spec("pyagrum") is not None
    assert ("not installed: pip install 'causalsynth[benchmark]'" in done.stdout) == (not installed)
    assert ("CPU time: pyagrum / causalsynth at least 20" in done.stdout) == installed


def test_a_peer_that_is_not_installed_is_skipped_with_what_to_do(monkeypatch):
    peers = load("peers")
    monkeypatch.setattr(peers, "find_spec", lambda module: None)
    assert peers.missing("pyagrum") == "not installed: pip install 'causalsynth[benchmark]'"


@pytest.mark.parametrize(("met", "code"), [(True, 0), (False, 5)])
def test_check_exits_with_5_if_a_goal_is_missed(met, code, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    sampler = load("sampler")
    monkeypatch.setattr(sampler, "comparison", lambda options: {"goals": [{"met": True}, {"met": met}]})
    assert sampler.main(["--json", "--check"]) == code
    assert sampler.main(["--json"]) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--network", "alram"], "error: there is no graph 'alram'\nhint: did you mean alarm?"),
        (["--peers", "bnlearn"], "there is no peer 'bnlearn', only pgmpy, pyagrum"),
        (["--rows", "0"], "'0' is not a whole number from 1"),
    ],
)
def test_wrong_options_are_refused(options, message):
    done = run(*options)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def runs(cpu, peak=(100.0, 100.0, 100.0)):
    return [{"cpu_s": seconds, "peak_mb": mb} for seconds, mb in zip(cpu, peak, strict=True)]


def test_ratio_of_medians_and_median_of_ratios_are_kept_apart():
    theirs, ours = runs((10.0, 20.0, 60.0)), runs((0.1, 0.4, 0.2))
    # Medians 20 and 0.2; by round 100, 50, 300.
    assert goals.ratios(theirs, ours, "cpu_s") == pytest.approx({"of_medians": 100.0, "by_round": 100.0})
    theirs[0]["cpu_s"] = 1.0
    assert goals.ratios(theirs, ours, "cpu_s") == pytest.approx({"of_medians": 100.0, "by_round": 50.0})


def test_the_smaller_ratio_decides():
    measured = {"causalsynth": runs((0.1, 0.4, 0.2)), "pgmpy": runs((1.0, 20.0, 60.0), (400.0, 400.0, 400.0))}
    cpu, peak = goals.comparison_goals(measured)
    assert (cpu.value, cpu.met) == (pytest.approx(50.0), False)
    assert (peak.value, peak.met) == (pytest.approx(4.0), True)


def test_keeping_the_noise_must_meet_the_goals_too():
    measured = {
        "causalsynth": runs((0.1, 0.1, 0.1)),
        "causalsynth, noise array kept": runs((0.3, 0.3, 0.3)),
        "pyagrum": runs((3.0, 3.0, 3.0)),
    }
    assert [goal.met for goal in goals.comparison_goals(measured)] == [True, False]


def test_the_dearest_network_decides():
    assert goals.network_goal({"alarm": 1.0, "mildew": 5.0, "asia": 2.0}).met
    goal = goals.network_goal({"alarm": 1.0, "mildew": 5.01, "asia": 2.0})
    assert not goal.met
    assert "mildew, the dearest of 3" in goal.text
