"""Batches of written lines: the whole way from a seed to strips and their digits."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from digitocr.networks.runtime import Networks, load_networks
from digitocr.tune.cutouts import Cutout, cutouts
from digitocr.tune.drawn_lines import Batch, Written, collate, line
from digitocr.tune.own_lines import varied
from synthesis.hands.pens import load_pens
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import Studio, make_studio
from training.data import load_extra, load_mnist

BATCH = 64
SORTED_BATCHES = 8  # made together and sorted by width, so that little is padded
MADE_AHEAD = 5  # such groups: more would only fill the memory
DRAWN_LINES = FOUND_LINES = SORTED_BATCHES * BATCH // 2  # of such a group
NEW_LINES = 96  # of the found ones: to find and cut out a line takes longer than to write one
KEPT = 12_000  # found lines to take the others from
FIRST = 0.6  # of the found lines are seen as at the first look
# How often a line is written with scanned digits; see `studio` for the other hands.
MNIST_WEIGHT, EXTRA_WEIGHT = 0.1, 0.03
MNIST, MODELS = "mnist", "models"  # as a recipe calls those hands


@dataclass(frozen=True)
class Recipe:
    """Where the hands come from and what the paper does to them."""

    mnist: Path | None
    extras: tuple[Path, ...]  # further labelled digits as .npz
    pens: Path | None
    with_research: bool
    nuisances: Nuisances
    seed: int
    without: tuple[str, ...] = ()  # hands that nobody learns from: MNIST, MODELS, pens' names
    unpainted: tuple[str, ...] = ()  # kinds of scenes that the finder does not learn from

    def studios(self) -> tuple[Studio, Studio]:
        """Hands for training, and others for choosing the checkpoint."""
        mnist = load_mnist(self.mnist, self.seed)
        pens = load_pens(self.pens, self.with_research) if self.pens else ({}, {})
        scanned = [(MNIST_WEIGHT, mnist.train)] * (MNIST not in self.without)
        scanned += [(EXTRA_WEIGHT, load_extra(path)) for path in self.extras]
        recorded = {name: of for name, of in pens[0].items() if name not in self.without}
        return (
            make_studio(scanned, recorded, models=MODELS not in self.without),
            make_studio([(MNIST_WEIGHT, mnist.validation)], pens[1]),
        )


def batches(recipe: Recipe, first: int, steps: int, workers: int = 1) -> Iterator[Batch]:
    """The batches number `first` up to `steps`, made ahead by other processes.

    A run that goes on at another `first` has found other lines before, each run the same again.
    """
    group, skipped = divmod(first, SORTED_BATCHES)
    made = _made_ahead(recipe, range(group, -(-steps // SORTED_BATCHES)), workers)
    yield from islice(_mixed(made, recipe.seed), skipped, skipped + max(steps - first, 0))


def _mixed(made: Iterator[_Group], seed: int) -> Iterator[Batch]:
    """Batches of like widths: drawn lines, and found ones, of which most were shown before."""
    kept: deque[Cutout] = deque(maxlen=KEPT)
    for number, group in enumerate(made):
        kept.extend(group.found)
        rng = np.random.default_rng((seed, 5 << 32, number))
        chosen = [kept[int(place)] for place in rng.integers(len(kept), size=FOUND_LINES)]
        lines = [*group.drawn, *(_seen_anew(rng, one) for one in chosen)]
        lines.sort(key=lambda one: one[0].shape[1])
        chunks = [collate(lines[at : at + BATCH]) for at in range(0, len(lines), BATCH)]
        yield from (chunks[index] for index in rng.permutation(len(chunks)))


def _seen_anew(rng: np.random.Generator, one: Cutout) -> Written:
    """One of a line's views, as the same hand might have written it another time."""
    view = 0 if rng.random() < FIRST else int(rng.integers(len(one.views)))
    return varied(rng, (one.views[view], one.digits))


def _made_ahead(recipe: Recipe, numbers: range, workers: int) -> Iterator[_Group]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, MADE_AHEAD), spawn, _start_worker, (recipe,)) as pool:
        groups = iter(numbers)
        waiting = deque(pool.submit(_group, group) for group in islice(groups, MADE_AHEAD))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(_group, group) for group in islice(groups, 1))


class _Group(NamedTuple):
    """What SORTED_BATCHES batches are made of."""

    drawn: list[Written]
    found: list[Cutout]  # new ones


_worker: tuple[Recipe, Studio, Networks]


def _start_worker(recipe: Recipe) -> None:
    global _worker
    cv2.setNumThreads(1)
    _worker = recipe, recipe.studios()[0], load_networks()


def _group(number: int) -> _Group:
    recipe, hands, networks = _worker
    drawn = [line((recipe.seed, number, i), hands, recipe.nuisances) for i in range(DRAWN_LINES)]
    seeds = ((recipe.seed, 4 << 32, number, i) for i in count())
    found = (one for seed in seeds for one in cutouts(seed, hands, recipe.nuisances, networks))
    return _Group(drawn, list(islice(found, NEW_LINES)))
