"""An LLM stand-in with a prior of its own: the instrument on which the loop is studied. Not an LLM.

It bends rare facts towards the usual, forgets some, hedges some, and obeys corrections often but not always.
How much of each is known exactly, so that what the loop makes of it can be compared with what it should make.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causalsynth.domain import Domain
from causalsynth.domain.values import same_value
from causalsynth.edits import as_json, as_lines
from causalsynth.errors import InputError, RejectedError
from causalsynth.extract.findings import Findings, Status
from causalsynth.realize.brief import Brief, read_brief
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.note_writer import NoteWriter
from causalsynth.realize.revising import Reviser
from causalsynth.realize.usual import UsualNumbers
from causalsynth.scm.noise import stream
from causalsynth.scm.support import Value

if TYPE_CHECKING:
    from causalsynth.scm import SCM

__all__ = ["Prior", "Simulated", "SimulatedBehaviour", "approximate_tokens", "override_probability"]

Prior = Callable[[str, Mapping[str, Value]], Mapping[str, float]]
"""Gives, for a variable with states and all other variables' values, what the stand-in holds likely: state → weight."""

_SWEEPS = 5
_WORD = re.compile(r"\S+")
_MARKS = re.compile(r'[{}\[\]":,]*"[{}\[\]":,]*|[{}]')
"""Marks of JSON that stand together: about one token for a language model, which no white space tells from words."""

Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class SimulatedBehaviour(BaseModel):
    """How far `Simulated` follows what it is told. All are probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strength: Probability = 0.3
    """Of bending a fact that its prior holds impossible, or a number out of all usual; 0: it never does."""
    omit: Probability = 0.05
    """Of leaving a fact out of a first draft."""
    hedge: Probability = 0.05
    """Of stating a fact only as possible in a first draft."""
    obey: Probability = 0.7
    """Of doing what one line of a correction asks for."""
    relapse: Probability = 0.02
    """Of bending, while correcting others, a fact that the draft has right."""
    leak: Probability = 0.1
    """Of stating in a first draft a variable that must not be mentioned."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``strength=.5,obey=.9``; what isn't named keeps its default.

        Raises
        ------
        InputError
            An unknown name, one given twice, or no probability.
        """
        given: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or name not in cls.model_fields or name in given:
                wrong = "given twice" if name in given else "not understood"
                known = ", ".join(cls.model_fields)
                raise InputError(f"behaviour {part!r}: {wrong}", hint=f"write NAME=PROBABILITY; names: {known}")
            given[name] = value
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            raise InputError(
                f"behaviour {name}={given[name]}: no probability", hint=f"write e.g. {name}=0.5, from 0 to 1"
            ) from error

    def __str__(self) -> str:
        return ",".join(f"{name}={value:g}" for name, value in self.model_dump().items())


def override_probability(imposed: str, prior: Mapping[str, float], strength: float) -> float:
    """Give the probability that the stand-in writes another state than the imposed one.

    ``strength · (1 − p(imposed) / max p)``: 0 for what it holds likeliest, `strength` for the impossible. Of numbers
    `UsualNumbers.weight` stands for the quotient. Our own law, chosen for its simplicity; no claim about LLMs is made
    with it.

    Parameters
    ----------
    imposed
        The state to be stated.
    prior
        Weight of every state given everything else; at least one positive.
    strength
        As in `SimulatedBehaviour`.
    """
    return strength * (1.0 - prior[imposed] / max(prior.values()))


def approximate_tokens(text: str) -> int:
    """Guess how many tokens a text has: four for every three words, as is usual for English; no tokenizer."""
    return -(-len(text.split()) * 4 // 3)


@dataclass(slots=True)
class _Plan:
    """What one document is going to say."""

    said: dict[str, Value]
    hedged: set[str]


class Simulated:
    """A realizer with known faults, behind the same chat as an LLM.

    **It is no LLM, and its scores say nothing of real LLMs**: neither how often they bend a fact, nor
    which, nor how they take a correction. It is for studying the loop and for testing without a GPU.

    It sees only the chat. Its answer is a function of (seed, messages); temperature and top_p play no part.

    On a first turn, for each fact on its own: it writes another state with `override_probability`, drawn ∝
    its prior among the others; leaves the fact out with ``omit``; hedges it with ``hedge``. On a correction
    turn it reads the latest draft with the extractor and keeps what that says, except that each corrected
    point is mended with ``obey`` and each fact that was right is bent with ``relapse``. So a point once
    obeyed stays so until it relapses, though the chat shows no more than the latest draft and its
    corrections. Asked for edits it does the same, and answers with the sentences that change. A number is bent
    likewise, the more the farther it lies outside the middle half of the model's rows, and always to one of that half.

    Parameters
    ----------
    domain
        How things are said.
    scm
        What is likely: by default its prior for a fact is this model's full conditional, given all other
        facts as imposed. Give the model without interventions: a prior is about the world as it usually is.
        Variables that the chat doesn't state are imagined, by 5 Gibbs sweeps from random states, their numbers
        taken from one row. Needed in any case where variables are numbers.
    behaviour
        How far it follows.
    prior
        Another prior of states: a function, or for each variable the weight of each state whatever the others are.

    Raises
    ------
    InputError
        Neither `scm` nor `prior` is given, no `scm` for numbers, or `prior` is a mapping that lacks a variable or
        state, or whose weights aren't weights.
    """

    is_llm = False

    def __init__(
        self,
        domain: Domain,
        scm: "SCM | None" = None,
        behaviour: SimulatedBehaviour | None = None,
        *,
        prior: Prior | Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        self.behaviour = behaviour or SimulatedBehaviour()
        self.name = f"simulated({self.behaviour})"
        self._domain = domain
        self._writer = NoteWriter(domain)
        self._reviser = Reviser(domain, self._writer)
        self._prior = _prior(domain, scm, prior)
        self._usual = UsualNumbers(domain, scm)

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Write the document that the chat asks for.

        Returns
        -------
        Completion
            Cut, with finish ``"length"``, where it has more than ``sampling.max_tokens``.

        Raises
        ------
        RejectedError
            The chat lists no facts, or names a variable or value that the domain doesn't have.
        """
        brief = read_brief(messages, self._domain.lexicon)
        self._check(brief)
        rng = stream(sampling.seed, f"simulated:{_digest(messages)}")
        text = self._edits(brief, sampling, rng) if brief.wants_edits else self._document(brief, rng)
        kept = _cut(text, sampling.max_tokens)
        return Completion(
            text=kept,
            finish="stop" if kept == text else "length",
            prompt_tokens=sum(approximate_tokens(message.content) for message in messages),
            completion_tokens=approximate_tokens(kept if sampling.schema is None else _MARKS.sub(" , ", kept)),
        )

    async def aclose(self) -> None:
        """Do nothing: there is nothing to give back."""

    def _document(self, brief: Brief, rng: random.Random) -> str:
        if brief.draft is None:
            plan = self._first_plan(brief, rng)
        else:
            plan = self._next_plan(brief, self._reviser.read(brief.draft), rng)
        return self._writer.write(plan.said, style=brief.style, rng=rng, hedged=plan.hedged)

    def _edits(self, brief: Brief, sampling: Sampling, rng: random.Random) -> str:
        findings = self._reviser.read(brief.draft or "")
        plan = self._next_plan(brief, findings, rng)
        edits = self._reviser.edits(brief, findings, plan.said, rng, hedged=plan.hedged)
        return as_lines(edits) if sampling.schema is None else as_json(edits)

    def _check(self, brief: Brief) -> None:
        for name in (*brief.facts, *brief.silent):
            if name not in self._domain.variables:
                known = ", ".join(self._domain.variables)
                raise RejectedError(f"the chat names {name!r}", hint=f"the domain's variables are {known}")
        for name, value in brief.facts.items():
            if not isinstance(value, str):
                self._usual.check(name, value)
            elif value not in (states := self._domain.states(name)):
                raise RejectedError(f"the chat says {name} = {value}", hint=f"its states are {', '.join(states)}")

    def _first_plan(self, brief: Brief, rng: random.Random) -> _Plan:
        behaviour = self.behaviour
        world = self._world(brief, rng)
        plan = _Plan({}, set())
        for name, imposed in brief.facts.items():
            # All dice are thrown for each fact: changing one parameter leaves the others' events alone.
            bend, which, omit, hedge = (rng.random() for _ in range(4))
            if omit < behaviour.omit:
                continue
            bent = bend < self._override(name, imposed, world)
            plan.said[name] = self._other(name, imposed, world, which) if bent else imposed
            if hedge < behaviour.hedge:
                plan.hedged.add(name)
        plan.said |= {name: world[name] for name in brief.silent if rng.random() < behaviour.leak}
        return plan

    def _next_plan(self, brief: Brief, findings: Findings, rng: random.Random) -> _Plan:
        behaviour = self.behaviour
        world = self._world(brief, rng)
        plan = _read_plan(findings, (*brief.facts, *brief.silent), rng)
        for name in (*brief.facts, *brief.silent):
            obey, relapse, which = (rng.random() for _ in range(3))
            if name in brief.corrections:
                if obey < behaviour.obey:
                    _obey(plan, name, brief.corrections[name])
            elif relapse < behaviour.relapse and self._is_right(plan, name, brief):
                plan.said[name] = self._other(name, brief.facts[name], world, which)
        return plan

    def _override(self, name: str, imposed: Value, world: Mapping[str, Value]) -> float:
        if isinstance(imposed, str):
            return override_probability(imposed, self._prior(name, world), self.behaviour.strength)
        return self.behaviour.strength * (1.0 - self._usual.weight(name, imposed))

    def _other(self, name: str, imposed: Value, world: Mapping[str, Value], die: float) -> Value:
        if isinstance(imposed, str):
            return _other_state(imposed, self._prior(name, world), die)
        return self._usual.another(name, imposed, die)

    def _is_right(self, plan: _Plan, name: str, brief: Brief) -> bool:
        if name not in brief.facts or name in plan.hedged:
            return False
        return same_value(self._domain.wording(name), plan.said.get(name), brief.facts[name])

    def _world(self, brief: Brief, rng: random.Random) -> dict[str, Value]:
        """Imagine what isn't stated: Gibbs sampling (Geman & Geman 1984) with the facts, and all numbers, held."""
        numbers = self._usual.variables
        unstated = [name for name in self._domain.variables if name not in brief.facts and name not in numbers]
        world: dict[str, Value] = {**self._usual.imagine(rng), **brief.facts}
        world |= {name: rng.choice(self._domain.states(name)) for name in unstated}
        for _ in range(_SWEEPS):
            for name in unstated:
                prior = self._prior(name, world)
                world[name] = rng.choices(list(prior), weights=list(prior.values()))[0]
        return world


