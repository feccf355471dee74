"""A batch of requests through ``transformers``, each row with seed, temperature, nucleus and length of its own.

``generate`` draws a whole batch from one random generator and with one temperature. Here it decodes greedily, and what
it maximises is each row's log-probability plus Gumbel noise of the row's own generator: the position of the maximum
is then distributed as softmax sampling (Gumbel 1954; Maddison, Tarlow & Minka 2014).
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

from causalsynth.realize.chat import Completion, Sampling

__all__ = ["write_rows"]


def write_rows(
    model: Any, tokenizer: Any, prompts: Sequence[Sequence[int]], samplings: Sequence[Sampling]
) -> list[Completion]:
    """Answer prompts, given as token ids.

    Parameters
    ----------
    model, tokenizer
        Of ``transformers``; the model is a decoder.
    prompts, samplings
        Of each row.
    """
    ends = _end_tokens(model, tokenizer)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else ends[0]
    width = max(map(len, prompts))
    # On the left: every row's next token then stands at the same place.
    ids = torch.tensor([[padding] * (width - len(row)) + list(row) for row in prompts], device=model.device)
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in prompts], device=model.device)
    config = GenerationConfig(
        do_sample=False,
        max_new_tokens=max(sampling.max_tokens for sampling in samplings),
        pad_token_id=padding,
        eos_token_id=ends,
    )
    with torch.inference_mode():
        written = model.generate(
            ids,
            attention_mask=mask,
            generation_config=config,
            logits_processor=LogitsProcessorList([_GumbelRows(samplings, model.generation_config, model.device)]),
            stopping_criteria=StoppingCriteriaList([_RowLengths(samplings, width)]),
        )
    answers = written[:, width:].tolist()
    return [
        _completion(tokenizer, len(prompt), answer[: sampling.max_tokens], frozenset(ends))
        for prompt, answer, sampling in zip(prompts, answers, samplings, strict=True)
    ]


def _end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Give the tokens that end an answer: the model's, which may be several, and the tokenizer's."""
    told = model.generation_config.eos_token_id
    ends = list(told) if isinstance(told, list | tuple) else [told]
    return [token for token in dict.fromkeys([*ends, tokenizer.eos_token_id]) if token is not None]


def _completion(tokenizer: Any, prompt: int, tokens: list[int], ends: frozenset[int]) -> Completion:
    end = next((place for place, token in enumerate(tokens) if token in ends), None)
    kept = tokens if end is None else tokens[:end]
    return Completion(
        text=tokenizer.decode(kept, skip_special_tokens=True),
        finish="length" if end is None else "stop",
        prompt_tokens=prompt,
        completion_tokens=len(kept) if end is None else len(kept) + 1,
    )


class _GumbelRows:
    """A logits processor: temperature, nucleus and Gumbel noise, row by row.

    What a request leaves open is the model's own default.
    """

    def __init__(self, samplings: Sequence[Sampling], defaults: Any, device: Any) -> None:
        self._rows = [
            (
                _first(sampling.temperature, defaults.temperature, 1.0),
                _first(sampling.top_p, defaults.top_p, 1.0),
                torch.Generator(device).manual_seed(sampling.seed),
            )
            for sampling in samplings
        ]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        return torch.stack([_noisy(row.float(), *settings) for row, settings in zip(scores, self._rows, strict=True)])


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _noisy(scores: Any, temperature: float, top_p: float, generator: Any) -> Any:
    """Give one row's scores so that their maximum is a draw: shape (vocabulary,)."""
    if temperature == 0:
        return scores
    logp = torch.log_softmax(scores / temperature, dim=-1)
    if top_p < 1:
        ranked, order = logp.sort(descending=True)
        # A token stays if those before it have less than the nucleus' mass: the first always does.
        outside = (ranked.exp().cumsum(-1) - ranked.exp()) >= top_p
        logp = logp.index_fill(-1, order[outside], -torch.inf)
    noise = torch.empty_like(logp).exponential_(generator=generator)
    return logp - noise.log()


class _RowLengths:
    """A stopping criterion: each row ends at its own longest answer."""

    def __init__(self, samplings: Sequence[Sampling], width: int) -> None:
        self._most = [width + sampling.max_tokens for sampling in samplings]

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        length = input_ids.shape[1]
        return torch.tensor([length >= most for most in self._most], device=input_ids.device)
