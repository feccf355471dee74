"""Mechanisms written in Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import GraphError, InputError
from causalsynth.scm.laws import NORMAL, Law
from causalsynth.scm.mechanisms.fingerprint import fingerprint
from causalsynth.scm.mechanisms.parameters import canonical_support, when
from causalsynth.scm.mechanisms.rounding import finish
from causalsynth.scm.support import Categorical, Columns, Numeric, Support

__all__ = ["PythonMechanism"]

Arrays: TypeAlias = dict[str, NDArray[Any]]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PythonMechanism:
    """A value that a Python function works out, for all rows at once.

    The functions see states as arrays of str, and numbers as arrays of float64, shape (rows,), all read-only. What they
    give for one row mustn't depend on the others, nor on anything but their arguments.

    Parameters
    ----------
    function
        ``function(parents, u)`` → array of numbers, or of states' names, shape (rows,). Numbers are rounded and clipped
        to the support. `u` is the noise, of the law's shape.
    parents
        The variables that it reads.
    support
        What the variable can take.
    law
        The noise's.
    inverse
        ``inverse(values, parents)`` → the noise that leads to them, for counterfactuals of observed rows. Where several
        noises do, rounding to the same value, say, it is the function's choice which it gives.
    log_density
        ``log_density(values, parents)`` → ln P(values | parents), of unrounded numbers the density's.
    deterministic
        Whether the function doesn't look at the noise.
    """

    function: Callable[[Arrays, NDArray[Any]], Any]
    parents: tuple[str, ...]
    support: Support
    law: Law = NORMAL
    inverse: Callable[[NDArray[Any], Arrays], Any] | None = None
    log_density: Callable[[NDArray[Any], Arrays], Any] | None = None
    deterministic: bool = False

    def __post_init__(self) -> None:
        for function in (self.function, self.inverse, self.log_density):
            if function is not None and not callable(function):
                raise GraphError(f"{function!r} is no function", hint="give a function(parents, u)")
        names: Any = self.parents
        if isinstance(names, str):
            raise GraphError(f"the parents {names!r} are one text", hint="give a tuple of names")
        object.__setattr__(self, "parents", tuple(dict.fromkeys(self.parents)))

    def check(self, supports: Mapping[str, Support]) -> None:
        """Check that the parents exist; raises GraphError."""
        for parent in self.parents:
            if parent not in supports:
                raise GraphError(f"{_name(self.function)} reads {parent}, but there is no such variable")

    def evaluate(self, noise: NDArray[Any], parents: Columns, out: NDArray[Any]) -> None:
        """Write what the function gives into `out`.

        Raises
        ------
        GraphError
            It raises, or gives another shape, NaN, infinity or an unknown state.
        """
        given = _call(self.function, self._arguments(parents), _read_only(noise))
        out[:] = self._encoded(given, parents)

    def abduct(self, values: NDArray[Any], parents: Columns, fresh: NDArray[Any]) -> NDArray[Any]:
        """Ask `inverse` for the noise, and make sure that it leads to `values`.

        Unrounded numbers must agree to 9 digits. Without noise in the function, its law is unchanged: `fresh`.

        Raises
        ------
        InputError
            There is no `inverse`, or what it gives leads elsewhere.
        """
        if self.deterministic:
            noise = fresh.copy()
        elif self.inverse is None:
            raise InputError(
                f"the noise behind {_name(self.function)} isn't known",
                hint="give PythonMechanism an inverse(values, parents), or make counterfactuals of rows drawn by seed",
            )
        else:
            noise = self._numbers(self.inverse, values, parents, fresh.shape).astype(fresh.dtype)
        reached = np.empty_like(values)
        self.evaluate(noise, parents, reached)
        if (off := ~self._same(reached, values)).any():
            row = int(np.argmax(off))
            function = self.function if self.inverse is None else self.inverse
            shown = [self.support.decode(each[row].item()) for each in (values, reached)]
            where = when(self.parents, parents, row)
            raise InputError(f"{_name(function)}: the noise for {shown[0]} leads to {shown[1]}{where}")
        return noise

    def log_probability(self, values: NDArray[Any], parents: Columns) -> Floats:
        """Ask `log_density`; of a function without noise, 0 where it gives the value and -inf elsewhere.

        Raises
        ------
        InputError
            There is no `log_density`.
        """
        if self.log_density is not None:
            return self._numbers(self.log_density, values, parents, values.shape, finite=False)
        if not self.deterministic:
            raise InputError(
                f"the law of what {_name(self.function)} gives isn't known",
                hint="give PythonMechanism a log_density(values, parents)",
            )
        reached = np.empty_like(values)
        self.evaluate(self.law.draw(0, "", 0, 0, parents.rows), parents, reached)
        return np.where(self._same(reached, values), 0.0, -np.inf)

    def canonical(self) -> object:
        """Digests of the functions (`fingerprint` says what isn't seen), parents, law and support."""
        functions = [each and fingerprint(each) for each in (self.function, self.inverse, self.log_density)]
        law = [self.law.name, self.law.width]
        return ["python", functions, list(self.parents), law, canonical_support(self.support), self.deterministic]

    def _arguments(self, parents: Columns) -> Arrays:
        return {name: _decoded(parents[name], parents.supports[name]) for name in self.parents}

    def _encoded(self, given: Any, parents: Columns) -> NDArray[Any]:
        name, array = _name(self.function), _array(given)
        if array.shape != (parents.rows,):
            raise GraphError(
                f"{name} gave {_shape(array)} for {parents.rows} rows", hint="give an array of one value a row"
            )
        if isinstance(self.support, Categorical):
            return self._codes(array, self.support, parents)
        if array.dtype.kind not in "iuf":
            raise GraphError(f"{name} gave {array.dtype}, not numbers", hint="give an array of float64")
        return self._finished(array.astype(np.float64), self.support, parents)

    def _codes(self, array: NDArray[Any], support: Categorical, parents: Columns) -> NDArray[np.int8]:
        codes = np.full(len(array), -1, dtype=np.int8)
        if array.dtype.kind in "UOT":
            for code, state in enumerate(support.states):
                codes[array == state] = code
        if (codes < 0).any():
            row = int(np.argmax(codes < 0))
            states, where = ", ".join(support.states), when(self.parents, parents, row)
            raise GraphError(
                f"{_name(self.function)} gave {array[row].item() if array.dtype != object else array[row]!r}, "
                f"no state{where}",
                hint=f"the states are {states}",
            )
        return codes

    def _finished(self, numbers: Floats, support: Numeric, parents: Columns) -> Floats:
        if not (fine := np.isfinite(numbers)).all():
            row = int(np.argmin(fine))
            where = when(self.parents, parents, row)
            raise GraphError(f"{_name(self.function)} gave {numbers[row]:g}{where}", hint="give finite numbers")
        return finish(numbers, support)

    def _numbers(
        self,
        function: Callable[..., Any],
        values: NDArray[Any],
        parents: Columns,
        shape: tuple[int, ...],
        *,
        finite: bool = True,
    ) -> Floats:
        array = _array(_call(function, _decoded(values, self.support), self._arguments(parents)))
        if array.shape != shape or array.dtype.kind not in "iuf":
            raise GraphError(f"{_name(function)} gave {_shape(array)}, not numbers of shape {shape}")
        numbers = array.astype(np.float64)
        if np.isnan(numbers).any() or (finite and not np.isfinite(numbers).all()):
            raise GraphError(f"{_name(function)} gave numbers that aren't finite")
        return numbers

    def _same(self, reached: NDArray[Any], values: NDArray[Any]) -> NDArray[np.bool_]:
        if isinstance(self.support, Numeric) and self.support.decimals is None:
            return np.asarray(np.isclose(reached, values, rtol=1e-9, atol=1e-12), dtype=np.bool_)
        return np.asarray(reached == values, dtype=np.bool_)


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a user's function: the boundary where whatever it raises becomes one of our errors."""
    try:
        return function(*arguments)
    except Exception as error:
        raise GraphError(f"{_name(function)} raised {type(error).__name__}: {error}") from error


def _decoded(column: NDArray[Any], support: Support) -> NDArray[Any]:
    if isinstance(support, Categorical):
        return _read_only(np.array(support.states, dtype=np.str_)[column])
    return _read_only(column)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _array(given: Any) -> NDArray[Any]:
    try:
        return np.asarray(given)
    except ValueError:  # ragged
        return np.empty((0, 0), dtype=object)


def _shape(array: NDArray[Any]) -> str:
    return f"{array.dtype} of shape {array.shape}"


def _name(function: Callable[..., Any]) -> str:
    return f"{getattr(function, '__qualname__', None) or type(function).__qualname__}()"
