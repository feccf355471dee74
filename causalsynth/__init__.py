"""Text with known causal truth.

Draw facts from a structural causal model, have them written as text, read the text back with a deterministic
extractor, correct until it says exactly the facts, and prove with numbers that nothing causal was lost on the way.

>>> import causalsynth
>>> scm = causalsynth.SCM.from_bif("asia")
>>> domain = causalsynth.Domain.load("asia")
>>> result = causalsynth.generate(scm, domain, n=3, seed=7)
>>> [str(record.status) for record in result.records]
['realized', 'realized', 'realized']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from causalsynth._version import __version__

if TYPE_CHECKING:
    from causalsynth.domain import Domain as Domain
    from causalsynth.domain import Lexicon as Lexicon
    from causalsynth.errors import CausalSynthError as CausalSynthError
    from causalsynth.errors import RealizerError as RealizerError
    from causalsynth.errors import ServerError as ServerError
    from causalsynth.evaluate.backdoor import backdoor as backdoor
    from causalsynth.evaluate.comparison import compare_methods as compare_methods
    from causalsynth.evaluate.effects import effects as effects
    from causalsynth.evaluate.everything import evaluate_all as evaluate_all
    from causalsynth.evaluate.fidelity import fidelity_of_run as fidelity_of_run
    from causalsynth.evaluate.independence import independence as independence
    from causalsynth.evaluate.realizability import realizability as realizability
    from causalsynth.evaluate.richness import richness as richness
    from causalsynth.evaluate.rundir import open_run as open_run
    from causalsynth.evaluate.selection import selection as selection
    from causalsynth.extract import Extractor as Extractor
    from causalsynth.realize.chat import ChatModel as ChatModel
    from causalsynth.realize.chat import Completion as Completion
    from causalsynth.realize.chat import Message as Message
    from causalsynth.realize.chat import Sampling as Sampling
    from causalsynth.realize.grammar import Grammar as Grammar
    from causalsynth.realize.openai_server import OpenAIServer as OpenAIServer
    from causalsynth.realize.simulated import Simulated as Simulated
    from causalsynth.realize.simulated import SimulatedBehaviour as SimulatedBehaviour
    from causalsynth.realize.tiny import Tiny as Tiny
    from causalsynth.run.generate import agenerate as agenerate
    from causalsynth.run.generate import generate as generate
    from causalsynth.run.records import Record as Record
    from causalsynth.run.result import RunResult as RunResult
    from causalsynth.scm import SCM as SCM
    from causalsynth.scm import Categorical as Categorical
    from causalsynth.scm import CategoricalTable as CategoricalTable
    from causalsynth.scm import Noise as Noise
    from causalsynth.scm import Numeric as Numeric
    from causalsynth.scm import Policy as Policy
    from causalsynth.scm import Shift as Shift
    from causalsynth.scm import Skeletons as Skeletons
    from causalsynth.scm import equations as equations
    from causalsynth.verify import Violation as Violation

_HOMES = {
    "Categorical": "causalsynth.scm",
    "CategoricalTable": "causalsynth.scm",
    "CausalSynthError": "causalsynth.errors",
    "ChatModel": "causalsynth.realize.chat",
    "Completion": "causalsynth.realize.chat",
    "Domain": "causalsynth.domain",
    "Extractor": "causalsynth.extract",
    "Grammar": "causalsynth.realize.grammar",
    "Lexicon": "causalsynth.domain",
    "Message": "causalsynth.realize.chat",
    "Noise": "causalsynth.scm",
    "Numeric": "causalsynth.scm",
    "OpenAIServer": "causalsynth.realize.openai_server",
    "Policy": "causalsynth.scm",
    "RealizerError": "causalsynth.errors",
    "Record": "causalsynth.run.records",
    "RunResult": "causalsynth.run.result",
    "SCM": "causalsynth.scm",
    "Sampling": "causalsynth.realize.chat",
    "ServerError": "causalsynth.errors",
    "Shift": "causalsynth.scm",
    "Simulated": "causalsynth.realize.simulated",
    "SimulatedBehaviour": "causalsynth.realize.simulated",
    "Skeletons": "causalsynth.scm",
    "Tiny": "causalsynth.realize.tiny",
    "Violation": "causalsynth.verify",
    "agenerate": "causalsynth.run.generate",
    "backdoor": "causalsynth.evaluate.backdoor",
    "compare_methods": "causalsynth.evaluate.comparison",
    "effects": "causalsynth.evaluate.effects",
    "equations": "causalsynth.scm",
    "evaluate_all": "causalsynth.evaluate.everything",
    "fidelity_of_run": "causalsynth.evaluate.fidelity",
    "generate": "causalsynth.run.generate",
    "independence": "causalsynth.evaluate.independence",
    "open_run": "causalsynth.evaluate.rundir",
    "realizability": "causalsynth.evaluate.realizability",
    "richness": "causalsynth.evaluate.richness",
    "selection": "causalsynth.evaluate.selection",
}
"""Where each public name lives; imported when first asked for, so that ``import causalsynth`` stays cheap."""

__all__ = [
    "SCM",
    "Categorical",
    "CategoricalTable",
    "CausalSynthError",
    "ChatModel",
    "Completion",
    "Domain",
    "Extractor",
    "Grammar",
    "Lexicon",
    "Message",
    "Noise",
    "Numeric",
    "OpenAIServer",
    "Policy",
    "RealizerError",
    "Record",
    "RunResult",
    "Sampling",
    "ServerError",
    "Shift",
    "Simulated",
    "SimulatedBehaviour",
    "Skeletons",
    "Tiny",
    "Violation",
    "__version__",
    "agenerate",
    "backdoor",
    "compare_methods",
    "effects",
    "equations",
    "evaluate_all",
    "fidelity_of_run",
    "generate",
    "independence",
    "open_run",
    "realizability",
    "richness",
    "selection",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'causalsynth' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
