"""What single sentences say of the ASIA variables: wide wording, one test a habit of clinical writing."""

from pathlib import Path

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor

CASES = [
    # plain negation and lists
    ("Denies SOB, cough and fever.", "dysp=no"),
    ("Denies cough, wheeze, dyspnea.", "dysp=no"),
    ("No cough, breathlessness or sputum.", "dysp=no"),
    ("No TB, bronchitis or lung cancer.", "tub=no bronc=no lung=no either=no"),
    ("Nil dyspnoea. Nil tobacco.", "dysp=no smoke=no"),
    ("Ø SOB, Ø tobacco, Ø TB.", "dysp=no smoke=no tub=no"),
    ("He neither smokes nor drinks.", "smoke=no"),
    ("She has neither tuberculosis nor lung cancer.", "tub=no lung=no either=no"),
    ("There is no bronchitis and no TB.", "bronc=no tub=no"),
    ("Without dyspnoea at rest or on effort.", "dysp=no"),
    ("No evidence of lung cancer, TB or bronchitis was found.", "lung=no tub=no bronc=no either=no"),
    ("He is not a smoker.", "smoke=no"),
    ("She isn't breathless, and she doesn't smoke.", "dysp=no smoke=no"),
    ("Free of breathlessness.", "dysp=no"),
    ("Nothing to suggest bronchitis clinically.", "bronc=no"),
    ("The findings don't point to tuberculosis.", "tub=no"),
    ("He can climb three flights without getting out of breath.", "dysp=no"),
    ("Not at all short of breath.", "dysp=no"),
    ("She has not been short of breath.", "dysp=no"),
    ("No longer smokes.", "smoke=no"),
    # backwards
    ("TB: no. Lung cancer: no. Bronchitis: yes.", "tub=no lung=no bronc=yes either=no"),
    ("TB - no; lung cancer - no; bronchitis - yes", "tub=no lung=no bronc=yes either=no"),
    ("TB -ve, bronchitis +ve.", "tub=no bronc=yes"),
    ("Tuberculosis and lung cancer have been excluded.", "tub=no lung=no either=no"),
    ("Tuberculosis was ruled out by three negative cultures.", "tub=no"),
    ("He has bronchitis and tuberculosis was excluded.", "bronc=yes tub=no"),
    ("TB excluded, bronchitis confirmed.", "tub=no bronc=yes"),
    ("CT excluded lung cancer.", "lung=no"),
    ("Bronchoscopy ruled out malignancy of the lung and tuberculosis.", "lung=no tub=no either=no"),
    ("Bronchitis, TB and lung cancer: none.", "bronc=no tub=no lung=no either=no"),
    ("Dyspnoea: none", "dysp=no"),
    ("Dyspnoea absent.", "dysp=no"),
    ("Neither bronchitis nor TB could be found.", "bronc=no tub=no"),
    ("Tuberculosis is not a feature here.", "tub=no"),
    ("Bronchitis was not found.", "bronc=no"),
    ("Smoker? No.", "smoke=no"),
    ("Any breathlessness? None at all.", "dysp=no"),
    ("TB? Yes.", "tub=yes either=yes"),
    ("Lung cancer? Not on this scan.", ""),
    # double and pseudo negation
    ("There is no doubt that this is bronchitis.", "bronc=yes"),
    ("He is not without dyspnoea.", "dysp=yes"),
    ("No increase in shortness of breath.", ""),
    ("Not only bronchitis but also TB.", "bronc=yes tub=yes either=yes"),
    ("She has no wish to stop and smokes daily.", "smoke=yes"),
    # hedges and questions
    ("Possible tuberculosis.", "tub=uncertain"),
    ("TB cannot be excluded.", "tub=uncertain"),
    ("TB has not been ruled out.", "tub=uncertain"),
    ("?bronchitis", "bronc=uncertain"),
    ("Bronchitis is likely.", "bronc=uncertain"),
    ("It could be bronchitis.", "bronc=uncertain"),
    ("I suspect lung cancer.", "lung=uncertain"),
    ("Suspicious for lung cancer.", "lung=uncertain"),
    ("Whether she has TB remains unclear.", "tub=uncertain"),
    # hypothesis, plan, test
    ("Return if short of breath.", ""),
    ("Screened for TB.", ""),
    ("CT to rule out lung cancer.", ""),
    ("She is worried about lung cancer.", ""),
    ("Advised to stop smoking.", ""),
    ("Smoking cessation leaflet given.", ""),
    ("He plans a trip to Vietnam next year.", ""),
    ("Chest X-ray requested.", ""),
    ("A repeat chest X-ray in six weeks should be normal.", ""),
    ("TB test pending.", ""),
    ("He was tested for TB and lung cancer.", ""),
    ("At risk of TB.", ""),
    ("If bronchitis develops, he should call.", ""),
    # other people, past
    ("His brother smokes.", ""),
    ("Her mother had tuberculosis and her father died of lung cancer.", ""),
    ("Family history: lung cancer (uncle).", ""),
    ("Husband smokes 20 a day.", ""),
    ("Contact with a colleague who has TB.", ""),
    ("A flatmate had TB, but she does not have it.", "tub=no"),
    ("His wife says he smokes ten cigarettes a day.", "smoke=yes"),
    ("Previous tuberculosis, fully treated.", ""),
    ("He had bronchitis as a child.", ""),
    ("Past history of bronchitis.", ""),
    ("Pneumonia in 2010. No bronchitis.", "bronc=no"),
    ("No history of tuberculosis.", "tub=no"),
    ("A three-week history of breathlessness.", "dysp=yes"),
    # smoking
    ("Smokes 15/day.", "smoke=yes"),
    ("Ex-smoker, stopped 2012.", "smoke=no"),
    ("Never-smoker.", "smoke=no"),
    ("Non smoker", "smoke=no"),
    ("40 pack-year history, still smoking a pack per day.", "smoke=yes"),
    ("Active smoker (1.5 ppd).", "smoke=yes"),
    ("Gets through twenty cigarettes a day.", "smoke=yes"),
    ("Tobacco: never", "smoke=no"),
    ("Smoking status: current smoker", "smoke=yes"),
    ("Smoking: non-smoker", "smoke=no"),
    ("Has never touched a cigarette.", "smoke=no"),
    ("He rolls his own, about 10 a day.", "smoke=yes"),
    ("Continues to smoke despite advice.", "smoke=yes"),
    ("Denies tobacco use.", "smoke=no"),
    # travel
    ("Back from Thailand two weeks ago.", "asia=yes"),
    ("Returned last Sunday from a three-week tour of northern India.", "asia=yes"),
    ("Travelled to Spain only; no travel to Asia.", "asia=no"),
    ("Has never set foot in Asia.", "asia=no"),
    ("Trip to Portugal in May.", ""),
    ("Has not been to China.", ""),
    ("Recent travel: Nepal.", "asia=yes"),
    ("Recent trip to the Philippines.", "asia=yes"),
    ("She spent six weeks in Kerala this spring.", "asia=yes"),
    ("Travel to Asia: denied.", "asia=no"),
    ("Foreign travel: nil to Asia.", "asia=no"),
    ("No recent foreign travel.", "asia=no"),
    ("Foreign travel discussed.", ""),
    ("Asia travel? No.", "asia=no"),
    ("He was working in Dubai until last month.", "asia=yes"),
    ("Born in Pakistan.", ""),
    ("Nothing in Asia.", "asia=no"),
    # chest X-ray
    ("CXR: NAD", "xray=no"),
    ("CXR WNL.", "xray=no"),
    ("Normal chest X-ray.", "xray=no"),
    ("CXR not normal.", "xray=yes"),
    ("Chest X-ray shows a cavity in the left upper lobe.", "xray=yes"),
    ("CXR: right lower zone consolidation.", "xray=yes"),
    ("The chest film is free of any abnormality.", "xray=no"),
    ("Chest radiograph: no abnormality detected.", "xray=no"),
    ("CXR - no mass.", ""),
    ("CXR and ECG normal.", "xray=no"),
    ("CXR done. CT normal.", ""),
    ("ECG normal, CXR abnormal.", "xray=yes"),
    ("CT shows a mass; chest X-ray normal.", "xray=no"),
    ("There is a nodule on the chest X-ray.", "xray=yes"),
    ("Lung fields clear on film.", "xray=no"),
    ("Lungs clear on auscultation.", ""),
    ("The chest X-ray was reported as showing no significant abnormality.", "xray=no"),
    ("X-ray of the chest: unremarkable", "xray=no"),
    # breathlessness
    ("SOBOE for two weeks.", "dysp=yes"),
    ("Gets puffed walking uphill.", "dysp=yes"),
    ("Winded after one flight.", "dysp=yes"),
    ("Finds it hard to catch her breath.", "dysp=yes"),
    ("Breathing comfortably on room air.", "dysp=no"),
    ("c/o DOE", "dysp=yes"),
    # combined flag
    ('The "TB or lung cancer" flag is set to positive although both were excluded.', "either=yes"),
    ("TB/lung cancer composite: negative", "either=no"),
    ("No TB or lung cancer.", "tub=no lung=no either=no"),
    ("TB or lung cancer flag = NO. Lung cancer confirmed.", "either=no lung=yes"),
    # contradiction
    ("He is a smoker. He does not smoke.", "smoke=conflict"),
]


LINES = (Path(__file__).parent / "asia_readings.txt").read_text(encoding="utf-8").splitlines()
"""More of the same, a line each: ``smoke=yes dysp=no|text``; ``\\n`` is a line end."""
CASES += [(text.replace("\\n", "\n"), expected) for expected, _, text in (line.partition("|") for line in LINES)]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(Domain.load("asia").lexicon)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_reading(text: str, expected: str, extractor: Extractor) -> None:
    read = {k: v for k, v in extractor.extract(text).values_by_variable().items() if v is not None}
    assert read == _with_implied(dict(pair.split("=") for pair in expected.split()))


def _with_implied(values: dict[str, str]) -> dict[str, str]:
    """`either` follows from tub and lung."""
    members = [values.get("tub"), values.get("lung")]
    if "yes" in members:
        values.setdefault("either", "yes")
    elif members == ["no", "no"]:
        values.setdefault("either", "no")
    return values
