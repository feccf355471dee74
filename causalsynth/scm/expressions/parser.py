"""From tokens to a syntax tree: operator precedence parsing.

From loose to tight: ``or``, ``and``, ``not``, comparisons and ``in``, ``+ -``, ``* /``, unary ``+ -``, ``^``.
"""

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Literal, cast

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.calls import FORMS, build_call, check_name
from causalsynth.scm.expressions.functions import CONSTANTS
from causalsynth.scm.expressions.kinds import as_condition, as_number
from causalsynth.scm.expressions.lexer import Token, not_a_number, tokenize
from causalsynth.scm.expressions.limits import MAX_DEPTH, refuse_deep, too_deep
from causalsynth.scm.expressions.source import Source
from causalsynth.scm.expressions.syntax import (
    Arithmetic,
    Chain,
    Comparison,
    Condition,
    Constant,
    Indicator,
    Junction,
    Membership,
    Negation,
    Node,
    Not,
    Number,
    Power,
    State,
    Step,
    Variable,
)

__all__ = ["parse"]

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER = range(1, 9)
_LEVELS = {
    "or": _OR, "and": _AND, "in": _COMPARE, "=": _COMPARE, "!=": _COMPARE, "<": _COMPARE, "<=": _COMPARE,
    ">": _COMPARE, ">=": _COMPARE, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER,
}  # fmt: skip


def parse(source: Source, variables: Collection[str] = ()) -> Node:
    """Parse a whole expression.

    Parameters
    ----------
    source
        The text.
    variables
        Names that are variables even if a constant has the same: matters for ``pi`` and ``e`` only.

    Raises
    ------
    GraphError
        It can't be read as an expression; the message names line and column.
    """
    node = _Parser(source, variables).whole()
    refuse_deep(source, node)
    return node


