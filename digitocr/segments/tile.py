"""A digit's ink -> the 28x28 tile that the classifier knows.

Follows the recipe of MNIST (LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to
document recognition, 1998): the ink is scaled into a 20x20 box with its aspect ratio kept, then
placed so that its centre of mass is the centre of the 28x28 field. Training and reading both call
`normalize`, so the network meets the same kind of tile in both.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import padded
from digitocr.segments.stroke_width import stroke_width
from digitocr.types import Hypothesis, Tile, Tiles

TILE_PX = 28
BOX_PX = 20
# MNIST's thinnest pens; a hair line would fade to nothing when it is scaled down.
MIN_STROKE_PX = 1.8
# A stroke is widened at this many steps at most, for each px of the kernel and of the shape; a
# larger shape is scaled down to that first: the tile has a fraction of its pixels.
MOST_STEPS = 40_000_000
FADED = 0.1  # coverage of a hair line that was scaled down
INK_AT = 0.02  # coverage above which a soft pixel counts towards the bounding box


def normalize(ink: NDArray[np.bool_] | NDArray[np.float32]) -> Tile:
    """Scale and centre one digit.

    ink: (H, W), bool or float32 coverage 0 paper .. 1 ink; the digit alone, any margin.
    Returns a float32 tile (28, 28), 0 paper .. 1 ink; all zeros when there is no ink.
    """
    soft = np.ascontiguousarray(ink, dtype=np.float32)
    left, top, width, height = cv2.boundingRect((soft > INK_AT).view(np.uint8))
    if not width:
        return np.zeros((TILE_PX, TILE_PX), np.float32)
    soft = _thicken(soft[top : top + height, left : left + width])
    return _center(_fit(soft))


def tiles_of(lines: Iterable[Iterable[Hypothesis]]) -> Tiles:
    """The tile of each hypothesis, line by line: (N, 28, 28)."""
    tiles = [normalize(hypothesis.component.mask) for line in lines for hypothesis in line]
    return np.array(tiles, np.float32).reshape(-1, TILE_PX, TILE_PX)


def _thicken(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    """Widen strokes that would be thinner than MIN_STROKE_PX in the tile."""
    wanted = MIN_STROKE_PX * max(soft.shape) / BOX_PX
    missing = wanted - stroke_width(soft > 0.5)
    if missing < 1:
        return soft
    grow = round(missing)
    steps = (soft.shape[0] + grow) * (soft.shape[1] + grow) * grow**2
    if steps > MOST_STEPS:
        shrink = (MOST_STEPS / steps) ** 0.25
        size = [max(1, round(side * shrink)) for side in soft.shape[::-1]]
        small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
        soft = (np.asarray(small) > FADED).astype(np.float32)
        grow = round(missing * shrink)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grow + 1, grow + 1))
    wide = padded(soft, (grow + 1) // 2)
    as_bytes = wide.astype(np.uint8)
    if (as_bytes == wide).all():  # they are widened in a fraction of the time
        return np.asarray(cv2.dilate(as_bytes, kernel), np.float32)
    return np.asarray(cv2.dilate(wide, kernel), np.float32)


def _fit(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale so that the longer side spans the 20 px box."""
    scale = BOX_PX / max(soft.shape)
    height, width = (max(1, round(side * scale)) for side in soft.shape)
    if scale > 1:
        if scale > 1.3:  # the staircase edges of a small mask would be magnified
            soft = np.asarray(cv2.GaussianBlur(soft, (0, 0), 0.5), np.float32)
        return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_AREA))


def _center(fitted: NDArray[np.float32]) -> Tile:
    """Put the centre of mass in the middle of the field, the strongest ink at 1."""
    height, width = fitted.shape
    total = float(fitted.sum())
    center_x = float((fitted.sum(axis=0) @ np.arange(width)) / total)
    center_y = float((fitted.sum(axis=1) @ np.arange(height)) / total)
    left = min(max(round(TILE_PX / 2 - center_x), 0), TILE_PX - width)
    top = min(max(round(TILE_PX / 2 - center_y), 0), TILE_PX - height)
    tile = np.zeros((TILE_PX, TILE_PX), np.float32)
    tile[top : top + height, left : left + width] = fitted / max(float(fitted.max()), 1e-6)
    return tile
