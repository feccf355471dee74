"""What once was so, though it has passed: ``CAM-ICU was positive on day 2 and is negative today``.

A variable with an ``ever`` has the state that holds if it ever held. What a sentence says of its end is then no
contradiction, and what is said of the latest moment alone counts only where nothing else does.
"""

from collections.abc import Sequence
from itertools import pairwise

from causalsynth.extract.binding import Binding
from causalsynth.extract.claim import Claim
from causalsynth.extract.sentences import Sentence
from causalsynth.extract.vocabulary import Item, Vocabulary

__all__ = ["ends", "is_of_late"]

_LATE_WORDS = (
    "now today since currently tonight thereafter afterwards later again subsequently discharge lately resolved "
    "cleared settled"
)
_LATE = frozenset(_LATE_WORDS.split())
_LATE_PAIRS = (
    ("this", "morning"),
    ("this", "afternoon"),
    ("this", "evening"),
    ("as", "of"),
    ("at", "present"),
    ("at", "discharge"),
    ("at", "transfer"),
    ("on", "discharge"),
    ("on", "transfer"),
    ("on", "leaving"),
    ("from", "day"),
    ("after", "that"),
)
_NEAR = 3
"""How many tokens from a state its time may stand."""
_FEWEST_BETWEEN = 2
"""``positive/negative`` only names the choice."""


def ends(
    bindings: Sequence[Binding], said: Sequence[Sequence[Claim]], sentence: Sentence, vocabulary: Vocabulary
) -> frozenset[int]:
    """Give the bindings that speak of the time before or behind that in which the state held.

    Parameters
    ----------
    said
        The claims that each binding comes to.
    """
    items = sentence.items
    held = [
        binding
        for binding, claims in zip(bindings, said, strict=True)
        if (ever := vocabulary.ever.get(binding.variable)) == binding.state
        and any(claim.certain and claim.allowed == {ever} for claim in claims)
    ]
    return frozenset(
        n
        for n, binding in enumerate(bindings)
        if binding.state != vocabulary.ever.get(binding.variable)
        and any(
            binding.variable == other.variable and _distance(items[binding.word], items[other.word]) >= _FEWEST_BETWEEN
            for other in held
        )
    )


def is_of_late(binding: Binding, sentence: Sentence, words: list[str], vocabulary: Vocabulary) -> bool:
    """Tell ``negative this morning``: it is said of the latest moment, and of no other."""
    ever = vocabulary.ever.get(binding.variable)
    if ever is None or binding.state == ever:
        return False
    first, end, _ = sentence.items[binding.word]
    name = min(first, sentence.items[binding.anchor][0])
    before = words[max(sentence.first, first - _NEAR) : first] + words[max(sentence.first, name - _NEAR) : name]
    near = [*before, "", *words[end : min(sentence.end, end + _NEAR)]]
    return not _LATE.isdisjoint(near) or any(pair in _LATE_PAIRS for pair in pairwise(near))


def _distance(one: Item, other: Item) -> int:
    return max(other[0] - one[1], one[0] - other[1])
