r"""Write a tiny realizer as a folder that vLLM, transformers and others load like any model of Llama's architecture.

    python scripts/export_tiny_realizer.py B -o models/causalsynth-tiny-B
    vllm serve models/causalsynth-tiny-B --served-model-name causalsynth-tiny-B
    causalsynth generate asia -n 100 --realizer openai --base-url http://localhost:8000/v1 \
        --model causalsynth-tiny-B --corrections rewrite --max-tokens 256

Serve it under a name that begins with ``causalsynth-tiny``: output then says that it is no large language model. The
folder's chat template makes the short form that the model knows of the messages that it gets.
"""

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from causalsynth.realize.tiny import MODELS, WEIGHTS
from causalsynth.realize.tiny.short_form import BEGIN, CHAT_TEMPLATE, END
from causalsynth.realize.tiny.vocabulary import TOKENIZER, Vocabulary
from causalsynth.realize.tiny.weights_file import Shape, Weights

__all__ = ["export"]

_POSITIONS = 2048
_LENGTH_BYTES = 8
"""Bytes of the length that a safetensors file begins with."""


def export(weights: Path, folder: Path) -> None:
    """Write the model in `weights`, scales multiplied in, to `folder` in Hugging Face's layout."""
    model, vocabulary = Weights.load(weights), Vocabulary.load()
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(model.floats(), folder / "model.safetensors")
    begin, end = vocabulary.special[BEGIN], vocabulary.special[END]
    files = {
        "config.json": configuration(model.shape, begin, end),
        "generation_config.json": {"bos_token_id": begin, "eos_token_id": end, "pad_token_id": end},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": BEGIN,
            "eos_token": END,
            "pad_token": END,
            "model_max_length": _POSITIONS,
            "clean_up_tokenization_spaces": False,
            "chat_template": CHAT_TEMPLATE.read_text(encoding="utf-8"),
        },
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(TOKENIZER, folder / "tokenizer.json")
    shutil.copyfile(CHAT_TEMPLATE, folder / CHAT_TEMPLATE.name)


def configuration(shape: Shape, begin: int, end: int) -> dict[str, object]:
    """Give ``config.json``."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "max_position_embeddings": _POSITIONS,
        "rms_norm_eps": shape.epsilon,
        "rope_theta": shape.theta,
        "hidden_act": "silu",
        "tie_word_embeddings": True,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": begin,
        "eos_token_id": end,
        "torch_dtype": "float32",
    }


def write_safetensors(arrays: Mapping[str, NDArray[np.float32]], path: Path) -> None:
    """Write float32 arrays in the safetensors format: a length, a JSON header, the bytes."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(_LENGTH_BYTES, "little") + text)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array, dtype="<f4").tobytes())


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help=f"{' or '.join(MODELS)}, or the path of an .npz just trained")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    weights = WEIGHTS / f"{options.model}.npz" if options.model in MODELS else Path(options.model)
    export(weights, options.out)
    print(f"{weights} → {options.out}")


if __name__ == "__main__":
    main()
