"""Does the extractor understand the lexicon's own sentences? If not, no text of that domain can be trusted."""

from causalsynth.domain import Lexicon, VariableWording
from causalsynth.errors import LexiconError
from causalsynth.extract.extractor import Extractor
from causalsynth.extract.findings import Findings, Status

__all__ = ["check_round_trip"]


def check_round_trip(lexicon: Lexicon, *, source: str = "lexicon") -> None:
    """Read every sentence of a lexicon back.

    A sentence under ``say`` must state its own fact and nothing else; openings, closings, fillers must state nothing.

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
    extractor = Extractor(lexicon)
    for name, variable in lexicon.variables.items():
        for state, wording in variable.states.items():
            for sentence in wording.say:
                found = extractor.extract(lexicon.render(sentence))
                if _stated(found) != {name: state}:
                    raise LexiconError(
                        f"{source}: {name} = {state}: the sentence {sentence!r} is read as {_described(found)}",
                        hint="add its key phrase to `assert` of that state, or to the state words of an anchor",
                    )
        if variable.numeric:
            _check_numbers(name, variable, extractor, source)
    for key, sentences in (("opening", lexicon.opening), ("closing", lexicon.closing), ("filler", lexicon.filler)):
        for sentence in sentences:
            found = extractor.extract(lexicon.render(sentence))
            if _stated(found):
                raise LexiconError(
                    f"{source}: {key}: {sentence!r} is read as {_described(found)}, but must state no fact",
                    hint="reword it, or leave it out",
                )


def _check_numbers(name: str, variable: VariableWording, extractor: Extractor, source: str) -> None:
    """Read every sentence back with several numbers from the plausible range."""
    for value in _examples(variable):
        said = variable.wording(value)
        for form in (*said.say, *said.brief):
            found = _stated(extractor.extract(extractor.lexicon.render(form)))
            if found != {name: value}:
                raise LexiconError(
                    f"{source}: {name} = {variable.written(value)}: the sentence {form!r} is read as "
                    f"{found or 'nothing'}",
                    hint="begin it with one of the variable's anchors, or add a phrase with <number> to `forms`",
                )


def _examples(variable: VariableWording) -> list[int | float]:
    """Give numbers near the ends and in the middle of the plausible range, with as many decimals as the variable."""
    number = variable.number
    decimals = number.decimals if number is not None else 0
    least, most = (number.plausible if number is not None else None) or (0.0, 100.0)
    chosen = [round(least + share * (most - least), max(decimals, 0)) for share in (0.02, 0.11, 0.5, 0.97)]
    return [int(value) if decimals <= 0 else value for value in chosen]


def _stated(found: Findings) -> dict[str, str | int | float | None]:
    return {
        name: finding.value
        for name, finding in found.items()
        if finding.status not in (Status.NOT_STATED, Status.IMPLIED)
    }


def _described(found: Findings) -> str:
    said = [f"{name} = {value or 'uncertain or contradictory'}" for name, value in _stated(found).items()]
    return ", ".join(said) or "nothing"
