"""Regression on the development corpus, where it lies beside the repository."""

import importlib.util
import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("CAUSALSYNTH_CORPUS", ROOT.parent / "shared" / "corpus"))
DOCUMENTS = CORPUS / "asia.jsonl"

pytestmark = pytest.mark.skipif(
    not DOCUMENTS.is_file(), reason=f"no development corpus at {CORPUS}; point CAUSALSYNTH_CORPUS at it"
)


@pytest.fixture(scope="module")
def report():
    spec = importlib.util.spec_from_file_location("extractor_report", ROOT / "scripts" / "extractor_report.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = DOCUMENTS.read_text(encoding="utf-8").splitlines()
    return module.measure("asia", [json.loads(line) for line in lines])


def test_definite_values_are_right(report):
    assert report.total.precision >= 0.995


def test_stated_values_are_found(report):
    assert report.total.recall >= 0.97


def test_no_altered_document_is_accepted(report):
    assert report.altered >= 30
    assert report.false_acceptances == []


def test_few_faithful_documents_are_refused(report):
    assert len(report.false_alarms) <= 0.12 * report.faithful
