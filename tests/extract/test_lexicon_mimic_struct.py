"""The lexicon of intensive-care stays: its own sentences read back, and what clinicians write is read right."""

import random
from pathlib import Path

import pytest

from causalsynth.domain import FEMALE, MALE, NEUTRAL, Domain
from causalsynth.extract import Extractor

DOMAIN = Domain.load("mimic_struct")
LEXICON = DOMAIN.lexicon
EXTRACTOR = Extractor(LEXICON)
SAMPLES = {
    "age": (18, 47, 71, 95),
    "lactate": (0.6, 1.0, 2.4, 11.3),
    "map": (38, 61, 98, 112),
    "creatinine": (0.4, 1.0, 3.2),
    "icu_los_days": (1, 2, 6, 23),
}


def values_of(variable):
    return SAMPLES[variable] if LEXICON.variables[variable].numeric else DOMAIN.states(variable)


FORMS = [
    (variable, value, form)
    for variable, wording in LEXICON.variables.items()
    for value in values_of(variable)
    for said in (wording.wording(value),)
    for form in (*said.say, *said.brief)
]


def read(text, *, pronouns=False):
    values = EXTRACTOR.extract(text).values_by_variable()
    return {name: value for name, value in values.items() if value is not None and (pronouns or name != "sex")}


@pytest.mark.parametrize(("variable", "value", "form"), FORMS, ids=[f"{v}-{form}" for v, _, form in FORMS])
def test_every_form_alone(variable, value, form):
    for persona in (NEUTRAL, FEMALE, MALE):
        assert read(LEXICON.render(form, persona), pronouns=variable == "sex") == {variable: value}


def test_every_value_has_enough_forms():
    for variable, wording in LEXICON.variables.items():
        for value in values_of(variable):
            assert len(wording.wording(value).say) >= 6
            assert len(wording.wording(value).brief) >= 4


@pytest.mark.parametrize("sentence", [*LEXICON.filler, *LEXICON.opening, *LEXICON.closing])
def test_filler_says_nothing(sentence):
    assert read(LEXICON.render(sentence)) == {}


@pytest.mark.parametrize("layout", ["prose", "bullets"])
def test_composed_in_any_order_with_filler(layout):
    """60 seeded documents a layout, each with all variables; every one must read back exactly."""
    draw = random.Random(11)
    for _ in range(60):
        skeleton = {variable: draw.choice(values_of(variable)) for variable in DOMAIN.variables}
        persona = MALE if skeleton["sex"] == "male" else FEMALE
        said = [LEXICON.variables[variable].wording(value) for variable, value in skeleton.items()]
        sentences = [draw.choice(wording.say if layout == "prose" else wording.brief) for wording in said]
        sentences += draw.sample(LEXICON.filler, 4)
        draw.shuffle(sentences)
        rendered = [LEXICON.render(sentence, persona) for sentence in sentences]
        text = " ".join(rendered) if layout == "prose" else "\n".join(f"- {sentence}" for sentence in rendered)
        assert read(text, pronouns=True) == skeleton, text


