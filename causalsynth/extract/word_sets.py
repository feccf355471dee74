"""Sets of words, written as text."""

__all__ = ["word_set"]


def word_set(text: str) -> frozenset[str]:
    """Give the words of `text`, which white space parts."""
    return frozenset(text.split())
