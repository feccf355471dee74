"""Does the extractor understand the lexicon's own sentences? If not, no text of that domain can be trusted."""

from causalsynth.domain import Lexicon
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
    for key, sentences in (("opening", lexicon.opening), ("closing", lexicon.closing), ("filler", lexicon.filler)):
        for sentence in sentences:
            found = extractor.extract(lexicon.render(sentence))
            if _stated(found):
                raise LexiconError(
                    f"{source}: {key}: {sentence!r} is read as {_described(found)}, but must state no fact",
                    hint="reword it, or leave it out",
                )


def _stated(found: Findings) -> dict[str, str | None]:
    return {
        name: finding.value
        for name, finding in found.items()
        if finding.status not in (Status.NOT_STATED, Status.IMPLIED)
    }


def _described(found: Findings) -> str:
    said = [f"{name} = {value or 'uncertain or contradictory'}" for name, value in _stated(found).items()]
    return ", ".join(said) or "nothing"
