"""Jinja2's sandbox, without asking anew about what templates are there to see."""

from collections.abc import Callable, Iterable, MutableMapping
from functools import cache
from types import FunctionType, MethodType
from typing import Any

from jinja2 import BaseLoader, StrictUndefined
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel

__all__ = ["TemplateSandbox"]

_SEEN = (FunctionType, property)


class TemplateSandbox(SandboxedEnvironment):
    """Renders templates in a sandbox; a name that isn't there is an error.

    Of a pydantic model templates see its fields and what its own class defines, nothing that all models inherit: among
    that are ways to open files and unpickle. Jinja2 finds out at every attribute and call whether it is safe, which
    takes half the time of a prompt; of plain data it is known from the name. Of all other objects it is found out as
    ever.

    Parameters
    ----------
    loader
        Of the templates.
    plain
        Pydantic models whose own public attributes and methods are all safe. Objects of subclasses are not taken for
        plain.
    functions
        Functions that templates know by name, all of them safe.
    """

    def __init__(
        self, loader: BaseLoader, *, plain: Iterable[type[BaseModel]], functions: Iterable[Callable[..., object]] = ()
    ) -> None:
        super().__init__(loader=loader, undefined=StrictUndefined, autoescape=False, auto_reload=False)
        self._plain = {each: _own_names(each) for each in plain}
        self._functions = frozenset(functions)
        self.globals.update((function.__name__, function) for function in self._functions)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the names that a template finds without being handed them: as a copy, for each rendering reads all."""
        return {**self.globals, **(d or {})}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give an attribute, or what takes its place where it is missing or private."""
        if attribute in self._plain.get(type(obj), ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether templates may see an attribute."""
        if isinstance(obj, BaseModel) and attr not in _own_names(type(obj)):
            return False
        return super().is_safe_attribute(obj, attr, value)

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


@cache
def _own_names(model: type[BaseModel]) -> frozenset[str]:
    """Give the fields, and the methods and properties that the classes below pydantic's define."""
    classes = (each for each in model.__mro__ if issubclass(each, BaseModel) and each is not BaseModel)
    defined = (name for each in classes for name, value in vars(each).items() if isinstance(value, _SEEN))
    return frozenset(name for name in (*model.model_fields, *defined) if not name.startswith("_"))
