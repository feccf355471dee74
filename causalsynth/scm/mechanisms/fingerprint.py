"""Digests of Python functions: which of them do the same."""

import json
import random
from collections.abc import Callable, Iterable
from copyreg import dispatch_table
from functools import partial
from hashlib import sha256
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, TypeAlias

import numpy as np

__all__ = ["fingerprint"]

Form: TypeAlias = str | list[Any]
"""Nested lists of texts."""

_ATOMS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
_CONTAINERS = (tuple, list, set, frozenset, dict)
_CHANCE = (random.Random, np.random.Generator, np.random.RandomState, np.random.BitGenerator)
_DATA = (*_ATOMS, *_CONTAINERS, np.ndarray, np.generic)


def fingerprint(function: Callable[..., Any]) -> str:
    """Digest what a function does, the same in every process of one version of Python.

    Seen are byte code and constants, defaults, what a function closes over, data and functions of its own module that
    it names; what is bound by `functools.partial` or as a method; of a callable object the methods that its class's
    module defines, and its state as pickling has it.

    Not seen are the insides of other modules' functions, which are known by name, and of compiled ones; objects of its
    own module that it names but doesn't close over; of random generators, and of what can't be pickled, a lock or a
    connection, anything but the type. How the functions themselves are called doesn't matter.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    reader = _Reader()
    whole: list[Any] = [reader.describe(function)]
    done: set[str] = set()
    while todo := [name for name in reader.named if name not in done]:
        for name in todo:
            done.add(name)
            whole.append([name, reader.describe(reader.named[name])])
    return sha256(_text(whole).encode()).hexdigest()


class _Reader:
    """Describes objects; collects the functions that others name, so that each is described once."""

    def __init__(self) -> None:
        self.named: dict[str, FunctionType] = {}
        self._path: list[int] = []  # what is being described, from the outside in: a way out of cycles

    def describe(self, value: Any) -> Form:
        """Describe `value` by what it's made of, the same way in each process."""
        if isinstance(value, type | ModuleType):
            return _reference(value)
        if type(value) in _ATOMS:
            return [type(value).__name__, ascii(value)]
        if id(value) in self._path:
            return ["cycle", str(len(self._path) - self._path.index(id(value)))]
        self._path.append(id(value))
        try:
            return self._structure(value)
        finally:
            self._path.pop()

    def _structure(self, value: Any) -> Form:
        if type(value) in _CONTAINERS:
            return [type(value).__name__, *self._members(value)]
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, CodeType):
            return self._code(value)
        if isinstance(value, CellType):
            return self._cell(value)
        if isinstance(value, partial):
            return ["partial", *map(self.describe, (value.func, value.args, value.keywords))]
        if isinstance(value, MethodType):
            return ["method", self.describe(value.__func__), self.describe(value.__self__)]
        if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
            digest = sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
            return [type(value).__name__, str(value.dtype), str(value.shape), digest]
        return self._object(value)

    def _members(self, value: Any) -> list[Form]:
        if isinstance(value, dict):
            return [[self.describe(key), self.describe(each)] for key, each in value.items()]
        members = [self.describe(each) for each in value]
        return sorted(members, key=_text) if isinstance(value, set | frozenset) else members  # of no order of its own

    def _function(self, function: FunctionType) -> Form:
        defaults = self.describe(function.__defaults__), self.describe(function.__kwdefaults__)
        cells = [self.describe(cell) for cell in function.__closure__ or ()]
        return ["function", self._code(function.__code__), *defaults, cells, self._globals(function)]

    def _code(self, code: CodeType) -> Form:
        counts = [str(each) for each in (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)]
        names = [list(code.co_names), list(code.co_freevars), list(code.co_cellvars)]
        handlers = code.co_exceptiontable.hex()
        constants = [self.describe(each) for each in code.co_consts]
        return [code.co_code.hex(), handlers, str(code.co_flags), counts, names, constants]

    def _cell(self, cell: CellType) -> Form:
        try:
            return self.describe(cell.cell_contents)
        except ValueError:
            return "empty"

    def _globals(self, function: FunctionType) -> Form:
        space, found = function.__globals__, []
        for name in dict.fromkeys(_names(function.__code__)):
            if name not in space:
                continue
            value = space[name]
            if type(value) in _DATA:
                found.append([name, self.describe(value)])
            elif isinstance(value, FunctionType) and value.__globals__ is space:
                key = f"{space.get('__name__')}.{name}"
                self.named.setdefault(key, value)
                found.append([name, key])
            else:
                found.append([name, _reference(value)])
        return found

    def _object(self, value: Any) -> Form:
        kept = None if isinstance(value, _CHANCE) else _reduced(value)
        if isinstance(kept, str) and hasattr(value, "__wrapped__"):  # functools.lru_cache
            return [_reference(value), self.describe(value.__wrapped__)]
        if isinstance(kept, str):
            return [_reference(value), kept]
        if kept is None:
            return [_reference(value), "closed"]
        make, arguments, state, *items = (*kept, None, None, None)[:5]
        if isinstance(state, dict):
            state = dict(sorted(state.items(), key=lambda pair: ascii(pair[0])))
        contents = [list(each) if each is not None else None for each in items]
        return [
            _reference(value),
            _reference(make),
            *map(self.describe, (arguments, state, contents)),
            self._methods(value),
        ]

    def _methods(self, value: Any) -> Form:
        own = type(value)
        if not callable(value):
            return []
        return [
            [name, self.describe(each)]
            for base in own.__mro__
            if base.__module__ == own.__module__
            for name, each in sorted(vars(base).items())
            if isinstance(each, FunctionType)
        ]


def _names(code: CodeType) -> Iterable[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)


def _reduced(value: Any) -> Any:
    """Ask an object what pickling keeps of it; None if it can't be pickled."""
    try:
        registered = dispatch_table.get(type(value))
        return registered(value) if registered else value.__reduce_ex__(4)
    except Exception:  # foreign code, which raises TypeError, PicklingError and what it likes
        return None


def _reference(value: Any) -> Form:
    """Name something by where it was defined, or by its type."""
    if isinstance(value, ModuleType):
        return ["module", value.__name__]
    if not isinstance(value, type | FunctionType | BuiltinFunctionType):
        value = type(value)
    return [str(value.__module__), value.__qualname__]


def _text(form: Form) -> str:
    return json.dumps(form)
