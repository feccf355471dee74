"""One thread for linear algebra while an evaluation runs, and as many as before when it is over."""

import numpy as np
import pytest
import threadpoolctl
from threadpoolctl import threadpool_info, threadpool_limits

from causalsynth.errors import InputError
from causalsynth.evaluate.blas import on_one_blas_thread


def threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


@on_one_blas_thread
def counted(matrix):
    """Count."""
    if matrix is None:
        raise InputError("no matrix")
    return matrix @ matrix, threads()


@on_one_blas_thread
def counted_within():
    return counted(np.eye(3))[1], threads()


def test_threads_are_one_inside_and_given_back():
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        assert before
        product, inside = counted(np.eye(3))
        assert (product == np.eye(3)).all()
        assert set(inside) == {1}
        assert threads() == before


def test_they_are_given_back_after_an_error():
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        with pytest.raises(InputError):
            counted(None)
        assert threads() == before
    assert counted.__doc__ == "Count."


def test_within_such_a_function_the_limit_is_not_set_again(monkeypatch):
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        made = []
        limits = threadpool_limits
        monkeypatch.setattr(threadpoolctl, "threadpool_limits", lambda **asked: made.append(asked) or limits(**asked))
        inner, outer = counted_within()
        assert set(inner) == set(outer) == {1}
        assert len(made) == 1
        assert threads() == before
        counted_within()
        assert len(made) == 2
