"""Expressions against a reference that shares no code with them, and against noise."""

import math
import re

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from causalsynth.errors import GraphError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.support import Categorical, Columns, Numeric

STATES = ("low", "2", "not seen")
SUPPORTS = {"x": Numeric(), "odd name": Numeric(), "s": Categorical(STATES)}
ROWS = [
    {"x": x, "odd name": y, "s": s}
    for x, y, s in [(0.0, 1.0, 0), (2.0, -3.5, 1), (-1.0, 0.0, 2), (0.5, 2.0, 0), (1e200, -1e200, 1), (3.0, 3.0, 2)]
]

# The reference: trees are tuples, worked out row by row by Python's own floats.

# How tightly each form binds, from 0; text of an operand that binds less than wanted gets brackets.
OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)
BINARY = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}
COMPARISONS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
FUNCTIONS = {
    "abs": abs,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "round": lambda x: float(round(x)),
    "sqrt": math.sqrt,
    "min": min,
    "max": max,
}


class Undefined(Exception):
    """There is no finite value."""


def reference(tree, row):
    """Work out a tree for one row."""
    form, *parts = tree
    if form in ("number", "name"):
        return float(parts[0]) if form == "number" else row[parts[0]]
    if form == "if":
        return reference(parts[1] if reference(parts[0], row) else parts[2], row)
    if form in ("and", "or"):
        left = reference(parts[0], row)
        return left if left == (form == "or") else reference(parts[1], row)
    if form in ("state", "member"):
        return (STATES[row["s"]] in parts[1]) == parts[0]
    values = [reference(part, row) for part in parts if isinstance(part, tuple)]
    try:
        result = combine(form, parts, values)
    except (ZeroDivisionError, ValueError, OverflowError):
        raise Undefined from None
    if not math.isfinite(result):
        raise Undefined
    return result


def combine(form, parts, values):
    if form == "compare":
        return COMPARISONS[parts[0]](*values)
    if form == "call":
        return FUNCTIONS[parts[0]](*values)
    if form == "not":
        return not values[0]
    a, b = (*values, None)[:2]
    operations = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "sign": lambda: -a,
        "square": lambda: a * a,
        "indicator": lambda: float(a),
    }
    return operations[form]()


def render(tree):
    """Write a tree with no more brackets than it needs; gives the text and how tightly it binds."""
    form, *parts = tree
    if form == "number":
        return parts[0], ATOM
    if form == "name":
        return (parts[0] if parts[0].isidentifier() else f"`{parts[0]}`"), ATOM
    if form in BINARY:
        level = BINARY[form]
        return f"{within(parts[0], level)} {form} {within(parts[1], level + 1)}", level
    if form == "compare":
        operator, left, right = parts
        # A bare name right of = is a state.
        shown = f"({render(right)[0]})" if right[0] == "name" else within(right, SUM)
        return f"{within(left, SUM)} {operator} {shown}", COMPARISON
    return render_closed(form, parts)


def render_closed(form, parts):
    if form == "sign":
        return f"-{within(parts[0], SIGN)}", SIGN
    if form == "square":
        return f"{within(parts[0], ATOM)} ^ 2", POWER
    if form == "not":
        return f"not {within(parts[0], NOT)}", NOT
    if form == "indicator":
        return f"[{render(parts[0])[0]}]", ATOM
    if form == "call":
        return f"{parts[0]}({', '.join(render(part)[0] for part in parts[1:])})", ATOM
    if form == "if":
        return f"if({', '.join(render(part)[0] for part in parts)})", ATOM
    words = [word if word.isalnum() else f'"{word}"' for word in parts[1]]
    if form == "state":
        return f"s {'=' if parts[0] else '!='} {words[0]}", COMPARISON
    return f"s {'in' if parts[0] else 'not in'}\n({', '.join(words)})", COMPARISON


def within(tree, level):
    text, own = render(tree)
    return text if own >= level else f"({text})"


leaves = st.one_of(
    st.sampled_from(["0", "1", "2", ".5", "1e-3", "7.25", "10"]).map(lambda text: ("number", text)),
    st.sampled_from(["x", "odd name"]).map(lambda name: ("name", name)),
)
states = st.one_of(
    st.tuples(st.just("state"), st.booleans(), st.sampled_from(STATES).map(lambda state: (state,))),
    st.tuples(st.just("member"), st.booleans(), st.lists(st.sampled_from(STATES), min_size=1, max_size=3).map(tuple)),
)


