"""Ask vLLM's engine in this process; printed as one JSON document. Runs where vLLM is installed, and little else."""

import asyncio
import json
import sys

from causalsynth.errors import RejectedError
from causalsynth.realize.chat import Message, Sampling
from causalsynth.realize.vllm_engine import VLLMEngine

ZEBRA = {
    "type": "object",
    "properties": {"word": {"enum": ["zebra"]}},
    "required": ["word"],
    "additionalProperties": False,
}


async def main(folder):
    # Prompts whole: see scripts/serve_vllm.sh.
    settings = {"max_model_len": 512, "enforce_eager": True, "dtype": "bfloat16", "enable_chunked_prefill": False}
    engine = VLLMEngine(folder, settings)
    ask = [Message("user", "Say hello, in one word.")]

    async def call(seed, messages=ask, **fields):
        return await engine.complete(messages, Sampling(seed=seed, max_tokens=24, **fields))

    try:
        together = await asyncio.gather(*map(call, range(8)))
        alone = await call(0)
        held = await engine.complete(ask, Sampling(seed=0, max_tokens=64, schema=ZEBRA))
        try:
            await call(0, [Message("user", "hello " * 1000)])
            refused = ""
        except RejectedError as error:
            refused = error.message
    finally:
        await engine.aclose()
    counts = [[each.finish, each.prompt_tokens, each.completion_tokens] for each in together]
    texts = [each.text for each in together]
    print(json.dumps({"texts": texts, "counts": counts, "alone": alone.text, "held": held.text, "refused": refused}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
