"""Keep of a draft, and of what is suggested for it, what the extractor reads back right."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from causalsynth.domain import Lexicon
from causalsynth.domain.lexicon import NumberWording, StateWording, VariableWording
from causalsynth.domain.scaffold import escaped
from causalsynth.domain.scaffold_text import to_yaml
from causalsynth.domain.suggestions import Suggestion
from causalsynth.errors import LexiconError
from causalsynth.extract.extractor import Extractor
from causalsynth.extract.lint import Diagnostic, Report, Severity, lint
from causalsynth.scm import SCM
from causalsynth.yaml_text import Path, parse_yaml

__all__ = ["keep_understood", "take_in"]

_Item = tuple[Path, str]
"""A text of a lexicon: the path of its list, and the text."""
_Comments = dict[Path, list[str]]
_ROUNDS = 6
_FATAL = frozenset({"collision", "cue", "cue form", "short", "duplicate"})
"""Rules that a suggested phrase must keep to even where they only warn."""
_DOUBT = "It is not yet clear whether {}."
_Wording = TypeVar("_Wording", StateWording, NumberWording, VariableWording)


def keep_understood(lexicon: Lexicon, model: SCM) -> tuple[Lexicon, _Comments]:
    """Drop the sentences of a draft that are read as something else, but never the last one of a state or number.

    Returns
    -------
    (lexicon, comments)
        Comments, by path, stand at the sentences that aren't read back right.
    """
    items = {(path[:-1], text): path for path, text in _texts(lexicon, ("say", "brief"))}
    last = {path[:-1]: (path[:-1], text) for path, text in _texts(lexicon, ("say",))}
    kept, _ = _settled(lexicon, items.keys() - set(last.values()), model)
    comments: _Comments = defaultdict(list)
    for path, text in _misread(kept, model):
        comments[path].append(f"TO DO: '{text}' isn't read back right: reword it, or add phrases for it")
    return kept, comments


def take_in(lexicon: Lexicon, suggestions: Mapping[str, Suggestion], model: SCM) -> tuple[Lexicon, _Comments]:
    """Add suggested wordings to a lexicon, those that lint accepts.

    Returns
    -------
    (lexicon, comments)
        Comments, by path, tell what was dropped and why.
    """
    new: set[_Item] = set()
    merged = lexicon
    for name, suggestion in suggestions.items():
        for path, texts in _wordings(("variables", name), suggestion, lexicon.variables[name]):
            known = _at(merged, path)
            added = tuple(text for text in dict.fromkeys(texts) if text not in known)
            new |= {(path, text) for text in added}
            merged = _with(merged, path, (*added, *known))
    known_errors = frozenset(each.message for each in _lint(lexicon, model)[0].errors)
    kept, dropped = _settled(merged, new, model, known_errors)
    comments: _Comments = defaultdict(list)
    for (path, text), reason in dropped.items():
        comments[path].append(f"dropped '{text}': {reason}")
    return _meanings(kept, suggestions), comments


def _wordings(base: Path, suggestion: Suggestion, variable: VariableWording) -> Iterable[tuple[Path, tuple[str, ...]]]:
    """Give what is suggested, by the list that it belongs into."""
    if variable.anchors:
        yield (*base, "anchors"), tuple(map(escaped, suggestion.names))
    if variable.numeric:
        yield (*base, "number", "say"), suggestion.say
        yield (*base, "number", "brief"), suggestion.brief
    for state, each in suggestion.states.items():
        path = (*base, "states", state)
        yield (*path, "say"), each.say
        yield (*path, "brief"), each.brief
        yield (*path, "assert"), tuple(map(escaped, each.phrases))


def _settled(
    lexicon: Lexicon, candidates: set[_Item], model: SCM, known_errors: frozenset[str] | None = None
) -> tuple[Lexicon, dict[_Item, str]]:
    """Take candidates out until lint has nothing against those that are left; tells why of each that went.

    With `known_errors`, those from before, all candidates of a variable go whose other sentences they spoil.
    """
    dropped: dict[_Item, str] = {}
    left = set(candidates)
    for _ in range(_ROUNDS):
        report, item_at = _lint(lexicon, model)
        faulty = _blamed(report.diagnostics, item_at, left)
        if not faulty and known_errors is not None:
            troubled = {each.variable: each.message for each in report.errors if each.message not in known_errors}
            faulty = {item: troubled[name] for item in left if (name := str(item[0][1])) in troubled}
        if not faulty:
            break
        for item, reason in faulty.items():
            lexicon = _without(lexicon, item)
            dropped[item] = reason
        left -= faulty.keys()
    return lexicon, dropped


def _lint(lexicon: Lexicon, model: SCM) -> tuple[Report, dict[int, _Item]]:
    """Lint a lexicon, and tell which text stands in which line."""
    text = to_yaml(lexicon, {}, folder=".")
    located = parse_yaml(text, name="draft", error=LexiconError, example="")
    item_at = {
        line: (path[:-1], located.scalars[path].value)
        for path, line in located.lines.items()
        if path in located.scalars and path and isinstance(path[-1], int)
    }
    return lint(text, source="draft", model=model), item_at


def _blamed(
    diagnostics: Iterable[Diagnostic], item_at: Mapping[int, _Item], candidates: set[_Item]
) -> dict[_Item, str]:
    """Find the candidates that lint complains of."""
    blamed: dict[_Item, str] = {}
    for diagnostic in diagnostics:
        items = [item_at.get(line) for line in (diagnostic.line, diagnostic.other_line)]
        item = next((each for each in items if each in candidates), None)
        if item is not None and _fatal(diagnostic):
            blamed.setdefault(item, diagnostic.message)
    return blamed


def _misread(lexicon: Lexicon, model: SCM) -> Iterable[_Item]:
    """Give the sentences that aren't read back right."""
    report, item_at = _lint(lexicon, model)
    return [item_at[each.line] for each in report.errors if each.rule == "round trip" and each.line in item_at]


