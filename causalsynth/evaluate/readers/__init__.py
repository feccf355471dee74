"""Independent readers: values read in a run's texts by something other than the loop's own extractor.

Accepted texts agree with that extractor by construction, so it can't be their judge. Each reader here gives a
`Reading`: a table on which every figure can be computed again. `compare` holds it against skeletons and extractor.
"""

from causalsynth.evaluate.readers.llm import LLMSettings, read_by_llm
from causalsynth.evaluate.readers.probe import ProbeSettings, read_by_probe
from causalsynth.evaluate.readers.reading import (
    Reading,
    ReadingCard,
    kept_readings,
    read_readings,
    stale_readings,
    unusable_readings,
    write_reading,
)
from causalsynth.evaluate.readers.report import ReadingReport, compare

__all__ = [
    "LLMSettings",
    "ProbeSettings",
    "Reading",
    "ReadingCard",
    "ReadingReport",
    "compare",
    "kept_readings",
    "read_by_llm",
    "read_by_probe",
    "read_readings",
    "stale_readings",
    "unusable_readings",
    "write_reading",
]
