"""What rejection sampling would take: groups of first attempts, and when their figure is a lower bound."""

import pytest

from causalsynth import rejection
from causalsynth.rejection import FirstAttempts, Stratum


def counted(*skeletons):
    """Count so many first attempts at a skeleton, of which so many are accepted."""
    first = FirstAttempts()
    for name, n, accepted in skeletons:
        for number in range(n):
            first.add({"x": name}, accepted=number < accepted, prompt=10.0, completion=1.0)
    return first.groups()


def test_skeletons_with_few_records_are_pooled():
    groups = counted(("a", 20, 5), ("b", 19, 19), ("c", 1, 0))
    assert groups.strata == (Stratum(20, 5, 200.0, 20.0),)
    assert groups.pool == Stratum(20, 19, 200.0, 20.0)
    assert [group.tries for group in groups.all] == [4.0, 20 / 19]
    assert groups.at_least, "acceptance may differ within the pool"


def test_one_skeleton_in_the_pool_is_no_bound_but_one_that_was_never_accepted_is():
    assert not counted(("a", 20, 5), ("b", 3, 1)).at_least
    never = counted(("a", 30, 0))
    assert never.at_least
    assert never.all[0].tries == pytest.approx(1 / (1 - 0.05 ** (1 / 30)))


def test_nothing_makes_no_groups():
    assert FirstAttempts().groups().all == ()


def test_skeletons_beyond_those_that_are_told_apart_are_pooled(monkeypatch):
    monkeypatch.setattr(rejection, "_MOST_STRATA", 1)
    groups = counted(("a", 20, 20), ("b", 40, 10), ("a", 1, 1))
    assert groups.strata == (Stratum(21, 21, 210.0, 21.0),)
    assert groups.pool == Stratum(40, 10, 400.0, 40.0)
    assert groups.at_least
