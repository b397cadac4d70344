"""Made-up lines and shapes that are shown beside the user's own, so that what was known is not
forgotten: what the networks said of them they shall say again."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from digitocr.networks.model_folder import SHIPPED
from digitocr.networks.runtime import load_networks
from digitocr.pipeline import read
from digitocr.segments.tile import TILE_PX, normalize
from digitocr.tune.checks import REPLAY, drawn_numbers
from digitocr.tune.cutouts import cutouts
from digitocr.tune.drawn_lines import Written, line
from digitocr.types import Tiles
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import Studio, make_studio
from synthesis.hands.writers import Digits

MNIST = Path("~/.keras/datasets/mnist.npz")  # where Keras keeps it; it is never fetched here
MNIST_WEIGHT = 0.12
MNIST_SHAPES = 4_000


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


def made_shapes(count: int, seed: int) -> Tiles:
    """What the classifier is asked about in so many pictures of made-up numbers, (N, 28, 28).

    Some of MNIST's digits are among it where Keras has them.
    """
    pictures = drawn_numbers(replay_hands(), count, seed, REPLAY)
    readings = (read(picture(), model=SHIPPED) for picture, _ in pictures)
    tiles = [arc.tile for one in readings for lattice in one.lattices for arc in lattice.arcs]
    rng = np.random.default_rng((seed, REPLAY))
    for split in _mnist():
        chosen = rng.choice(len(split.labels), MNIST_SHAPES)
        tiles += [normalize(np.asarray(split.pictures[one] / 255, "f4")) for one in chosen]
    return np.array(tiles, np.float32).reshape(-1, TILE_PX, TILE_PX)


def replay_hands() -> Studio:
    """All the hands that every user has."""
    return make_studio([(MNIST_WEIGHT, one) for one in _mnist()], {})


def _mnist() -> list[Digits]:
    try:
        with np.load(MNIST.expanduser()) as arrays:
            return [Digits(arrays["x_train"], arrays["y_train"])]
    except (OSError, ValueError, KeyError, RuntimeError):  # RuntimeError: there is no home
        return []
