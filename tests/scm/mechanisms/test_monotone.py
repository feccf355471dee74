import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from causalsynth.scm.laws import NORMAL, UNIFORM
from causalsynth.scm.mechanisms.monotone import settle


@settings(max_examples=200)
@given(
    st.lists(st.floats(-1e308, 1e308), min_size=2, max_size=6, unique=True),
    st.data(),
)
def test_finds_the_one_number_that_leads_there(edges, data):
    """A staircase whose steps may be a single floating-point number wide: the search must still find them."""
    edges = np.sort(edges)
    step = data.draw(st.integers(0, len(edges)))
    start = data.draw(st.floats(-1e308, 1e308))
    noise, goal = np.array([start]), np.array([step])
    lost = settle(noise, NORMAL, lambda u, rows: np.searchsorted(edges, u, side="right"), goal, goal)
    assert len(lost) == 0
    assert np.searchsorted(edges, noise[0], side="right") == step


def test_moves_to_the_nearest_and_only_what_is_wrong():
    edges = np.array([1.0, np.nextafter(1.0, 2.0)])
    noise, goal = np.array([0.25, -3.0, 7.0, np.nan]), np.array([0, 1, 1, 2])
    lost = settle(noise, NORMAL, lambda u, rows: np.searchsorted(edges, u, side="right"), goal, goal)
    assert len(lost) == 0
    assert noise.tolist() == [0.25, 1.0, 1.0, edges[1]]


def test_gives_up_where_nothing_leads_there():
    noise = np.array([0.5, 0.5, 0.5])
    goal = np.array([0.5, 2.0, -1.0])
    lost = settle(noise, UNIFORM, lambda u, rows: np.round(u * 2) / 2, goal, goal)
    assert lost.tolist() == [1, 2]
    assert noise[0] == 0.5
