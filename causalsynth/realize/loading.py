"""What models in this process share: heavy libraries that may be missing, and settings given as text."""

import importlib
from importlib.util import find_spec
from types import ModuleType

from causalsynth.errors import InputError

__all__ = ["import_extra", "parse_model_args"]

ModelArgument = int | float | bool | str | None

_WORDS: dict[str, ModelArgument] = {"true": True, "false": False, "none": None}


def import_extra(module: str, extra: str) -> ModuleType:
    """Import a library that comes with an extra of this package.

    Raises
    ------
    InputError
        It isn't installed.
    """
    library = module.partition(".")[0]
    if find_spec(library) is None:
        raise InputError(f"{library} is not installed", hint=f"pip install 'causalsynth[{extra}]', or serve the model")
    return importlib.import_module(module)


def parse_model_args(text: str | None) -> dict[str, ModelArgument]:
    """Read settings such as ``max_model_len=4096,dtype=bfloat16,enforce_eager=true``.

    Raises
    ------
    InputError
        A part is no ``NAME=VALUE``, or a name stands twice.
    """
    given: dict[str, ModelArgument] = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name.isidentifier() or name in given:
            raise InputError(
                f"--model-args {part.strip()!r}: not NAME=VALUE, or given twice", hint="write e.g. max_model_len=4096"
            )
        given[name] = _value(value)
    return given


def _value(text: str) -> ModelArgument:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
