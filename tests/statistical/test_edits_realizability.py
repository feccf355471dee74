"""Corrections by edits realize as many records as corrections by rewriting.

Were both equally good, Fisher's exact test would fail by chance for one choice of seeds in ten thousand. With 1,200
records each a loss of six points of realizability is found with a probability above .9.
"""

import pytest
from scipy.stats import fisher_exact

from causalsynth import SCM, Domain, generate

N = 1200


@pytest.mark.statistical
@pytest.mark.parametrize("behaviour", ["", "strength=.6,omit=.15,hedge=.15,obey=.5,relapse=.05"])
def test_edits_realize_as_many_records(behaviour):
    scm, domain = SCM.load("asia"), Domain.load("asia")
    counts = []
    for corrections in ("edits", "rewrite"):
        result = generate(scm, domain, "simulated", n=N, seed=11, corrections=corrections, behaviour=behaviour)
        counts.append([result.summary["realized"], N - result.summary["realized"]])
    assert fisher_exact(counts).pvalue > 1e-4, counts
