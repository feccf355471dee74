"""How the next token is drawn from logits."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_token"]


def draw_token(logits: NDArray[np.float32], *, temperature: float, top_p: float, die: float) -> int:
    """Draw a token.

    Parameters
    ----------
    logits
        Shape (vocabulary,).
    temperature
        From 0, where the most probable token is taken.
    top_p
        Nucleus mass (Holtzman et al. 2020), above 0 to 1: the fewest most probable tokens that reach it are kept.
    die
        Uniform on [0, 1).
    """
    if temperature == 0:
        return int(np.argmax(logits))
    order = np.argsort(-logits, kind="stable")
    scaled = logits[order].astype(np.float64) / temperature
    mass = np.cumsum(np.exp(scaled - scaled[0]))
    kept = int(np.searchsorted(mass, top_p * mass[-1])) + 1
    return int(order[np.searchsorted(mass[:kept], die * mass[min(kept, len(mass)) - 1], side="right")])
