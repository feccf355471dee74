"""Put the claims of a whole text together: one finding a variable, then what follows from them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from causalsynth.domain import Implication, Lexicon, VariableWording
from causalsynth.extract.claim import Claim
from causalsynth.extract.findings import Finding, Findings, Span, Status

__all__ = ["Resolver"]

_ROUNDING = 1e-9
_STATED, _IMPLIED, _UNCERTAIN = Status.STATED, Status.IMPLIED, Status.UNCERTAIN
_CONTRADICTORY, _NOT_STATED = Status.CONTRADICTORY, Status.NOT_STATED
"""Looked up once: a text has many findings."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """An implication, laid out for reading many texts."""

    state: str
    any_of: tuple[tuple[str, str], ...]
    all_of: tuple[tuple[str, str], ...]
    premises: tuple[str, ...]


class Resolver:
    """Puts the claims of a text together: one finding a variable, then what follows from them.

    Parameters
    ----------
    lexicon
        Its variables and implications are laid out once.
    """

    __slots__ = ("_not_stated", "_rounds", "_rules", "_wordings")

    def __init__(self, lexicon: Lexicon) -> None:
        self._wordings = dict(lexicon.variables)
        self._not_stated = {name: Finding(variable=name, status=_NOT_STATED) for name in self._wordings}
        self._rules: dict[str, list[_Rule]] = {}
        for implication in lexicon.implies:
            self._rules.setdefault(implication.variable, []).append(_rule(implication))
        self._rounds = len(lexicon.implies)

    def resolve(self, claims: Iterable[Claim]) -> Findings:
        """Intersect the certain claims on each variable, then apply the lexicon's implications."""
        by_variable: dict[str, list[Claim]] = {}
        for claim in claims:
            if claim.variable in by_variable:
                by_variable[claim.variable].append(claim)
            else:
                by_variable[claim.variable] = [claim]
        found = dict(self._not_stated)
        for name, about in by_variable.items():
            if name in found:
                found[name] = _resolve_one(name, about, self._wordings[name])
        self._imply(found)
        return Findings(found)

    def _imply(self, found: dict[str, Finding]) -> None:
        """Fill in what follows, by three-valued logic, until nothing changes; a statement is never overridden."""
        for _ in range(self._rounds):
            changed = False
            for variable, rules in self._rules.items():
                before = found[variable]
                if before.status is not _STATED and before.status is not _CONTRADICTORY:
                    _imply_one(variable, rules, found, self._wordings[variable])
                    changed = changed or found[variable] != before
            if not changed:
                return


def _rule(implication: Implication) -> _Rule:
    any_of, all_of = implication.any_of, implication.all_of
    return _Rule(implication.state, tuple(any_of.items()), tuple(all_of.items()), tuple({**any_of, **all_of}))


def _resolve_one(variable: str, claims: list[Claim], wording: VariableWording) -> Finding:
    if _are_agreed(claims):
        spans = (claims[0].span,) if len(claims) == 1 else _disjoint([claim.span for claim in claims])
        return Finding(variable=variable, status=_STATED, value=next(iter(claims[0].allowed)), spans=spans)
    certain = [claim for claim in claims if claim.certain]
    strong = [claim for claim in certain if not claim.weak]
    relevant = strong or certain or claims
    if wording.numeric:
        relevant = [claim for claim in strong if claim.at_index] or relevant
        if wording.number is not None and not wording.number.timeless:
            relevant = _of_first_entry(relevant)
    spans = (relevant[0].span,) if len(relevant) == 1 else _disjoint([claim.span for claim in relevant])
    if wording.numeric:
        return _resolve_number(variable, relevant, spans, wording)
    states = tuple(wording.states)
    allowed = relevant[0].allowed.intersection(*[claim.allowed for claim in relevant[1:]])
    if len(allowed) > 1 and certain:
        narrowed = allowed.intersection(*(claim.allowed for claim in certain if claim.weak))
        allowed = narrowed if len(narrowed) == 1 else allowed
    if len(allowed) == 1 and certain:
        return Finding(variable=variable, status=_STATED, value=next(iter(allowed)), spans=spans)
    if not allowed and certain and wording.highest:
        highest = _highest(relevant, states)
        if highest is not None:
            return Finding(variable=variable, status=_STATED, value=highest, spans=spans)
    status = _UNCERTAIN if allowed else _CONTRADICTORY
    named = allowed or frozenset().union(*(claim.allowed for claim in relevant))
    candidates = tuple(state for state in states if state in named)
    return Finding(variable=variable, status=status, spans=spans, candidates=candidates)


