"""The token scorer as a small network, described once for every framework: its weights by name, and their start values.

A token's hashed n-grams give a sum of scalars (wide) and a sum of vectors (deep). The vectors and the token's dense
features go through dilated convolutions, are joined with the means of their sentence and text, and give one logit.
This module imports no framework.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.revision.token_features import DENSE

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]
KERNEL = 5
LARGEST = 5.0  # dense features are limited to this many standard deviations
FIXED = ("mean", "scale")  # weights that are computed from the data and not trained
_START = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """The configuration. Equal shapes have equal inputs, outputs and weights in every framework."""

    bits: int = 20
    deep_bits: int = 16
    width: int = 48
    layers: int = 4

    @property
    def gap(self) -> int:
        """Return the number of rows between two texts of a strip, so that no convolution reaches the next text."""
        return int(KERNEL // 2 * 2 ** (self.layers - 1))

    def dilation(self, layer: int) -> int:
        return int(2**layer)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def sizes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every weight. Convolutions are [kernel, in, out], matrices [in, out]."""
        width = self.width
        sizes: dict[str, tuple[int, ...]] = {
            "wide": (1 << self.bits, 1), "deep": (1 << self.deep_bits, width), "mean": (DENSE,), "scale": (DENSE,),
            "enter": (DENSE, width), "enter_bias": (width,),
            "mix": (3 * width, width), "mix_bias": (width,), "out": (width, 1), "out_bias": (1,),
        }  # fmt: skip
        for layer in range(self.layers):
            sizes |= {f"conv{layer}": (KERNEL, width, width), f"conv{layer}_bias": (width,)}
        return dict(sorted(sizes.items()))


def initial(shape: Shape, dense: Sequence[Floats], labels: Sequence[Floats], seed: int) -> dict[str, Floats]:
    """Return the same start values for every framework. Dense features are centred on the training texts."""
    chance = np.random.default_rng(seed)
    weights = {name: _drawn(chance, name, size) for name, size in shape.sizes().items()}
    rows = np.concatenate(list(dense)).astype(np.float64)
    share = float(np.clip(np.concatenate(list(labels)).mean(), 0.001, 0.999))
    weights["mean"] = rows.mean(axis=0).astype(np.float32)
    weights["scale"] = (1.0 / np.maximum(rows.std(axis=0), 1e-3)).astype(np.float32)
    weights["out_bias"] = np.array([np.log(share / (1 - share))], dtype=np.float32)
    return weights


def _drawn(chance: np.random.Generator, name: str, size: tuple[int, ...]) -> Floats:
    if name == "wide" or len(size) == 1:
        return np.zeros(size, dtype=np.float32)
    spread = _START if name == "deep" else float(np.sqrt(1.0 / np.prod(size[:-1])))
    return (chance.standard_normal(size, dtype=np.float32) * np.float32(spread)).astype(np.float32)


def check(shape: Shape, weights: Weights) -> None:
    """Check the shapes of the weights. Raises ValueError, which names the first wrong one."""
    for name, size in shape.sizes().items():
        if name not in weights or weights[name].shape != size:
            raise ValueError(f"the weight {name} should have the shape {size}")
