"""Names in brackets behind another of the same: ``short of breath (dyspnoea)``."""

from causalsynth.extract.neither import variables_of
from causalsynth.extract.readings import Reading
from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["copy_to_glosses"]


def copy_to_glosses(items: list[Item], readings: dict[int, Reading]) -> None:
    """Let each name in brackets stand as the one before the bracket stands; `readings` are those of `items`."""
    for k, reading in readings.items():
        opens = next((j for j in (k - 1, k - 2) if j > 0 and items[j][2].sign in ("(", "[")), None)
        if opens is None or opens - 1 not in readings or items[opens - 1][1] != items[opens][0]:
            continue
        if not variables_of(items[opens - 1]) & variables_of(items[k]):
            continue
        outer = readings[opens - 1]
        reading.hedged, reading.supposed = outer.hedged, outer.supposed
        reading.past, reading.person = outer.past, outer.person
        touches = opens == k - 1 and items[opens][1] == items[k][0]
        if touches and not _say_otherwise(items[opens - 1][2], items[k][2]):
            reading.negated = outer.negated


def _say_otherwise(name: Entry, gloss: Entry) -> bool:
    """``no dyspnoea (mMRC 0)``: what the bracket says is what the denial before it comes to, and isn't denied again."""
    said = dict(name.asserts)
    return any(said.get(variable, state) != state for variable, state in gloss.asserts)
