import pytest

from causalsynth.errors import InputError
from causalsynth.run.config import FREE, RunConfig, changes, fingerprint
from causalsynth.run.generate import make_config

CONFIG = RunConfig(graph="asia", n=10, seed=1)
TEXTS = ("graph", "realizer", "model", "behaviour", "domain", "prompts", "mention", "fallback", "skeletons")
OTHERS = dict.fromkeys(TEXTS, "another") | {"corrections": "rewrite", "do": {"smoke": "yes"}}


def test_settings_that_change_no_record_do_not_change_the_fingerprint():
    free = {"n": 20, "base_url": "http://x/v1", "concurrency": "8", "timeout_s": 5.0, "max_retries": 0}
    free |= {"model_args": "dtype=bfloat16", "twin_of": "0123"}
    free |= {"engine": "ray", "workers": 3, "gpus_per_worker": 1.0}
    free |= {"max_total_tokens": 9, "max_cost": 1.0, "price": "1,2", "max_failures": "2%", "max_time": "1h"}
    assert free.keys() == FREE.keys()
    assert fingerprint(CONFIG.model_copy(update=free), {}) == fingerprint(CONFIG, {})


@pytest.mark.parametrize("key", sorted(set(RunConfig.model_fields) - set(FREE)))
def test_every_other_setting_changes_the_fingerprint(key):
    value = getattr(CONFIG, key)
    other = CONFIG.model_copy(update={key: OTHERS[key] if key in OTHERS else (value or 0) + 1})
    assert getattr(other, key) != value
    assert fingerprint(other, {}) != fingerprint(CONFIG, {})


def test_a_changed_source_changes_the_fingerprint():
    assert fingerprint(CONFIG, {"lexicon": "a"}) != fingerprint(CONFIG, {"lexicon": "b"})


def test_changes_are_named():
    assert changes({"rounds": 5, "seed": 1}, {"rounds": 3, "seed": 1}) == ["rounds: 5 → 3"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 0}, "n:"),
        ({"n": 5, "rounds": 0}, "rounds:"),
        ({"n": 5, "realizer": "vllm"}, "vllm needs a model"),
        ({"n": 5, "realizer": "transformers", "model": "m", "base_url": "http://x/v1"}, "loads the model itself"),
        ({"n": 5, "realizer": "openai", "model": "m", "model_args": "dtype=half"}, "is for vllm and transformers"),
        ({"n": 5, "fallback": "drop"}, "fallback:"),
        ({"n": 5, "realizer": "openai", "model": "  "}, "--model"),
        ({"n": 5, "colour": "red"}, "colour:"),
    ],
)
def test_a_wrong_setting_is_one_line(settings, message):
    with pytest.raises(InputError, match=message) as caught:
        make_config(graph="asia", **settings)
    assert "\n" not in caught.value.message


def test_numbers_will_do_where_the_command_line_reads_text():
    config = make_config(graph="asia", n=3, concurrency=8, max_time=90, max_failures=5, behaviour=None)
    assert (config.concurrency, config.max_time, config.max_failures) == ("8", "90", "5")
    with pytest.raises(InputError, match="concurrency"):
        make_config(graph="asia", n=3, concurrency=True)
