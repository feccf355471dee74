"""Options that several commands share, from text to values."""

import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from causalsynth.errors import InputError

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["command", "count_or_share", "coupled", "mention_in_one_line", "parse_do", "to_resume", "told_do"]


def command(*arguments: str) -> str:
    """Write a command as this very program would have to be called from here."""
    if Path(sys.argv[0]).name == "__main__.py":
        name = Path(sys.executable).name
        program = [name if shutil.which(name) == sys.executable else sys.executable, "-m", "causalsynth"]
    elif shutil.which("causalsynth"):
        program = ["causalsynth"]
    else:
        program = [sys.argv[0]]
    return shlex.join([*program, *arguments])


def to_resume(hint: str = "", *, how: str = "resume with") -> str:
    """Write a remedy that ends with the command that goes on, which is this very one again."""
    again = f"{how}: {command(*sys.argv[1:])}"
    return f"{hint}; {again}" if hint else again


def parse_do(assignments: Sequence[str] | None) -> dict[str, str]:
    """Read ``--do`` options.

    Parameters
    ----------
    assignments
        Each ``X=x``, ``X~a:.2,b:.8``, ``X+=5`` or ``X:=EXPRESSION`` (`causalsynth.scm.interventions`).

    Returns
    -------
    dict
        Variable → what `SCM.do` takes as text, in the order given. Whether it suits is for the model to say.

    Raises
    ------
    InputError
        None of the four forms, or a variable given twice.
    """
    from causalsynth.scm.interventions import read

    given: dict[str, str] = {}
    for assignment in assignments or ():
        variable, intervention = read(assignment)
        if variable in given:
            raise InputError(f"--do gives {variable} twice", hint="give each variable once")
        given[variable] = intervention
    return given


def coupled(scm: "SCM", coupling: str | None) -> "SCM":
    """Give the model under a coupling; None: as it is."""
    return scm if coupling is None else scm.with_coupling(coupling)


def mention_in_one_line(mention: str, graph: str) -> str:
    """Give a plan in one line, whether it is given so or in a file: the manifest must hold all of it."""
    if mention == "all":
        return mention
    from causalsynth.domain.mention import MentionPlan
    from causalsynth.scm import SCM

    return MentionPlan.one_line(mention, SCM.load(graph).supports)


def told_do(interventions: Mapping[str, str]) -> str:
    """Write interventions for people: ``do(smoke = yes, age += 5)``; nothing where there are none."""
    parts = [f"{name} {value}" if value[:1] in "~+:" else f"{name} = {value}" for name, value in interventions.items()]
    return f"do({', '.join(parts)})" if parts else ""


def count_or_share(text: str, *, option: str = "--max-unrealized") -> int | float:
    """Read a limit: ``3`` is a number of records, ``0.01`` and ``1%`` are shares.

    Parameters
    ----------
    text
        As given on the command line.
    option
        What the error message calls it.

    Returns
    -------
    int or float
        A number of records as int, a share from 0 to 1 as float.

    Raises
    ------
    InputError
        It is neither.
    """
    try:
        share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        limit = int(text) if text.isdecimal() else share
        if limit < 0 or (isinstance(limit, float) and not limit <= 1):
            raise ValueError
    except ValueError as error:
        raise InputError(
            f"{option} {text!r} is neither a number of records nor a share",
            hint="give a whole number such as 3, or a share such as 0.01 or 1%",
        ) from error
    return limit
