"""One run, made ready: everything that its configuration names, loaded and checked, but nobody yet to write it.

A job knows no realizer, no ledger and no concurrency. Whoever carries its requests (this process, batch files, a
cluster) takes the records from here and judges the answers by its loop, so that all of them write the same run.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from causalsynth.domain import Domain
from causalsynth.domain.mention import MentionPlan
from causalsynth.errors import InputError
from causalsynth.extract import VERSION as EXTRACTOR_VERSION
from causalsynth.extract.round_trip import check_round_trip
from causalsynth.loop import Case, Loop, LoopLimits
from causalsynth.realize.chat import Realizer
from causalsynth.realize.prompts import Prompts
from causalsynth.run.budget import Budget
from causalsynth.run.concurrency import Limits
from causalsynth.run.config import RunConfig
from causalsynth.run.directory import Manifest
from causalsynth.run.given import given_digest, read_given
from causalsynth.run.shard import Shard
from causalsynth.run.state import LedgerState
from causalsynth.scm import SCM, Skeletons

__all__ = ["Job"]

_CHUNK = 4096
"""Skeletons drawn at a time: memory stays bounded whatever n."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the records of a run share.

    Attributes
    ----------
    scm
        With the interventions of `config`.
    given
        The skeletons, row i of record i, where `config` names a table of them; None: they are drawn from `scm`.
    domain, plan, loop
        As `config` names them.
    """

    config: RunConfig
    scm: SCM
    domain: Domain
    plan: MentionPlan
    loop: Loop
    given: Skeletons | None = None

    @classmethod
    def load(cls, config: RunConfig) -> Self:
        """Load graph and domain by the names that `config` has for them.

        Raises
        ------
        InputError
            A file is wrong, or the files don't fit one another.
        """
        scm = SCM.load(config.graph).do(config.do)
        domain = Domain.load(config.domain or config.graph)
        domain.check_against(scm)
        return cls.prepare(config, scm, domain)

    @classmethod
    def prepare(cls, config: RunConfig, scm: SCM, domain: Domain) -> Self:
        """Make ready a run of a model and a domain that are loaded.

        Raises
        ------
        InputError
            The templates, the mention plan or the given skeletons are wrong, the plan's formulas give no probabilities
            for some record, the domain's own sentences are not read back right, or a bound can't be read.
        """
        # Read again when the run begins; by then a model may have been loaded for minutes.
        Limits.parse(config.concurrency)
        Budget.of(config)
        prompts = Prompts.load(config.prompts or domain.lexicon.document)
        plan = MentionPlan.parse(config.mention, scm.supports)
        given = None if config.skeletons is None else read_given(config.skeletons, scm)
        if given is not None and config.n > len(given):
            raise InputError(
                f"{config.skeletons}: has {len(given)} rows, not {config.n}", hint=f"give -n {len(given)} or fewer"
            )
        check_round_trip(domain.lexicon, source=domain.source)
        loop = Loop(domain, prompts, _limits(config))
        job = cls(config=config, scm=scm, domain=domain, plan=plan, loop=loop, given=given)
        job._check_plan()
        return job

    def _check_plan(self) -> None:
        """Make sure that the plan's formulas give probabilities for all records, before any is written."""
        if self.plan.needs_rows:
            for start in range(0, self.config.n, _CHUNK):
                self.plan.check_rows(self.skeletons(start, min(_CHUNK, self.config.n - start)))

    def manifest(self, model: Realizer, server: Mapping[str, Any] | None = None) -> Manifest:
        """Say what the run is, for its directory.

        Parameters
        ----------
        model
            Who writes.
        server
            What its server said of itself.
        """
        return Manifest(
            config=self.config,
            sources=self.digests(),
            realizer={"name": model.name, "is_llm": model.is_llm},
            server=server or {},
        )

    def digests(self) -> dict[str, str]:
        """Digest everything beside the settings that decides the data."""
        return {
            "graph": self.scm.digest(),
            "lexicon": hashlib.sha256(self.domain.lexicon.model_dump_json().encode()).hexdigest(),
            "prompts": self.loop.prompts.digest,
            "extractor": EXTRACTOR_VERSION,
            **({} if self.given is None else {"skeletons": given_digest(self.given)}),
        }

    def skeletons(self, start: int, n: int) -> Skeletons:
        """Give the skeletons of the records [start, start + n)."""
        if self.given is None:
            return self.scm.sample(n, seed=self.config.seed, start=start)
        return self.given[start : start + n]

    def case(self, index: int, spent: int = 0) -> Case:
        """Give one record, on whose earlier passes `spent` attempts were made."""
        skeletons = self.skeletons(index, 1)
        mentioned = self.plan.mentioned_in(skeletons, self.config.seed)
        return Case(seed=self.config.seed, index=index, skeleton=skeletons[0], mentioned=mentioned[0], spent=spent)

    def cases(self, state: LedgerState | None = None, shard: Shard | None = None) -> Iterator[Case]:
        """Yield the records still to be written, by index.

        Parameters
        ----------
        state
            How far the run is; None: nothing is written yet.
        shard
            Whose records; None: all.
        """
        state = state or LedgerState()
        n, seed = self.config.n, self.config.seed
        for start in range(0, n, _CHUNK):
            chunk = range(start, min(start + _CHUNK, n))
            indices = state.unfinished(chunk, shard)
            if not indices:
                continue
            skeletons = self.skeletons(start, len(chunk))
            mentioned = self.plan.mentioned_in(skeletons, seed)
            for index in indices:
                yield Case(
                    seed=seed,
                    index=index,
                    skeleton=skeletons[index - start],
                    mentioned=mentioned[index - start],
                    spent=state.spent_on(index),
                )


def _limits(config: RunConfig) -> LoopLimits:
    return LoopLimits(
        rounds=config.rounds,
        restart_after=config.restart_after,
        corrections=config.corrections,
        fallback=config.fallback == "repair",
        temperature=config.temperature,
        top_p=config.top_p,
        max_tokens=config.max_tokens,
    )
