"""Run all checks over one lexicon."""

from collections.abc import Callable, Iterator
from pathlib import Path

from causalsynth.domain import Domain, Lexicon
from causalsynth.domain.phrases import expand
from causalsynth.errors import LexiconError
from causalsynth.extract.extractor import Extractor
from causalsynth.extract.lint import collisions, numbers, sentences, states
from causalsynth.extract.lint.diagnostics import Diagnostic, Report, Severity
from causalsynth.extract.lint.phrasebook import LexiconFile, phrase_lines
from causalsynth.scm import SCM
from causalsynth.yaml_text import parse_yaml, validate

__all__ = ["lint", "lint_domain"]

_EXAMPLE = "graphs/asia/lexicon.yaml"
_STATIC: tuple[Callable[[LexiconFile], Iterator[Diagnostic]], ...] = (
    states.check_graph,
    collisions.check_collisions,
    collisions.check_containment,
    collisions.check_cues,
    collisions.check_short_names,
    collisions.check_duplicates,
    states.check_reach,
    states.check_names_in_use,
    states.check_negation,
    states.check_implications,
    numbers.check_cuts,
    numbers.check_units,
    numbers.check_number_against_graph,
)
_READING: tuple[Callable[[LexiconFile, Extractor], Iterator[Diagnostic]], ...] = (
    sentences.check_sentences,
    sentences.check_cue_forms,
    sentences.check_numbers_read,
)


def lint_domain(domain: Domain, model: SCM | None = None) -> Report:
    """Check the lexicon file that a domain was loaded from; otherwise as `lint`.

    Raises
    ------
    LexiconError
        It can't be read any more.
    """
    try:
        text = Path(domain.source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{domain.source}: can't be read: {error}", hint="give the lexicon's file") from None
    return lint(text, source=domain.source, model=model)


def lint(text: str, *, source: str = "<text>", model: SCM | None = None) -> Report:
    """Check a lexicon.

    Parameters
    ----------
    text
        YAML.
    source
        Stands for the file.
    model
        The model that it words: then variables, states, units and implications are compared with it.

    Raises
    ------
    LexiconError
        It is no lexicon: not YAML, or with keys that there aren't. Names the line.
    """
    located = parse_yaml(text, name=source, error=LexiconError, example=_EXAMPLE)
    lexicon = validate(Lexicon, located)
    file = LexiconFile(located, lexicon, phrase_lines(lexicon), model)
    faults = tuple(_faults(file))
    if faults:  # nothing can be compiled, so nothing else be told
        return Report(lexicon.domain, source, faults, ())
    found = [diagnostic for check in _STATIC for diagnostic in check(file)]
    extractor = Extractor(lexicon)
    found += [diagnostic for reading in _READING for diagnostic in reading(file, extractor)]
    found.sort(key=lambda each: each.line)
    return Report(lexicon.domain, source, tuple(found), tuple(sentences.shown_sentences(file, extractor)))


def _faults(file: LexiconFile) -> Iterator[Diagnostic]:
    """Phrases whose brackets or word groups are wrong."""
    for line in file.phrases:
        if line.fault:
            message = f"'{line.text}': {line.fault}"
            remedy = "alternatives are (a|b), word groups <name>; a backslash takes a bracket as it is"
            yield file.diagnostic(Severity.ERROR, "phrase", line.variable, line.path, message, remedy)
    for name, variable in file.lexicon.variables.items():
        for unit, wording in variable.number.units.items() if variable.number else ():
            for i, phrase in enumerate(wording.names):
                try:
                    expand(phrase, file.lexicon.words)
                except ValueError as error:
                    path = ("variables", name, "number", "units", unit, "names", i)
                    remedy = "alternatives are (a|b); a backslash takes a bracket as it is"
                    yield file.diagnostic(Severity.ERROR, "phrase", name, path, f"'{phrase}': {error}", remedy)
