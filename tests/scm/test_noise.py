import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from causalsynth.errors import InputError
from causalsynth.scm.noise import NOISE_BLOCK, stream, uniform31

rows = st.integers(0, 3 * NOISE_BLOCK)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**70), st.text(max_size=8), rows, rows, rows)
def test_any_shard_is_the_same_rows(seed, variable, a, b, c):
    start, middle, stop = sorted((a, b, c))
    whole = uniform31(seed, variable, 0, stop)
    assert np.array_equal(uniform31(seed, variable, start, stop), whole[start:])
    parts = [uniform31(seed, variable, start, middle), uniform31(seed, variable, middle, stop)]
    assert np.array_equal(np.concatenate(parts), whole[start:])


def test_a_longer_draw_begins_with_the_shorter_one():
    for n in (1, 2, NOISE_BLOCK - 1, NOISE_BLOCK, NOISE_BLOCK + 1):
        assert np.array_equal(uniform31(5, "x", 0, 2 * NOISE_BLOCK)[:n], uniform31(5, "x", 0, n))


def test_values_are_part_of_the_format():
    assert uniform31(0, "smoke", 0, 4).tolist() == [1511405767, 1007347170, 1364937271, 1746739075]
    assert uniform31(0, "smoke", NOISE_BLOCK, NOISE_BLOCK + 2).tolist() == [997578198, 374038032]
    assert stream(0, "style", 1, 2).getrandbits(32) == 2774764724


def test_far_rows_need_nothing_before_them():
    far = 10**12
    assert len(uniform31(1, "x", far, far + 10)) == 10


@pytest.mark.parametrize("other", [(1, "y", 0), (2, "x", 0), (1, "x", NOISE_BLOCK)], ids=["variable", "seed", "block"])
def test_streams_are_uncorrelated_and_uniform(other):
    """Seeded. False alarms: |r| above 5 standard errors 6e-7, chi-square at 1e-6, for each of 3 cases."""
    n = NOISE_BLOCK
    seed, variable, start = other
    one, two = uniform31(1, "x", 0, n), uniform31(seed, variable, start, start + n)
    assert one.dtype == np.uint32
    assert one.max() < 2**31
    assert abs(np.corrcoef(one.astype(float), two.astype(float))[0, 1]) < 5 / np.sqrt(n)
    cells = np.bincount(two >> 25, minlength=64)
    assert stats.chisquare(cells).pvalue > 1e-6


@pytest.mark.parametrize(("seed", "start", "stop"), [(-1, 0, 1), (1.5, 0, 1), (True, 0, 1), (1, -1, 1), (1, 2, 1)])
def test_nonsense_is_refused(seed, start, stop):
    with pytest.raises(InputError):
        uniform31(seed, "x", start, stop)


@given(st.integers(0, 9), st.sampled_from("ab"), st.lists(st.integers(0, 9), max_size=2))
def test_choice_streams_differ_by_every_part_of_their_key(seed, purpose, index):
    key = (seed, purpose, *index)
    draw = stream(*key).getrandbits(64)
    assert draw == stream(*key).getrandbits(64)
    assert draw != stream(seed, purpose, *index, 0).getrandbits(64)
    assert draw != stream(seed + 1, purpose, *index).getrandbits(64)
    assert draw != stream(seed, purpose + "x", *index).getrandbits(64)


SCRIPT = """
from hashlib import sha256
from causalsynth.graph import Dag
from causalsynth.scm import SCM, stream
scm = SCM.from_bif("child").do(Disease="Fallot")
rows = scm.sample(20000, seed=3, start=7)
print(sha256(rows.codes.tobytes()).hexdigest(), stream(1, "a", 2).random())
print(scm.graph.topological_order, scm.graph.implied_independencies()[::17], scm.interventions, rows[11])
"""


def test_hash_seed_changes_nothing():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
