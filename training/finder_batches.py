"""Batches of painted scenes for the finder; processes paint them ahead."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.hands.studio import Studio
from training.finder_scenes import FORMATS, Labelled, scene_of, seen_anew
from training.line_batches import Recipe

NEW = 0.4  # of a batch was never shown before; the rest is seen anew, moved and lit otherwise
KEPT = 360  # scenes to take those from
MADE_AHEAD = 24  # scenes

Batch = tuple[NDArray[np.uint8], NDArray[np.float32]]  # (N, H, W, 1), (N, H / 4, W / 4, 4)


def collate(scenes: list[Labelled]) -> Batch:
    """Scenes of one size, as the network takes them, and their maps."""
    pictures = np.stack([one.gray for one in scenes])[..., None]
    return pictures, np.stack([one.maps() for one in scenes])


def batches(recipe: Recipe, first: int, steps: int, workers: int = 1) -> Iterator[Batch]:
    """Batches number `first` up to `steps`; their scenes are painted ahead by other processes.

    A run that goes on at another `first` sees other scenes, but each run sees its own again.
    """
    rng = np.random.default_rng((recipe.seed, first))
    often = np.array([shape.often for shape in FORMATS])
    with _Painters(recipe, first, workers) as painted:
        kept: list[list[Labelled]] = [[] for _ in FORMATS]
        for _ in range(first, steps):
            at = int(rng.choice(len(FORMATS), p=often / often.sum()))
            shape = FORMATS[at]
            count = round(NEW * shape.batch) if kept[at] else shape.batch
            new = [painted.next(at) for _ in range(count)]
            again = rng.integers(0, max(1, len(kept[at])), shape.batch - count)
            yield collate(
                [*new, *(seen_anew(rng, kept[at][index], shape.turn_deg) for index in again)]
            )
            kept[at] = [*kept[at], *new][-round(KEPT * shape.often) :]


class _Painters:
    """Processes that paint scenes of every format ahead."""

    def __init__(self, recipe: Recipe, first: int, workers: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, spawn, _start_worker, (recipe,))
        self._first = first
        self._asked = [count() for _ in FORMATS]
        self._waiting = [
            deque(self._ask(at) for _ in range(max(shape.batch, round(MADE_AHEAD * shape.often))))
            for at, shape in enumerate(FORMATS)
        ]

    def __enter__(self) -> _Painters:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _ask(self, at: int) -> Future[Labelled]:
        return self._pool.submit(_painted, (self._first, at, next(self._asked[at])), at)

    def next(self, at: int) -> Labelled:
        """The next scene of the format at that place in FORMATS."""
        self._waiting[at].append(self._ask(at))
        return self._waiting[at].popleft().result()


_worker: tuple[Recipe, Studio]


def _start_worker(recipe: Recipe) -> None:
    global _worker
    cv2.setNumThreads(1)
    _worker = recipe, recipe.studios()[0]


def _painted(seed: tuple[int, ...], at: int) -> Labelled:
    recipe, hands = _worker
    return scene_of((recipe.seed, *seed), hands, FORMATS[at], recipe.unpainted)
