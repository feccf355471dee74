"""A Hugging Face model in this process, on a GPU or a CPU: for trying things out, and where vLLM doesn't run.

Calls are done in micro-batches. Each row of a batch is drawn from a random generator of its own, seeded by its
request, so that a text depends on the others in its batch only through the rounding of the arithmetic: equal seeds
give equal texts for equal batches, and mostly, but not surely, for others.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from causalsynth.errors import InputError, OverloadedError
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.chat_template import chat_tokens, check_room
from causalsynth.realize.loading import import_extra
from causalsynth.realize.micro_batches import MicroBatches

__all__ = ["TransformersModel"]

_EXTRA = "transformers"
_MOST = 16


@dataclass(frozen=True, slots=True)
class _Row:
    """One request, ready for the model."""

    tokens: tuple[int, ...]
    sampling: Sampling


class TransformersModel:
    """A causal language model of the ``transformers`` library.

    Parameters
    ----------
    model
        Name on the hub, or a local folder.
    model_args
        ``device`` (``cuda``, ``cpu``; else the first GPU if there is one), ``batch`` (most requests at once, 16), and
        what ``from_pretrained`` takes, e.g. ``{"dtype": "bfloat16"}``.

    Raises
    ------
    InputError
        torch or transformers is not installed.
    """

    is_llm = True

    def __init__(self, model: str, model_args: Mapping[str, Any] | None = None) -> None:
        self.name = f"transformers:{model}"
        self.model = model
        args = dict(model_args or {})
        self._device = args.pop("device", None)
        batch = args.pop("batch", _MOST)
        if not isinstance(batch, int) or batch < 1:
            raise InputError(f"batch={batch}: not a number of requests", hint="write e.g. batch=16")
        self._args = args
        self._loaded: Any = None
        self._tokenizer: Any = None
        self._opening = asyncio.Lock()
        self._batches: MicroBatches[_Row, Completion] = MicroBatches(self._write, batch)
        import_extra("torch", _EXTRA)
        import_extra("transformers", _EXTRA)

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Answer `messages`, with whatever else is asked meanwhile.

        Raises
        ------
        RejectedError
            The prompt doesn't fit the model's context.
        OverloadedError
            The batch doesn't fit into memory.
        InputError
            The model can't be loaded, or has no chat template.
        """
        await self.open()
        tokens = chat_tokens(self._tokenizer, messages)
        context = getattr(self._loaded.config, "max_position_embeddings", None)
        check_room(len(tokens), sampling.max_tokens, context)
        return await self._batches.do(_Row(tuple(tokens), sampling))

    async def open(self) -> None:
        """Load the model, if that isn't done yet.

        Raises
        ------
        InputError
            It can't be loaded.
        """
        async with self._opening:
            if self._loaded is None:
                await asyncio.to_thread(self._load)

    def _load(self) -> None:
        torch, transformers = import_extra("torch", _EXTRA), import_extra("transformers", _EXTRA)
        device = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
            model = transformers.AutoModelForCausalLM.from_pretrained(self.model, **self._args)
            self._loaded = model.to(device).eval()
            self._tokenizer = tokenizer
        except Exception as error:  # a missing folder, too little memory, an unknown architecture …
            reason = " ".join(str(error).split())[:300]
            raise InputError(
                f"{self.name}: can't be loaded ({reason})", hint="give a local folder, or a name on the hub"
            ) from error

    def _write(self, rows: Sequence[_Row]) -> list[Completion]:
        """Answer one batch; runs in the thread."""
        from causalsynth.realize.row_sampling import write_rows

        torch = import_extra("torch", _EXTRA)
        try:
            return write_rows(
                self._loaded, self._tokenizer, [row.tokens for row in rows], [row.sampling for row in rows]
            )
        except torch.cuda.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise OverloadedError(
                f"{len(rows)} requests at once don't fit into the GPU's memory",
                hint="lower --concurrency, or give --model-args batch=4",
            ) from error

    async def aclose(self) -> None:
        """End the thread and give the model's memory back; a later call loads it again."""
        await self._batches.aclose()
        self._loaded = self._tokenizer = None
