"""A QQ plot of the p-values of implied independencies, as an SVG."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from causalsynth.errors import InputError
from causalsynth.files import replacing

if TYPE_CHECKING:
    from causalsynth.evaluate.independence.report import IndependenceReport

__all__ = ["qq_plot"]

_PANEL_INCHES = 3.2


def qq_plot(report: "IndependenceReport", path: Path) -> None:
    """Draw observed p-values over those of a uniform distribution, one panel a set of values.

    Grey is where 95 of 100 data sets of the same size would be, point by point, if all independencies hold; below
    the diagonal lie too small p-values.

    Raises
    ------
    InputError
        matplotlib is missing, the name doesn't end in ``.svg``, or the file can't be written.
    """
    if path.suffix.lower() != ".svg":
        raise InputError(f"--plot {path}: an SVG is drawn", hint="give a name that ends in .svg")
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise InputError(
            "--plot: matplotlib is not installed", hint="install the extra: pip install 'causalsynth[plots]'"
        ) from None
    shown = [(name, values.uniformity) for name, values in report.values.items() if values.uniformity]
    figure = Figure(figsize=(_PANEL_INCHES * max(1, len(shown)), _PANEL_INCHES + 0.4), layout="constrained")
    for position, (name, uniformity) in enumerate(shown):
        axes = figure.add_subplot(1, len(shown), position + 1)
        expected, observed = zip(*uniformity.quantiles, strict=True)
        if uniformity.band:
            low, high = zip(*uniformity.band, strict=True)
            axes.fill_between(expected, low, high, color="0.88", linewidth=0)
        axes.plot([0, 1], [0, 1], color="0.5", linewidth=0.8)
        axes.plot(expected, observed, ".", markersize=4, color="C0")
        known = "" if uniformity.p_value is None else f", p = {uniformity.p_value:.2g}"
        axes.set_title(f"{name}\nKS = {uniformity.ks:.3f}{known}", fontsize=9, parse_math=False)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="expected p-value")
        axes.set_ylabel("observed p-value" if position == 0 else "")
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    import matplotlib

    try:
        with matplotlib.rc_context({"svg.hashsalt": "causalsynth"}), replacing(path) as draft:
            figure.savefig(draft, format="svg", metadata={"Date": None})
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}", hint="check the path") from error
