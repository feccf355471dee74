"""What a run is: its configuration, and the fingerprint by which the same command finds it again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from causalsynth.ledger import FORMAT_VERSION
from causalsynth.realize.embedded import EMBEDDED

__all__ = ["FREE", "IN_PROCESS", "RETRIABLE", "RunConfig", "changes", "fingerprint"]

IN_PROCESS = ("vllm", "transformers")
"""Realizers that load a language model into this process."""

FREE: Mapping[str, str] = {
    "n": "records are functions of (seed, index): more of them change none; see --extend",
    "base_url": "the same model may move to another address",
    "model_args": "how a model in this process is loaded; as another server would be",
    "concurrency": "how many are under way at once decides only when a record is done",
    "timeout_s": "how long to wait for an answer decides only when to ask again",
    "max_retries": "transport only",
    "twin_of": "says which run holds the facts of these twins; the seed and the interventions make them",
    "engine": "where the loop runs, not what it does",
    "workers": "how many of them, likewise",
    "gpus_per_worker": "what each needs, likewise",
    "max_total_tokens": "a budget decides when to stop, not what is written",
    "max_cost": "a budget as well",
    "price": "counts money only",
    "max_failures": "a budget as well",
    "max_time": "a budget as well, of each command alone",
}
"""Settings that may differ between a run and its resumption, and why each changes no record."""

RETRIABLE = frozenset(
    {
        "realizer",
        "model",
        "behaviour",
        "prompts",
        "rounds",
        "corrections",
        "restart_after",
        "fallback",
        "temperature",
        "top_p",
        "max_tokens",
    }
)
"""Settings that ``--retry-failed`` may change: how a record is written, not which facts it has."""


class RunConfig(BaseModel):
    """Everything that decides what a run writes, and how it goes about it."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    graph: str
    """Bundled name, or the path as it was given."""
    n: int = Field(ge=1)
    seed: int = Field(default=0, ge=0)
    do: dict[str, str] = Field(default_factory=dict)
    twin_of: str | None = None
    """Fingerprint of the run whose records these are the twins of: the same seed and index, the same noise."""
    realizer: str = "grammar"
    model: str | None = None
    base_url: str | None = None
    model_args: str | None = None
    """Of a model in this process: ``max_model_len=4096,dtype=bfloat16``."""
    behaviour: str | None = None
    """The simulated realizer's, as given on the command line."""
    domain: str | None = None
    """Lexicon or domain folder, where it is not the graph's own."""
    prompts: str | None = None
    """Document type, where it is not the lexicon's own."""
    mention: str = "all"
    skeletons: str | None = None
    """Table that the facts are taken from, instead of being drawn."""
    rounds: int = Field(default=5, ge=1, le=100)
    restart_after: int = Field(default=2, ge=1)
    corrections: Literal["edits", "rewrite"] = "edits"
    """What a correction asks for: edits of the draft alone, or the whole document again."""
    fallback: Literal["repair", "none"] = "repair"
    temperature: float | None = Field(default=0.7, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int = Field(default=1024, ge=1)
    concurrency: str = "auto"
    timeout_s: float = Field(default=120.0, gt=0)
    max_retries: int = Field(default=4, ge=0)
    engine: Literal["local", "ray"] = "local"
    workers: int = Field(default=2, ge=1)
    """Actors of the engine ``ray``, each with `concurrency` for itself."""
    gpus_per_worker: float = Field(default=0.0, ge=0)
    max_total_tokens: int | None = Field(default=None, ge=1)
    """Prompts and answers of all commands on this run together."""
    max_cost: float | None = Field(default=None, gt=0)
    price: str | None = None
    """Of a million tokens of prompt and of answer, ``0.5,1.5``."""
    max_failures: str | None = None
    """Calls that may bring no draft: ``50``, or ``2%`` of n."""
    max_time: str | None = None
    """Of each command: ``90``, ``30m``, ``2h``."""

    @model_validator(mode="after")
    def _server_and_realizer_go_together(self) -> Self:
        if self.base_url is not None and self.realizer in EMBEDDED:
            raise ValueError(f"{self.realizer} needs no server: add --realizer openai, or leave --base-url out")
        if self.realizer == "tiny" and self.corrections == "edits":
            raise ValueError("the realizer tiny writes whole documents only, no edits: add --corrections rewrite")
        if self.base_url is not None and self.realizer in IN_PROCESS:
            raise ValueError(f"{self.realizer} loads the model itself: leave --base-url out, or give --realizer openai")
        if self.model_args is not None and self.realizer not in IN_PROCESS:
            raise ValueError(f"--model-args is for {' and '.join(IN_PROCESS)}, not for {self.realizer}")
        if self.realizer in ("openai", *IN_PROCESS) and not (self.model and self.model.strip()):
            raise ValueError(f"the realizer {self.realizer} needs a model: give --model NAME")
        return self

    @model_validator(mode="after")
    def _cost_needs_prices(self) -> Self:
        if self.realizer == "grammar" and (self.max_total_tokens is not None or self.max_cost is not None):
            raise ValueError("the grammar counts no tokens, so no budget of them can hold: use --max-time")
        if self.max_cost is not None and self.price is None:
            raise ValueError("--max-cost needs to know what tokens cost: give --price IN,OUT per million")
        return self

    @model_validator(mode="after")
    def _given_facts_are_not_intervened_on(self) -> Self:
        if self.skeletons is not None and self.do:
            raise ValueError(
                "--do changes how facts are drawn, and those of --skeletons are given: draw them by `causalsynth sample"
                " --do …`, or twin them by `causalsynth counterfactual`, and give that table"
            )
        return self

    def decisive(self) -> dict[str, object]:
        """Give the settings that decide the data."""
        settings = {key: value for key, value in self.model_dump().items() if key not in FREE}
        if self.skeletons is None:
            del settings["skeletons"]  # so that runs without it keep the fingerprint that they had before there was one
        return settings


def fingerprint(config: RunConfig, sources: Mapping[str, str]) -> str:
    """Give the SHA-256 that a resumed run must share with the run that it resumes.

    Parameters
    ----------
    config
        Settings; those in `FREE` do not count.
    sources
        Digest of each thing read from a file: graph, lexicon, templates.
    """
    content = {"format": FORMAT_VERSION, "config": config.decisive(), "sources": dict(sources)}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def changes(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Say which entries differ: ``rounds: 5 → 3``."""
    keys = sorted(old.keys() | new.keys())
    return [f"{key}: {old.get(key)!r} → {new.get(key)!r}" for key in keys if old.get(key) != new.get(key)]
