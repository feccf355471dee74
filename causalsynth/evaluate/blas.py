"""One thread for linear algebra: our matrices are small, and threads that share one cost more than they do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["on_one_blas_thread"]

P = ParamSpec("P")
R = TypeVar("R")


def on_one_blas_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Make BLAS use one thread as long as `function` runs.

    OpenBLAS, which numpy and scipy bring, shares matrices of a hundred rows among all cores and lets its threads wait
    for each other by spinning: beside another busy process that takes up to ten times as long as one thread does. It
    holds for the whole process meanwhile. The last bits of results don't hang on the number of cores either.
    """

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
