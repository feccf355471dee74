"""Regression on the development corpus, where it lies beside the repository."""

import importlib.util
import json
import os
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("CAUSALSYNTH_CORPUS", ROOT.parent / "shared" / "corpus"))

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"no development corpus at {CORPUS}; point CAUSALSYNTH_CORPUS at it"
)

FLOORS = {
    # domain: (least precision, least recall, most faithful documents refused)
    "asia": (0.995, 0.97, 0.12),
    "mimic_struct": (0.99, 0.95, 0.40),
    "payments": (0.99, 0.90, 0.75),
    "alarm": (0.99, 0.90, 0.70),
}


@cache
def _report(domain):
    spec = importlib.util.spec_from_file_location("extractor_report", ROOT / "scripts" / "extractor_report.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = (CORPUS / f"{domain}.jsonl").read_text(encoding="utf-8").splitlines()
    return module.measure(domain, [json.loads(line) for line in lines])


@pytest.mark.parametrize("domain", FLOORS)
def test_definite_values_are_right(domain):
    assert _report(domain).total.precision >= FLOORS[domain][0]


@pytest.mark.parametrize("domain", FLOORS)
def test_stated_values_are_found(domain):
    assert _report(domain).total.recall >= FLOORS[domain][1]


@pytest.mark.parametrize("domain", FLOORS)
def test_no_altered_document_is_accepted(domain):
    report = _report(domain)
    assert report.altered >= 10
    assert report.false_acceptances == []


@pytest.mark.parametrize("domain", FLOORS)
def test_few_faithful_documents_are_refused(domain):
    report = _report(domain)
    assert len(report.false_alarms) <= FLOORS[domain][2] * report.faithful
