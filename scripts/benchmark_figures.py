"""The benchmark's figures over seeds, drawn with matplotlib (the extra `plots`)."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmark_tables import groups, shares_by_round

from causalsynth.evaluate.methods import Method

__all__ = ["draw"]

_COLOURS = {
    Method.UNVERIFIED: "#b2182b",
    Method.REJECTION: "#ef8a62",
    Method.LOOP: "#67a9cf",
    Method.FALLBACK: "#2166ac",
}
_FIGURES = (
    ("power_difference", "Power: difference from the skeletons'", "power.svg"),
    ("fpr_difference", "False-positive rate: difference from the skeletons'", "false_positives.svg"),
    ("chi2", "χ² of the kept records against the graph's law", "chi2.svg"),
    ("ate_from_skeletons", "Mean shift of adjusted effects from the skeletons'", "effects.svg"),
)


def draw(cells: Sequence[Mapping[str, Any]], out: Path) -> list[Path]:
    """Write a figure for each quantity; give their paths, none without matplotlib."""
    try:
        import matplotlib as mpl
    except ImportError:
        print("no figures: matplotlib is not installed (pip install 'causalsynth[plots]')", file=sys.stderr)
        return []
    mpl.use("svg")
    return [
        _by_round(cells, out / "realized.svg"),
        *(_bars(cells, *figure[:2], out / figure[2]) for figure in _FIGURES),
    ]


def _panels(graphs: Sequence[str], title: str) -> tuple[Any, list[Any]]:
    """Open a figure with a panel for each graph."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(graphs), figsize=(3.4 * len(graphs), 3.2), sharey=True, squeeze=False)
    figure.suptitle(title, fontsize=11)
    for panel, graph in zip(panels[0], graphs, strict=True):
        panel.set_title(graph, fontsize=10)
        panel.spines[["top", "right"]].set_visible(False)
    return figure, list(panels[0])


def _save(figure: Any, path: Path) -> Path:
    import matplotlib.pyplot as plt

    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path


def _by_round(cells: Sequence[Mapping[str, Any]], path: Path) -> Path:
    graphs = list(dict.fromkeys(cell["graph"] for cell in cells))
    figure, panels = _panels(graphs, "Share realized within K rounds")
    for (graph, realizer), own in groups(cells).items():
        shares = shares_by_round(own)
        panels[graphs.index(graph)].plot(range(1, len(shares) + 1), shares, marker="o", markersize=3, label=realizer)
    for panel in panels:
        panel.set_xlabel("K")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.legend(fontsize=7, frameon=False)
    panels[0].set_ylim(0, 1.02)
    return _save(figure, path)


def _bars(cells: Sequence[Mapping[str, Any]], key: str, title: str, path: Path) -> Path:
    graphs = list(dict.fromkeys(cell["graph"] for cell in cells))
    figure, panels = _panels(graphs, title)
    width = 0.8 / len(Method)
    for panel, graph in zip(panels, graphs, strict=True):
        own = {realizer: found for (name, realizer), found in groups(cells).items() if name == graph}
        for position, method in enumerate(Method):
            heights = [_mean(found, method, key) for found in own.values()]
            places = [at + (position - (len(Method) - 1) / 2) * width for at in range(len(own))]
            panel.bar(places, heights, width, color=_COLOURS[method], label=str(method))
        panel.set_xticks(range(len(own)), list(own), rotation=40, ha="right", fontsize=7)
        panel.axhline(0, color="black", linewidth=0.6)
    panels[-1].legend(fontsize=7, frameon=False)
    return _save(figure, path)


def _mean(cells: Sequence[Mapping[str, Any]], method: str, key: str) -> float:
    found = [value for cell in cells if (value := cell["rows"].get(method, {}).get(key)) is not None]
    return fmean(found) if found else float("nan")
