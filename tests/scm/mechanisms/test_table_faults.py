import numpy as np
import pytest

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.mechanisms import CategoricalTable


def test_a_state_that_noise_never_leads_to_is_named_with_the_parents_of_its_first_row(scene):
    chances = np.array([[[0.5, 0.5], [1 - 1e-11, 1e-11]], [[1.0, 0.0], [0.5, 0.5]]])
    table, values = CategoricalTable(("x", "y"), ("sex", "device"), chances), np.ones(3, dtype=np.int8)
    for sex, device, given in [
        ([0, 0, 1], [0, 1, 0], "male, device = new"),
        ([0, 1, 0], [0, 0, 1], "female, device = known"),
    ]:
        with pytest.raises(InputError, match=rf"'y' is less probable than 2\*\*-32 when sex = {given}:"):
            table.abduct(values, scene.columns(3, sex=sex, device=device), scene.fresh(table, 3))
    root = CategoricalTable.constant(("x", "y"), "x")
    with pytest.raises(InputError, match=r"'y' is less probable than 2\*\*-32: the noise"):
        root.abduct(values, scene.columns(3), scene.fresh(root, 3))


@pytest.mark.parametrize(
    ("chances", "message"),
    [
        (("a", "b"), "the probabilities aren't numbers"),
        (((0.5,), (0.5, 0.5)), "the probabilities aren't numbers"),
        ((None, 1), "nan is not a probability"),
    ],
)
def test_probabilities_are_numbers(chances, message):
    with pytest.raises(GraphError, match=message) as caught:
        CategoricalTable(("x", "y"), (), chances)
    assert "\n" not in str(caught.value)
