"""A language model small enough to be shipped: what it is asked, how it is computed, how it writes."""

from causalsynth.realize.tiny.realizer import MODELS, WEIGHTS, Tiny

__all__ = ["MODELS", "WEIGHTS", "Tiny"]
