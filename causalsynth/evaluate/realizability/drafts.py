"""What drafts say that they should not, by variable, kind and state."""

from collections import Counter, defaultdict

from causalsynth.evaluate.intervals import Share
from causalsynth.evaluate.realizability.counts import KindViolations, StateOverride, VariableViolations
from causalsynth.ledger import Attempt

__all__ = ["Drafts", "States", "by_kind", "by_variable", "is_draft"]


def is_draft(attempt: Attempt) -> bool:
    """Tell whether the realizer wrote something that was read; without violations alone it is not accepted."""
    return attempt.has_usable_draft and not attempt.is_repair


class Drafts:
    """Violations of some drafts, by variable and kind."""

    def __init__(self) -> None:
        self.n = 0
        self.kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.touched: Counter[str] = Counter()
        self.touched_by_kind: Counter[str] = Counter()
        self.variables: tuple[str, ...] = ()

    def add(self, draft: Attempt) -> None:
        """Take in a draft."""
        self.n += 1
        self.variables = self.variables or tuple(draft.skeleton)
        for violation in draft.violations:
            self.kinds[violation.variable][violation.kind] += 1
        self.touched.update({violation.variable for violation in draft.violations})
        self.touched_by_kind.update({violation.kind for violation in draft.violations})


def by_variable(first: Drafts, every: Drafts) -> dict[str, VariableViolations]:
    """Give the violations of each variable, in the order of the skeleton."""
    return {
        name: VariableViolations(
            in_first=Share(first.touched[name], first.n),
            first_by_kind=dict(first.kinds[name].most_common()),
            by_kind=dict(every.kinds[name].most_common()),
        )
        for name in [*first.variables, *sorted(every.kinds.keys() - set(first.variables))]
    }


def by_kind(first: Drafts, every: Drafts) -> dict[str, KindViolations]:
    """Give the violations of each kind, the most frequent first."""
    counts: Counter[str] = Counter()
    for kinds in every.kinds.values():
        counts.update(kinds)
    return {
        kind: KindViolations(in_first=Share(first.touched_by_kind[kind], first.n), violations=count)
        for kind, count in counts.most_common()
    }


class States:
    """What first drafts wrote instead of each imposed state."""

    def __init__(self) -> None:
        self._imposed: Counter[tuple[str, str]] = Counter()
        self._overridden: Counter[tuple[str, str]] = Counter()
        self._written: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, first: Attempt) -> None:
        """Take in a first draft."""
        states = _states(first)
        self._imposed.update(states.items())
        for name, instead in _written_instead(first).items():
            if name in states:
                self._overridden[name, states[name]] += 1
                self._written[name, states[name]][instead] += 1

    def overrides(self) -> list[StateOverride]:
        """Give each imposed state that was not written as such, the surest first."""
        found = [
            StateOverride(
                variable=name,
                state=state,
                overridden=Share(count, self._imposed[name, state]),
                written=dict(self._written[name, state].most_common()),
            )
            for (name, state), count in self._overridden.items()
        ]
        return sorted(found, key=_surest_first)


def _states(attempt: Attempt) -> dict[str, str]:
    return {name: value for name, value in attempt.skeleton.items() if isinstance(value, str)}


def _written_instead(draft: Attempt) -> dict[str, str]:
    """Give what a draft says of each fact that it had to state and does not."""
    return {
        violation.variable: violation.found
        if violation.kind == "wrong" and violation.found is not None
        else f"({violation.kind})"
        for violation in draft.violations
        if violation.kind != "leaked" and violation.variable in draft.skeleton
    }


def _surest_first(override: StateOverride) -> tuple[float, int, str, str]:
    return (-override.overridden.interval[0], -override.overridden.count, override.variable, override.state)
