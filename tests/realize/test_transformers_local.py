"""A Hugging Face model in this process: a real Llama, tiny and untrained, so that every token is a draw."""

import asyncio

import pytest

from causalsynth.errors import InputError, RejectedError
from causalsynth.realize.chat import Message, Sampling

torch = pytest.importorskip("torch", reason="needs the extra transformers")
transformers = pytest.importorskip("transformers", reason="needs the extra transformers")

TEMPLATE = (
    "{% for m in messages %}{{ m['role'][0] }} {{ m['content'] }} {% endfor %}"
    "{% if add_generation_prompt %}a{% endif %}"
)
WORDS = ["<end>", "<unk>", "u", "a", "s", *(f"w{number}" for number in range(27))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write a random Llama of 32 words and its tokenizer, as a model hub has them."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    path = tmp_path_factory.mktemp("llama")
    words = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>", unk_token="<unk>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(path)
    torch.manual_seed(1)
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = transformers.LlamaConfig(vocab_size=len(WORDS), max_position_embeddings=64, eos_token_id=0, **shape)
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    return path


@pytest.fixture
async def model(folder):
    from causalsynth.realize.transformers_local import TransformersModel

    loaded = TransformersModel(str(folder), {"device": "cpu", "batch": 4})
    yield loaded
    await loaded.aclose()


def ask(seed, *, words="w1 w2", temperature=1.0, max_tokens=12, top_p=None):
    sampling = Sampling(seed=seed, temperature=temperature, max_tokens=max_tokens, top_p=top_p)
    return [Message("user", words)], sampling


async def test_rows_are_drawn_from_seeds_of_their_own_whatever_else_is_in_the_batch(model):
    requests = [ask(seed, words=" ".join(["w3"] * (1 + seed)), max_tokens=6 + seed) for seed in range(7)]
    together = await asyncio.gather(*(model.complete(*request) for request in requests))
    alone = [await model.complete(*request) for request in requests]
    assert [each.text for each in together] == [each.text for each in alone]
    assert len({each.text for each in together}) > 4, "different seeds, different texts"
    for (messages, sampling), completion in zip(requests, together, strict=True):
        assert completion.prompt_tokens == len(messages[0].content.split()) + 2
        written = len(completion.text.split())
        if completion.finish == "length":
            assert completion.completion_tokens == written == sampling.max_tokens
        else:
            assert completion.finish == "stop"
            assert completion.completion_tokens == written + 1 <= sampling.max_tokens
    assert {each.finish for each in together} == {"stop", "length"}


async def test_draws_follow_the_softmax(model):
    """The first token over 600 seeds against its exact law: X² on the words expected 5 times; a false alarm in 10⁴."""
    from scipy.stats import chi2

    n = 600
    messages, _ = ask(0)
    answers = await asyncio.gather(*(model.complete(*ask(seed, temperature=0.5, max_tokens=1)) for seed in range(n)))
    counts = torch.zeros(len(WORDS))
    for answer in answers:
        counts[WORDS.index(answer.text) if answer.text else 0] += 1  # <end> and <unk> are no text
    ids = model._tokenizer(f"u {messages[0].content} a", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        expected = n * torch.softmax(model._loaded(ids).logits[0, -1] / 0.5, -1)
    expected = torch.tensor([expected[0] + expected[1], 0.0, *expected[2:]])
    often = expected >= 5
    pairs = torch.stack([counts, expected])[:, often].T.tolist()
    pairs.append([counts[~often].sum().item(), expected[~often].sum().item()])
    statistic = sum((count - mean) ** 2 / mean for count, mean in pairs if mean > 0)
    assert statistic < chi2.isf(1e-4, len(pairs) - 1)


async def test_greedy_and_a_narrow_nucleus_leave_no_choice(model):
    greedy = {(await model.complete(*ask(seed, temperature=0.0))).text for seed in range(3)}
    narrow = {(await model.complete(*ask(seed, top_p=1e-6))).text for seed in range(3)}
    assert len(greedy) == 1
    assert narrow == greedy


async def test_a_prompt_that_does_not_fit_is_refused(model):
    with pytest.raises(RejectedError, match="exceed the model's context of 64"):
        await model.complete(*ask(1, words="w1 " * 60))


async def test_a_folder_without_a_model(tmp_path):
    from causalsynth.realize.transformers_local import TransformersModel

    with pytest.raises(InputError, match="can't be loaded"):
        await TransformersModel(str(tmp_path)).open()
