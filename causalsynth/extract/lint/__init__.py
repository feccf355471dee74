"""Check a lexicon before texts are read by it: collisions, gaps, units, whether its sentences are understood."""

from causalsynth.extract.lint.diagnostics import Diagnostic, Report, Severity, ShownSentence
from causalsynth.extract.lint.run import lint, lint_domain

__all__ = ["Diagnostic", "Report", "Severity", "ShownSentence", "lint", "lint_domain"]
