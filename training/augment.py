"""Random hands, pens and papers for one digit: warps at twice the tile's size, then `normalize`.

The elastic part follows Simard, Steinkraus, Platt: Best practices for convolutional neural
networks applied to visual document analysis, 2003.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.segments.tile import TILE_PX, normalize
from digitocr.types import Tile

CANVAS_PX = 72  # room for a digit at twice its size, turned and sheared
GRID_Y, GRID_X = np.mgrid[:CANVAS_PX, :CANVAS_PX].astype(np.float32)
Canvas = NDArray[np.float32]  # (CANVAS_PX, CANVAS_PX), 0 paper .. 1 ink


def augment(rng: np.random.Generator, picture: NDArray[np.uint8]) -> Tile:
    """uint8 (28, 28) 0 paper .. 255 ink -> a tile of the same digit in another hand."""
    return finish(rng, warp(rng, picture, rng.random()))


def warp(rng: np.random.Generator, picture: NDArray[np.uint8], strength: float) -> Canvas:
    """Turn, shear, stretch and bend; strength 0 leaves the digit as it is, 1 goes furthest."""
    turn = np.deg2rad(rng.uniform(-16, 16) * strength)
    shear = rng.uniform(-0.35, 0.35) * strength
    stretch = np.exp(rng.uniform(-0.3, 0.3) * strength)
    cos, sin = np.cos(turn), np.sin(turn)
    linear = 2.0 * np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, shear], [0, 1]])
    linear = linear @ np.diag([np.sqrt(stretch), 1 / np.sqrt(stretch)])
    center = (picture.shape[0] - 1) / 2
    shift = (CANVAS_PX - 1) / 2 - linear @ np.array([center, center])
    canvas = cv2.warpAffine(
        picture.astype(np.float32) / 255,
        np.column_stack([linear, shift]),
        (CANVAS_PX, CANVAS_PX),
        flags=cv2.INTER_CUBIC,
    )
    if rng.random() < 0.7 * strength:
        canvas = _bend(rng, np.asarray(canvas, np.float32), strength)
    return _pen(rng, np.asarray(np.clip(canvas, 0, 1), np.float32), strength)


def finish(rng: np.random.Generator, canvas: Canvas) -> Tile:
    """Normalise as the reader does, from grey or from a hard mask, then shift by up to a pixel."""
    tile = normalize(canvas > 0.45 if rng.random() < 0.5 else canvas)
    if rng.random() < 0.5:
        return tile
    down, right = rng.integers(0, 3, size=2)
    return np.pad(tile, 1)[down : down + TILE_PX, right : right + TILE_PX]


def _bend(rng: np.random.Generator, canvas: Canvas, strength: float) -> Canvas:
    """Elastic distortion: a smooth random displacement of every pixel."""
    coarse = rng.normal(0, 1, (2, 6, 6)).astype(np.float32) * 2.2 * strength
    size = (CANVAS_PX, CANVAS_PX)
    shift_x, shift_y = (cv2.resize(field, size, interpolation=cv2.INTER_CUBIC) for field in coarse)
    bent = cv2.remap(canvas, GRID_X + shift_x, GRID_Y + shift_y, cv2.INTER_LINEAR)
    return np.asarray(bent, np.float32)


def _pen(rng: np.random.Generator, canvas: Canvas, strength: float) -> Canvas:
    """A thicker or a finer pen."""
    kind = rng.random()
    if kind < 0.25 * strength:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        return np.asarray(cv2.dilate(canvas, kernel, iterations=int(rng.integers(1, 3))))
    if kind < 0.5 * strength:
        finer = np.asarray(cv2.erode(canvas, np.ones((2, 2), np.uint8)), np.float32)
        return finer if finer.max() > 0.5 else canvas
    return canvas
