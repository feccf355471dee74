"""Kinds of cue as bits, see `causalsynth.extract.vocabulary.Entry.kinds`: any of several is asked for in one step."""

from collections.abc import Iterable
from typing import get_args

from causalsynth.domain.cues import CueKind

__all__ = ["AND", "ANSWERS", "BREAKS", "DENYING", "LINKS", "NEGATES", "PERSON", "SELF", "VERBS", "bits_of", "kind_bits"]

_BITS: dict[str, int] = {kind: 1 << n for n, kind in enumerate(get_args(CueKind))}


def kind_bits(*kinds: CueKind) -> int:
    """Give the bits of some kinds."""
    return bits_of(kinds)


def bits_of(cues: Iterable[str]) -> int:
    """Give the bits of the kinds that a phrase has."""
    bits = 0
    for kind in cues:
        bits |= _BITS[kind]
    return bits


AND = kind_bits("and")
ANSWERS = kind_bits("answer_no", "answer_yes")
BREAKS = kind_bits("stop", "clause")
DENYING = kind_bits("negate", "negate_list", "negate_after", "negate_either")
LINKS = kind_bits("and", "or")
NEGATES = kind_bits("negate", "negate_list")
PERSON = kind_bits("person")
SELF = kind_bits("self")
VERBS = kind_bits("be", "verb")
