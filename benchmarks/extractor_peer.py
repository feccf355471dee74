"""Read sentences and notes with one peer, in the peer's own environment, which need not have causalsynth.

    python benchmarks/extractor_peer.py negspacy|medspacy < REQUEST.json > ANSWER.json

The request holds ``sentences``, a list of [concept, sentence], and ``notes`` with the ``terms`` to look for. The answer
holds ``negated``, one truth value a sentence (null: the peer didn't find the concept), the CPU ``seconds`` that the
notes took, best of three without garbage collection, and the peer's ``version``.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

Pipeline = tuple[Any, Callable[[Any], bool]]

_REPEATS = 3


def _negspacy(terms: Sequence[str], label: str) -> Pipeline:
    import spacy
    from negspacy.negation import Negex  # noqa: F401  registers the component
    from negspacy.termsets import termset

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    _add_ruler(nlp, terms, label)
    nlp.add_pipe("negex", config={"neg_termset": termset("en_clinical").get_patterns(), "ent_types": [label]})
    return nlp, lambda entity: entity._.negex


def _medspacy(terms: Sequence[str], label: str) -> Pipeline:
    import medspacy  # noqa: F401  registers the components
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")  # its own splitter alone would take ten times as long
    _add_ruler(nlp, terms, label)
    nlp.add_pipe("medspacy_context", config={"prune_on_target_overlap": True})  # better than its default, see README.md
    return nlp, lambda entity: entity._.is_negated


def _add_ruler(nlp: Any, terms: Sequence[str], label: str) -> None:
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    with nlp.select_pipes(enable=[]):
        ruler.add_patterns([{"label": label, "pattern": term} for term in terms])


PIPELINES = {"negspacy": _negspacy, "medspacy": _medspacy}
"""Peer → a function that makes its pipeline, and one that tells of an entity whether it is negated."""


def negations(peer: str, sentences: Sequence[tuple[str, str]]) -> list[bool | None]:
    """Tell of each concept whether it is negated in its sentence; None where the peer doesn't find it."""
    nlp, is_negated = PIPELINES[peer](sorted({concept for concept, _ in sentences}), "CONCEPT")
    found = []
    for concept, sentence in sentences:
        entities = [each for each in nlp(sentence).ents if concept.lower() in each.text.lower()]
        found.append(bool(is_negated(entities[0])) if entities else None)
    return found


def seconds(peer: str, terms: Sequence[str], notes: Sequence[str]) -> float:
    """Measure the notes; CPU seconds of this process, best of three."""
    nlp, is_negated = PIPELINES[peer](terms, "CONCEPT")
    best = float("inf")
    gc.disable()
    for _ in range(_REPEATS):
        start = time.process_time()
        for note in notes:
            for entity in nlp(note).ents:
                is_negated(entity)
        best = min(best, time.process_time() - start)
    gc.enable()
    return best


def main() -> None:
    """Answer one request."""
    peer = sys.argv[1]
    request = json.load(sys.stdin)
    answer = {
        "negated": negations(peer, request["sentences"]),
        "seconds": seconds(peer, request["terms"], request["notes"]),
        "version": f"{version(peer)}, spaCy {version('spacy')}",
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
