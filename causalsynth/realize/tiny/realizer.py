"""The embedded realizer that is a language model: two decoders of some two million parameters that know ASIA notes.

They were trained from scratch on notes put together from the lexicon's wordings (``scripts/train_tiny_realizer.py``):
``U`` on uniformly drawn skeletons, ``B`` on ASIA's joint law, so that B bends rare facts towards ASIA's own prior as a
large model bends them towards the world's. What they do is language modelling, with errors that nobody put there by
hand. How often they do it says nothing of large models.
"""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from causalsynth.domain import Domain
from causalsynth.errors import InputError, RejectedError
from causalsynth.realize.brief import read_brief
from causalsynth.realize.chat import Completion, Message, Sampling
from causalsynth.realize.tiny.decoder import Decoder, Memory
from causalsynth.realize.tiny.sampling import draw_token
from causalsynth.realize.tiny.short_form import END, VARIABLES, ShortForm
from causalsynth.realize.tiny.vocabulary import Vocabulary
from causalsynth.realize.tiny.weights_file import Weights
from causalsynth.scm.noise import stream

__all__ = ["MODELS", "WEIGHTS", "Tiny"]

WEIGHTS = Path(__file__).with_name("weights")
MODELS = ("U", "B")
_STATES = {"yes", "no"}


class Tiny:
    """A tiny language model behind the chat interface. Its notes are a function of chat and seed alone.

    Parameters
    ----------
    domain
        Must be ASIA's, or word the same variables.
    model
        ``U`` or ``B``.

    Raises
    ------
    InputError
        There is no such model, or it doesn't know the domain.
    """

    is_llm = False
    """A language model, but not a large one: output says that its figures say nothing of those."""

    def __init__(self, domain: Domain, model: str | None) -> None:
        if model not in MODELS:
            named = f"no tiny model named {model}" if model else "the realizer tiny needs a model"
            raise InputError(named, hint="give --model U (has no prior) or --model B (has ASIA's)")
        if set(domain.variables) != set(VARIABLES) or any(set(domain.states(name)) != _STATES for name in VARIABLES):
            raise InputError(
                f"the realizer tiny writes notes on {', '.join(VARIABLES)} only, not on {domain.name}'s variables",
                hint="give --realizer grammar or simulated, or serve a language model and give --realizer openai",
            )
        self.name = f"tiny:{model}"
        self._lexicon = domain.lexicon
        self._decoder, self._vocabulary = _decoder(model), _vocabulary()
        self._threads: ThreadPoolExecutor | None = None

    async def complete(self, messages: Sequence[Message], sampling: Sampling) -> Completion:
        """Write the note that the chat asks for. A correction is answered with a new note in which it weighs more.

        Raises
        ------
        RejectedError
            The chat holds no facts to state.
        """
        if not read_brief(messages, self._lexicon).facts:
            raise RejectedError("the chat lists no facts to state", hint="the tiny models write nothing else")
        if self._threads is None:
            self._threads = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="tiny")
        asked = self._vocabulary.encode(ShortForm.of_chat(messages))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._write, asked, sampling)

    def _write(self, asked: list[int], sampling: Sampling) -> Completion:
        rng = stream(sampling.seed, "tiny")
        temperature = 1.0 if sampling.temperature is None else sampling.temperature
        top_p = 1.0 if sampling.top_p is None else sampling.top_p
        end, memory = self._vocabulary.special[END], Memory(self._decoder.shape)
        written: list[int] = []
        read, finish = asked, "length"
        while len(written) < sampling.max_tokens:
            logits = self._decoder.logits(read, memory)
            token = draw_token(logits, temperature=temperature, top_p=top_p, die=rng.random())
            if token == end:
                finish = "stop"
                break
            written.append(token)
            read = [token]
        return Completion(
            text=self._vocabulary.decode(written),
            finish=finish,
            prompt_tokens=len(asked),
            completion_tokens=len(written),
        )

    async def aclose(self) -> None:
        """End the threads; a later call starts new ones."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)


@cache
def _decoder(model: str) -> Decoder:
    return Decoder(Weights.load(WEIGHTS / f"{model}.npz"))


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary.load()
