"""The report on effects as tables for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from causalsynth.cli.evaluate.printing import percent, signed, table
from causalsynth.cli.options import told_do
from causalsynth.evaluate.intervals import Z95

if TYPE_CHECKING:
    from causalsynth.evaluate.effects import Effect, EffectsReport, Truth
    from causalsynth.evaluate.effects.observational import AdjustedEffect, TableEffect
    from causalsynth.evaluate.effects.report import World, WorldEffect, WorldEstimate
    from causalsynth.evaluate.intervals import Share

__all__ = ["render_effects"]

_NOTABLE = 3.0
"""Standard errors of a difference from the skeletons that are marked."""


def render_effects(report: "EffectsReport") -> RenderableType:
    """Lay out the effects that the texts give beside the model's."""
    parts: list[RenderableType] = []
    if report.effects:
        parts.append(_adjusted(report))
    if _names(report):
        parts += [_by_table(report), *(Text(line) for line in _explanation(report))]
    if report.by_intervention:
        parts.append(_by_intervention(report.by_intervention))
    for world in report.worlds:
        parts += list(_world(world))
    if report.worlds:
        parts.append(Text("!, under interventions: the 95% interval does not hold what the model has."))
    return Group(*parts) if parts else Group(Text("There is no effect to estimate, and no run to set against."))


def _told(effect: "Effect") -> str:
    return f"{effect.treatment}={effect.treated} -> {effect.outcome}"


def _true(truth: "Truth") -> str:
    return f"{truth.value:.4f}" if truth.exact else f"{truth.value:.4f} +- {truth.se:.4f}"


def _names(report: "EffectsReport") -> list[str]:
    return list(dict.fromkeys(name for each in report.effects for name in each.estimates))


def _adjusted(report: "EffectsReport") -> Table:
    names = _names(report)
    rows = (
        (
            _told(each.effect),
            _set(each),
            _true(each.truth),
            *(_estimate(each.estimates.get(name)) for name in names),
        )
        for each in report.effects
    )
    title = "Average treatment effects by adjustment"
    if report.left_out:
        title += f" (the largest; {report.left_out} smaller ones are not shown)"
    return table(title, ("effect", "adjusted for", "model", *names), rows)


def _set(each: "AdjustedEffect") -> str:
    if each.adjustment is None:
        return "can't be"
    return ", ".join(f"{name} (groups)" if name in each.coarsened else name for name in each.adjustment) or "nothing"


def _estimate(found: "TableEffect | None") -> str:
    if found is None:
        return "-"
    apart, se = found.from_skeletons, found.se_from_skeletons
    return f"{found.estimate.value:.4f}{'!' if apart and se is not None and abs(apart) > _NOTABLE * se else ' '}"


def _by_table(report: "EffectsReport") -> Table:
    rows = []
    for name in _names(report):
        found = [(each, each.estimates[name]) for each in report.effects if name in each.estimates]
        errors = [abs(one.estimate.value - each.truth.value) for each, one in found]
        held = sum(one.estimate.interval[0] <= each.truth.value <= one.estimate.interval[1] for each, one in found)
        which, furthest = max(found, key=lambda pair: abs(pair[1].from_skeletons or 0))
        most = abs(furthest.from_skeletons or 0)
        rows.append(
            (
                name,
                str(max(one.estimate.rows for _, one in found)),
                f"{sum(errors) / len(errors):.4f}",
                f"{held} of {len(found)}",
                "-" if not most else f"{most:.4f}  {_told(which.effect)}",
                percent(max(one.estimate.no_overlap for _, one in found)),
            )
        )
    heads = (
        "values",
        "records",
        "mean error",
        "intervals with the truth",
        "furthest from skeletons",
        "most no overlap",
    )
    return table("How far from the model's effects", heads, rows)


def _explanation(report: "EffectsReport") -> Iterator[str]:
    yield (
        f"!: off the estimate on the skeletons by more than {_NOTABLE:g} standard errors of that difference. Both rest"
        " on the same records, so that this is what texts or dropped records did, not chance."
    )
    yield (
        "Unverified: every first draft as it is. Rejection: first drafts that are right, the others dropped. Intervals"
        " hold the truth in 95% of samples if values are right and nothing was selected."
    )
    if any(each.coarsened for each in report.effects):
        yield "(groups): a number, adjusted for in five groups; what varies within a group still confounds."


def _by_intervention(effects: "tuple[WorldEffect, ...]") -> Table:
    names = list(dict.fromkeys(name for each in effects for name in each.estimates))
    rows = (
        (
            _told(each.effect),
            "twins" if each.paired else "two samples",
            _true(each.truth),
            *(_by_worlds(each.estimates.get(name), each.truth) for name in names),
        )
        for each in effects
    )
    return table("Average treatment effects by intervention", ("effect", "from", "model", *names), rows)


def _by_worlds(found: "WorldEstimate | None", truth: "Truth") -> str:
    if found is None:
        return "-"
    return f"{found.value:.4f}{'!' if abs(found.value - truth.value) > Z95 * found.se else ' '}"


def _world(world: "World") -> Iterator[RenderableType]:
    done = told_do(world.do)
    names = list(dict.fromkeys(name for each in world.means for name in each.estimates))
    if world.means:
        rows = (
            (
                str(each.outcome),
                _true(each.truth),
                *(
                    f"{one.value:.4f}{' ' if one.interval[0] <= each.truth.value <= one.interval[1] else '!'}"
                    if (one := each.estimates.get(name)) is not None
                    else "-"
                    for name in names
                ),
            )
            for each in world.means
        )
        yield table(f"Means under {done}, {world.n} records", ("outcome", "model", *names), rows)
    if world.outcomes:
        yield _twins(world, done)


def _twins(world: "World", done: str) -> Table:
    rows = []
    for each in world.outcomes:
        rows.append(
            (
                f"{each.outcome}: model",
                *("-" if truth is None else f"{truth.value:.1%}" for truth in (each.gained, each.lost)),
                signed(None if each.difference is None else each.difference.value),
                "",
                "",
            )
        )
        for name, one in each.estimates.items():
            agreed = each.agreement[name]
            rows.append(
                (
                    f"  {name}",
                    _share(one.gained),
                    _share(one.lost),
                    signed(one.difference),
                    str(one.n),
                    percent(agreed.rate),
                )
            )
    heads = ("outcome", "gained it, of those without", "lost it, of those with", "mean change", "pairs", "as skeletons")
    return table(f"What became of the facts whose treatment {done} changes", heads, rows)


def _share(share: "Share | None") -> str:
    if share is None or share.rate is None:
        return "-"
    low, high = share.interval
    return f"{share.rate:.1%} ({low:.1%} to {high:.1%})"
