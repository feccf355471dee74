"""Phrases that stand in each other's way."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from causalsynth.domain.cues import CueKind, CuePack, load_pack, pack_names
from causalsynth.domain.phrases import expand
from causalsynth.extract.lint.diagnostics import Diagnostic, Severity
from causalsynth.extract.lint.phrasebook import Form, LexiconFile, PhraseLine, Role, parts, written
from causalsynth.extract.patterns import PatternCompiler, tokens_of
from causalsynth.extract.phrase_trie import PhraseTrie

__all__ = [
    "LONGEST_CUE",
    "check_collisions",
    "check_containment",
    "check_cues",
    "check_duplicates",
    "check_short_names",
    "cue_forms",
]

_SAYING = (Role.ASSERT, Role.VALUE)
_NAMING = (Role.ASSERT, Role.VALUE, Role.ANCHOR, Role.DENIED, Role.NUMBER_FORM)
_CUES: frozenset[CueKind] = frozenset({"negate", "negate_list", "negate_after", "answer_no", "hedge"})
LONGEST_CUE = 4
"""Tokens of the longest cue that is looked for."""
_JOINING = frozenset({"and", "or", "nor", "neither", "both", "all", "ever", "never"})
"""A phrase that holds one of these may well speak of two variables: ``no past or present heart failure``."""
_SHORT = 2


def check_collisions(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find phrases that say two things, or that an `exclude` silences."""
    yield from _said_twice(file, _SAYING, across=True)
    yield from _said_twice(file, (*_SAYING, Role.WORD), across=False)
    yield from _shared_names(file)
    excluded = {form: line for line in file.of(Role.EXCLUDE) for form in line.forms}
    for line in file.of(*_NAMING, Role.WORD):
        silenced = [form for form in line.forms if form in excluded]
        if silenced:
            by = excluded[silenced[0]]
            message = (
                f"'{written(silenced[0])}' is under exclude of {by.variable} (line {file.line(by.path)}), so never read"
            )
            remedy = "take it out of one of the two places"
            severity = Severity.ERROR if len(silenced) == len(line.forms) else Severity.WARNING
            yield file.diagnostic(severity, "collision", line.variable, line.path, message, remedy, other=by.path)


def _said_twice(file: LexiconFile, roles: tuple[Role, ...], *, across: bool) -> Iterator[Diagnostic]:
    """Find forms with two meanings: of several variables (`across`), or two states of one."""
    first: dict[tuple[str, Form], PhraseLine] = {}
    told = set()
    meant = {tokens_of(form) for phrase in file.lexicon.says_two for form in expand(phrase, file.lexicon.words)}
    for line in file.of(*roles):
        for form in line.forms:
            known = first.setdefault(("" if across else line.variable, form), line)
            other = known.variable != line.variable if across else known.state != line.state
            if not other or (line.path, known.path) in told or (across and not _JOINING.isdisjoint(form)):
                continue
            if across and form in meant:
                continue
            told.add((line.path, known.path))
            message = f"'{written(form)}' says {line.variable} = {line.state}, and {known.variable} = {known.state} too"
            remedy = f"keep it in one place (the other is line {file.line(known.path)}), or make both phrases longer"
            remedy += "; list it under says_two if it is meant to say both" if across else ""
            yield file.diagnostic(
                Severity.ERROR, "collision", line.variable, line.path, message, remedy, other=known.path
            )


