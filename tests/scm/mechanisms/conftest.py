from types import SimpleNamespace

import numpy as np
import pytest

from causalsynth.scm.expressions import Expression
from causalsynth.scm.support import Categorical, Columns, Numeric

SUPPORTS = {
    "a": Numeric(),
    "b": Numeric(),
    "age": Numeric("years", 0),
    "sex": Categorical(("male", "female")),
    "device": Categorical(("known", "new")),
}


def _parse(text):
    return Expression.parse(text, place="model.yaml")


def _columns(rows=1, **values):
    """Rows of the variables in SUPPORTS; a single value is repeated."""
    typed = {
        name: np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype=SUPPORTS[name].dtype), (rows,)))
        for name, value in values.items()
    }
    return Columns(typed, SUPPORTS, rows)


def _evaluate(mechanism, noise, parents):
    out = np.full(parents.rows, 99, dtype=mechanism.support.dtype)
    mechanism.evaluate(noise, parents, out)
    return out


def _fresh(mechanism, rows, seed=1):
    return mechanism.law.draw(seed, "x", 0, 0, rows)


def _sample(mechanism, parents, seed=1):
    return _evaluate(mechanism, _fresh(mechanism, parents.rows, seed), parents)


@pytest.fixture(scope="session")
def scene():
    """What every test of a mechanism needs: expressions, rows of parents, and its three verbs."""
    return SimpleNamespace(
        parse=_parse, columns=_columns, evaluate=_evaluate, fresh=_fresh, sample=_sample, supports=SUPPORTS
    )
