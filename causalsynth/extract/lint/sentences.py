"""Read a lexicon's own sentences and phrases back, negated and hedged ones too."""

from collections.abc import Iterator, Sequence

from causalsynth.domain.lexicon import NumberWording, VariableWording
from causalsynth.domain.phrases import NUMBER, expand
from causalsynth.domain.values import same_value
from causalsynth.extract.compiling import compile_vocabulary
from causalsynth.extract.extractor import Extractor
from causalsynth.extract.findings import Finding, Findings, Status
from causalsynth.extract.lint.collisions import cue_forms
from causalsynth.extract.lint.diagnostics import Diagnostic, Severity, ShownSentence
from causalsynth.extract.lint.phrasebook import LexiconFile, PhraseLine, Role, written
from causalsynth.extract.round_trip import described, misreadings, says, spoken_of
from causalsynth.extract.samples import example_values, number_inside
from causalsynth.scm import Value
from causalsynth.yaml_text import Path

__all__ = ["check_cue_forms", "check_numbers_read", "check_sentences", "shown_sentences"]

_NEGATED = ("No {}.", "Denies {}.", "There is no {}.")
_HEDGED = ("Possible {}.", "Perhaps {}.")
_SIGNS = frozenset({":", "=", "-", "?", "."})
"""A phrase that holds one of these is a line of a form: nobody puts ``no`` before it. A dot that is written apart from
its word, as forms are for trial, ends a sentence."""
_LONGEST_TURNED = 4
"""A phrase of more words is a clause of its own, which nobody denies by putting ``no`` before it."""
_FORMS_A_LINE = 4
_CURRENCY = frozenset("$€£¥")
_CONVERTED = 1e-4
"""Relative error of a converted number that only comes from rounding it."""


def check_sentences(file: LexiconFile, extractor: Extractor) -> Iterator[Diagnostic]:
    """Read every sentence back: each must state its own fact, openings, closings and fillers none."""
    for misreading in misreadings(extractor, file.model):
        remedy = "add its key phrase to assert of that state, or its words to anchors and state_words; or reword it"
        yield file.diagnostic(
            Severity.ERROR, "round trip", misreading.variable, misreading.path, misreading.message, remedy
        )


def shown_sentences(file: LexiconFile, extractor: Extractor) -> Iterator[ShownSentence]:
    """Give, for every variable and state, the first sentence that is read back right."""
    for name, variable in file.lexicon.variables.items():
        values = example_values(name, variable, file.model)
        for value in values[:1] if variable.numeric else values:
            rendered = [file.lexicon.render(sentence) for sentence in variable.wording(value).say]
            read = (text for text in rendered if says(extractor.extract(text), name, value, variable))
            yield ShownSentence(name, variable.written(value), next(read, None))


def check_cue_forms(file: LexiconFile, extractor: Extractor) -> Iterator[Diagnostic]:
    """Negate and hedge the phrases: ``no …``, ``denies …`` must deny, ``possible …`` must leave it open."""
    vocabulary = compile_vocabulary(file.lexicon)
    known_cues = cue_forms(file)
    one_way = {(line.variable, form) for line in file.of(Role.ONE_WAY) for form in line.forms}
    for line in file.of(Role.ASSERT):
        absent = vocabulary.absent[line.variable]
        forms = [form for form in _some(line) if NUMBER not in form and _SIGNS.isdisjoint(form)]
        forms = [form for form in forms if len(form) <= _LONGEST_TURNED]
        wrong = None
        for form in forms:
            phrase = written(form)
            turned = line.state == absent or any(known_cues.inside(form))
            cues = _HEDGED if turned else (*_NEGATED, *_HEDGED)
            for cue in cues:
                sentence = cue.format(phrase)
                found = extractor.extract(sentence)
                free = (line.variable, form) in one_way
                if not _turned(found, line, absent, hedged=cue in _HEDGED, one_way=free):
                    value = found[line.variable].value
                    misread = value is not None if cue in _HEDGED else value == line.state
                    wrong = wrong or (sentence, described(found), cue in _HEDGED, misread)
        if wrong is not None:
            sentence, read, hedged, misread = wrong
            wanted = "uncertain" if hedged else f"= {absent}" if absent else f"anything but {line.state}"
            message = f"'{sentence}' must read as {line.variable} {wanted}, and is read as {read}"
            remedy = "shorten the phrase to what is denied, or put it under one_way if its negation says nothing"
            severity = Severity.ERROR if misread else Severity.WARNING
            yield file.diagnostic(severity, "cue form", line.variable, line.path, message, remedy)


def _turned(found: Findings, line: PhraseLine, absent: str | None, *, hedged: bool, one_way: bool) -> bool:
    """Tell whether a negated or hedged phrase is understood."""
    if any(spoken_of(finding) for name, finding in found.items() if name != line.variable):
        return False
    finding = found[line.variable]
    if hedged:
        return finding.status is Status.UNCERTAIN
    if one_way:
        return finding.value != line.state
    if finding.status is Status.UNCERTAIN:
        return absent is None and line.state not in finding.candidates
    return finding.status is Status.STATED and (
        finding.value == absent or (absent is None and finding.value != line.state)
    )


