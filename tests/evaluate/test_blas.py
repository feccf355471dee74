"""One thread for linear algebra while an evaluation runs, and as many as before when it is over."""

import numpy as np
import pytest
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
