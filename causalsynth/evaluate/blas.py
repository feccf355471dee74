"""One thread for linear algebra: our matrices are small, and threads that share one cost more than they do."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["on_one_blas_thread"]

P = ParamSpec("P")
R = TypeVar("R")

_LIMITED = ContextVar("_LIMITED", default=False)
"""A function further out has set the limit."""


def on_one_blas_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Make BLAS use one thread as long as `function` runs.

    OpenBLAS, which numpy and scipy bring, shares matrices of a hundred rows among all cores and lets its threads wait
    for each other by spinning: beside another busy process that takes up to ten times as long as one thread does. It
    holds for the whole process meanwhile. The last bits of results don't hang on the number of cores either.

    Setting it looks through all libraries that are loaded, which takes longer than one test: only the outermost of
    such functions does.
    """

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        if _LIMITED.get():
            return function(*args, **kwargs)
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            outside = _LIMITED.set(True)
            try:
                return function(*args, **kwargs)
            finally:
                _LIMITED.reset(outside)

    return limited
