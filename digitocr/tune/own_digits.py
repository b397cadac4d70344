"""The user's own digits: the shapes of a line's lattice that spell its label."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.segments.lattice import spelled_path
from digitocr.segments.tile import TILE_PX
from digitocr.teach.alignment import LabelledLine
from digitocr.tune.drawn_lines import FRAME_PX
from digitocr.types import NO_DIGIT, Arc, Tiles

ASTRAY = 0.2  # of a shape's height: so far from it the line reader may see its digit


class OwnDigits(NamedTuple):
    """Shapes, and what they are."""

    tiles: Tiles  # (N, 28, 28)
    labels: NDArray[np.int64]  # (N,) 0..9, or NO_DIGIT


def own_digits(line: LabelledLine) -> OwnDigits:
    """The shapes of a labelled line that are its digits, and those that join several of them.

    A shape is a digit where both readers agree that the label's digit stands there: the cheapest
    path that spells it, and the line reader's forced alignment.
    """
    path = spelled_path(line.lattice, line.label)
    if not path:
        return OwnDigits(np.zeros((0, TILE_PX, TILE_PX), np.float32), np.zeros(0, np.int64))
    per_step = FRAME_PX * line.box.width / line.strip.shape[1]
    seen_at = [line.box.left + (start + stop) / 2 * per_step for start, stop in line.spans]
    found = [
        (arc.tile, int(digit))
        for arc, digit, x in zip(path, line.label, seen_at, strict=True)
        if _is_at(arc, x)
    ]
    found += [(arc.tile, NO_DIGIT) for arc in line.lattice.arcs if _joins(arc, path)]
    tiles = np.array([tile for tile, _ in found], np.float32).reshape(-1, TILE_PX, TILE_PX)
    return OwnDigits(tiles, np.array([label for _, label in found], np.int64))


def joined(every: Iterable[OwnDigits]) -> OwnDigits:
    """Those of several lines, one at least."""
    tiles, labels = zip(*every, strict=True)
    return OwnDigits(np.concatenate(tiles), np.concatenate(labels))


def _is_at(arc: Arc, x: float) -> bool:
    box = arc.hypothesis.component.box
    return abs(x - box.center_xy[0]) <= box.width / 2 + ASTRAY * box.height


def _joins(arc: Arc, path: tuple[Arc, ...]) -> bool:
    """Whether two whole digits of a path are in it."""
    whole = arc.hypothesis
    parts = (digit.hypothesis for digit in path)
    return sum(whole.start <= part.start and part.stop <= whole.stop for part in parts) > 1
