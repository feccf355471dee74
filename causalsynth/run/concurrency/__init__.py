"""How many requests are under way at once: within limits, as many as the server makes something of."""

from causalsynth.run.concurrency.adaptive import AdaptiveLimit, Change
from causalsynth.run.concurrency.limiter import Limiter
from causalsynth.run.concurrency.limits import Limits
from causalsynth.run.concurrency.watch import watched

__all__ = ["AdaptiveLimit", "Change", "Limiter", "Limits", "watched"]
