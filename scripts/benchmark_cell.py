"""Evaluate one run of the benchmark: the figures of each method, as plain JSON."""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from causalsynth.errors import InputError
from causalsynth.evaluate.effects import effects
from causalsynth.evaluate.independence import independence
from causalsynth.evaluate.methods import Method, method_samples
from causalsynth.evaluate.realizability import realizability
from causalsynth.evaluate.rundir import EvaluatedRun, open_run
from causalsynth.evaluate.selection import selection
from causalsynth.evaluate.value_tables import value_tables

__all__ = ["SKELETON", "evaluate_cell"]

SKELETON = "skeleton"
_EXTRACTED = "extracted"
"""What the fallback lets through are the run's own texts, so that its values are those."""


def evaluate_cell(directory: Path) -> dict[str, Any]:
    """Give what a run shows: ``n``, ``is_llm``, ``realized``, and for skeletons and each method a row of figures."""
    run = open_run(directory)
    realized = realizability(run.attempts, planned=run.plan.n, rounds=run.plan.rounds)
    rows = _sizes(run)
    for figures in (_independence(run), _selection(run), _effects(run)):
        for name, found in figures.items():
            rows.setdefault(name, {}).update(found)
    return {
        "n": run.finished,
        "is_llm": run.plan.is_llm,
        "by_round": [entry.realized.count for entry in realized.by_round],
        "rows": rows,
    }


def _sizes(run: EvaluatedRun) -> dict[str, dict[str, Any]]:
    """Give what each method keeps, how much of that says exactly its facts, and what it costs."""
    samples = method_samples(run.attempts, run.scm.variables)
    right = int(samples[Method.REJECTION].kept.sum())
    rows: dict[str, dict[str, Any]] = {SKELETON: {"kept": run.finished}}
    for method, sample in samples.items():
        kept = int(sample.kept.sum())
        rows[method] = {
            "kept": kept,
            "right": right if method is Method.UNVERIFIED else kept,
            "tokens_per_text": sample.tokens_per_text,
        }
    return rows


def _independence(run: EvaluatedRun) -> dict[str, dict[str, Any]]:
    tables = value_tables(run)
    wanted = [SKELETON, *(method for method in Method if method in tables.frames), _EXTRACTED]
    report = independence(
        {name: tables.frames[name] for name in wanted},
        run.scm,
        test="auto",
        seed=run.plan.seed,
        silent=tables.silent,
        withheld=tables.withheld,
    ).to_json()
    values: Mapping[str, Any] = report["values"]  # type: ignore[assignment]
    paired: Mapping[str, Any] = report["paired_difference"]  # type: ignore[assignment]
    return {
        _row(name): {
            **{key: values[name][key] for key in ("fpr", "fpr_se", "n_null", "power", "n_arcs", "untestable_share")},
            "fpr_difference": paired[name]["fpr"] if name in paired else None,
            "power_difference": paired[name]["power"] if name in paired else None,
        }
        for name in wanted
    }


def _selection(run: EvaluatedRun) -> dict[str, dict[str, Any]]:
    """Give the divergences; nothing where so few first drafts were right that nothing can be told of them."""
    try:
        report = selection(run, seed=run.plan.seed)
    except InputError:
        return {}
    methods: Mapping[str, Any] = report.to_json()["methods"]  # type: ignore[assignment]
    return {
        name: {key: figures[key] for key in ("mean_acceptance", "chi2", "chi2_interval", "tv", "p_value")}
        for name, figures in methods.items()
    }


def _effects(run: EvaluatedRun) -> dict[str, dict[str, Any]]:
    """Give the mean absolute errors of adjusted effects, from the model's own and from those on the skeletons."""
    found: Any = effects(run).to_json()["effects"]
    names = {name for effect in found for name in effect["estimates"]}
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        estimates = [effect["estimates"][name] for effect in found if name in effect["estimates"]]
        moved = [abs(each["from_skeletons"]) for each in estimates if each["from_skeletons"] is not None]
        rows[_row(name)] = {
            "ate_error": fmean(abs(each["error"]) for each in estimates),
            "ate_from_skeletons": fmean(moved) if moved else None,
            "n_effects": len(estimates),
        }
    return rows


def _row(name: str) -> str:
    return str(Method.FALLBACK) if name == _EXTRACTED else str(name)
