"""From names in a graph to words: ``account_age_days`` → account age, ``LowerBodyO2`` → lower body O2."""

import re

from causalsynth.domain.units import common_unit

__all__ = ["label_of", "state_words", "words_of"]

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s_.\-]+")
_KNOWN = (
    "aki api bmi bnp bp ckd co2 copd cpu crp ct dbp dna ecg ecmo eeg egfr ekg etco2 fio2 gcs gfr gpu hba1c hdl hiv hr "
    "icu id inr ip kpi ldl los map mri nyha o2 pcr pco2 ph po2 qt rna rr sbp sofa spo2 tb tsh url vat wbc"
)
_ABBREVIATIONS = frozenset(_KNOWN.split())
_LONGEST_CAPITALS = 5
"""Longer names in capitals are words, ``HYPOVOLEMIA``; shorter ones abbreviations, ``HRBP``."""
_SYNONYMS = {
    "low": ("low", "reduced", "decreased"),
    "normal": ("normal", "within normal limits"),
    "high": ("high", "raised", "elevated", "increased"),
    "moderate": ("moderate", "medium"),
    "medium": ("medium", "moderate"),
    "severe": ("severe", "marked"),
    "mild": ("mild", "slight"),
    "good": ("good",),
    "poor": ("poor", "bad"),
    "positive": ("positive",),
    "negative": ("negative",),
}


def words_of(name: str) -> str:
    """Split a name at underscores, dashes, dots and inner capitals; abbreviations keep or get their capitals."""
    pieces = [piece for piece in _BOUNDARY.split(name) if piece]
    mixed = any(char.islower() for char in name)
    return " ".join(_word(piece, mixed=mixed) for piece in pieces) or name


def _word(piece: str, *, mixed: bool) -> str:
    if piece.casefold() in _ABBREVIATIONS:
        return piece.upper() if piece.islower() else piece
    short = len(piece) <= _LONGEST_CAPITALS
    return piece if piece.isupper() and (mixed or short) and len(piece) > 1 else piece.casefold()


def label_of(name: str, unit: str = "") -> str:
    """Give what a person calls a variable: its name in words, without the unit at its end."""
    pieces = words_of(name).split()
    own = common_unit(unit) if unit else None
    if len(pieces) > 1 and unit:
        last = common_unit(pieces[-1])
        if pieces[-1].casefold() == unit.casefold() or (own is not None and last is own):
            pieces = pieces[:-1]
    return " ".join(pieces)


def state_words(state: str) -> tuple[str, ...]:
    """Give the words for a state, the plainest first: ``card_present`` → card present; ``LOW`` → low, reduced."""
    plain = words_of(state)
    plain = plain.casefold() if state.isupper() else plain
    return _SYNONYMS.get(plain, (plain,))
