"""The plan as a whole: every variable's rule, and what follows for one document."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from causalsynth.domain.mention.notation import is_rules, split, write_key
from causalsynth.domain.mention.reading import EXAMPLE, Chances, check_known, located, read_rule, silent_part
from causalsynth.domain.mention.rule import Mechanism, Origin, SilenceRule
from causalsynth.errors import InputError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.skeletons import Skeletons
from causalsynth.scm.support import Support, Value
from causalsynth.yaml_text import parse_yaml

__all__ = ["MentionPlan"]

_FORM = "write all, a,b, -a,-b, or rules: xray: .3; dysp|smoke: yes=.1, no=.6"
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class MentionPlan:
    """Which variables each document states; on all others it must keep silent.

    What is silent where is drawn from noise of its own, a function of (seed, variable, record): a rule for one variable
    changes nothing for another, nor does the number of records or of workers.

    Attributes
    ----------
    text
        The plan in one line, as `parse` reads it.
    rules
        One a variable that may be silent; all others are always stated.
    supports
        The model's variables, and what each can take.
    """

    text: str
    rules: Mapping[str, SilenceRule]
    supports: Mapping[str, Support]

    @classmethod
    def parse(cls, text: str, supports: Mapping[str, Support]) -> "MentionPlan":
        """Read a plan in one line.

        Parameters
        ----------
        text
            ``all``; variables to state (``smoke,xray``) or to leave out (``-tub,-lung``); or rules with probabilities
            of silence, ``xray: .3; dysp|smoke: yes=.1, no=.6; lactate: .1 + .5*[sepsis = no]``.
        supports
            The model's variables, and what each can take (`SCM.supports`).

        Raises
        ------
        InputError
            A variable or state is unknown, a number is no probability, or nothing is left to state.
        """
        if text == "all":
            return cls(text, {}, supports)
        if not is_rules(text):
            return cls._list(text, supports)
        chances: dict[str, str] = {}
        for part in split(text, ";"):
            if not part.strip():
                continue
            key, *formula = split(part, ":", 1)
            if not formula or key.strip() in chances:
                what = "has no ':'" if not formula else "stands twice"
                raise InputError(f"--mention {text}: {part.strip()!r} {what}", hint=_FORM)
            if is_rules(formula[0]):
                raise InputError(f"--mention {text}: {part.strip()!r} holds two ':'", hint="put ';' between rules")
            chances[key.strip()] = formula[0].strip()
        return cls._of(chances, supports, {key: _named(f"--mention {key}") for key in chances})

    @classmethod
    def missing(cls, silent: Mapping[str, Chances], supports: Mapping[str, Support]) -> "MentionPlan":
        """Make a plan from probabilities of silence.

        Parameters
        ----------
        silent
            Variable → probability, or formula for it; ``variable|parent`` → the probability for each state of the
            parent: ``{"xray": .3, "dysp|smoke": {"yes": .1, "no": .6}}``. All others are always stated.
        supports
            The model's variables, and what each can take (`SCM.supports`).

        Raises
        ------
        InputError
            As `parse`.
        """
        return cls._of(silent, supports, {key: _named(f"mention[{key!r}]") for key in silent})

    @classmethod
    def load(cls, path: str | Path, supports: Mapping[str, Support]) -> "MentionPlan":
        """Read a plan from a YAML file, which has under ``silent`` what `missing` takes.

        Raises
        ------
        InputError
            With file and line; as `parse`.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a NUL in the path
            reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
            raise InputError(f"{path}: can't be read: {reason}", hint="give the path of a YAML file") from None
        document = parse_yaml(text, name=str(path), error=InputError, example=EXAMPLE)
        silent = silent_part(document)
        return cls._of(silent, supports, {key: located(document, key) for key in silent})

    @classmethod
    def one_line(cls, plan: "str | Path | Mapping[str, Chances] | MentionPlan", supports: Mapping[str, Support]) -> str:
        """Give the one line that stands for a plan, however it is given: as such, as a file, or as probabilities.

        Lists stay as they are written. Rules are put in the order of the model's variables, so that two that mean the
        same have the same line.

        Raises
        ------
        InputError
            As `parse`.
        """
        if isinstance(plan, MentionPlan):
            return plan.text
        if isinstance(plan, Mapping):
            return cls.missing(plan, supports).text
        if isinstance(plan, Path) or plan.endswith(_ENDINGS):
            return cls.load(plan, supports).text
        return cls.parse(plan, supports).text if is_rules(plan) else plan

    @property
    def never(self) -> frozenset[str]:
        """Variables that no document states."""
        return frozenset(name for name, rule in self.rules.items() if rule.constant == 1)

    @property
    def sometimes(self) -> tuple[str, ...]:
        """Variables that some documents state and others don't, in the model's order."""
        return tuple(name for name, rule in self.rules.items() if rule.constant not in (0, 1))

    def mechanism(self, variable: str) -> Mechanism | None:
        """Say how silence on a variable comes about; None if it is always stated.

        MAR needs parents that every document states: one that depends on a variable which may be silent itself is MNAR,
        because the documents alone don't show what it depends on.
        """
        rule = self.rules.get(variable)
        if rule is None or rule.constant == 0:
            return None
        if rule.constant is not None:
            return Mechanism.ALWAYS if rule.constant == 1 else Mechanism.MCAR
        hidden = {*self.never, *self.sometimes}
        return Mechanism.MNAR if hidden.intersection(rule.given) else Mechanism.MAR

    def mentioned(self, skeleton: Mapping[str, Value], seed: int, index: int) -> frozenset[str]:
        """Give the variables that the document of record `index` states.

        Raises
        ------
        InputError
            A formula gives no probability for this skeleton.
        """
        return self.mentioned_by({index: skeleton}, seed)[0]

    def mentioned_by(self, skeletons: Mapping[int, Mapping[str, Value]], seed: int) -> list[frozenset[str]]:
        """Give what each record's document states; the same as `mentioned`, record by record.

        Raises
        ------
        InputError
            As `mentioned`, or a skeleton has a value that the model doesn't know.
        """
        needed = dict.fromkeys(name for rule in self.rules.values() for name in rule.given)
        supports = {name: self.supports[name] for name in needed}
        return self.mentioned_in(
            Skeletons.from_records(list(skeletons.values()), supports, index=list(skeletons)), seed
        )

    def check_rows(self, rows: Skeletons) -> None:
        """Make sure that all formulas give probabilities for these rows (InputError).

        Those in states alone have been tried already; what numbers give shows only on the rows themselves.
        """
        for rule in self.rules.values():
            rule.chances(rows)

    @property
    def needs_rows(self) -> bool:
        """Whether only `check_rows` can tell that every formula gives probabilities."""
        return any(not rule.tried for rule in self.rules.values())

    def mentioned_in(self, rows: Skeletons, seed: int) -> list[frozenset[str]]:
        """Give what each row's document states; the same as `mentioned`, row by row.

        Raises
        ------
        InputError
            A formula gives no probability for some row.
        """
        silent = {name: rule.drawn(rows, seed).tolist() for name, rule in self.rules.items()}
        everything = frozenset(self.supports)
        if not silent:
            return [everything] * len(rows)
        return [everything.difference(name for name, where in silent.items() if where[row]) for row in range(len(rows))]

    @classmethod
    def _list(cls, text: str, supports: Mapping[str, Support]) -> "MentionPlan":
        names = [name.strip() for name in text.split(",")]
        left_out = [name[1:] for name in names if name.startswith("-")]
        if left_out and len(left_out) < len(names):
            raise InputError(f"--mention {text}: states some and leaves out others", hint="give one of the two lists")
        for name in left_out or names:
            check_known(name, supports, _named(f"--mention {text}"))
        silent = left_out or [name for name in supports if name not in names]
        rules = {name: _always(name) for name in supports if name in silent}
        return cls(text, rules, supports)._left_to_state(f"--mention {text}")

    @classmethod
    def _of(
        cls, silent: Mapping[str, Chances], supports: Mapping[str, Support], origins: Mapping[str, Origin]
    ) -> "MentionPlan":
        """Make a plan of rules; `origins` says of each, by its key, where it stands."""
        rules: dict[str, SilenceRule] = {}
        for key, chances in silent.items():
            rule = read_rule(key, chances, supports, origins[key])
            if rule.variable in rules:
                raise origins[key].fault(f"a second rule for {rule.variable}", "write one formula for both")
            rules[rule.variable] = rule
        ordered = {name: rules[name] for name in supports if name in rules}
        text = "; ".join(rule.text for rule in ordered.values()) or "all"
        return cls(text, ordered, supports)._left_to_state(next(iter(origins.values()), _named("mention")).place)

    def _left_to_state(self, place: str) -> "MentionPlan":
        if len(self.never) == len(self.supports):
            raise InputError(f"{place}: nothing is left to state", hint="leave at least one variable in")
        return self


def _always(variable: str) -> SilenceRule:
    return SilenceRule(variable, Expression.parse("1"), f"{write_key(variable)}: 1.0")


def _named(place: str) -> Origin:
    return Origin(place, place)