def _fatal(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity is Severity.ERROR or diagnostic.rule in _FATAL


def _meanings(lexicon: Lexicon, suggestions: Mapping[str, Suggestion]) -> Lexicon:
    """Take in what states are said to mean, where doubt about it is read as doubt."""
    extractor = Extractor(lexicon)
    for name, suggestion in suggestions.items():
        for state, each in suggestion.states.items():
            if each.means is None:
                continue
            found = extractor.extract(_DOUBT.format(each.means.rstrip(".")))
            if all(finding.value is None for finding in found.values()):
                lexicon = _with(lexicon, ("variables", name, "states", state, "means"), each.means.rstrip("."))
    return lexicon


def _texts(lexicon: Lexicon, keys: tuple[str, ...]) -> Iterable[_Item]:
    """Give the texts under `keys` of all states and numbers, each with its own path."""
    for name, variable in lexicon.variables.items():
        bases: list[Path] = [("variables", name, "states", state) for state in variable.states]
        bases += [("variables", name, "number")] if variable.numeric else []
        for base in bases:
            for key in keys:
                for i, text in enumerate(_at(lexicon, (*base, key))):
                    yield (*base, key, i), text


def _at(lexicon: Lexicon, path: Path) -> tuple[str, ...]:
    """Give the list at `path`."""
    owner: object = lexicon
    for key in path[:-1]:
        owner = owner[key] if isinstance(owner, Mapping) else getattr(owner, str(key))
    return tuple(getattr(owner, _attribute(path[-1])))


def _without(lexicon: Lexicon, item: _Item) -> Lexicon:
    path, text = item
    return _with(lexicon, path, tuple(each for each in _at(lexicon, path) if each != text))


def _with(lexicon: Lexicon, path: Path, content: tuple[str, ...] | str) -> Lexicon:
    """Give a copy with `content` at `path`."""
    _, name, *inside = path
    variable = lexicon.variables[str(name)]
    if inside[0] == "states":
        _, state, key = inside
        states = {**variable.states, str(state): _changed(variable.states[str(state)], key, content)}
        variable = variable.model_copy(update={"states": states})
    elif inside[0] == "number":
        assert variable.number is not None
        variable = variable.model_copy(update={"number": _changed(variable.number, inside[1], content)})
    else:
        variable = _changed(variable, inside[0], content)
    return lexicon.model_copy(update={"variables": {**lexicon.variables, str(name): variable}})


def _changed(wording: _Wording, key: object, content: object) -> _Wording:
    return wording.model_copy(update={_attribute(key): content})


def _attribute(key: object) -> str:
    return "asserts" if key == "assert" else str(key)