def _shared_names(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find names of one variable that name or assert another."""
    names: dict[Form, PhraseLine] = {}
    told = set()
    for line in file.of(Role.ANCHOR, *_SAYING):
        for form in line.forms:
            known = names.setdefault(form, line)
            pair = (known.variable, line.variable)
            if pair[0] == pair[1] or pair in told or Role.ANCHOR not in (known.role, line.role):
                continue
            told.add(pair)
            message = f"'{written(form)}' is a name of {known.variable} as well (line {file.line(known.path)})"
            remedy = "give each variable names of its own: what is said of this one is said of both"
            yield file.diagnostic(
                Severity.WARNING, "collision", line.variable, line.path, message, remedy, other=known.path
            )


def check_containment(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find phrases of one variable inside those of another: a slight variation of the longer one names the shorter."""
    inner: dict[Form, PhraseLine] = {}
    for line in file.of(*_NAMING):
        for form in line.forms:
            inner.setdefault(form, line)
    longest = max(map(len, inner), default=0)
    linked = {frozenset({i.variable, name}) for i in file.lexicon.implies for name in (*i.any_of, *i.all_of)}
    found: dict[tuple[str, str], list[tuple[Form, Form, PhraseLine]]] = defaultdict(list)
    for line in file.of(*_NAMING):
        for form in line.forms:
            for part in parts(form, longest, inner):
                other = inner[part].variable
                if other != line.variable and frozenset({other, line.variable}) not in linked:
                    found[other, line.variable].append((part, form, line))
    for (other, variable), pairs in found.items():
        part, form, line = pairs[0]
        more = f", {len(pairs) - 1} more" if len(pairs) > 1 else ""
        message = f"'{written(part)}' of {other} stands inside '{written(form)}'{more}"
        remedy = f"the longer wins; put near variants of it under exclude of {other}, or make '{written(part)}' longer"
        yield file.diagnostic(Severity.WARNING, "contained", variable, line.path, message, remedy)


class _Cues(Container[Form]):
    """The cues of some packs, without spelling out tens of thousands."""

    def __init__(self, packs: Iterable[CuePack]) -> None:
        patterns = [
            ((compiler.compile(phrase),), kind)
            for pack in packs
            for compiler in (PatternCompiler(pack.words),)
            for kind in sorted(_CUES & pack.cues.keys())
            for phrase in pack.cues[kind]
        ]
        self._trie: PhraseTrie[bool, CueKind] = PhraseTrie(patterns, lambda _phrase, _kinds: True)

    def inside(self, form: Form) -> Iterator[Form]:
        """Give the cues in a phrase, if there are any: as `parts`, which takes long to find none."""
        return parts(form, LONGEST_CUE, self) if self._trie.find_all(list(form)) else iter(())

    def __contains__(self, form: object) -> bool:
        return isinstance(form, tuple) and len(form) <= LONGEST_CUE and bool(self._trie.effects_at(form))


def cue_forms(file: LexiconFile) -> _Cues:
    """Give the cues that negate or hedge, those of at most `LONGEST_CUE` words."""
    return _cues_of(pack_names(file.lexicon))


@lru_cache(maxsize=8)
def _cues_of(packs: tuple[str, ...]) -> _Cues:
    """Compile packs once: two checks ask for them, and all lexicons use much the same."""
    return _Cues(map(load_pack, packs))


def check_cues(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find negations and hedges inside phrases that assert something: cues inside a phrase are passed over."""
    cues = cue_forms(file)
    for line in file.of(Role.ASSERT):
        held = ((form, cue) for form in line.forms for cue in cues.inside(form))
        form, cue = next(held, ((), ()))
        if not cue:
            continue
        asserted = {own: each.state for each in file.of(Role.ASSERT, variable=line.variable) for own in each.forms}
        message = f"'{written(form)}' holds the cue '{written(cue)}'"
        rest = form[len(cue) :] if form[: len(cue)] == cue else ()
        if asserted.get(rest) == line.state:
            message += f", and asserts {line.state} as '{written(rest)}' does"
        remedy = "write the phrase without it: negation and doubt are understood; keep it only if the whole is an idiom"
        yield file.diagnostic(Severity.WARNING, "cue", line.variable, line.path, message, remedy)


def check_short_names(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find names of one or two letters that nothing holds back."""
    for line in file.of(Role.ANCHOR, Role.ASSERT):
        number = file.lexicon.variables[line.variable].number
        most = 1 if line.role is Role.ASSERT or number is not None else _SHORT
        if number is not None and number.needs_unit and line.role is Role.ANCHOR:
            continue
        short = [form for form in line.forms if len(form) == 1 and form[0].isalpha() and len(form[0]) <= most]
        if short:
            message = f"'{written(short[0])}' has {len(short[0][0])} letter{'s' * (len(short[0][0]) > 1)}"
            remedy = "give a longer name" + (", or say needs_unit: true" if number is not None else "")
            yield file.diagnostic(Severity.WARNING, "short", line.variable, line.path, message, remedy)


def check_duplicates(file: LexiconFile) -> Iterator[Diagnostic]:
    """Find phrases that add nothing to those before them, and sentences given twice."""
    seen: dict[tuple[str, Role, str], dict[Form, PhraseLine]] = defaultdict(dict)
    for line in file.phrases:
        known = seen[line.variable, line.role, line.state]
        if line.forms and all(form in known for form in line.forms):
            message = f"'{line.text}' adds nothing to line {file.line(known[line.forms[0]].path)}"
            yield file.diagnostic(Severity.WARNING, "duplicate", line.variable, line.path, message, "take it out")
        known.update({form: line for form in line.forms if form not in known})
    for name, variable in file.lexicon.variables.items():
        for state, wording in variable.states.items():
            for key, sentences in (("say", wording.say), ("brief", wording.brief)):
                for i, sentence in enumerate(sentences):
                    if sentence in sentences[:i]:
                        path = ("variables", name, "states", state, key, i)
                        message = f"'{sentence}' stands twice under {key}"
                        yield file.diagnostic(Severity.WARNING, "duplicate", name, path, message, "take one out")
