import numpy as np

from causalsynth.evaluate.methods import Method, method_samples
from causalsynth.ledger import REPAIR, Attempt, LoggedViolation, RecordStatus

FACTS = {"a": "x", "b": "y"}
BENT = {"a": "other", "b": "y"}
WRONG = LoggedViolation(variable="a", kind="wrong", expected="x", found="other")


def line(i, k, draft, values, *violations, status=None, finish="stop", tokens=10):
    return Attempt(
        i=i,
        k=k,
        t=0.0,
        skeleton=FACTS,
        draft=draft,
        values=values,
        violations=violations,
        finish=finish,
        usage={"prompt": 2 * tokens, "completion": tokens} if tokens else {},
        final=status is not None,
        status=status,
    )


RUN = [
    line(0, 1, "right at once", FACTS, status=RecordStatus.REALIZED),
    line(1, 1, "bent", BENT, WRONG),
    line(1, 2, "corrected", FACTS, status=RecordStatus.REALIZED),
    line(2, 1, "bent, too", BENT, WRONG),
    line(2, 2, "repaired", FACTS, status=RecordStatus.REPAIRED, finish=REPAIR, tokens=0),
    line(4, 1, None, None),
    line(4, 2, "late", FACTS, status=RecordStatus.REALIZED),
    line(5, 1, "under way", BENT, WRONG),
]
"""Record 3 hasn't begun and 5 isn't finished: neither is in any sample."""


def test_each_method_lets_its_own_texts_through():
    samples = method_samples(RUN, ("a", "b"))
    assert {method: list(sample.texts) for method, sample in samples.items()} == {
        Method.UNVERIFIED: ["right at once", "bent", "bent, too", None],
        Method.REJECTION: ["right at once", None, None, None],
        Method.LOOP: ["right at once", "corrected", None, "late"],
        Method.FALLBACK: ["right at once", "corrected", "repaired", "late"],
    }
    nothing = {"a": None, "b": None}
    assert samples[Method.UNVERIFIED].values.to_dict("index") == {0: FACTS, 1: BENT, 2: BENT, 4: nothing}
    assert samples[Method.LOOP].values.to_dict("index") == {0: FACTS, 1: FACTS, 2: nothing, 4: FACTS}
    for sample in samples.values():
        assert np.array_equal(sample.kept, [text is not None for text in sample.texts])


def test_each_method_pays_for_its_own_attempts():
    samples = method_samples(RUN, ("a", "b"))
    spent = {method: sample.tokens for method, sample in samples.items()}
    assert spent == {Method.UNVERIFIED: 120, Method.REJECTION: 120, Method.LOOP: 180, Method.FALLBACK: 180}
    assert samples[Method.REJECTION].tokens_per_text == 120
    assert samples[Method.LOOP].tokens_per_text == 60
    assert method_samples(RUN[:0], ("a",))[Method.LOOP].tokens_per_text is None


def test_a_run_without_fallback_has_no_such_sample():
    unrepaired = [*RUN[:3], line(2, 1, "bent, too", BENT, WRONG, status=RecordStatus.UNREALIZED)]
    assert list(method_samples(unrepaired, ("a", "b"))) == [Method.UNVERIFIED, Method.REJECTION, Method.LOOP]
    realized = RUN[:3]
    assert Method.FALLBACK in method_samples(realized, ("a", "b"))
