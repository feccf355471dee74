"""A simulated server: protocol, queue and faults of a real one, without a GPU and without an LLM."""

from causalsynth.realize.simulated import SimulatedBehaviour
from causalsynth.serve.faults import NO_FAULTS, Fault, FaultRates, Faults, FaultScript
from causalsynth.serve.options import ServerOptions
from causalsynth.serve.server import make_app, running_server, serve_forever, simulated_model

__all__ = [
    "NO_FAULTS",
    "Fault",
    "FaultRates",
    "FaultScript",
    "Faults",
    "ServerOptions",
    "SimulatedBehaviour",
    "make_app",
    "running_server",
    "serve_forever",
    "simulated_model",
]
