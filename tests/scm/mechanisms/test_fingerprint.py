import functools
import os
import random
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from causalsynth.scm.mechanisms import PythonMechanism
from causalsynth.scm.mechanisms.fingerprint import fingerprint
from causalsynth.scm.support import Numeric

FACTOR = 2.0


def scaled(k, parents, u):
    return u * k


def with_default(k):
    def function(parents, u, k=k):
        return u * k

    return function


def with_keyword(k):
    def function(parents, u, *, k=k):
        return u * k

    return function


def closure(k):
    return lambda parents, u: (u, k)


def by_a_global(parents, u):
    return u * FACTOR


def by_another(parents, u):
    return by_a_global(parents, u)


def itself(parents, u):
    return itself(parents, u)


class Scaled:
    def __init__(self, k):
        self.k = k

    def __call__(self, parents, u):
        return self.times(u)

    def times(self, u):
        return u * self.k

    def method(self, parents, u):
        return u


class Slotted:
    __slots__ = ("k",)

    def __init__(self, k):
        self.k = k

    def __call__(self, parents, u):
        return u * self.k


def class_of(sign):
    if sign > 0:

        class Local:
            def __call__(self, parents, u):
                return u
    else:

        class Local:
            def __call__(self, parents, u):
                return -u

    return Local()


plus, minus = (lambda parents, u: u), (lambda parents, u: -u)

PAIRS = {
    "partial": (functools.partial(scaled, 1), functools.partial(scaled, 2)),
    "partial of others": (functools.partial(scaled, 2), functools.partial(max, 2)),
    "partial by keyword": (functools.partial(scaled, k=1), functools.partial(scaled, k=2)),
    "partial of a builtin": (functools.partial(max, 2), functools.partial(min, 2)),
    "state": (Scaled(1), Scaled(2)),
    "slots": (Slotted(1), Slotted(2)),
    "methods of the class": (class_of(1), class_of(-1)),
    "method": (Scaled(1).method, Scaled(2).method),
    "lambdas on a line": (plus, minus),
    "cells": (closure(1), closure(2)),
    "cells of other types": (closure(1), closure(True)),
    "zeros": (closure(0.0), closure(-0.0)),
    "arrays": (closure(np.arange(3)), closure(np.arange(3.0))),
    "long arrays": (closure(np.arange(5000)), closure(np.arange(5000)[::-1])),
    "arrays of objects": (closure(np.array([1, "a"], object)), closure(np.array([1, "b"], object))),
    "functions in cells": (closure(plus), closure(minus)),
    "splines": (closure(CubicSpline([0, 1], [0, 1])), closure(CubicSpline([0, 1], [0, 2]))),
    "dictionaries": (closure({"a": [1, {2}]}), closure({"a": [1, {3}]})),
    "defaults": (with_default(1), with_default(2)),
    "keyword defaults": (with_keyword(1), with_keyword(2)),
    "ufuncs": (np.add, np.multiply),
    "vectorized": (np.vectorize(plus), np.vectorize(minus)),
    "cached": (functools.lru_cache(plus), functools.lru_cache(minus)),
}


@pytest.mark.parametrize("case", PAIRS)
def test_functions_that_differ(case):
    one, other = PAIRS[case]
    assert fingerprint(one) != fingerprint(other)
    assert PythonMechanism(one, (), Numeric()).canonical() != PythonMechanism(other, (), Numeric()).canonical()
    assert fingerprint(one) == fingerprint(one)


def test_globals_and_functions_of_the_module_count(monkeypatch):
    before = fingerprint(by_a_global), fingerprint(by_another)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    after = fingerprint(by_a_global), fingerprint(by_another)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_equal_functions_made_twice():
    for make in (with_default, with_keyword, closure, Scaled, Slotted, functools.partial(functools.partial, scaled)):
        assert fingerprint(make(2)) == fingerprint(make(2))


def test_cycles_end():
    knot = []
    knot.append(knot)
    assert fingerprint(closure(knot)) != fingerprint(closure([]))
    assert len(fingerprint(itself)) == 64


def test_what_is_not_seen_counts_by_its_type():
    assert fingerprint(closure(random.Random(1))) == fingerprint(closure(random.Random(2)))
    assert fingerprint(closure(threading.Lock())) == fingerprint(closure(threading.Lock()))
    assert fingerprint(closure(threading.Lock())) != fingerprint(closure(random.Random(1)))


SCRIPT = """
import functools, logging
from scipy import stats
from causalsynth.scm.mechanisms.fingerprint import fingerprint

class Model:
    def __init__(self):
        self.names, self.law, self.log = {"sepsis", "age", "map", "sex"}, stats.norm(1, 2), logging.getLogger("m")
    def __call__(self, parents, u):
        return [self.law, parents.keys() & {"lactate", "smoke", "xray"}, [x in {"p", "q", "r"} for x in u]]

def closure(x, y=frozenset("abcdef")):
    return lambda parents, u: (x, y)

print([fingerprint(each) for each in (Model(), closure(Model()), functools.partial(max, {"k", "l"}), stats.norm.ppf)])
"""


def test_digests_are_the_same_in_every_process():
    def told(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert told("1") == told("2")
