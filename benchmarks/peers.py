"""The samplers compared: each loads a network and gives a function that draws rows from it.

Every function takes the path of an uncompressed BIF file. What the drawing function returns holds the rows, in the
form in which the sampler's cheapest public call leaves them; it is kept until memory has been read.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

__all__ = ["NEEDS", "PREPARE", "Draw", "UnavailableError", "missing"]

Draw = Callable[[int, int], object]
"""(rows, seed) → something that holds the rows."""


class UnavailableError(Exception):
    """A sampler can't be measured here; the message says why."""


def _causalsynth(path: Path) -> Draw:
    """Draw int8 codes; the noise is retained by its seed, in no memory."""
    from causalsynth.scm import SCM

    model = SCM.from_bif(path)
    return lambda rows, seed: model.sample(rows, seed=seed)


def _causalsynth_kept(path: Path) -> Draw:
    """Draw int8 codes, and the noise of every cell as an array beside them."""
    from causalsynth.scm import SCM

    model = SCM.from_bif(path)
    if not hasattr(model, "noise"):
        raise UnavailableError("this version of causalsynth has no SCM.noise")

    def draw(rows: int, seed: int) -> object:
        noise = model.noise(rows, seed=seed)
        return noise, model.evaluate(noise)

    return draw


def _pgmpy(path: Path) -> Draw:
    """Draw a DataFrame of state names; `simulate` without evidence makes the same call and adds to it."""
    from pgmpy.readwrite import BIFReader
    from pgmpy.sampling import BayesianModelSampling

    sampler = BayesianModelSampling(BIFReader(str(path)).get_model())
    return lambda rows, seed: sampler.forward_sample(size=rows, seed=seed, show_progress=False, n_jobs=1)


def _pyagrum(path: Path) -> Draw:
    """Draw pyAgrum's own table in C++; its conversion to pandas, which costs more than drawing, isn't counted."""
    import pyagrum

    pyagrum.setNumberOfThreads(1)
    try:
        network = pyagrum.loadBN(str(path))
    except pyagrum.GumException as error:
        raise UnavailableError(f"pyagrum can't read {path.name}: {type(error).__name__}") from None

    def draw(rows: int, seed: int) -> object:
        pyagrum.initRandom(seed + 1)  # 0 means the clock
        generator = pyagrum.BNDatabaseGenerator(network)
        generator.drawSamples(rows)
        if generator.samplesNbRows() != rows:
            raise UnavailableError(f"pyagrum stopped at {generator.samplesNbRows()} of {rows} rows")
        return generator

    return draw


PREPARE: dict[str, Callable[[Path], Draw]] = {
    "causalsynth": _causalsynth,
    "causalsynth, noise array kept": _causalsynth_kept,
    "pgmpy": _pgmpy,
    "pyagrum": _pyagrum,
}
"""Name → how to load a network with it."""

NEEDS = {"pgmpy": "pgmpy", "pyagrum": "pyagrum"}
"""Peer → the module that it needs."""


def missing(peer: str) -> str | None:
    """Say how to get a peer that isn't installed, or None if it is."""
    if find_spec(NEEDS[peer]) is not None:
        return None
    return "not installed: pip install 'causalsynth[benchmark]'"
