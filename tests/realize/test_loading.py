"""Models in this process: libraries that are missing, settings given as text."""

import pytest

from causalsynth.errors import InputError
from causalsynth.realize.loading import parse_model_args


@pytest.mark.parametrize(
    ("home", "name", "library", "extra"),
    [
        ("vllm_engine", "VLLMEngine", "vllm", "vllm"),
        ("transformers_local", "TransformersModel", "torch", "transformers"),
    ],
)
def test_a_missing_library_names_its_extra(monkeypatch, home, name, library, extra):
    from importlib import import_module

    monkeypatch.setattr("causalsynth.realize.loading.find_spec", lambda module: None)
    with pytest.raises(InputError, match=f"{library} is not installed") as raised:
        getattr(import_module(f"causalsynth.realize.{home}"), name)("any")
    assert f"pip install 'causalsynth[{extra}]'" in raised.value.hint


def test_model_args():
    text = "max_model_len=4096, dtype=bfloat16,enforce_eager=true,gpu_memory_utilization=.9,revision=none"
    assert parse_model_args(text) == {
        "max_model_len": 4096,
        "dtype": "bfloat16",
        "enforce_eager": True,
        "gpu_memory_utilization": 0.9,
        "revision": None,
    }
    assert parse_model_args(None) == {}


@pytest.mark.parametrize("text", ["4096", "a b=1", "x=1,x=2", "=3"])
def test_what_is_no_setting_is_named(text):
    with pytest.raises(InputError, match="--model-args"):
        parse_model_args(text)
