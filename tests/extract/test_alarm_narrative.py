"""Anaesthetic incidents told at length: rates of several sources in one breath, asides, causes that were dismissed."""

import pytest

from causalsynth.domain import Domain
from causalsynth.extract import Extractor

EXTRACTOR = Extractor(Domain.load("alarm").lexicon)
ALL_FAST = {"HREKG": "HIGH", "HRBP": "HIGH", "HRSAT": "HIGH"}

READ = [
    ("It was fast on the ECG, on the arterial line and on the pulse oximeter.", ALL_FAST),
    ("It was displayed as high by the ECG, the arterial line and the oximeter alike.", ALL_FAST),
    ("There were normal readings from the ECG and the oximeter.", {"HREKG": "NORMAL", "HRSAT": "NORMAL"}),
    ("All three rate channels were high.", ALL_FAST),
    ("126 by ECG, 124 off the arterial line, 125 on the pulse ox.", ALL_FAST),
    ("The line gave 43 and the oximeter probe 44.", {"HRBP": "LOW", "HRSAT": "LOW"}),
    ("ECG one-forty, sats probe one thirty-eight.", {"HREKG": "HIGH", "HRSAT": "HIGH"}),
    ("The true rate is in the region of 130.", {"HR": "HIGH"}),
    ("The pressure line's pulse counter read low.", {"HRBP": "LOW"}),
    ("The oximeter, with so little pulse to go on, was reading low.", {"HRSAT": "LOW"}),
    ("Her left ventricle was performing well.", {"LVFAILURE": "FALSE"}),
    ("It became apparent that the left ventricle was failing.", {"LVFAILURE": "TRUE"}),
    ("The left ventricle had never failed before.", {"HISTORY": "FALSE"}),
    ("We considered and dismissed pulmonary embolism.", {"PULMEMBOLUS": "FALSE"}),
    ("Anaphylaxis was considered and ruled out.", {"ANAPHYLAXIS": "FALSE"}),
    ("Anaphylaxis was ruled out, so too pulmonary embolism.", {"ANAPHYLAXIS": "FALSE", "PULMEMBOLUS": "FALSE"}),
    (
        "Anaphylaxis is excluded (tryptase normal), so too pulmonary embolism.",
        {"ANAPHYLAXIS": "FALSE", "PULMEMBOLUS": "FALSE"},
    ),
    (
        "She has no history of heart failure, though her mother does, and there is no left ventricular failure.",
        {"HISTORY": "FALSE", "LVFAILURE": "FALSE"},
    ),
    ("Nowhere was the circuit disconnected.", {"DISCONNECT": "FALSE"}),
    ("Anaphylaxis - no rash, no wheeze.", {"ANAPHYLAXIS": "FALSE"}),
    ("Reason for ICU: pulmonary embolism.", {"PULMEMBOLUS": "TRUE"}),
    ("The minute volume that we had set was low.", {"MINVOLSET": "LOW"}),
    ("The output of the machine was high.", {"VENTMACH": "HIGH"}),
    ("He was saturating at 84 per cent.", {"SAO2": "LOW"}),
    ("The pulmonary venous sample was desaturated at 79%.", {"PVSAT": "LOW"}),
    ("PaCO2 on the gas was 39.", {"ARTCO2": "NORMAL"}),
    ("The expired CO2, for reasons I cannot give, read high.", {"EXPCO2": "HIGH"}),
    ("As one would expect: the CVP was high.", {"CVP": "HIGH"}),
    ("The diathermy threw interference across the trace.", {"ERRCAUTER": "TRUE"}),
    ("The ECG was undisturbed by cautery interference.", {"ERRCAUTER": "FALSE"}),
    ("The expired minute volume monitor displayed a low value.", {"MINVOL": "LOW"}),
    ("Central venous pressure showed a high reading.", {"CVP": "HIGH"}),
    ("The monitor has a low value alarm.", {}),
    ("Diathermy was causing an interference error on the ECG.", {"ERRCAUTER": "TRUE"}),
    ("Diathermy was causing no interference.", {"ERRCAUTER": "FALSE"}),
    ("Anaphylaxis was thought of because the pressure fell.", {}),
    ("Causes considered: no anaphylaxis, no pulmonary embolus.", {"ANAPHYLAXIS": "FALSE", "PULMEMBOLUS": "FALSE"}),
    ("Kink/obstruction at present: N", {"KINKEDTUBE": "FALSE"}),
    ("The clamp came off at noon.", {}),
    ("He was called at one thirty.", {}),
    ("A thready pulse.", {}),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_reads(text, expected):
    found = EXTRACTOR.extract(text)
    assert {name: one.value for name, one in found.items() if one.status != "not_stated"} == expected
