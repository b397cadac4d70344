"""Made-up lines that are shown beside the user's own, so that what was known is not forgotten."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from digitocr.networks.model_folder import SHIPPED
from digitocr.networks.runtime import load_networks
from digitocr.tune.cutouts import cutouts
from digitocr.tune.drawn_lines import Written, line
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import Studio, make_studio
from synthesis.hands.writers import Digits

MNIST = Path("~/.keras/datasets/mnist.npz")  # where Keras keeps it; it is never fetched here
MNIST_WEIGHT = 0.12


def made_lines(count: int, seed: int) -> list[Written]:
    """So many lines by stroke models, and by MNIST's writers where Keras has it.

    Every other one is found on a painted page and cut out, as the user's own are.
    """
    hands, networks = replay_hands(), load_networks(SHIPPED)
    drawn = (line((seed, 3 << 32, place), hands, Nuisances()) for place in range(count))
    found = (
        (one.views[0], one.digits)
        for place in itertools.count()
        for one in cutouts((seed, 7 << 32, place), hands, Nuisances(), networks)
    )
    return [next(found if place % 2 else drawn) for place in range(count)]


def replay_hands() -> Studio:
    """All the hands that every user has."""
    return make_studio([(MNIST_WEIGHT, one) for one in _mnist()], {})


def _mnist() -> list[Digits]:
    try:
        with np.load(MNIST.expanduser()) as arrays:
            return [Digits(arrays["x_train"], arrays["y_train"])]
    except (OSError, ValueError, KeyError, RuntimeError):  # RuntimeError: there is no home
        return []
