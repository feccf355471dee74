"""Write a lexicon as a file for people: comments that say what to fill in, a line for each phrase."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from causalsynth.domain.lexicon import Lexicon, NumberWording, StateWording, VariableWording
from causalsynth.yaml_text import Path, one_line

__all__ = ["to_yaml"]

_PLAIN = re.compile(r"[^\W\d_][\w '/%.+<>\\()|µ°²$€£-]*(?<! )").fullmatch
_KEYWORDS = frozenset({"yes", "no", "true", "false", "on", "off", "null", "none", "y", "n", "nan", "inf"})

_HEADER = """\
# How the variables of {name} are written about. Drafted from the graph: names, states, units.
# Now yours to fill in (docs/domains.md has all keys):
#   means   what a fact means, for the prompt: a clause
#   say     whole sentences that state it and nothing else; the first is shown in corrections
#   brief   short forms for lists and shorthand
#   assert  what else counts as saying so; write the phrase, negation and doubt are understood
#   anchors, state_words   neutral names, and the words said of them
#   number  of numbers: units and their factors, tolerance, plausible range
# Phrases may hold alternatives (a|b), optional words (a|) and <number>. Then run: causalsynth domain lint {folder}
"""
_HEAD_COMMENTS = """\
# document: clinical_note            # folder under prompts/ with the templates
# subject: the patient               # who or what a document is about
# use: [clinical_english]            # shared packs of cues and abbreviations
# opening: ["Seen in clinic today."]  # first sentences that state no fact
# filler: ["The weather was fine."]   # other sentences that state none, for the grammar realizer
"""


def to_yaml(lexicon: Lexicon, comments: Mapping[Path, Sequence[str]], *, folder: str) -> str:
    """Write a lexicon out.

    Parameters
    ----------
    lexicon
        Only what a draft holds is written.
    comments
        Lines to stand before the node at a path such as ``("variables", "age")``.
    folder
        Where it will lie, for the header.
    """
    lines = [*_HEADER.format(name=lexicon.domain, folder=folder).splitlines()]
    lines += [f"domain: {_scalar(lexicon.domain)}", f"title: {_scalar(lexicon.title)}"]
    lines += [*_HEAD_COMMENTS.splitlines(), "", "variables:"]
    for name, variable in lexicon.variables.items():
        lines += [*_comment(comments.get(("variables", name), ()), 2), f"  {_scalar(name)}:"]
        lines += [*_variable(variable, ("variables", name), comments), ""]
    return "\n".join(lines).rstrip() + "\n"


def _variable(variable: VariableWording, path: Path, comments: Mapping[Path, Sequence[str]]) -> Iterator[str]:
    yield f"    label: {_scalar(variable.label)}"
    if variable.absent is not None:
        yield f"    absent: {_scalar(variable.absent)}"
    if variable.states:
        yield "    states:"
        for state, wording in variable.states.items():
            yield f"      {_scalar(state)}:"
            yield from _state(wording, (*path, "states", state), comments)
    if variable.number is not None:
        yield "    number:"
        yield from _number(variable.number, (*path, "number"), comments)
    yield from _list("anchors", variable.anchors, 4, comments.get((*path, "anchors"), ()))
    yield from _list("denied", variable.denied, 4, comments.get((*path, "denied"), ()))
    if variable.state_words:
        yield "    state_words:"
        for state, words in variable.state_words.items():
            yield from _list(state, words, 6, comments.get((*path, "state_words", state), ()))


def _state(wording: StateWording, path: Path, comments: Mapping[Path, Sequence[str]]) -> Iterator[str]:
    yield f"        means: {_scalar(wording.means)}"
    for key, texts in (("say", wording.say), ("brief", wording.brief), ("assert", wording.asserts)):
        yield from _list(key, texts, 8, comments.get((*path, key), ()))


def _number(number: NumberWording, path: Path, comments: Mapping[Path, Sequence[str]]) -> Iterator[str]:
    if number.unit:
        yield f"      unit: {_scalar(number.unit)}"
    if number.units:
        yield "      units:   # factor: by what a number in it is multiplied"
        for unit, wording in number.units.items():
            factor = f", factor: {wording.factor:.9g}" if wording.factor != 1 else ""
            yield f"        {_scalar(unit)}: {{names: {_flow(wording.names)}{factor}}}"
    yield f"      decimals: {number.decimals}"
    yield f"      tolerance: {number.tolerance:g}   # how far a number may be from the value and still say it"
    if number.plausible is not None:
        low, high = number.plausible
        yield f"      plausible: [{low:.12g}, {high:.12g}]   # numbers beyond mean something else"
    yield from _list("forms", number.forms, 6, comments.get((*path, "forms"), ()))
    yield f"      means: {_scalar(number.means)}"
    for key, texts in (("say", number.say), ("brief", number.brief)):
        yield from _list(key, texts, 6, comments.get((*path, key), ()))


def _list(key: str, texts: Sequence[str], indent: int, comments: Sequence[str]) -> Iterator[str]:
    """Write a key with a line for each text; nothing where there are neither texts nor comments."""
    if not texts and not comments:
        return
    margin = " " * indent
    if not texts:
        yield f"{margin}{_scalar(key)}: []"
    else:
        yield f"{margin}{_scalar(key)}:"
        yield from (f"{margin}  - {_scalar(text)}" for text in texts)
    yield from _comment(comments, indent + 2)


def _flow(texts: Sequence[str]) -> str:
    return f"[{', '.join(_scalar(text, flow=True) for text in texts)}]"


def _scalar(text: str, *, flow: bool = False) -> str:
    """Write a text, quoted wherever YAML could take it for something else."""
    plain = _PLAIN(text) and text.casefold() not in _KEYWORDS and not (flow and "," in text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _comment(lines: Sequence[str], indent: int) -> list[str]:
    return [f"{' ' * indent}# {one_line(line)}" for line in lines]
