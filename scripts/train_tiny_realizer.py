"""Train the tiny realizers from scratch: a Llama-shaped decoder of a few million parameters that writes ASIA notes.

    pip install -e . torch tokenizers
    python scripts/train_tiny_realizer.py tokenizer -o DIR
    python scripts/train_tiny_realizer.py model U -o DIR [--steps 500] [--hidden 192] [--layers 4]
    python scripts/train_tiny_realizer.py model B -o DIR
    python scripts/train_tiny_realizer.py record -o DIR

U learns from uniformly drawn skeletons, B from ASIA's joint law, so that B has ASIA's own prior and U has none. DIR
gets ``tokenizer.json`` and for each model ``NAME.npz``: int8 weights with one scale a row, as
`causalsynth.realize.tiny.decoder` reads them. Copied to ``causalsynth/realize/tiny/weights`` they are what
``--realizer tiny`` runs. ``record`` writes what torch computes with these weights, for
``tests/realize/tiny_logits.json``. One thread is used; the same seed gives the same model on the same build of torch.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from tiny_notes import NoteSource
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor, nn
from torch.nn import functional

from causalsynth.realize.tiny.short_form import END, NOTE, SPECIAL_TOKENS
from causalsynth.realize.tiny.weights_file import Shape, Weights, quantize

VOCABULARY = 2048
LONGEST_TOKEN = 32
"""Bytes: some converters drop longer ones."""
TOKENIZER_NOTES = 12_000
BATCH = 64
POOL = 16
"""Batches drawn together and sorted by length, so that little is padding."""
WARMUP = 40


class Block(nn.Module):
    """A decoder layer of Llama: attention with rotary positions, gated MLP, both behind an RMS norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        size = shape.hidden
        self.heads = shape.heads
        self.norm1, self.norm2 = nn.RMSNorm(size, eps=shape.epsilon), nn.RMSNorm(size, eps=shape.epsilon)
        self.q, self.k, self.v, self.o = (nn.Linear(size, size, bias=False) for _ in range(4))
        self.gate, self.up = (nn.Linear(size, shape.inner, bias=False) for _ in range(2))
        self.down = nn.Linear(shape.inner, size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Take and give activations of shape (batch, time, hidden)."""
        batch, time_, size = x.shape
        y = self.norm1(x)
        q, k, v = (
            f(y).view(batch, time_, self.heads, size // self.heads).transpose(1, 2) for f in (self.q, self.k, self.v)
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(mixed.transpose(1, 2).reshape(batch, time_, size))
        y = self.norm2(x)
        return x + self.down(functional.silu(self.gate(y)) * self.up(y))


class Decoder(nn.Module):
    """The model; its output weights are its embedding's."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.hidden)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.hidden, eps=shape.epsilon)
        self.apply(self._initialise)
        for block in self.blocks:
            for layer in (block.o, block.down):
                nn.init.normal_(layer.weight, std=0.02 / (2 * shape.layers) ** 0.5)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """Give the last activations, (batch, time, hidden), of token ids, (batch, time)."""
        half = self.shape.hidden // self.shape.heads // 2
        rates = self.shape.theta ** (-torch.arange(half) / half)
        angles = torch.outer(torch.arange(ids.shape[1]), rates)
        cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, cos, sin)
        return self.norm(x)

    def loss(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Give the mean cross-entropy over the targets that are not negative."""
        wanted = targets >= 0
        logits = functional.linear(self(ids)[wanted], self.embedding.weight)
        return functional.cross_entropy(logits, targets[wanted])


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the two halves of each head into one another, as Llama does."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


def train_tokenizer(seed: int) -> Tokenizer:
    """Train a byte-level BPE whose tokens may span words but not sentences: notes of few tokens, quickly learnt."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^.:\n]*[.:\n]*\s?"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=LONGEST_TOKEN,
        show_progress=False,
    )
    sources = (islice(NoteSource(law, seed), TOKENIZER_NOTES // 2) for law in "UB")
    tokenizer.train_from_iterator((example.note for source in sources for example in source), trainer)
    return tokenizer


def batches(law: str, seed: int, tokenizer: Tokenizer) -> Iterator[tuple[Tensor, Tensor]]:
    """Draw batches of token ids and of targets, -1 where nothing is to be learnt, without end."""
    source = iter(NoteSource(law, seed))
    end, note = tokenizer.token_to_id(END), tokenizer.token_to_id(NOTE)
    shuffle = np.random.default_rng(seed)
    while True:
        examples = list(islice(source, BATCH * POOL))
        rows = [encoding.ids for encoding in tokenizer.encode_batch([x.short + x.note + END for x in examples])]
        rows.sort(key=len)
        for at in shuffle.permutation(POOL):
            yield _padded(rows[at * BATCH : (at + 1) * BATCH], end, note)


def _padded(rows: Sequence[Sequence[int]], end: int, note: int) -> tuple[Tensor, Tensor]:
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), end)
    targets = torch.full((len(rows), longest), -1)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        start = row.index(note)
        targets[at, start : len(row) - 1] = torch.tensor(row[start + 1 :])
    return ids[:, :-1], targets[:, :-1]


