"""The digits that the classifier holds to be most like one: nearest in what its last layer sees."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitocr.networks.opened import OpenClassifier
from digitocr.types import Tiles

FILE = Path(__file__).parent / "look_alikes.png"
ROWS, COLUMNS = 3, 40  # of tiles in that picture, for each of the ten digits
TILE_PX = 28
MOST_OF_MNIST = 5_000  # of its training digits; all 60,000 would take half a minute to look at
NEAREST = 8
UNUSABLE = OSError, ValueError, KeyError, EOFError, BadZipFile  # no MNIST there, or a damaged one


class Known(NamedTuple):
    """Digits to compare with."""

    tiles: Tiles
    labels: NDArray[np.uint8]  # (N,), 0..9
    whose: str  # in words, for the user


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest of the known digits, nearest first."""

    tiles: Tiles  # (NEAREST, 28, 28)
    labels: tuple[str, ...]
    distances: NDArray[np.float32]  # (NEAREST,) Euclidean, between features
    whose: str
    among: int  # how many were compared with


def nearest(features: NDArray[np.float32], classifier: OpenClassifier) -> Neighbours:
    """The known digits whose features lie nearest to a tile's own, (F,), of the same classifier."""
    known, theirs = known_digits(), _known_features(classifier)
    distances = np.linalg.norm(theirs - features, axis=1)
    order = np.argsort(distances, kind="stable")[:NEAREST]
    labels = tuple(str(label) for label in known.labels[order])
    return Neighbours(known.tiles[order], labels, distances[order], known.whose, len(known.labels))


@lru_cache(maxsize=1)
def known_digits() -> Known:
    """MNIST's training digits where Keras has fetched them before, else those that come with us."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    try:
        with np.load(home / "datasets" / "mnist.npz") as arrays:
            pictures = arrays["x_train"][:MOST_OF_MNIST]
            labels = arrays["y_train"][:MOST_OF_MNIST]
        whose = "digits that people wrote, of MNIST's training set"
    except UNUSABLE:
        sheet = np.array(Image.open(FILE))
        rows = sheet.reshape(10 * ROWS, TILE_PX, COLUMNS, TILE_PX)
        pictures = rows.transpose(0, 2, 1, 3).reshape(-1, TILE_PX, TILE_PX)
        labels = np.repeat(np.arange(10, dtype=np.uint8), ROWS * COLUMNS)
        whose = (
            "digits drawn by the stroke models that also drew a part of what the classifier "
            "learnt from, not anybody's handwriting"
        )
    return Known(np.asarray(pictures / np.float32(255), np.float32), labels, whose)


@lru_cache(maxsize=1)
def _known_features(classifier: OpenClassifier) -> NDArray[np.float32]:
    return classifier.layers(known_digits().tiles).features
