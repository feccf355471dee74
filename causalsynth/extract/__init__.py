"""The deterministic extractor: text → findings. Pure functions, no I/O, no randomness."""

from causalsynth.extract import extractor
from causalsynth.extract.extractor import VERSION, Extractor
from causalsynth.extract.findings import Finding, Findings, Span, Status

__all__ = ["COMPILED", "VERSION", "Extractor", "Finding", "Findings", "Span", "Status"]

COMPILED: bool = not extractor.__file__.endswith(".py")
"""Whether the compiled extractor runs (see ``hatch_build.py``) or plain Python, which reads the same."""
