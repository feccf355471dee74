"""The benchmark of the CI tests runs, in tiny size, and its arithmetic is right."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
from benchmark_modules import FOLDER, load

figures = load("ci_figures")


def test_rates_and_their_errors_by_hand():
    counted = [np.array([True, True, True, False]), np.array([True, True, False, False])]
    rejected = [np.array([True, False, False, True]), np.array([True, True, False, True])]
    share, error = figures.rate(rejected, counted)
    assert share == 3 / 5
    # Residuals of the replicates: 1 - .6·3 = -.8 and 2 - .6·2 = .8; √(2/1 · 2 · .64)/5.
    assert error == pytest.approx(math.sqrt(2 * 2 * 0.64) / 5)
    assert all(map(math.isnan, figures.rate([rejected[0]], [np.zeros(4, bool)])))


def cell(test, fpr, power, network="alarm"):
    return figures.Cell(network, 500, test, 1, fpr, 0.002, power, 0.0, 0.0, 1.0)


def test_goals_compare_with_calibrated_tests_only():
    goals = list(figures.calibration_goals([cell("x2", 0.05, 0.9), cell("mc", 0.049, 0.91), cell("loose", 0.3, 0.99)]))
    assert [goal.met for goal in goals] == [True, True]
    assert goals[1].value == pytest.approx(0.01)
    assert not any(goal.met for goal in figures.calibration_goals([cell("x2", 0.06, 0.9), cell("mc", 0.05, 0.93)]))
    assert [goal.met for goal in figures.calibration_goals([cell("x2", 0.056, 0.9, "asia")])] == [False]
    assert [goal.met for goal in figures.speed_goals({"x2": 5000, "mc": 1499})] == [True, False]


def test_it_runs_and_says_what_it_found():
    options = ["--networks", "asia", "--rows", "200", "--replicates", "1", "--tests", "x2,mc", "--peers", "none"]
    command = [sys.executable, str(FOLDER / "ci_tests.py"), *options]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [(item["test"], item["rows"], item["replicates"]) for item in report["cells"]] == [
        ("x2", 200, 8),
        ("mc", 200, 8),
    ]
    assert all(0 <= item["fpr"] < 0.3 < item["power"] <= 1 for item in report["cells"])
    assert [goal["text"] for goal in report["goals"]] == ["asia, n = 200: false-positive rate at most 0.055"]
