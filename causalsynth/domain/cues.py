"""Packs of cues: words that negate, hedge, or turn what stands beside them into something else.

The idea is ConText's (Harkema, Dowling, Thornblade & Chapman 2009, J. Biomed. Inform. 42:839): a cue has a direction
and a scope, something ends the scope, and longer cues that only look like one are listed to be passed over.
``packs/english.yaml`` is always used; a lexicon asks for others with ``use:``.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from causalsynth.domain.lexicon import Lexicon
from causalsynth.errors import LexiconError
from causalsynth.yaml_text import parse_yaml, validate

__all__ = ["DEFAULT_PACK", "CueKind", "CuePack", "load_pack", "pack_names", "packs_for"]

DEFAULT_PACK = "english"

CueKind = Literal[
    "negate",  # no, without: what follows isn't so; reaches the end of its clause
    "negate_list",  # denies, no evidence of: the same, and surely for the whole list that follows
    "negate_after",  # absent, not present: what stands before isn't so
    "negate_either",  # excluded: what stands before, or else what follows
    "answer_no",  # none: an answer right after a name, a colon or a question
    "answer_yes",  # present: the same
    "degree",  # on exertion: after a heading's colon it says that there is some
    "not_it",  # doesn't have it: what was last spoken of
    "doubt_it",  # might have it: what was last spoken of is open
    "so_it",  # does have it: what was last spoken of is so
    "withdraw",  # wrong: at the start of a sentence it takes back the one before
    "hedge",  # possible
    "hedge_after",  # can't be excluded
    "suppose",  # screened for, if: a hypothesis, goal, plan, question, risk
    "suppose_after",  # was considered, screening
    "compound",  # clinic: the name right before it, as in TB clinic, is only part of a longer one
    "past",  # previous, history of
    "past_after",  # ten years ago
    "current",  # now, a week's history of: ends the past and the hypothesis
    "same",  # so was: what follows stands as what was last named
    "too",  # too, as well: the name before it stands as the one named before that
    "former",  # the former: the first of the two names before
    "latter",  # the latter: the second
    "pair",  # both: the two names before
    "person",  # mother: somebody else
    "retract",  # scratch that: takes back what was said last
    "amend",  # no, wait: does so where something else is put in its place
    "report",  # says: the other person speaks of the subject after all
    "self",  # he, the patient: back to the subject
    "affirm",  # no doubt: looks like a negation and is none
    "included",  # Asia included: belongs to the list before
    "stop",  # but: ends every scope
    "clause",  # because: ends negation and hedge
    "verb",  # has, smokes: ends a scope when it follows a comma, 'and' or a subject
    "be",  # is, were: may stand between a name and what is said of it
    "and",
    "or",
    "between",  # adverbs that may stand between a name and what is said of it
    "relation",  # with, to: a person after it isn't who the sentence is about
    "nothing",  # passed over
    "reference",  # target, baseline, limit: a number beside it is no reading
    "later",  # peaked at, by day 3: a number beside it is of a later time than the one in question
    "index",  # on admission: of the time in question after all
    "source",  # according to the log: numbers of several sources are of one thing
    "contest",  # the other says it isn't: what its sentence says is in doubt
    "elsewhere",  # an unrelated case: nothing in its clause counts
    "aside",  # compared with: nothing behind it in its clause counts
]


class CuePack(BaseModel):
    """One file of cues."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pack: str
    words: Mapping[str, tuple[str, ...]] = {}
    cues: Mapping[CueKind, tuple[str, ...]]


@cache
def load_pack(name: str) -> CuePack:
    """Load a pack that ships with the package.

    Raises
    ------
    LexiconError
        There is none of this name.
    """
    folder = files("causalsynth.domain") / "packs"
    file = folder / f"{name}.yaml"
    known = sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml"))
    if name not in known:
        raise LexiconError(f"use: no pack of cues '{name}'", hint=f"known: {', '.join(known)}")
    text = file.read_text(encoding="utf-8")
    return validate(
        CuePack, parse_yaml(text, name=f"{name}.yaml", error=LexiconError, example="causalsynth/domain/packs")
    )


def pack_names(lexicon: Lexicon) -> tuple[str, ...]:
    """Give the names of the packs that `lexicon` is read with, the default first."""
    return (DEFAULT_PACK, *lexicon.use)


def packs_for(lexicon: Lexicon) -> tuple[CuePack, ...]:
    """Give the default pack and those that `lexicon` uses.

    Raises
    ------
    LexiconError
        There is none of a name that it uses.
    """
    return tuple(map(load_pack, pack_names(lexicon)))