def _prior(domain: Domain, scm: "SCM | None", prior: Prior | Mapping[str, Mapping[str, float]] | None) -> Prior:
    if prior is not None:
        return prior if callable(prior) else _constant_prior(prior, domain)
    if scm is None:
        raise InputError("the simulated realizer has no prior", hint="give an SCM or a prior")
    return scm.full_conditional


def _constant_prior(weights: Mapping[str, Mapping[str, float]], domain: Domain) -> Prior:
    for name in (name for name in domain.variables if not domain.wording(name).numeric):
        given = weights.get(name, {})
        if set(given) != set(domain.states(name)) or min(given.values()) < 0 or not 0 < sum(given.values()) < 1e300:
            raise InputError(
                f"prior of {name}: {dict(given)}",
                hint=f"give each of {', '.join(domain.states(name))} a weight from 0, not all 0",
            )

    def prior(variable: str, _: Mapping[str, Value]) -> Mapping[str, float]:
        return weights[variable]

    return prior


def _other_state(imposed: str, prior: Mapping[str, float], die: float) -> str:
    """Choose ∝ prior among the other states; evenly where the prior holds all others impossible."""
    others = [state for state in prior if state != imposed]
    if not others:
        return imposed
    total = sum(prior[state] for state in others)
    reached = 0.0
    for state in others:
        reached += prior[state] / total if total else 1.0 / len(others)
        if die < reached:
            return state
    return others[-1]


