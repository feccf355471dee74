"""A conditional independence test for states and numbers in any mixture."""

from causalsynth.evaluate.ci_tests.mixed.score_test import Variable, mixed
from causalsynth.evaluate.ci_tests.mixed.scores import normal_scores

__all__ = ["Variable", "mixed", "normal_scores"]