def _are_agreed(claims: list[Claim]) -> bool:
    """Tell whether all say one and the same state for certain, as most do: then there is nothing to weigh."""
    allowed, weak = claims[0].allowed, claims[0].weak
    return len(allowed) == 1 and all(
        claim.certain and claim.weak == weak and claim.allowed == allowed for claim in claims
    )


def _of_first_entry(claims: list[Claim]) -> list[Claim]:
    """Leave out what later entries of a log say."""
    entries = [claim.entry for claim in claims if claim.entry is not None]
    return [claim for claim in claims if claim.entry is None or claim.entry == min(entries)] if entries else claims


def _highest(claims: list[Claim], states: tuple[str, ...]) -> str | None:
    """Give the last in order of the states that are asserted, unless it is also denied or the first one is asserted."""
    asserted = frozenset().union(*(claim.allowed for claim in claims if len(claim.allowed) == 1))
    if not asserted or states[0] in asserted:
        return None
    last = max(asserted, key=states.index)
    return last if all(last in claim.allowed for claim in claims if len(claim.allowed) > 1) else None


def _resolve_number(variable: str, claims: list[Claim], spans: tuple[Span, ...], wording: VariableWording) -> Finding:
    """Numbers that agree within the tolerance are one value, the first; others contradict each other."""
    numbers = [claim.number for claim in claims if claim.number is not None and math.isfinite(claim.number)]
    decimals, tolerance = (wording.number.decimals, wording.number.tolerance) if wording.number else (0, 0.0)
    agree = bool(numbers) and max(numbers) - min(numbers) <= tolerance + _ROUNDING
    certain = all(claim.certain for claim in claims)
    if certain and agree:
        value = int(numbers[0]) if decimals <= 0 and numbers[0].is_integer() else numbers[0]
        return Finding(variable=variable, status=_STATED, value=value, spans=spans)
    open_to_choice = not certain or all(claim.weak for claim in claims)
    status = _UNCERTAIN if open_to_choice else _CONTRADICTORY
    candidates = tuple(dict.fromkeys(wording.written(number) for number in numbers))
    return Finding(variable=variable, status=status, spans=spans, candidates=candidates)


def _disjoint(spans: list[Span]) -> tuple[Span, ...]:
    """Give the spans in order, those that overlap as one."""
    edge = -1
    for start, end in spans:
        if start < edge or start == edge == end:
            break
        edge = end
    else:
        return tuple(spans)  # as most come
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _imply_one(variable: str, rules: list[_Rule], found: dict[str, Finding], wording: VariableWording) -> None:
    maybe: list[str] = []
    for rule in rules:
        truth = _truth(rule, found)
        if truth is False or (truth is None and not _in_question(rule.premises, found)):
            continue
        spans = _disjoint([span for premise in rule.premises for span in found[premise].spans])
        if truth:
            found[variable] = Finding(variable=variable, status=_IMPLIED, value=rule.state, spans=spans)
            return
        maybe.append(rule.state)
        if found[variable].status is _NOT_STATED:
            found[variable] = Finding(variable=variable, status=_UNCERTAIN, spans=spans)
    if maybe and not found[variable].candidates:
        old = found[variable]
        candidates = tuple(state for state in wording.states if state in maybe)
        found[variable] = Finding(variable=variable, status=old.status, spans=old.spans, candidates=candidates)


def _truth(rule: _Rule, found: Mapping[str, Finding]) -> bool | None:
    some = [_is(found[name], state) for name, state in rule.any_of]
    every = [_is(found[name], state) for name, state in rule.all_of]
    any_true = True if True in some else None if None in some else False
    all_true = False if False in every else None if None in every else True
    if some and every:
        return None if None in (any_true, all_true) else any_true and all_true
    return any_true if some else all_true


def _is(finding: Finding, state: str) -> bool | None:
    return None if finding.value is None else finding.value == state


def _in_question(premises: Sequence[str], found: Mapping[str, Finding]) -> bool:
    """Something is said of every premise, and it is left open for one."""
    open_status = (_UNCERTAIN, _CONTRADICTORY)
    statuses = [found[name].status for name in premises]
    return _NOT_STATED not in statuses and any(status in open_status for status in statuses)