def _read_plan(findings: Findings, names: Sequence[str], rng: random.Random) -> _Plan:
    """Read what a draft says.

    A hedge stays a hedge, but of which state isn't known: "uncertain whether" leaves all open. A contradiction is
    settled, as the next draft can't say both. Either way a state is chosen at random among the candidates.
    """
    plan = _Plan({}, set())
    for name in names:
        finding = findings[name]
        if finding.status is Status.STATED and finding.value is not None:
            plan.said[name] = finding.value
        elif finding.status in (Status.UNCERTAIN, Status.CONTRADICTORY) and finding.candidates:
            plan.said[name] = rng.choice(finding.candidates)
            if finding.status is Status.UNCERTAIN:
                plan.hedged.add(name)
    return plan


def _obey(plan: _Plan, name: str, wanted: Value | None) -> None:
    plan.hedged.discard(name)
    if wanted is None:
        plan.said.pop(name, None)
    else:
        plan.said[name] = wanted


def _cut(text: str, max_tokens: int) -> str:
    words = list(_WORD.finditer(text))
    keep = max_tokens * 3 // 4
    if approximate_tokens(text) <= max_tokens:
        return text
    return text[: words[keep - 1].end()] if keep else ""


def _digest(messages: Sequence[Message]) -> str:
    digest = blake2b(digest_size=16)
    for message in messages:
        content = message.content.encode("utf-8", "surrogatepass")
        digest.update(f"{message.role} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()