CASES = [
    # Shorthand.
    (
        "71F, NIDDM, CKD 3, urosepsis. Norad via CVC. Tubed in resus. LOS 6 days. Expired.",
        {
            "age": 71,
            "diabetes": "yes",
            "ckd": "yes",
            "sepsis": "yes",
            "vasopressors": "yes",
            "ventilation": "invasive",
            "icu_los_days": 6,
            "mortality": "died",
        },
    ),
    ("64 y/o w/ DM", {"age": 64, "diabetes": "yes"}),
    ("Sixty-four-year-old lady", {"age": 64}),
    ("A 35-year-old brother donated.", {}),
    ("He has smoked for 40 years.", {}),
    ("PMH: HTN, IDDM, CKD G3a.", {"diabetes": "yes", "ckd": "yes"}),
    # Chronic conditions: their history counts, other people's doesn't.
    ("He has a past medical history of type 1 diabetes mellitus.", {"diabetes": "yes"}),
    ("Known diabetic with chronic kidney disease.", {"diabetes": "yes", "ckd": "yes"}),
    ("Family history of diabetes. Not diabetic himself.", {"diabetes": "no"}),
    ("Her mother had diabetes and chronic kidney disease.", {}),
    ("Diabetes insipidus after head injury.", {}),
    ("Gestational diabetes in 2004.", {}),
    ("She has neither diabetes nor CKD.", {"diabetes": "no", "ckd": "no"}),
    # CKD and AKI keep their stages apart.
    ("CKD stage 3 with superimposed AKI stage 2.", {"ckd": "yes", "aki": "stage2"}),
    ("AKI (KDIGO 3) on CKD needing CRRT.", {"ckd": "yes", "aki": "stage3"}),
    ("Acute kidney injury, KDIGO stage II.", {"aki": "stage2"}),
    ("There was a stage 1 AKI that resolved.", {"aki": "stage1"}),
    ("AKI stage 1 on day 1, progressing to stage 3.", {"aki": "stage3"}),
    ("Renal function preserved, no AKI.", {"aki": "none"}),
    ("He did not develop AKI.", {"aki": "none"}),
    # Sepsis.
    ("Ruled out for sepsis.", {"sepsis": "no"}),
    ("SIRS from pancreatitis rather than sepsis.", {"sepsis": "no"}),
    ("Admitted with pneumonia without sepsis.", {"sepsis": "no"}),
    ("Septic shock, now resolved.", {"sepsis": "yes"}),
    ("Sepsis-3 criteria were met.", {"sepsis": "yes"}),
    ("Sepsis, AKI and delirium did not occur.", {"sepsis": "no", "aki": "none", "delirium": "no"}),
    ("There was no sepsis, AKI or delirium.", {"sepsis": "no", "aki": "none", "delirium": "no"}),
    # Vasopressors.
    ("Pressors: none.", {"vasopressors": "no"}),
    ("No pressors needed.", {"vasopressors": "no"}),
    ("Remained off pressors.", {"vasopressors": "no"}),
    ("Fluid responsive, no need for norad.", {"vasopressors": "no"}),
    ("Required levophed for 36 hours.", {"vasopressors": "yes"}),
    ("Vasopressin added to noradrenaline.", {"vasopressors": "yes"}),
    # Ventilation: high flow is none, a mask is not a tube.
    ("High-flow nasal cannula only, no NIV or intubation.", {"ventilation": "none"}),
    ("Respiratory: self-ventilating on air.", {"ventilation": "none"}),
    ("Neither intubated nor on NIV.", {"ventilation": "none"}),
    ("Never intubated; BiPAP sufficed.", {"ventilation": "noninvasive"}),
    ("Intubation was avoided with NIV.", {"ventilation": "noninvasive"}),
    ("Extubated on day 4 after passing SBT.", {"ventilation": "invasive"}),
    ("Failed NIV and was intubated on day 2.", {"ventilation": "invasive"}),
    ("Home CPAP for sleep apnoea.", {}),
    ("Extubated in theatre and arrived breathing room air.", {"ventilation": "none"}),
    ("She required vasopressors and intubation.", {"vasopressors": "yes", "ventilation": "invasive"}),
    # Antibiotics: only the first three hours count.
    ("Antibiotics within the hour.", {"antibiotics": "yes"}),
    ("Piperacillin-tazobactam was given 50 minutes after arrival.", {"antibiotics": "yes"}),
    ("Door-to-antibiotic time 55 min.", {"antibiotics": "yes"}),
    ("Time to first antibiotic was 5 hours.", {"antibiotics": "no"}),
    ("First antibiotic dose 4.5 h after presentation.", {"antibiotics": "no"}),
    ("Antibiotics were delayed by more than 3 hours.", {"antibiotics": "no"}),
    ("Antibiotics were not given until 6 hours after arrival.", {"antibiotics": "no"}),
    ("Antibiotics within 3 h: no", {"antibiotics": "no"}),
    ("No antibiotic was given in the first 3 hours.", {"antibiotics": "no"}),
    ("Antibiotics were administered 3 hours and 20 minutes after arrival.", {"antibiotics": "no"}),
    ("Antibiotics were given within 4 hours.", {"antibiotics": "no"}),
    ("Antibiotics were stopped after 48 hours.", {}),
    ("Meropenem day 5 of 7.", {}),
    ("Ceftriaxone every 12 hours.", {}),
    ("He is allergic to penicillin.", {}),
    # Delirium.
    ("CAM-ICU positive on days 2 to 4.", {"delirium": "yes"}),
    ("Delirium resolved on day 6.", {"delirium": "yes"}),
    ("CAM-ICU: neg", {"delirium": "no"}),
    ("Delirium screen negative.", {"delirium": "no"}),
    ("Delirium prevention bundle in place.", {}),
    ("Delirium could not be assessed.", {}),
    # Length of stay in intensive care, not in hospital.
    ("Six nights in the unit.", {"icu_los_days": 6}),
    ("ICU stay: 3 days, hospital stay 12 days.", {"icu_los_days": 3}),
    ("She was in intensive care for nine days.", {"icu_los_days": 9}),
    ("Stepped down to the ward after 8 days in critical care.", {"icu_los_days": 8}),
    # Outcome.
    ("RIP 14:20 with family present.", {"mortality": "died"}),
    ("Sadly she did not survive.", {"mortality": "died"}),
    ("His father died of a heart attack.", {}),
    ("Discharged alive to a nursing home.", {"mortality": "survived"}),
    ("She survived the ICU stay but died on the ward on day 20.", {"mortality": "died"}),
    ("He was discharged from the ICU to the ward on day 6.", {}),
    ("Discharge home is planned for Friday.", {}),
    ("He was discharged to a rehabilitation facility.", {"mortality": "survived"}),
    # Values on admission.
    ("Admission lactate 2.4 mmol/L, MAP 61 mmHg, Cr 1.4 mg/dL.", {"lactate": 2.4, "map": 61, "creatinine": 1.4}),
    ("Lactate of 4.0 on arrival, cleared to 1.2 by day 2.", {"lactate": 4.0}),
    ("MAP target > 65. MAP on admission 58.", {"map": 58}),
    ("Admission creatinine 1.8 mg/dL (baseline 0.9).", {"creatinine": 1.8}),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_reads_what_clinicians_write(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("64/M", "male"),
        ("pt is a 64 y.o. female", "female"),
        ("Sex: F. Age: 64.", "female"),
        ("Mrs K, 64, was admitted.", "female"),
        ("This gentleman was looked after by a female nurse.", "male"),
        ("A 47-year-old teacher. She was admitted.", "female"),
        ("The 58-year-old was admitted. His wife was informed.", "male"),
        ("The 58-year-old was admitted. A wife was informed. She was upset.", None),
        ("The bundle miss was noted. MR imaging was normal.", None),
        ("Seen by Dr Rao, who gave her opinion. He improved.", "male"),
    ],
)
def test_reads_the_sex(text, sex):
    assert EXTRACTOR.extract(text).values_by_variable()["sex"] == sex


READINGS = [
    line.partition("|")[::2]
    for line in (Path(__file__).parent / "icu_readings.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("expected", "text"), READINGS, ids=[text for _, text in READINGS])
def test_reads_how_it_is_put(expected, text):
    """One habit of writing a line; the sex counts only where the line asks for it."""
    said = dict(pair.split("=") for pair in expected.split())
    found = read(text.replace("\\n", "\n"), pronouns="sex" in said)
    assert {name: str(value) for name, value in found.items()} == said


HEDGED = [
    ("Sepsis is possible.", "sepsis"),
    ("Chronic kidney disease is suspected.", "ckd"),
    ("Possible delirium.", "delirium"),
    ("It is unclear whether the patient has diabetes.", "diabetes"),
    ("No one can say that he had delirium.", "delirium"),
    ("Nobody could tell whether she was septic.", "sepsis"),
]


@pytest.mark.parametrize(("text", "variable"), HEDGED)
def test_a_hedge_is_uncertain(text, variable):
    assert read(text) == {variable: "uncertain"}


def test_uncertain_never_counts_as_a_value():
    assert read("Sepsis could not be excluded.") == {"sepsis": "uncertain"}
