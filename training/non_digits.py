"""What a segmentation can hand the classifier that is not one digit.

Parts of digits, two digits in one, digits on their side, letters, dashes, dots and scribbles: a
class of their own.
"""

from __future__ import annotations

import cv2
import numpy as np

from synthesis.hands.inked_line import TURNS
from training.augment import CANVAS_PX, Canvas, warp
from training.digit_pool import Pool

# Narrower than this a part of a digit is a plain stroke, which may well be a 1.
NARROWEST = 0.4


def non_digit(rng: np.random.Generator, pool: Pool) -> Canvas:
    """One example, float32 (H, W) 0 paper .. 1 ink, ready for `augment.finish`."""
    kind = rng.random()
    if kind < 0.3:
        return _part(rng, pool)
    if kind < 0.54:
        return _several(rng, pool)
    if kind < 0.6:
        return _turned(rng, pool)
    if kind < 0.9 and len(pool.signs):
        return warp(rng, pool.signs[rng.integers(len(pool.signs))], rng.random())
    return _mark(rng) if kind < 0.95 else _scribble(rng)


def _any(rng: np.random.Generator, pool: Pool) -> tuple[Canvas, int]:
    pick = int(pool.pick(rng, 1)[0])
    label = int(pool.digits.labels[pick])
    return _crop(warp(rng, pool.digits.pictures[pick], 0.7 * rng.random())), label


def _crop(canvas: Canvas) -> Canvas:
    rows = np.flatnonzero((canvas > 0.3).any(axis=1))
    columns = np.flatnonzero((canvas > 0.3).any(axis=0))
    if not rows.size:
        return canvas
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _part(rng: np.random.Generator, pool: Pool) -> Canvas:
    """The left or right part of a digit, or a digit with a good part of its neighbour."""
    for _ in range(20):
        canvas, label = _any(rng, pool)
        if label in (1, 8):  # half a 1 is a 1, the right half of an 8 is a 3
            continue
        kept = max(1, int(canvas.shape[1] * rng.uniform(0.3, 0.55)))
        part = canvas[:, :kept] if rng.random() < 0.5 else canvas[:, -kept:]
        if rng.random() < 0.3:
            neighbour, _ = _any(rng, pool)
            share = int(neighbour.shape[1] * rng.uniform(0.3, 0.6))
            part = _beside(rng, [part, neighbour[:, :share]])
        part = _crop(part)
        if part.shape[1] > NARROWEST * part.shape[0]:
            return part
    return _scribble(rng)


def _several(rng: np.random.Generator, pool: Pool) -> Canvas:
    """Two digits, now and then three, side by side and often touching."""
    count = 2 if rng.random() < 0.85 else 3
    return _beside(rng, [_any(rng, pool)[0] for _ in range(count)])


def _turned(rng: np.random.Generator, pool: Pool) -> Canvas:
    """A digit as it stands in a picture that was not turned the right way up."""
    for _ in range(20):
        canvas, label = _any(rng, pool)
        quarters = [turn for digit, turn in TURNS if digit == label]
        if quarters:
            turned = np.rot90(canvas, quarters[int(rng.integers(len(quarters)))])
            return np.ascontiguousarray(turned)
    return _scribble(rng)


def _beside(rng: np.random.Generator, parts: list[Canvas]) -> Canvas:
    height = max(part.shape[0] for part in parts)
    field = np.zeros((height + 12, sum(part.shape[1] for part in parts) + 24), np.float32)
    left = 4
    for part in parts:
        top = int(rng.integers(0, field.shape[0] - part.shape[0] + 1))
        window = field[top : top + part.shape[0], left : left + part.shape[1]]
        np.maximum(window, part, out=window)
        left = max(2, left + part.shape[1] + int(rng.integers(-5, 4)))
    return field


def _mark(rng: np.random.Generator) -> Canvas:
    """A dash, an equals sign, a plus or a dot."""
    field = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
    pen = int(rng.integers(3, 10))
    middle = CANVAS_PX // 2
    tilt = int(rng.integers(-6, 7))
    kind = rng.integers(4)
    if kind == 0:
        cv2.line(field, (10, middle - tilt), (62, middle + tilt), 1.0, pen, cv2.LINE_AA)
    elif kind == 1:
        for y in (middle - 10, middle + 10):
            cv2.line(field, (14, y - tilt), (58, y + tilt), 1.0, pen, cv2.LINE_AA)
    elif kind == 2:
        cv2.line(field, (12, middle - tilt), (60, middle + tilt), 1.0, pen, cv2.LINE_AA)
        cv2.line(field, (middle + tilt, 12), (middle - tilt, 60), 1.0, pen, cv2.LINE_AA)
    else:
        axes = (int(rng.integers(10, 20)), int(rng.integers(10, 20)))
        cv2.ellipse(field, (middle, middle), axes, 10 * tilt, 0, 360, 1.0, -1, cv2.LINE_AA)
    return field


def _scribble(rng: np.random.Generator) -> Canvas:
    """One to three strokes that wander about."""
    field = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        knots = rng.uniform(8, CANVAS_PX - 8, (int(rng.integers(4, 8)), 2))
        along = np.linspace(0, len(knots) - 1, 40)
        path = np.stack([np.interp(along, np.arange(len(knots)), axis) for axis in knots.T], axis=1)
        path = cv2.blur(path.astype(np.float32), (1, 7))
        pen = int(rng.integers(3, 8))
        cv2.polylines(field, [path.astype(np.int32)], False, 1.0, pen, cv2.LINE_AA)
    return field