def _some(line: PhraseLine) -> Sequence[tuple[str, ...]]:
    """Take a few of a phrase's forms, the first and the last among them."""
    forms = line.forms
    if len(forms) <= _FORMS_A_LINE:
        return forms
    step = (len(forms) - 1) / (_FORMS_A_LINE - 1)
    return [forms[round(i * step)] for i in range(_FORMS_A_LINE)]


def check_numbers_read(file: LexiconFile, extractor: Extractor) -> Iterator[Diagnostic]:
    """Read a number in every unit and form, a phrase for every value that has one, and a number in every cut."""
    for name, variable in file.lexicon.variables.items():
        number = variable.number
        if number is None:
            continue
        base: Path = ("variables", name, "number")
        for text, value, path in (
            *_unit_texts(name, variable, number, file, base),
            *_form_texts(name, variable, file),
            *_value_texts(name, variable, file),
            *_cut_texts(name, variable, number, file, base),
        ):
            found = extractor.extract(text)
            if not _gives(found[name], value, variable):
                wanted = variable.written(value)
                message = f"'{text}' must say {name} = {wanted}, and is read as {described(found)}"
                remedy = "see number in docs/domains.md: anchors, units and their factors, plausible, cuts"
                yield file.diagnostic(Severity.ERROR, "number", name, path, message, remedy)


def _gives(finding: Finding, value: Value, variable: VariableWording) -> bool:
    """Tell whether a value is read, up to what rounding in another unit makes of it."""
    read = finding.value
    if isinstance(read, str) or read is None or isinstance(value, str):
        return read == value
    return same_value(variable, read, value) or abs(read - value) <= _CONVERTED * max(1.0, abs(value))


def _name(name: str, variable: VariableWording, file: LexiconFile) -> str | None:
    anchor = next((line for line in file.of(Role.ANCHOR, variable=name) if line.forms), None)
    return written(anchor.forms[0]) if anchor else None


def _unit_texts(
    name: str, variable: VariableWording, number: NumberWording, file: LexiconFile, base: Path
) -> Iterator[tuple[str, Value, Path]]:
    """Put a number in each form of each unit behind the first anchor."""
    anchor = _name(name, variable, file)
    values = example_values(name, variable, file.model)
    if anchor is None or not variable.numeric or not values:
        return
    value = float(values[0])
    for unit, wording in number.units.items():
        for i, name_of_unit in enumerate(wording.names):
            form = expand(name_of_unit, file.lexicon.words)[0]
            amount = float(f"{value / wording.factor:.6g}")
            stated = f"{form}{_figure(amount)}" if form[-1:] in _CURRENCY else f"{_figure(amount)} {form}"
            yield f"{anchor} {stated}.", amount * wording.factor, (*base, "units", unit, "names", i)


def _figure(amount: float) -> str:
    """Write a number without exponent."""
    return f"{amount:.6f}".rstrip("0").rstrip(".")


def _form_texts(name: str, variable: VariableWording, file: LexiconFile) -> Iterator[tuple[str, Value, Path]]:
    value = example_values(name, variable, file.model)[0]
    for line in file.of(Role.NUMBER_FORM, variable=name):
        if variable.numeric and line.forms:
            said = float(value) * _factor_inside(line.forms[0], variable)
            text = f"{written(line.forms[0]).replace(NUMBER, variable.written(value))}."
            yield text, value if said == value else said, line.path


def _factor_inside(form: Sequence[str], variable: VariableWording) -> float:
    """Give the factor of the unit that a phrase has behind its number: 7 of days in ``<number> weeks with us``."""
    if variable.number is None or NUMBER not in form:
        return 1.0
    behind = form[form.index(NUMBER) + 1 :][:1]
    units = variable.number.units.values()
    return next((unit.factor for unit in units if behind and behind[0] in unit.names), 1.0)


def _value_texts(name: str, variable: VariableWording, file: LexiconFile) -> Iterator[tuple[str, Value, Path]]:
    for line in file.of(Role.VALUE, variable=name):
        for form in _some(line):
            yield f"{written(form)}.", float(line.state) if variable.numeric else line.state, line.path


def _cut_texts(
    name: str, variable: VariableWording, number: NumberWording, file: LexiconFile, base: Path
) -> Iterator[tuple[str, Value, Path]]:
    anchor = _name(name, variable, file)
    if anchor is None:
        return
    unit = next((wording.names[0] for wording in number.units.values() if wording.factor == 1), "")
    for i, cut in enumerate(number.cuts):
        inside = number_inside(cut, number)
        if inside is not None:
            yield f"{f'{anchor} {inside} {unit}'.strip()}.", cut.state, (*base, "cuts", i)
