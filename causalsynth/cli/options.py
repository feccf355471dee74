"""Options that several commands share, from text to values."""

from collections.abc import Sequence

from causalsynth.errors import InputError

__all__ = ["parse_do"]

_USAGE = 'write --do VARIABLE=STATE, e.g. --do smoke=yes; quote states such as "<5"'


def parse_do(assignments: Sequence[str] | None) -> dict[str, str]:
    """Read ``--do`` options.

    Parameters
    ----------
    assignments
        Each ``VARIABLE=STATE``; the state may hold further ``=``.

    Returns
    -------
    dict
        Variable → state, in the order given. Whether they exist is for the model to say.

    Raises
    ------
    InputError
        No ``=``, nothing on one side of it, a variable given twice, or a stochastic intervention.
    """
    held: dict[str, str] = {}
    for assignment in assignments or ():
        variable, equals, state = (part.strip() for part in assignment.partition("="))
        if "~" in assignment and not equals:
            raise InputError(
                f"--do {assignment!r}: stochastic interventions aren't supported yet",
                hint="hold the variable at one state: --do VARIABLE=STATE",
            )
        if not (variable and equals and state):
            raise InputError(f"--do {assignment!r} is not VARIABLE=STATE", hint=_USAGE)
        if variable in held:
            raise InputError(f"--do gives {variable} twice", hint="give each variable once")
        held[variable] = state
    return held
