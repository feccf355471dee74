"""Weights of a tiny decoder in one file: int8 with one scale a row, norms as they are, and the model's shape."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from causalsynth.errors import InputError

__all__ = ["Shape", "Weights", "quantize"]

_SHAPE = "shape"
_SCALE = ".scale"
_LARGEST = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a decoder of Llama's architecture, with tied embeddings and as many key heads as query heads."""

    vocabulary: int
    hidden: int
    inner: int
    layers: int
    heads: int
    theta: float = 10_000.0
    """Base of the rotary positions."""
    epsilon: float = 1e-5
    """Of the RMS norms."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model's shape and its weights, under the names that Hugging Face's Llama has for them.

    Attributes
    ----------
    arrays
        A matrix ``NAME`` is int8 of shape (out, in), with its rows' scales, float32 of shape (out, 1), under
        ``NAME.scale``. A vector is float32.
    """

    shape: Shape
    arrays: Mapping[str, NDArray[np.int8] | NDArray[np.float32]]

    def save(self, path: Path) -> None:
        """Write the file."""
        sizes = np.array(list(asdict(self.shape).values()), dtype=np.float64)
        content: dict[str, Any] = {_SHAPE: sizes, **self.arrays}
        np.savez_compressed(path, **content)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file.

        Raises
        ------
        InputError
            It isn't there, or isn't such a file.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            names = (field.name for field in fields(Shape))
            sizes = dict(zip(names, arrays.pop(_SHAPE).tolist(), strict=True))
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{path}: no weights can be read ({error})", hint="install CausalSynth again") from error
        whole = {name: int(sizes[name]) for name in ("vocabulary", "hidden", "inner", "layers", "heads")}
        return cls(Shape(**whole, theta=float(sizes["theta"]), epsilon=float(sizes["epsilon"])), arrays)

    def floats(self) -> dict[str, NDArray[np.float32]]:
        """Give all weights as float32, scales multiplied in."""
        names = (name for name in self.arrays if not name.endswith(_SCALE))
        return {name: self._float(name) for name in names}

    def _float(self, name: str) -> NDArray[np.float32]:
        array = self.arrays[name].astype(np.float32)
        scale = self.arrays.get(name + _SCALE)
        return array if scale is None else array * scale.astype(np.float32)


def quantize(weights: Mapping[str, NDArray[np.float32]], shape: Shape) -> Weights:
    """Round matrices to int8, each row by its own largest weight; vectors are kept."""
    arrays: dict[str, NDArray[np.int8] | NDArray[np.float32]] = {}
    for name, array in weights.items():
        if array.ndim == 1:
            arrays[name] = array.astype(np.float32)
            continue
        scale = np.maximum(np.abs(array).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / _LARGEST
        arrays[name] = np.rint(array / scale).astype(np.int8)
        arrays[name + _SCALE] = scale
    return Weights(shape, arrays)
