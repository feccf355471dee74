"""Mention plans: which facts a document must state, and on which it must keep silent."""

from causalsynth.domain.mention.plan import MentionPlan
from causalsynth.domain.mention.rule import Mechanism, SilenceRule

__all__ = ["Mechanism", "MentionPlan", "SilenceRule"]
