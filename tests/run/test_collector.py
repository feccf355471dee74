import gc

import pytest

from causalsynth.run.collector import rarely_collected


def a_run_that_fails(before):
    with rarely_collected():
        assert gc.get_threshold()[0] > before[0][0]
        assert gc.get_freeze_count() > 10_000
        with rarely_collected():  # another run of the same process
            pass
        assert gc.get_freeze_count() > 10_000
        raise KeyError


def test_everything_is_as_before_afterwards_whatever_happened():
    before = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(KeyError):
        a_run_that_fails(before)
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_process_with_a_collector_of_its_own_keeps_it():
    gc.disable()
    try:
        with rarely_collected():
            assert (gc.isenabled(), gc.get_freeze_count()) == (False, 0)
    finally:
        gc.enable()
