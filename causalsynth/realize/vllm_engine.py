"""vLLM's engine in this process: its batching without a server.

Same requests, same sampling defaults and same limits as ``vllm serve`` has for the model. As there, a seed does not
make a text reproducible to the byte: what else is in the batch changes the arithmetic.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from causalsynth.errors import CausalSynthError, InputError, RejectedError, ServerError, TransientError
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.chat_template import chat_tokens, check_room
from causalsynth.realize.loading import import_extra

__all__ = ["VLLMEngine"]

_EXTRA = "vllm"


class VLLMEngine:
    """A model in vLLM's asynchronous engine.

    Parameters
    ----------
    model
        Name on the hub, or a local folder.
    model_args
        Of vLLM's ``AsyncEngineArgs``, e.g. ``{"max_model_len": 8192, "tensor_parallel_size": 2}``.

    Raises
    ------
    InputError
        vLLM is not installed.
    """

    is_llm = True
    structured_output = True
    """vLLM's engine holds answers to a schema since 0.12, which the extra asks for."""

    def __init__(self, model: str, model_args: Mapping[str, Any] | None = None) -> None:
        self.name = f"vllm:{model}"
        self.model = model
        self._args = dict(model_args or {})
        self._engine: Any = None
        self._numbers = count()
        self._opening = asyncio.Lock()
        import_extra("vllm", _EXTRA)

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Answer `messages`.

        Raises
        ------
        RejectedError
            The prompt doesn't fit, or vLLM won't take it.
        TransientError
            This call failed within the engine.
        ServerError
            The engine is dead.
        InputError
            The model can't be loaded, or has no chat template.
        """
        engine = await self._open()
        tokens = chat_tokens(engine.get_tokenizer(), messages)
        check_room(len(tokens), sampling.max_tokens, engine.model_config.max_model_len)
        try:
            prompt = import_extra("vllm.inputs", _EXTRA).TokensPrompt(prompt_token_ids=tokens)
            params = self._params(engine, sampling)
            identity = f"causalsynth-{next(self._numbers)}"
            outputs = [output async for output in engine.generate(prompt, params, request_id=identity)]
        except Exception as error:  # the engine's exceptions differ from version to version
            raise _translated(error) from error
        return _completion(outputs[-1] if outputs else None)

    async def open(self) -> None:
        """Load the model, if that isn't done yet: minutes for a large one.

        Raises
        ------
        InputError
            It can't be loaded.
        """
        await self._open()

    async def _open(self) -> Any:
        async with self._opening:
            if self._engine is None:
                self._engine = await asyncio.to_thread(self._load)
            return self._engine

    def _load(self) -> Any:
        """Start the engine; its tasks begin with the first request, on the event loop that makes it."""
        try:
            # White space is free to a grammar, and small models spend all their tokens on it.
            compact = import_extra("vllm.config", _EXTRA).StructuredOutputsConfig(
                backend="xgrammar", disable_any_whitespace=True
            )
            args = {"model": self.model, "structured_outputs_config": compact, **self._args}
            engine_args = import_extra("vllm.engine.arg_utils", _EXTRA).AsyncEngineArgs(**args)
            return import_extra("vllm.v1.engine.async_llm", _EXTRA).AsyncLLM.from_engine_args(engine_args)
        except Exception as error:  # a missing folder, too little memory, an unknown argument …
            raise InputError(
                f"{self.name}: can't be loaded ({_one_line(error)})",
                hint="see vLLM's log above; --model-args sets its engine, e.g. max_model_len=4096",
            ) from error

    def _params(self, engine: Any, sampling: Sampling) -> Any:
        """Give vLLM's own sampling parameters: the model's defaults, as ``vllm serve`` has them, and what is asked."""
        module = import_extra("vllm.sampling_params", _EXTRA)
        asked: dict[str, Any] = {
            "seed": sampling.seed,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "structured_outputs": module.StructuredOutputsParams(json=sampling.schema) if sampling.schema else None,
            "output_kind": module.RequestOutputKind.FINAL_ONLY,
        }
        defaults = engine.model_config.get_diff_sampling_param()
        return module.SamplingParams(**defaults | {name: value for name, value in asked.items() if value is not None})

    async def aclose(self) -> None:
        """Stop the engine and give its memory back; a later call starts it again."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.shutdown()


def _completion(output: Any) -> Completion:
    if output is None or not output.outputs:
        raise TransientError("the engine gave no output", hint="see vLLM's log")
    answer = output.outputs[0]
    return Completion(
        text=answer.text,
        finish=str(answer.finish_reason or "stop"),
        prompt_tokens=len(output.prompt_token_ids or ()),
        completion_tokens=len(answer.token_ids),
    )


def _translated(error: Exception) -> CausalSynthError:
    """Give our error for one of vLLM's, told by their classes' names: those have moved between modules."""
    names = {each.__name__ for each in type(error).__mro__}
    if "EngineDeadError" in names:
        return ServerError(f"vLLM's engine is dead ({_one_line(error)})", hint="see vLLM's log; less may fit")
    if names & {"VLLMClientError", "VLLMValidationError", "ValueError"}:
        return RejectedError(_one_line(error), hint="vLLM won't take this request, however often it is sent")
    return TransientError(f"the engine failed ({_one_line(error)})", hint="see vLLM's log")


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
