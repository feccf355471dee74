"""From a name and its arguments to the syntax tree of a call."""

from collections.abc import Sequence
from difflib import get_close_matches

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.functions import FUNCTIONS
from causalsynth.scm.expressions.kinds import as_condition, as_number
from causalsynth.scm.expressions.lexer import Token
from causalsynth.scm.expressions.source import Source
from causalsynth.scm.expressions.syntax import Arithmetic, Call, Choice, Indicator, Negation, Node, Number, Rounding

__all__ = ["FORMS", "build_call", "check_name"]

FORMS = {
    "if": "if(condition, value, other value)",
    "round": "round(x) or round(x, digits)",
    "clip": "clip(x, low, high)",
    "min": "min(a, b, …)",
    "max": "max(a, b, …)",
} | {name: f"{name}(x)" for name, function in FUNCTIONS.items() if function.most == 1}
"""Name of each function → how it is written."""

_MOST_DIGITS = 12


def check_name(source: Source, name: Token) -> None:
    """Refuse the name of a function that there isn't (GraphError)."""
    if name.text in FORMS:
        return
    close = get_close_matches(name.text, FORMS, n=3)
    hint = (
        f"did you mean {' or '.join(close)}?" if close else f"a product needs *; the functions are {', '.join(FORMS)}"
    )
    raise source.error(name.start, f"there is no function {name.text!r}", hint)


def build_call(source: Source, name: Token, arguments: Sequence[Node], stop: int) -> Arithmetic:
    """Apply a function that there is.

    Raises
    ------
    GraphError
        A wrong number of arguments, or an argument of the wrong kind.
    """
    if name.text == "if":
        return _choice(source, name, arguments, stop)
    if name.text == "round":
        return _rounding(source, name, arguments, stop)
    function = FUNCTIONS[name.text]
    if len(arguments) < function.fewest or (function.most is not None and len(arguments) > function.most):
        raise _wrong_number(source, name, arguments)
    return Call(name.start, stop, name.text, tuple(as_number(source, argument) for argument in arguments))


def _choice(source: Source, name: Token, arguments: Sequence[Node], stop: int) -> Choice:
    if len(arguments) != 3:
        raise _wrong_number(source, name, arguments)
    first, then, otherwise = arguments
    condition = first.operand if isinstance(first, Indicator) else as_condition(source, first)
    return Choice(name.start, stop, condition, as_number(source, then), as_number(source, otherwise))


def _rounding(source: Source, name: Token, arguments: Sequence[Node], stop: int) -> Rounding:
    if not 1 <= len(arguments) <= 2:
        raise _wrong_number(source, name, arguments)
    digits = _digits(source, arguments[1]) if len(arguments) == 2 else 0
    return Rounding(name.start, stop, as_number(source, arguments[0]), digits)


def _digits(source: Source, node: Node) -> int:
    sign, literal = (-1, node.operand) if isinstance(node, Negation) else (1, node)
    if isinstance(literal, Number) and literal.text.isdigit() and literal.value <= _MOST_DIGITS and not literal.unit:
        return sign * int(literal.value)
    raise source.error(
        node.start,
        f"digits must be a whole number from -{_MOST_DIGITS} to {_MOST_DIGITS}, written out",
        "round(x, 1) keeps one digit after the point, round(x, -2) hundreds",
    )


def _wrong_number(source: Source, name: Token, arguments: Sequence[Node]) -> GraphError:
    given = {0: "no argument", 1: "1 argument"}.get(len(arguments), f"{len(arguments)} arguments")
    return source.error(name.start, f"{name.text} can't take {given}", f"write {FORMS[name.text]}")
