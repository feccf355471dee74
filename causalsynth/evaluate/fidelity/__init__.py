"""Fidelity: marginals, correlations and nearest neighbours of what the texts say, against what they were to say."""

from causalsynth.evaluate.fidelity.fidelity import NEAREST_ROWS, REDRAWS, fidelity, fidelity_of_run
from causalsynth.evaluate.fidelity.nearest import NearestNeighbours, adversarial_accuracy
from causalsynth.evaluate.fidelity.report import AgainstLaw, AgainstSkeletons, FidelityReport, Figures, Peer, Redraws

__all__ = [
    "NEAREST_ROWS",
    "REDRAWS",
    "AgainstLaw",
    "AgainstSkeletons",
    "FidelityReport",
    "Figures",
    "NearestNeighbours",
    "Peer",
    "Redraws",
    "adversarial_accuracy",
    "fidelity",
    "fidelity_of_run",
]