def extend(numbers):
    comparison = st.tuples(st.just("compare"), st.sampled_from(sorted(COMPARISONS)), numbers, numbers)
    simple = comparison | states
    condition = st.one_of(
        simple,
        st.tuples(st.just("not"), simple),
        st.tuples(st.sampled_from(["and", "or"]), simple, simple),
        st.tuples(st.just("and"), st.tuples(st.just("or"), simple, simple), st.tuples(st.just("not"), simple)),
        st.tuples(st.just("or"), simple, st.tuples(st.just("and"), simple, simple)),
        st.tuples(st.just("and"), st.tuples(st.just("not"), simple), simple),
    )
    return st.one_of(
        st.tuples(st.sampled_from("+-*/"), numbers, numbers),
        st.tuples(st.sampled_from(["sign", "square"]), numbers),
        st.tuples(st.just("call"), st.sampled_from(["abs", "floor", "ceil", "round", "sqrt"]), numbers),
        st.tuples(st.just("call"), st.sampled_from(["min", "max"]), numbers, numbers),
        st.tuples(st.just("indicator"), condition),
        st.tuples(st.just("if"), condition, numbers, numbers),
    )


trees = st.recursive(leaves, extend, max_leaves=12)


def block(rows):
    values = {name: np.array([row[name] for row in rows], dtype=support.dtype) for name, support in SUPPORTS.items()}
    return Columns(values, SUPPORTS, len(rows))


@settings(max_examples=400, deadline=None)
@given(trees)
@example(("-", ("number", "10"), ("-", ("number", "2"), ("name", "x"))))
@example(("/", ("number", "10"), ("*", ("number", "2"), ("number", "7.25"))))
@example(("square", ("sign", ("name", "x"))))
@example(("sign", ("square", ("name", "x"))))
@example(("if", ("compare", "=", ("name", "x"), ("number", "0")), ("name", "x"), ("/", ("number", "1"), ("name", "x"))))
def test_any_expression_has_the_value_of_the_reference(tree):
    """Bit by bit, alone and among other rows, and an error exactly where there is no value."""
    text = render(tree)[0]
    expression = Expression.parse(text)
    expected = []
    for row in ROWS:
        try:
            expected.append(reference(tree, row))
        except Undefined:
            expected.append(None)
    undefined = [row for row, found in zip(ROWS, expected, strict=True) if found is None]
    for row in undefined:
        assert refused(expression, [row])
    assert refused(expression, ROWS) == bool(undefined)
    if not undefined:
        assert expression.check(SUPPORTS) is None
    defined = [row for row, found in zip(ROWS, expected, strict=True) if found is not None]
    wanted = [found for found in expected if found is not None]
    assert expression.evaluate(block(defined)).tolist() == wanted
    assert [expression.evaluate(block([row])).item() for row in defined] == wanted


def refused(expression, rows):
    try:
        expression.evaluate(block(rows))
    except GraphError:
        return True
    return False


def survives(text):
    """Parse, check and evaluate; whatever goes wrong must be a one-line error that points into the text."""
    try:
        expression = Expression.parse(text, place="f")
        expression.check(SUPPORTS, condition=expression.is_condition)
        result = expression.evaluate(block(ROWS))
    except GraphError as error:
        lines = str(error).splitlines()
        assert len(lines) == 1
        place = re.match(r"f:(\d+):(\d+): \S", lines[0])
        assert place
        line, column = int(place[1]), int(place[2])
        rows = text.split("\n")
        assert 1 <= line <= len(rows)
        assert 1 <= column <= len(rows[line - 1]) + 1
        str(error).encode()
        return False
    assert np.isfinite(result).all()
    assert result.shape == (len(ROWS),)
    return True


PIECES = st.sampled_from(
    [
        *"+-*/^()[],=<>{}`'\"\\.;:!&|#$\0\n\t ", "!=", "<=", "and", "or", "not", "in", "if(", "exp(", "round(", "clip(",
        "x", "s", "`odd name`", "low", "'not seen'", "2", "1e3", ".5", "0_8mmol", "1e999", "2{m}", "e", "pi", "²", "ß",
        "\ud800", "\u2028", "\x85", "٣", "𝑥", "s = low", "[x > 1]", "x in (1, 2)",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    survives(text)


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=25), st.sampled_from(["", " "]))
def test_any_pieces_are_read_or_refused(pieces, space):
    survives(space.join(pieces))


@settings(max_examples=200, deadline=None)
@given(trees, st.data())
def test_any_damage_is_read_or_refused(tree, data):
    text = render(tree)[0]
    position = data.draw(st.integers(0, len(text)))
    survives(text[:position] + data.draw(PIECES) + text[position + data.draw(st.integers(0, 2)) :])


def test_the_fuzz_reaches_both_ends():
    assert survives("x + [s = 'not seen']")
    assert not survives("x + ")
    assert not survives("1/x")
