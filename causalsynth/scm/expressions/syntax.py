"""Syntax trees of expressions.

Every node knows the half-open range of characters ``start`` … ``stop`` it was read from; ``at`` is the operator or
name that errors point at. Sums and products are chains rather than pairs, so that a linear predictor of a thousand
terms is a flat tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Arithmetic",
    "Call",
    "Chain",
    "Choice",
    "Comparison",
    "Condition",
    "Constant",
    "Indicator",
    "Junction",
    "Membership",
    "Negation",
    "Node",
    "Not",
    "Number",
    "Power",
    "Rounding",
    "State",
    "Step",
    "Variable",
    "children",
    "mentions",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; `text` as written without the unit, for states that look like numbers."""

    start: int
    stop: int
    text: str
    value: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the model."""

    start: int
    stop: int
    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """The number pi or e."""

    start: int
    stop: int
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Negation:
    """Unary minus."""

    start: int
    stop: int
    operand: "Arithmetic"


@dataclass(frozen=True, slots=True)
class Step:
    """An operator of a chain and what stands right of it."""

    operator: Literal["+", "-", "*", "/"]
    at: int
    operand: "Arithmetic"


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by + and -, or by * and /, worked out from left to right."""

    start: int
    stop: int
    first: "Arithmetic"
    rest: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """``base ^ exponent``."""

    start: int
    stop: int
    at: int
    base: "Arithmetic"
    exponent: "Arithmetic"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `functions.FUNCTIONS`, applied."""

    start: int
    stop: int
    function: str
    arguments: tuple["Arithmetic", ...]


@dataclass(frozen=True, slots=True)
class Rounding:
    """``round(operand, digits)``."""

    start: int
    stop: int
    operand: "Arithmetic"
    digits: int


@dataclass(frozen=True, slots=True)
class Choice:
    """``if(condition, then, otherwise)``."""

    start: int
    stop: int
    condition: "Condition"
    then: "Arithmetic"
    otherwise: "Arithmetic"


@dataclass(frozen=True, slots=True)
class Indicator:
    """``[condition]``: 1 where it holds, otherwise 0."""

    start: int
    stop: int
    operand: "Condition"


@dataclass(frozen=True, slots=True)
class State:
    """A state right of ``=``, ``!=`` or ``in``."""

    start: int
    stop: int
    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers, or a categorical variable and a state. A `Number` may turn out to be a state: ``stage = 2``."""

    start: int
    stop: int
    operator: str
    at: int
    left: "Arithmetic"
    right: "Arithmetic | State"


@dataclass(frozen=True, slots=True)
class Membership:
    """``left in (…)``."""

    start: int
    stop: int
    left: "Arithmetic"
    members: tuple[Number | State, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``not operand``."""

    start: int
    stop: int
    operand: "Condition"


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by ``and``, or by ``or``."""

    start: int
    stop: int
    operator: Literal["and", "or"]
    operands: tuple["Condition", ...]


Arithmetic: TypeAlias = Number | Variable | Constant | Negation | Chain | Power | Call | Rounding | Choice | Indicator
"""Has a number as its value."""

Condition: TypeAlias = Comparison | Membership | Not | Junction
"""Holds or doesn't."""

Node: TypeAlias = Arithmetic | Condition | State


def children(node: Node) -> tuple[Node, ...]:
    """Give the parts of a node in the order in which they are written."""
    match node:
        case Negation() | Rounding() | Not() | Indicator():
            return (node.operand,)
        case Chain():
            return (node.first, *(step.operand for step in node.rest))
        case Power():
            return (node.base, node.exponent)
        case Call():
            return node.arguments
        case Choice():
            return (node.condition, node.then, node.otherwise)
        case Comparison():
            return (node.left, node.right)
        case Membership():
            return (node.left, *node.members)
        case Junction():
            return node.operands
        case Number() | Variable() | Constant() | State():
            return ()


def mentions(*nodes: Node) -> tuple[str, ...]:
    """Give the names of the variables in some nodes, in the order of first mention."""
    return tuple(dict.fromkeys(node.name for node in _walk(nodes) if isinstance(node, Variable)))


def _walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))