def train(law: str, shape: Shape, tokenizer: Tokenizer, *, steps: int, rate: float, seed: int) -> Decoder:
    """Train by AdamW; the rate rises at first and falls along a cosine."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    model = Decoder(shape)
    decayed = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    kept = [parameter for parameter in model.parameters() if parameter.ndim == 1]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": kept, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95), eps=1e-8)
    print(f"{law}: {sum(parameter.numel() for parameter in model.parameters()):,} parameters", flush=True)
    started, smooth = time.perf_counter(), 0.0
    for step, (ids, targets) in enumerate(islice(batches(law, seed, tokenizer), steps)):
        for group in optimizer.param_groups:
            group["lr"] = rate * schedule(step, steps)
        loss = model.loss(ids, targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        smooth += (loss.item() - smooth) * max(0.05, 1 / (step + 1))
        if step % 20 == 19:
            seconds = time.perf_counter() - started
            print(f"{law} step {step + 1} of {steps}: loss {smooth:.4f}, {seconds:.0f} s", flush=True)
    return model


def schedule(step: int, steps: int) -> float:
    """Give the share of the highest rate that step `step` of `steps` takes."""
    if step < WARMUP:
        return (step + 1) / WARMUP
    share = (step - WARMUP) / max(1, steps - WARMUP)
    return 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * share)))


def weights(model: Decoder) -> dict[str, np.ndarray]:
    """Give the weights by the names that Hugging Face has for them."""
    named = {"model.embed_tokens": model.embedding, "model.norm": model.norm}
    for at, block in enumerate(model.blocks):
        here = f"model.layers.{at}"
        named |= {f"{here}.input_layernorm": block.norm1, f"{here}.post_attention_layernorm": block.norm2}
        named |= {f"{here}.self_attn.{name}_proj": getattr(block, name) for name in "qkvo"}
        named |= {f"{here}.mlp.{name}_proj": getattr(block, name) for name in ("gate", "up", "down")}
    return {f"{name}.weight": module.weight.detach().numpy() for name, module in named.items()}


def record(folder: Path) -> list[dict[str, object]]:
    """Decode a note of each model greedily, and give its ids with torch's largest logit and normaliser at each."""
    tokenizer, records = Tokenizer.from_file(str(folder / "tokenizer.json")), []
    end = tokenizer.token_to_id(END)
    for law in "UB":
        stored = Weights.load(folder / f"{law}.npz")
        model = Decoder(stored.shape)
        for name, weight in weights(model).items():
            weight[...] = stored.floats()[name]
        ids = tokenizer.encode(next(iter(NoteSource(law, seed=0))).short).ids
        asked = len(ids)
        with torch.no_grad():
            while ids[-1] != end:
                logits = functional.linear(model(torch.tensor([ids]))[0], model.embedding.weight)
                ids.append(int(logits[-1].argmax()))
        logits = logits[asked - 1 :]
        records.append(
            {
                "model": law,
                "asked": asked,
                "ids": ids,
                "largest": [round(float(row.max()), 4) for row in logits],
                "log_normaliser": [round(float(row.logsumexp(0)), 4) for row in logits],
            }
        )
    return records


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    learn_tokens = commands.add_parser("tokenizer")
    note = commands.add_parser("record")
    learn = commands.add_parser("model")
    learn.add_argument("law", choices=("U", "B"))
    learn.add_argument("--steps", type=int, default=500)
    learn.add_argument("--rate", type=float, default=3e-3)
    learn.add_argument("--hidden", type=int, default=192)
    learn.add_argument("--inner", type=int, default=512)
    learn.add_argument("--layers", type=int, default=4)
    learn.add_argument("--heads", type=int, default=4)
    for command in (learn_tokens, learn, note):
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "tokenizer.json"
    if options.command == "tokenizer":
        train_tokenizer(options.seed).save(str(path), pretty=False)
        return
    if options.command == "record":
        (options.out / "tiny_logits.json").write_text(json.dumps(record(options.out)) + "\n", encoding="utf-8")
        return
    shape = Shape(
        vocabulary=VOCABULARY,
        hidden=options.hidden,
        inner=options.inner,
        layers=options.layers,
        heads=options.heads,
    )
    tokenizer = Tokenizer.from_file(str(path))
    model = train(options.law, shape, tokenizer, steps=options.steps, rate=options.rate, seed=options.seed)
    quantize(weights(model), shape).save(options.out / f"{options.law}.npz")


if __name__ == "__main__":
    main()
