"""How long and how deep an expression may be, so that reading and working it out never runs out of stack."""

from causalsynth.errors import GraphError
from causalsynth.scm.expressions.source import Source
from causalsynth.scm.expressions.syntax import Node, children

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "refuse_deep", "refuse_long", "too_deep"]

MAX_CHARACTERS = 10_000
"""Of one expression."""

MAX_DEPTH = 100
"""Of the syntax tree, and of brackets, signs and powers in one another."""

_HINT = "split it over several variables, or use a table"


def refuse_long(source: Source) -> None:
    """Refuse a text of too many characters (GraphError)."""
    if len(source.text) > MAX_CHARACTERS:
        found = f"{len(source.text):,} characters"
        raise source.error(0, f"the expression has {found}, {MAX_CHARACTERS:,} are the most", _HINT)


def refuse_deep(source: Source, root: Node) -> None:
    """Refuse a tree that is too deep (GraphError); without recursion."""
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise too_deep(source, node.start)
        waiting.extend((child, depth + 1) for child in children(node))


def too_deep(source: Source, offset: int) -> GraphError:
    """Make the error for what is nested too deeply."""
    return source.error(offset, f"nested more than {MAX_DEPTH} deep", _HINT)
