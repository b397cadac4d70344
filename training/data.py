"""The digits that training learns from and is measured on."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesis.hands.writers import Digits, Pictures

VALIDATION_COUNT = 5_000
INKED = 98  # percent of a picture's pixels are paler than full ink, in the finest hand


class Mnist(NamedTuple):
    """MNIST with a part of its training set kept aside for choosing the checkpoint."""

    train: Digits
    validation: Digits
    test: Digits


def load_mnist(path: Path | None, seed: int) -> Mnist:
    """MNIST from an .npz in Keras' layout, or through Keras' downloader when path is None.

    `seed` decides which 5,000 training pictures are kept aside; the test set stays whole.
    Raises ValueError when the file does not hold MNIST's four arrays.
    """
    if path is None:
        import keras

        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    else:
        with np.load(path) as arrays:
            missing = {"x_train", "y_train", "x_test", "y_test"} - set(arrays.files)
            if missing:
                raise ValueError(f"{path} lacks the arrays {', '.join(sorted(missing))}.")
            x_train, y_train = arrays["x_train"], arrays["y_train"]
            x_test, y_test = arrays["x_test"], arrays["y_test"]
    order = np.random.default_rng(seed).permutation(len(x_train))
    held, kept = order[:VALIDATION_COUNT], order[VALIDATION_COUNT:]
    return Mnist(
        train=Digits(x_train[kept], y_train[kept]),
        validation=Digits(x_train[held], y_train[held]),
        test=Digits(x_test, y_test),
    )


def as_tiles(pictures: Pictures) -> NDArray[np.float32]:
    """uint8 (N, 28, 28) 0..255 -> float32 (N, 28, 28, 1) 0..1, the network's input."""
    return np.asarray(pictures[..., None] / np.float32(255), np.float32)


def load_extra(path: Path) -> Digits:
    """Further labelled digits: an .npz with `x` or `x_train` (N, H, W) and `y` or `y_train`.

    The ink may be bright or dark; of each picture it is made as dark as the file's darkest, for a
    pale digit would vanish where a line is written with it. Raises ValueError for other files.
    """
    pictures, labels = _digits(path, "train")
    dark = np.percentile(pictures, INKED, axis=(1, 2), keepdims=True)
    darker = np.minimum(pictures * np.float64(255) / np.maximum(dark, 1), 255)
    return Digits(np.rint(darker).astype(np.uint8), labels)


def load_test(path: Path) -> Digits:
    """As `load_extra`, from `x_test` and `y_test` where the file has a test set of its own.

    Its pictures are as dark or as pale as they are.
    """
    return _digits(path, "test")


def _digits(path: Path, part: str) -> Digits:
    with np.load(path) as arrays:
        names = next(
            (
                pair
                for pair in ((f"x_{part}", f"y_{part}"), ("x", "y"))
                if set(pair) <= set(arrays.files)
            ),
            None,
        )
        if names is None:
            raise ValueError(f"{path} holds no digits: it needs the arrays x and y.")
        pictures, labels = arrays[names[0]].astype(np.float32), arrays[names[1]]
    pictures *= 255 / pictures.max()
    if np.median(pictures) > 127:  # dark ink: most of a picture is paper
        pictures = 255 - pictures
    return Digits(np.rint(pictures).astype(np.uint8), labels.astype(np.uint8))
