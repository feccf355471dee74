"""Jinja2's sandbox, without asking anew about what templates are there to see."""

from collections.abc import Callable, Iterable, MutableMapping
from types import FunctionType, MethodType
from typing import Any

from jinja2 import BaseLoader, StrictUndefined
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

__all__ = ["TemplateSandbox"]


class TemplateSandbox(SandboxedEnvironment):
    """Renders templates in a sandbox; a name that isn't there is an error.

    The sandbox finds out at every attribute and call whether it is safe, which took nine tenths of the time that a
    prompt takes to write. Of plain data the answer is known from the name: what begins with ``_`` is not to be seen,
    everything else is. For all other objects it is found out as ever.

    Parameters
    ----------
    loader
        Of the templates.
    plain
        Classes of plain data, none of them a text, all of whose public attributes and methods are safe. Objects of
        subclasses are not taken for plain.
    functions
        Functions that templates know by name, all of them safe.
    """

    def __init__(
        self, loader: BaseLoader, *, plain: Iterable[type], functions: Iterable[Callable[..., object]] = ()
    ) -> None:
        super().__init__(loader=loader, undefined=StrictUndefined, autoescape=False, auto_reload=False)
        self._plain = frozenset(plain)
        self._functions = frozenset(functions)
        self.globals.update((function.__name__, function) for function in self._functions)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the names that a template finds without being handed them: as a copy, for each rendering reads all."""
        return {**self.globals, **(d or {})}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give an attribute, or what takes its place where it is missing or private."""
        if type(obj) in self._plain and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        return super().getattr(obj, attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call what a template calls; by names that no argument of its own can have, as in Jinja2."""
        if type(__obj) is MethodType:
            known = type(__obj.__self__) in __self._plain
        else:
            known = type(__obj) is FunctionType and __obj in __self._functions
        if not known:
            return super().call(__context, __obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)  # added by compiled templates for functions that ask for their context
        kwargs.pop("_block_vars", None)
        return __obj(*args, **kwargs)
