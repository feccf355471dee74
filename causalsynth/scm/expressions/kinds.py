"""Numbers and conditions are two kinds, told apart by their form alone; neither stands for the other."""

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.source import Source
from causalsynth.scm.expressions.syntax import (
    Arithmetic,
    Comparison,
    Condition,
    Indicator,
    Junction,
    Membership,
    Node,
    Not,
    State,
)

__all__ = ["as_condition", "as_number", "is_condition"]


def is_condition(node: Node) -> bool:
    """Tell whether a node holds or doesn't, rather than having a value."""
    return isinstance(node, Comparison | Membership | Not | Junction)


def as_number(source: Source, node: Node) -> Arithmetic:
    """Take a node as a number.

    Raises
    ------
    GraphError
        It is a condition.
    """
    if isinstance(node, Comparison | Membership | Not | Junction | State):
        raise _condition_here(source, node)
    return node


def as_condition(source: Source, node: Node) -> Condition:
    """Take a node as a condition.

    Raises
    ------
    GraphError
        It is a number.
    """
    if isinstance(node, Comparison | Membership | Not | Junction):
        return node
    shown = source.snippet(node.start, node.stop)
    hint = f"compare it, such as {shown} > 0, or {shown} = a state"
    if isinstance(node, Indicator):
        hint = f"leave the brackets out: {source.snippet(node.operand.start, node.operand.stop)}"
    raise source.error(node.start, "a number stands where a condition is needed", hint)


def _condition_here(source: Source, node: Node) -> GraphError:
    shown = source.snippet(node.start, node.stop)
    return source.error(
        node.start, "a condition stands where a number is needed", f"write [{shown}] to count it as 0 or 1"
    )
