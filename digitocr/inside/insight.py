"""A tile seen from inside the classifier: kernels, what they find, what matters, what is alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitocr.inside.neighbours import Neighbours, nearest
from digitocr.networks.opened import load_open_classifier
from digitocr.types import NO_DIGIT, Probabilities, Tile, Tiles

PATCH_PX = 6  # of the tile's 28: about as wide as two strokes, so that a piece of one goes


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What becomes of a digit's probability while a square of paper covers a part of it.

    Zeiler, Fergus: Visualizing and understanding convolutional networks, 2014.
    """

    left: NDArray[np.float32]  # (28, 28), 0..1: the probability with the square around that pixel
    whole: float  # 0..1, with nothing covered
    worst_xy: tuple[int, int]  # where the square takes most from it
    instead: int  # what the tile is taken for then, 0..9, or NO_DIGIT

    @property
    def least(self) -> float:
        """The probability where the square takes most from it."""
        x, y = self.worst_xy
        return float(self.left[y, x])


@dataclass(frozen=True, eq=False)
class Insight:
    """What the classifier's layers make of one tile."""

    tile: Tile
    label: str  # the digit that is asked about, "0".."9"
    probabilities: Probabilities  # (11,); the last is 0 of a network that knows digits alone
    kernels: NDArray[np.float32]  # (K, h, w)
    maps: NDArray[np.float32]  # (H, W, K)
    features: int  # how many the last layer has to tell the classes by
    occlusion: Occlusion
    neighbours: Neighbours


def look_inside(tile: Tile, label: str) -> Insight:
    """Ask the classifier's layers about a tile that was read as label."""
    places = _covering(tile)
    classifier = load_open_classifier()
    layers = classifier.layers(np.concatenate([tile[None], _covered(tile, places)]))
    probabilities = np.zeros((len(layers.probabilities), NO_DIGIT + 1), np.float32)
    probabilities[:, : layers.probabilities.shape[1]] = layers.probabilities
    return Insight(
        tile,
        label,
        probabilities[0],
        layers.kernels,
        layers.maps[0],
        layers.features.shape[1],
        _occlusion(probabilities, places, int(label)),
        nearest(layers.features[0], classifier),
    )


def _covering(tile: Tile) -> NDArray[np.intp]:
    """The upper left corners (N, 2), y and x, of all squares that cover ink; may be beyond it."""
    corners = np.mgrid[: tile.shape[0], : tile.shape[1]].reshape(2, -1).T - PATCH_PX // 2
    ink = np.pad(tile > 0, PATCH_PX)
    windows = np.lib.stride_tricks.sliding_window_view(ink, (PATCH_PX, PATCH_PX))
    has_ink = np.asarray(windows.max(axis=(2, 3)))
    y, x = (corners + PATCH_PX).T
    return np.asarray(corners[has_ink[y, x]])


def _covered(tile: Tile, corners: NDArray[np.intp]) -> Tiles:
    """The tile once for each square, with paper there."""
    tiles = np.repeat(tile[None], len(corners), axis=0)
    for one, (top, left) in zip(tiles, corners.tolist(), strict=True):
        one[max(0, top) : max(0, top + PATCH_PX), max(0, left) : max(0, left + PATCH_PX)] = 0
    return tiles


def _occlusion(
    probabilities: NDArray[np.float32], corners: NDArray[np.intp], label: int
) -> Occlusion:
    """probabilities (1 + N, 11): of the whole tile, then with each square."""
    whole = float(probabilities[0, label])
    left = np.full((28, 28), whole, np.float32)
    y, x = (corners + PATCH_PX // 2).T
    left[y, x] = probabilities[1:, label]
    if not len(corners):
        return Occlusion(left, whole, (0, 0), int(probabilities[0].argmax()))
    worst = int(probabilities[1:, label].argmin())
    instead = int(probabilities[1 + worst].argmax())
    return Occlusion(left, whole, (int(x[worst]), int(y[worst])), instead)
