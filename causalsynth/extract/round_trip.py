"""Does the extractor understand the lexicon's own sentences? If not, no text of that domain can be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import VariableWording
from causalsynth.domain.values import same_value
from causalsynth.errors import LexiconError
from causalsynth.extract.extractor import Extractor
from causalsynth.extract.findings import Finding, Findings, Status
from causalsynth.extract.samples import example_values
from causalsynth.scm import SCM, Value
from causalsynth.yaml_text import Path

__all__ = ["Misreading", "check_round_trip", "described", "misreadings", "says", "spoken_of"]


@dataclass(frozen=True, slots=True)
class Misreading:
    """A sentence of the lexicon that is read as something else.

    Attributes
    ----------
    path
        Where it stands in the file.
    variable
        The one that it speaks of; empty of openings, closings and fillers.
    message
        What it must say, and what it is read as.
    """

    path: Path
    variable: str
    message: str


def check_round_trip(lexicon: Lexicon, *, source: str = "lexicon") -> None:
    """Read every sentence of a lexicon back.

    A sentence under ``say`` or ``brief`` must state its own fact and nothing else; openings, closings, fillers must
    state nothing.

    Parameters
    ----------
    lexicon
        Whose sentences.
    source
        Its file, for messages.

    Raises
    ------
    LexiconError
        Names the first sentence that is read as something else.
    """
    for misreading in misreadings(Extractor(lexicon)):
        raise LexiconError(
            f"{source}: {'.'.join(map(str, misreading.path[:-1]))}: {misreading.message}",
            hint="`causalsynth domain lint` names them all; add the key phrase to `assert` of that state, to the state "
            "words of an anchor or to the number's forms, or reword it",
        )


def misreadings(extractor: Extractor, model: SCM | None = None) -> Iterator[Misreading]:
    """Give the sentences that are read as something else, each once.

    Parameters
    ----------
    model
        Draws the numbers that the sentences are tried with; without it they are taken from the plausible range.
    """
    lexicon = extractor.lexicon
    for name, variable in lexicon.variables.items():
        yield from _of_variable(name, variable, extractor, model)
    for key, sentences in (("opening", lexicon.opening), ("closing", lexicon.closing), ("filler", lexicon.filler)):
        for i, sentence in enumerate(sentences):
            filled = lexicon.render(sentence).replace("{age}", "54").replace("{person}", "woman")
            found = extractor.extract(filled)
            if any(map(spoken_of, found.values())):
                message = f"{key} '{sentence}' must state no fact, and is read as {described(found)}"
                yield Misreading((key, i), "", message)


def _of_variable(name: str, variable: VariableWording, extractor: Extractor, model: SCM | None) -> Iterator[Misreading]:
    told = set()
    for value in example_values(name, variable, model):
        wording = variable.wording(value)
        base: Path = ("variables", name, *(("number",) if variable.numeric else ("states", str(value))))
        for key, sentences in (("say", wording.say), ("brief", wording.brief)):
            for i, sentence in enumerate(sentences):
                path = (*base, key, i)
                found = extractor.extract(extractor.lexicon.render(sentence))
                if path not in told and not says(found, name, value, variable):
                    told.add(path)
                    written = variable.written(value)
                    message = f"'{sentence}' must say {name} = {written}, and is read as {described(found)}"
                    yield Misreading(path, name, message)


def says(found: Findings, variable: str, value: Value, wording: VariableWording) -> bool:
    """Tell whether a text states this value and nothing else."""
    others = any(spoken_of(finding) for name, finding in found.items() if name != variable)
    return not others and found[variable].status is Status.STATED and same_value(wording, found[variable].value, value)


def spoken_of(finding: Finding) -> bool:
    """Tell whether a text itself says anything of the variable."""
    return finding.status not in (Status.NOT_STATED, Status.IMPLIED) and bool(finding.spans)


def described(found: Findings) -> str:
    """Tell what a text is read as, for messages."""
    said = [f"{name} = {_value(finding)}" for name, finding in found.items() if spoken_of(finding)]
    return ", ".join(said) or "nothing"


def _value(finding: Finding) -> str:
    doubt = {Status.UNCERTAIN: "uncertain", Status.CONTRADICTORY: "contradictory"}
    return doubt.get(finding.status) or str(finding.value)
