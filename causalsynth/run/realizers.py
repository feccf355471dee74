"""From a configuration to the realizer that it names, ready to write."""

from collections.abc import Mapping
from typing import Any

from causalsynth.errors import InputError
from causalsynth.realize.chat import ChatModel
from causalsynth.realize.embedded import EMBEDDED
from causalsynth.run.config import IN_PROCESS, RunConfig
from causalsynth.run.job import Job

__all__ = ["REALIZERS", "check_realizer", "open_realizer"]

REALIZERS = (*EMBEDDED, "openai", *IN_PROCESS)


def check_realizer(name: str) -> str:
    """Give `name` back if it is a realizer's.

    Raises
    ------
    InputError
        It isn't.
    """
    if name not in REALIZERS:
        raise InputError(f"--realizer {name}: no such realizer", hint=f"give one of {', '.join(REALIZERS)}")
    return name


async def open_realizer(job: Job) -> tuple[ChatModel, Mapping[str, Any]]:
    """Make the realizer of a run: a server is asked at once whether it has the model, one in this process is loaded.

    Returns
    -------
    tuple
        The realizer, which the caller closes, and what its server said of itself.

    Raises
    ------
    InputError
        The server doesn't have the model, it can't be loaded, its library isn't installed, or a setting doesn't suit.
    ServerError
        It can't be reached.
    """
    config = job.config
    if config.realizer == "openai":
        return await _open_server(config)
    if config.realizer in IN_PROCESS:
        return await _load(config), {}
    from causalsynth.realize.embedded import embedded

    return embedded(config.realizer, job.scm, job.domain, behaviour=config.behaviour, model=config.model), {}


async def _load(config: RunConfig) -> ChatModel:
    from causalsynth.realize.loading import parse_model_args

    name, args = config.model or "", parse_model_args(config.model_args)
    if config.realizer == "vllm":
        from causalsynth.realize.vllm_engine import VLLMEngine

        engine = VLLMEngine(name, args)
        await engine.open()
        return engine
    from causalsynth.realize.transformers_local import TransformersModel

    model = TransformersModel(name, args)
    await model.open()
    return model


async def _open_server(config: RunConfig) -> tuple[ChatModel, Mapping[str, Any]]:
    from causalsynth.realize.openai_server import OpenAIServer
    from causalsynth.realize.transport import TransportPolicy

    if not config.base_url:
        raise InputError("the realizer openai needs a server", hint="give --base-url http://HOST:PORT/v1")
    model = OpenAIServer(
        config.base_url,
        config.model or "",
        timeout_s=config.timeout_s,
        transport=TransportPolicy(max_retries=config.max_retries),
    )
    try:
        probe = await model.probe(structured_output=config.corrections == "edits")
        if probe.max_model_len is not None and config.max_tokens >= probe.max_model_len:
            raise InputError(
                f"--max-tokens {config.max_tokens}: {model.model} has a context of {probe.max_model_len} tokens,"
                " prompt included",
                hint="ask for shorter answers",
            )
    except BaseException:
        await model.aclose()
        raise
    return model, probe.to_json()
