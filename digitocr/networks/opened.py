"""The classifier with its layers laid open: the very export that reads, asked for what is inside.

LiteRT forgets what a layer gave as soon as the next one has used it; here it keeps all of it. That
takes more memory and time, so reading does not go through this module.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.networks.runtime import Classifier, load_networks
from digitocr.types import InputError, Probabilities, Tiles

NOT_ALIKE = (
    "The classifier in use has no convolution or no linear layer, so what is inside it cannot be "
    "shown: take the one that comes with digitocr."
)
AT_ONCE = 64  # tiles in one call: all that they give is kept, 0.4 MB for each


class Layers(NamedTuple):
    """What the first and the last layer gave for some tiles, and the answers."""

    kernels: NDArray[np.float32]  # (K, h, w) of the first convolution, its normalisation folded in
    maps: NDArray[np.float32]  # (N, H, W, K), 0 where a kernel found nothing
    features: NDArray[np.float32]  # (N, F), what the last layer tells the classes by
    probabilities: Probabilities  # (N, 11), or (N, 10) of a network that knows digits alone


class OpenClassifier(Classifier):
    """A classifier that begins with a convolution of the tile and ends with a linear layer."""

    keeps_all = True

    def layers(self, tiles: Tiles) -> Layers:
        """float32 (N, 28, 28), 0 paper .. 1 ink, N at least 1.

        Raises InputError where the network is built in another way.
        """
        starts = range(0, len(tiles), AT_ONCE)
        parts = [self._layers(tiles[start : start + AT_ONCE]) for start in starts]
        _, maps, features, probabilities = map(np.concatenate, zip(*parts, strict=True))
        return Layers(parts[0].kernels, maps, features, probabilities)

    def _layers(self, tiles: Tiles) -> Layers:
        with self._lock:  # another thread's tiles would take the place of these
            probabilities = self._run(tiles)
            steps = self._interpreter._get_ops_details()
            first, last = (
                [one for one in steps if one["op_name"] == kind]
                for kind in ("CONV_2D", "FULLY_CONNECTED")
            )
            if not (first and last):
                raise InputError(NOT_ALIKE)
            return Layers(
                self._weights(first[0]["inputs"][1])[..., 0],
                self._interpreter.get_tensor(first[0]["outputs"][0]),
                self._interpreter.get_tensor(last[-1]["inputs"][0]),
                probabilities,
            )

    def _weights(self, index: int) -> NDArray[np.float32]:
        """(K, h, w, channels); those that count in 8 bits by each kernel's own scale."""
        weights: NDArray[Any] = self._interpreter.get_tensor(index)
        if weights.dtype != np.int8:
            return np.asarray(weights, np.float32)
        details = {one["index"]: one for one in self._interpreter.get_tensor_details()}
        scales = details[index]["quantization_parameters"]["scales"]
        return np.asarray(weights * scales.reshape(-1, 1, 1, 1), np.float32)


def load_open_classifier() -> OpenClassifier:
    """The classifier that reads where no other is named."""
    return _opened(load_networks().classifier.export)


_opened = lru_cache(maxsize=1)(OpenClassifier)
