"""Drawn lines that are shown beside the user's own, so that what was known is not forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitocr.tune.drawn_lines import Written, line
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import Studio, make_studio
from synthesis.hands.writers import Digits

MNIST = Path("~/.keras/datasets/mnist.npz")  # where Keras keeps it; it is never fetched here
MNIST_WEIGHT = 0.12


def drawn_lines(count: int, seed: int) -> list[Written]:
    """So many lines by stroke models, and by MNIST's writers where Keras has it."""
    hands = replay_hands()
    return [line((seed, 3 << 32, place), hands, Nuisances()) for place in range(count)]


def replay_hands() -> Studio:
    """All the hands that every user has."""
    return make_studio([(MNIST_WEIGHT, one) for one in _mnist()], {})


def _mnist() -> list[Digits]:
    try:
        with np.load(MNIST.expanduser()) as arrays:
            return [Digits(arrays["x_train"], arrays["y_train"])]
    except (OSError, ValueError, KeyError, RuntimeError):  # RuntimeError: there is no home
        return []
