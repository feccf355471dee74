"""Which graphs are known by name, and where they lie."""

import importlib.util
import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from causalsynth.bundled import GRAPHS
from causalsynth.errors import GraphError

__all__ = ["SPEC_ENDINGS", "GraphEntry", "bundled_graphs", "find_graph", "graph_name", "pgmpy_graphs"]

SPEC_ENDINGS = (".yaml", ".yml")
"""What tells a YAML spec from a BIF file."""

_ENDINGS = (".bif", ".bif.gz", *SPEC_ENDINGS)
_OTHER_YAML = ("lexicon", "mention")
"""What else a domain folder keeps in YAML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEntry:
    """A graph that goes by a name.

    Attributes
    ----------
    path
        The BIF file or YAML spec.
    lexicon
        Whether a lexicon lies beside it, so that it can be put into words.
    source, licence
        As its README says.
    """

    name: str
    path: Path
    lexicon: bool
    source: str
    licence: str


def bundled_graphs() -> dict[str, GraphEntry]:
    """List the graphs that ship with CausalSynth, by name."""
    found = {}
    for folder in sorted(path for path in GRAPHS.glob("*") if path.is_dir()):
        files = _graph_files(folder)
        if files:
            readme = folder / "README.md"
            facts = _facts(readme.read_text(encoding="utf-8")) if readme.is_file() else {}
            found[folder.name] = GraphEntry(
                name=folder.name,
                path=files[0],
                lexicon=(folder / "lexicon.yaml").is_file(),
                source=facts.get("source", "not stated"),
                licence=facts.get("licence", "not stated"),
            )
    return found


def pgmpy_graphs() -> dict[str, GraphEntry]:
    """List the networks inside the installed pgmpy, by name, without importing it."""
    spec = importlib.util.find_spec("pgmpy")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "utils" / "example_models"
    source = f"pgmpy {version('pgmpy')}, as in the bnlearn repository"
    return {
        graph_name(path): GraphEntry(
            name=graph_name(path), path=path, lexicon=False, source=source, licence="not established"
        )
        for path in _graph_files(folder)
    }


def find_graph(source: str | Path) -> Path:
    """Find the file of a bundled name, a name in pgmpy, a path, or a folder with one graph (BIF or YAML spec).

    Raises
    ------
    GraphError
        There is none; suggests names that are close.
    """
    if isinstance(source, str):
        known = bundled_graphs()
        if source not in known:
            known = pgmpy_graphs() | known
        if source in known:
            return known[source].path
    else:
        known = {}
    path = Path(source)
    if _exists(path, folder=True):
        files = _graph_files(path)
        if len(files) != 1:
            raise GraphError(
                f"{path}: the folder holds {len(files)} graphs (.bif, .yaml), not one", hint="name the file itself"
            )
        return files[0]
    if _exists(path) or path.name.endswith(_ENDINGS) or not known or len(path.parts) > 1:
        return path
    close = get_close_matches(str(source), known, n=3)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    raise GraphError(
        f"there is no graph {str(source)!r}", hint=f"{hint}`causalsynth graphs` lists those that ship with it"
    )


def graph_name(path: Path) -> str:
    """Give a graph's name: its file's, without the ending."""
    for ending in _ENDINGS:
        if path.name.endswith(ending):
            return path.name.removesuffix(ending)
    return path.name


def _exists(path: Path, *, folder: bool = False) -> bool:
    try:
        return path.is_dir() if folder else path.exists()
    except (OSError, ValueError):  # a name too long, or with a NUL
        return False


def _graph_files(folder: Path) -> list[Path]:
    files = (path for path in folder.glob("*") if path.name.endswith(_ENDINGS))
    return sorted(path for path in files if not path.name.startswith(_OTHER_YAML))


def _facts(readme: str) -> dict[str, str]:
    lines = re.findall(r"^[-*\s]*(Source|Licence):\**\s*(.+?)\s*$", readme, re.MULTILINE)
    return {key.lower(): value for key, value in lines}
