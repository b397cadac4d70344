"""Batches of written lines: the whole way from a seed to strips and their digits."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from digitocr.tune.drawn_lines import Batch, collate, line
from synthesis.hands.pens import load_pens
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import Studio, make_studio
from training.data import load_extra, load_mnist

BATCH = 64
SORTED_BATCHES = 8  # made together and sorted by width, so that little is padded
MADE_AHEAD = 5  # such groups: more would only fill the memory
# How often a line is written with scanned digits; see `studio` for the other hands.
MNIST_WEIGHT, EXTRA_WEIGHT = 0.12, 0.04


@dataclass(frozen=True)
class Recipe:
    """Where the hands come from and what the paper does to them."""

    mnist: Path | None
    extras: tuple[Path, ...]  # further labelled digits as .npz
    pens: Path | None
    with_research: bool
    nuisances: Nuisances
    seed: int

    def studios(self) -> tuple[Studio, Studio]:
        """Hands for training, and others for choosing the checkpoint."""
        mnist = load_mnist(self.mnist, self.seed)
        pens = load_pens(self.pens, self.with_research) if self.pens else ({}, {})
        extras = [(EXTRA_WEIGHT, load_extra(path)) for path in self.extras]
        return (
            make_studio([(MNIST_WEIGHT, mnist.train), *extras], pens[0]),
            make_studio([(MNIST_WEIGHT, mnist.validation)], pens[1]),
        )


def batches(recipe: Recipe, first: int, steps: int, workers: int = 1) -> Iterator[Batch]:
    """The batches number `first` up to `steps`, made ahead by other processes."""
    group, skipped = divmod(first, SORTED_BATCHES)
    made = _made_ahead(recipe, range(group, -(-steps // SORTED_BATCHES)), workers)
    yield from islice(made, skipped, skipped + max(steps - first, 0))


def _made_ahead(recipe: Recipe, numbers: range, workers: int) -> Iterator[Batch]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, MADE_AHEAD), spawn, _start_worker, (recipe,)) as pool:
        groups = iter(numbers)
        waiting = deque(pool.submit(_group, group) for group in islice(groups, MADE_AHEAD))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(_group, group) for group in islice(groups, 1))


_worker: tuple[Recipe, Studio]


def _start_worker(recipe: Recipe) -> None:
    global _worker
    cv2.setNumThreads(1)
    _worker = recipe, recipe.studios()[0]


def _group(number: int) -> list[Batch]:
    """SORTED_BATCHES batches of like widths, in random order."""
    recipe, hands = _worker
    count = SORTED_BATCHES * BATCH
    lines = [line((recipe.seed, number, i), hands, recipe.nuisances) for i in range(count)]
    lines.sort(key=lambda one: one[0].shape[1])
    chunks = [collate(lines[at : at + BATCH]) for at in range(0, count, BATCH)]
    order = np.random.default_rng((recipe.seed, number)).permutation(SORTED_BATCHES)
    return [chunks[index] for index in order]
