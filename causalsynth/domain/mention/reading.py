"""From what a user wrote of one variable's silence to its rule."""

from collections.abc import Mapping

from causalsynth.domain.mention.notation import read_key, read_states
from causalsynth.domain.mention.rule import Origin, SilenceRule
from causalsynth.errors import GraphError
from causalsynth.scm.expressions import Expression
from causalsynth.scm.support import Support
from causalsynth.yaml_text import Located

__all__ = ["EXAMPLE", "Chances", "check_known", "located", "read_rule", "silent_part"]

Chances = float | str | Mapping[str, float | str]
"""A probability of silence, a formula for it, or one for each state."""

EXAMPLE = "docs/loop.md"
"""Where a plan in a file is shown, for hints."""


def read_rule(key: str, chances: Chances, supports: Mapping[str, Support], origin: Origin) -> SilenceRule:
    """Make the rule that one entry of a plan stands for.

    Parameters
    ----------
    key
        ``xray``, or ``xray|smoke`` for probabilities by state.
    chances
        As given in Python or in a file; in the short form a text.
    supports
        The model's variables, and what each can take.
    origin
        Where the entry stands.

    Raises
    ------
    InputError
        It means nothing; names the place.
    """
    variable, given = read_key(key, supports)
    for name in (variable,) if given is None else (variable, given):
        check_known(name, supports, origin)
    if given is None:
        if isinstance(chances, Mapping):
            hint = f"name it: {variable}|PARENT; {variable}|{variable} if they are its own"
            raise origin.fault("probabilities by state, but of which variable?", hint)
        return SilenceRule.by_formula(variable, _formula(chances, origin), supports, origin)
    return SilenceRule.by_state(variable, given, _by_state(chances, given, origin), supports, origin)


def _by_state(chances: Chances, given: str, origin: Origin) -> list[tuple[str, float]]:
    if isinstance(chances, Mapping):
        pairs = [(str(state), _formula(chance, origin)) for state, chance in chances.items()]
    else:
        try:
            pairs = read_states(str(chances))
        except ValueError as error:
            raise origin.fault(f"{str(error)!r} is no state with its probability", "write yes=.1, no=.6") from None
    return [(state, _constant(text, given, state, origin)) for state, text in pairs]


def _formula(chances: object, origin: Origin) -> str:
    if isinstance(chances, str):
        return chances
    if isinstance(chances, bool) or not isinstance(chances, int | float):
        raise origin.fault(f"{chances!r} is no probability", "give a number from 0 to 1, or a formula as text")
    return repr(float(chances))


def _constant(text: str, given: str, state: str, origin: Origin) -> float:
    try:
        number = Expression.parse(text)
        number.check({})
        constant = number.constant
    except GraphError:
        constant = None
    if constant is None:
        hint = "give a number from 0 to 1; write a formula without '|'"
        raise origin.fault(f"{given} = {state}: {text!r} is no probability", hint)
    return constant


def check_known(name: str, supports: Mapping[str, Support], origin: Origin) -> None:
    """Refuse a name that is no variable's (InputError)."""
    if name not in supports:
        raise origin.fault(f"unknown variable {name!r}", f"the variables are {', '.join(supports)}")


def located(document: Located, key: str) -> Origin:
    """Find where an entry of a plan's file stands."""
    path = ("silent", key)
    if path not in document.scalars:
        return Origin(document.place(path), document.name)
    text = document.text(path)
    return Origin(document.place(path), document.name, text.line, text.column)


def silent_part(document: Located) -> Mapping[str, Chances]:
    """Take the one key of a plan's file, and see that below it are texts, or texts by state."""
    data = document.data
    if not isinstance(data, Mapping) or list(data) != ["silent"] or not isinstance(data["silent"], Mapping):
        stray = next((key for key in data if key != "silent"), None) if isinstance(data, Mapping) else None
        path = () if stray is None else (stray,)
        what = "a key 'silent' with a mapping is wanted" if stray is None else f"{stray}: there is no such key"
        raise document.fault(path, what, f"write rules below 'silent:', see {EXAMPLE}")
    silent = data["silent"]
    for key, chances in silent.items():
        parts = chances.values() if isinstance(chances, Mapping) else (chances,)
        if not all(isinstance(part, str) for part in parts):
            what = f"{key}: a probability is wanted, a formula, or one for each state"
            raise document.fault(("silent", key), what, f"see {EXAMPLE}")
    # A formula as it stands in the file, so that errors can point into it.
    return {
        key: document.text(("silent", key)).text if isinstance(chances, str) else chances
        for key, chances in silent.items()
    }
