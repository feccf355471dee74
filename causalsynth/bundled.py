"""Where the graphs and prompts that ship with CausalSynth lie.

In a wheel they are inside the package (``causalsynth/_bundled``), in a checkout they are the top-level folders
``graphs/`` and ``prompts/``, so that they can be read and edited where people look for them.
"""

from pathlib import Path

__all__ = ["GRAPHS", "PROMPTS"]

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_bundled"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent

GRAPHS: Path = _ROOT / "graphs"
"""One folder a graph: the graph itself, its lexicon, a README."""

PROMPTS: Path = _ROOT / "prompts"
"""One folder a document type."""
