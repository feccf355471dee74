"""The deterministic extractor: text → findings. Pure functions, no I/O, no randomness."""

from causalsynth.extract.extractor import VERSION, Extractor
from causalsynth.extract.findings import Finding, Findings, Span, Status

__all__ = ["VERSION", "Extractor", "Finding", "Findings", "Span", "Status"]
