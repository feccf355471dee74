"""A decoder of Llama's architecture in NumPy: token ids in, the next token's logits out, one text at a time.

Rotary positions (Su et al. 2021), RMS norm (Zhang & Sennrich 2019), SwiGLU (Shazeer 2020), laid out as in Hugging
Face's Llama, so that the same weights run there and behind vLLM. Texts are not computed in batches: rounding would then
depend on the company that a text is in, and a text must depend on its own request alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causalsynth.realize.tiny.weights_file import Shape, Weights

__all__ = ["Decoder", "Memory"]

Floats = NDArray[np.float32]
_ROOM = 64


class Memory:
    """Keys and values of the tokens so far; belongs to one text."""

    def __init__(self, shape: Shape) -> None:
        size = shape.hidden // shape.heads
        self.length = 0
        self.keys = np.empty((shape.layers, shape.heads, _ROOM, size), dtype=np.float32)
        self.values = np.empty_like(self.keys)

    def reserve(self, more: int) -> None:
        """Make room for `more` tokens."""
        room = self.keys.shape[2]
        if self.length + more <= room:
            return
        widen = ((0, 0), (0, 0), (0, max(room, self.length + more - room)), (0, 0))
        self.keys, self.values = np.pad(self.keys, widen), np.pad(self.values, widen)


@dataclass(frozen=True, slots=True)
class _Layer:
    norm1: Floats
    qkv: Floats
    """Query, key and value weights below one another, (3 · hidden, hidden)."""
    out: Floats
    norm2: Floats
    gate_up: Floats
    """(2 · inner, hidden)."""
    down: Floats


class Decoder:
    """Computes logits; holds no state of its own, so that threads may share it.

    Parameters
    ----------
    weights
        As `Weights.load` gives them.
    """

    def __init__(self, weights: Weights) -> None:
        self.shape = shape = weights.shape
        arrays = weights.floats()
        self._embedding = arrays["model.embed_tokens.weight"]
        self._norm = arrays["model.norm.weight"]
        self._layers = [_layer(arrays, f"model.layers.{at}") for at in range(shape.layers)]
        half = shape.hidden // shape.heads // 2
        self._rates = shape.theta ** (-np.arange(half) / half)

    @property
    def parameters(self) -> int:
        """Number of weights."""
        shape = self.shape
        layer = 4 * shape.hidden**2 + 3 * shape.hidden * shape.inner + 2 * shape.hidden
        return shape.vocabulary * shape.hidden + shape.layers * layer + shape.hidden

    def logits(self, ids: Sequence[int], memory: Memory) -> Floats:
        """Read further tokens and give the logits of the one that comes next.

        Parameters
        ----------
        ids
            At least one; they follow those that `memory` holds.
        memory
            Is extended by them.

        Returns
        -------
        array of float32, shape (vocabulary,)
            Unnormalised log-probabilities.
        """
        shape, count = self.shape, len(ids)
        memory.reserve(count)
        cos, sin = self._rotation(memory.length, count)
        x = self._embedding[list(ids)]
        for at, layer in enumerate(self._layers):
            x = x + self._attend(layer, at, _normed(x, layer.norm1, shape.epsilon), memory, cos, sin)
            gate, up = np.split(_normed(x, layer.norm2, shape.epsilon) @ layer.gate_up.T, 2, axis=1)
            x = x + (gate / (1 + np.exp(-gate)) * up) @ layer.down.T
        memory.length += count
        last: Floats = self._embedding @ _normed(x[-1:], self._norm, shape.epsilon)[0]
        return last

    def _attend(self, layer: _Layer, at: int, x: Floats, memory: Memory, cos: Floats, sin: Floats) -> Floats:
        count, heads = len(x), self.shape.heads
        size = self.shape.hidden // heads
        q, k, v = (x @ layer.qkv.T).reshape(count, 3, heads, size).transpose(1, 2, 0, 3)
        before, now = memory.length, memory.length + count
        memory.keys[at, :, before:now] = _rotated(k, cos, sin)
        memory.values[at, :, before:now] = v
        scores = _rotated(q, cos, sin) @ memory.keys[at, :, :now].transpose(0, 2, 1) / np.float32(size**0.5)
        if count > 1:
            later = np.arange(now)[None, :] > np.arange(before, now)[:, None]
            scores = np.where(later, np.float32(-np.inf), scores)
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        mixed = (scores / scores.sum(axis=2, keepdims=True)) @ memory.values[at, :, :now]
        out: Floats = mixed.transpose(1, 0, 2).reshape(count, -1) @ layer.out.T
        return out

    def _rotation(self, start: int, count: int) -> tuple[Floats, Floats]:
        angles = np.tile(np.outer(np.arange(start, start + count), self._rates), 2)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _layer(arrays: dict[str, Floats], name: str) -> _Layer:
    def weight(part: str) -> Floats:
        return arrays[f"{name}.{part}.weight"]

    return _Layer(
        norm1=weight("input_layernorm"),
        qkv=np.concatenate([weight(f"self_attn.{part}_proj") for part in "qkv"]),
        out=weight("self_attn.o_proj"),
        norm2=weight("post_attention_layernorm"),
        gate_up=np.concatenate([weight("mlp.gate_proj"), weight("mlp.up_proj")]),
        down=weight("mlp.down_proj"),
    )


def _normed(x: Floats, weight: Floats, epsilon: float) -> Floats:
    mean: Floats = np.mean(x * x, axis=-1, keepdims=True)
    normed: Floats = x / np.sqrt(mean + np.float32(epsilon)) * weight
    return normed


def _rotated(x: Floats, cos: Floats, sin: Floats) -> Floats:
    first, second = np.split(x, 2, axis=-1)
    return x * cos + np.concatenate((-second, first), axis=-1) * sin
