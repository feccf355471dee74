import random
from pathlib import Path

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor
from causalsynth.repair import repair
from causalsynth.scm import SCM
from causalsynth.verify import verify

ASIA = Domain.load("asia")
EXTRACTOR = Extractor(ASIA.lexicon)
WELL = dict.fromkeys(ASIA.variables, "no")
DRAFT = (
    "A 40-year-old man came for review. He smokes twenty cigarettes a day. He has not travelled to Asia recently. "
    "Blood pressure was 120/70.\n\nThere is no tuberculosis and no lung cancer. He does not have bronchitis. "
    "The chest X-ray is normal. He is not short of breath."
)


def mend(draft, skeleton, mentioned=None, seed=1):
    return repair(draft, skeleton, mentioned, ASIA, EXTRACTOR, random.Random(seed))


def test_a_faithful_draft_is_left_alone():
    assert mend(DRAFT, WELL | {"smoke": "yes"}) == DRAFT


def test_only_the_wrong_sentence_goes():
    mended = mend(DRAFT, WELL)
    assert "smokes twenty" not in mended
    for kept in ("A 40-year-old man came for review.", "Blood pressure was 120/70.", "The chest X-ray is normal."):
        assert kept in mended
    assert not verify(EXTRACTOR.extract(mended), WELL, EXTRACTOR.lexicon)


def test_a_right_fact_that_went_with_a_wrong_one_comes_back():
    skeleton = WELL | {"smoke": "yes", "tub": "yes", "either": "yes"}
    mended = mend(DRAFT, skeleton)
    assert not verify(EXTRACTOR.extract(mended), skeleton, EXTRACTOR.lexicon)


def test_a_value_that_only_follows_is_stated_outright_without_cutting_its_premises():
    skeleton = WELL | {"smoke": "yes", "either": "yes"}
    mended = mend(DRAFT, skeleton)
    assert mended.startswith(DRAFT)
    assert EXTRACTOR.extract(mended)["either"].value == "yes"


def test_a_bulleted_draft_gets_bullets():
    mended = mend("- Smoker\n- No TB, no lung cancer\n- CXR clear\n- No bronchitis", WELL | {"smoke": "yes"})
    assert all(line.startswith("- ") for line in mended.splitlines())


def test_a_leak_is_cut():
    mended = mend(DRAFT, WELL | {"smoke": "yes"}, mentioned=set(ASIA.variables) - {"smoke"})
    assert EXTRACTOR.extract(mended)["smoke"].value is None


@pytest.mark.parametrize(
    "draft",
    [
        None,
        "I'm sorry, but I can't help with that.",
        "{",
        "\ud800\u0000\u202e",
        "smoker " * 500,
        "He smokes. He does not smoke. " * 40,
        "Possible TB? " * 30,
        "no no no not without denies TB, lung cancer, bronchitis, dyspnoea or",
        '{"smoke": "yes", "tub": "maybe"}',
    ],
)
def test_whatever_the_draft_the_result_says_exactly_the_facts(draft):
    model = SCM.from_bif("asia")
    skeletons = [*model.sample(4, seed=1), *model.do(either="no", lung="yes").sample(2, seed=1)]
    for number, skeleton in enumerate(skeletons):
        mended = mend(draft, skeleton, seed=number)
        assert mended is not None
        assert not verify(EXTRACTOR.extract(mended), skeleton, EXTRACTOR.lexicon), mended


def test_a_refusal_leaves_nothing_in_the_text():
    assert "sorry" not in mend("I'm sorry, but I can't help with that.", WELL)


def test_the_same_draft_and_seed_give_the_same_text():
    assert mend(DRAFT, WELL, seed=5) == mend(DRAFT, WELL, seed=5)


WARD_FOLDER = Path(__file__).parent / "ward"
WARD = Domain.load(WARD_FOLDER)
WARD_EXTRACTOR = Extractor(WARD.lexicon)
ADMITTED = "He is male. No fever. The bed was by the window. Temperature 37.0 °C. Pulse 88 bpm. Earlier visits: 2."
FACTS = {"sex": "male", "fever": "no", "temperature": 37.0, "pulse": 80, "visits": 2}


def mend_ward(draft, skeleton, mentioned=None, seed=1):
    return repair(draft, skeleton, mentioned, WARD, WARD_EXTRACTOR, random.Random(seed))


def test_a_wrong_number_is_replaced_and_the_right_ones_stay():
    mended = mend_ward(ADMITTED, FACTS)
    assert "88" not in mended
    for kept in ("The bed was by the window.", "Temperature 37.0 °C.", "Earlier visits: 2."):
        assert kept in mended
    assert WARD_EXTRACTOR.extract(mended).values_by_variable() == FACTS


def test_a_number_within_the_tolerance_is_no_reason_to_mend():
    assert mend_ward(ADMITTED, FACTS | {"pulse": 88, "temperature": 37.05}) == ADMITTED


def test_a_missing_number_is_added_and_a_leaked_one_cut():
    mended = mend_ward("He is male. Pulse 80 bpm.", FACTS, mentioned={"sex", "visits"})
    assert "80" not in mended
    assert "Earlier visits: 2." in mended


def test_whatever_the_numbers_the_result_says_them():
    model = SCM.load(WARD_FOLDER)
    for number, skeleton in enumerate(model.sample(20, seed=1)):
        mended = mend_ward(ADMITTED if number % 2 else None, skeleton, seed=number)
        assert not verify(WARD_EXTRACTOR.extract(mended), skeleton, WARD.lexicon), mended