class _Parser:
    """A position in the tokens. Methods read what they are named after, and stop behind it."""

    def __init__(self, source: Source, variables: Collection[str]) -> None:
        self.source = source
        self.variables = variables
        self.tokens = tokenize(source)
        self.position = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.position]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.now
        self.position += 1
        return token

    def ended(self) -> bool:
        return self.now.kind == "end"

    def whole(self) -> Node:
        if self.ended():
            raise self.source.error(0, "the expression is empty", "write a number, a variable or a formula")
        node = self.expression(0)
        if not self.ended():
            raise self.unexpected()
        return node

    def expression(self, level: int) -> Node:
        """Read an operand and all operators behind it that bind tighter than `level`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(self.source, self.now.start)
        node = self.operand()
        while (found := self.level()) > level:
            node = self.infix(found, node)
        self.depth -= 1
        return node

    def level(self) -> int:
        if self.now.is_operator("not") and self.following.is_operator("in"):
            return _COMPARE
        return _LEVELS.get(self.now.text, 0) if self.now.kind in ("operator", "keyword") else 0

    def infix(self, level: int, left: Node) -> Node:
        """Read an operator of `level` and what stands right of it."""
        if level in (_OR, _AND):
            return self.junction(level, left)
        number = as_number(self.source, left)
        if level == _COMPARE:
            return self.single_comparison(number)
        if level == _POWER:
            return self.power(number)
        return self.chain(level, number)

    def junction(self, level: int, left: Node) -> Junction:
        word: Literal["and", "or"] = "and" if level == _AND else "or"
        operands = [as_condition(self.source, left)]
        while self.now.is_operator(word):
            self.take()
            operands.append(as_condition(self.source, self.expression(level)))
        return Junction(left.start, operands[-1].stop, word, tuple(operands))

    def chain(self, level: int, first: Arithmetic) -> Chain:
        steps: list[Step] = []
        while self.level() == level:
            sign = self.take()
            operand = as_number(self.source, self.expression(level))
            steps.append(Step(cast(Literal["+", "-", "*", "/"], sign.text), sign.start, operand))
        return Chain(first.start, steps[-1].operand.stop, first, tuple(steps))

    def power(self, base: Arithmetic) -> Power:
        at = self.take().start
        exponent = as_number(self.source, self.expression(_SIGN))
        return Power(base.start, exponent.stop, at, base, exponent)

    def single_comparison(self, left: Arithmetic) -> Condition:
        """Read a comparison; refuse a second one right behind it, as in ``0 < x < 1``."""
        condition = self.comparison(left)
        if self.level() != _COMPARE:
            return condition
        again, hint = self.now, "join two comparisons by and"
        if isinstance(condition, Comparison) and again.kind == "operator":
            self.take()
            last, middle = self.expression(_COMPARE), condition.right
            shown = self.source.snippet(middle.start, middle.stop)
            end = self.source.snippet(last.start, last.stop)
            hint = f"write {self.source.snippet(condition.start, condition.stop)} and {shown} {again.text} {end}"
        raise self.source.error(again.start, "comparisons can't be chained", hint)

    def comparison(self, left: Arithmetic) -> Condition:
        """Read ``= b``, ``< b``, ``in (a, b)`` or ``not in (a, b)`` behind `left`."""
        operator = self.take()
        if operator.text == "not":
            self.take()
            members = self.membership(left)
            return Not(members.start, members.stop, members)
        if operator.text == "in":
            return self.membership(left)
        state = self.state() if operator.text in ("=", "!=") and isinstance(left, Variable) else None
        right = state or as_number(self.source, self.expression(_COMPARE))
        return Comparison(left.start, right.stop, operator.text, operator.start, left, right)

    def state(self) -> State | None:
        """Read a state; None, and nothing read, if what comes is something else."""
        bare = self.now.kind in ("name", "word") and self.following.kind != "unit"
        if self.now.kind == "string" or (bare and not self.following.is_operator("+", "-", "*", "/", "^", "(")):
            token = self.take()
            return State(token.start, token.stop, token.text)
        return None

    def membership(self, left: Arithmetic) -> Membership:
        """Read the list in brackets behind ``in``."""
        opening = self.take()
        if not opening.is_operator("("):
            self.position -= 1
            raise self.unexpected("list what it may be in brackets: x in (a, b)")
        members = [self.member()]
        while self.now.is_operator(","):
            self.take()
            members.append(self.member())
        return Membership(left.start, self.closing(opening, ")"), left, tuple(members))

    def member(self) -> Number | State:
        """Read one of such a list: a state, or a number with or without its minus."""
        sign = self.take() if self.now.is_operator("-") else None
        if self.now.kind == "number":
            number = self.number()
            return replace(number, start=sign.start, text=f"-{number.text}", value=-number.value) if sign else number
        state = None if sign else self.state()
        if state is None:
            raise self.unexpected("only states and numbers stand in the list; odd states in quotes")
        return state

    def operand(self) -> Node:
        """Read what stands between operators: a number, a name, or what `prefixed` reads."""
        match self.now.kind:
            case "number":
                return self.number()
            case "name" | "quoted name":
                return self.name()
            case "word":
                raise not_a_number(self.source, self.now.start, self.now.stop)
            case "string":
                hint = "a variable's odd name goes in backticks: `a-b`"
                raise self.unexpected(f"a state in quotes stands right of =, != or in, next to a variable; {hint}")
            case _:
                return self.prefixed()

    def number(self) -> Number:
        token = self.take()
        value = float(token.text)
        if not math.isfinite(value):
            raise self.source.error(token.start, "the number is too large", "the largest is about 1.8e308")
        unit = self.take() if self.now.kind == "unit" else None
        return Number(token.start, (unit or token).stop, token.text, value, unit.text if unit else None)

    def name(self) -> Node:
        token = self.now
        if token.kind == "name" and self.following.is_operator("("):
            return self.call()
        self.take()
        if token.kind == "name" and token.text in CONSTANTS and token.text not in self.variables:
            return Constant(token.start, token.stop, token.text, CONSTANTS[token.text])
        return Variable(token.start, token.stop, token.text)

    def prefixed(self) -> Node:
        """Read what begins with a sign, a bracket, ``not`` or ``if``."""
        token = self.now
        if token.is_operator("if"):
            return self.call()
        if not token.is_operator("(", "[", "+", "-", "not"):
            raise self.unexpected()
        self.take()
        if token.text == "(":
            inside = self.expression(0)
            return replace(inside, start=token.start, stop=self.closing(token, ")"))
        if token.text == "[":
            condition = as_condition(self.source, self.expression(0))
            return Indicator(token.start, self.closing(token, "]"), condition)
        if token.text == "not":
            denied = as_condition(self.source, self.expression(_NOT))
            return Not(token.start, denied.stop, denied)
        operand = as_number(self.source, self.expression(_SIGN))
        return (
            Negation(token.start, operand.stop, operand) if token.text == "-" else replace(operand, start=token.start)
        )

    def call(self) -> Arithmetic:
        """Read a function's name and its arguments."""
        name, opening = self.take(), self.now
        check_name(self.source, name)
        if not opening.is_operator("("):
            raise self.unexpected(f"write {FORMS[name.text]}")
        self.take()
        arguments: list[Node] = []
        if not self.now.is_operator(")"):
            arguments.append(self.expression(0))
            while self.now.is_operator(","):
                self.take()
                arguments.append(self.expression(0))
        return build_call(self.source, name, arguments, self.closing(opening, ")"))

    def closing(self, opening: Token, mark: str) -> int:
        """Read a closing bracket; gives where it ends."""
        if self.now.is_operator(mark):
            return self.take().stop
        if self.ended():
            raise self.source.error(opening.start, f"{opening.text!r} isn't closed", f"a {mark!r} is missing")
        raise self.unexpected()

    def unexpected(self, hint: str = "") -> GraphError:
        """Make the error for a token that can't stand here."""
        token = self.now
        if token.kind == "end":
            return self.source.error(token.start, "the expression ends too early", hint or "what should come next?")
        if not hint and token.kind == "unit":
            hint = "a unit stands only behind a number: 65{mmHg}"
        elif not hint and token.kind == "keyword":
            hint = "a state of this name goes in quotes, a variable in backticks"
        elif not hint and self.position and self.tokens[self.position - 1].is_operator("=", "!="):
            hint = 'a state with such characters goes in quotes: "<5"'
        elif not hint and token.kind != "operator":
            hint = "is an operator missing, or quotes around a state of several words?"
        shown = self.source.snippet(token.start, token.stop)
        return self.source.error(token.start, f"unexpected {shown!r}", hint)
