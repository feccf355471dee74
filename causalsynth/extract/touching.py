"""What stands right before a phrase, with no unknown word between."""

from causalsynth.extract.vocabulary import Entry, Item

__all__ = ["entry_before", "sign_before"]


def entry_before(items: list[Item], k: int) -> Entry | None:
    """Give what ends where item `k` begins."""
    if k == 0:
        return None
    _, end, entry = items[k - 1]
    return entry if end == items[k][0] else None


def sign_before(items: list[Item], k: int) -> str:
    """Give the punctuation mark that ends where item `k` begins, or an empty text."""
    before = entry_before(items, k)
    return "" if before is None else before.sign
