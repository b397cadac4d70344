"""Things that lie about on pages and tables: each as its coverage (H, W) 0..1 and its levels."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.parts.layers import Field, Size

Thing = tuple[Field, Field]  # coverage 0 none .. 1 opaque, and grey levels 0..1, both (H, W)
FINE = 16  # cv2 draws at 1/16 px


def rod(size_px: Size, ends: NDArray[np.float64], wide_px: float, round_ends: bool = True) -> Field:
    """The coverage of something straight from end to end, (2, 2) x, y."""
    if not round_ends:
        aside = _aside(ends) * wide_px / 2
        return _polygon(size_px, np.concatenate([ends + aside, ends[::-1] - aside]))
    canvas = np.zeros(size_px, np.uint8)
    cv2.polylines(canvas, [_fixed(ends)], False, 255, max(1, round(wide_px)), cv2.LINE_AA, 4)
    return np.asarray(canvas / np.float32(255), np.float32)


def finger(size_px: Size, tip_xy: tuple[float, float], radius_px: float, long: float) -> Field:
    """A fingertip's coverage: an ellipse, `long` times as wide as high, with a soft edge."""
    y, x = np.indices(size_px, np.float32)
    away = np.hypot((x - tip_xy[0]) / long, y - tip_xy[1]) - radius_px
    return np.asarray(np.clip(0.5 - away / 3, 0, 1), np.float32)


def fingertip(rng: np.random.Generator, size_px: Size) -> Thing:
    """A finger that holds the page at its edge."""
    height, width = size_px
    at = float(rng.choice([0.0, 1.0])) * width, float(rng.uniform(0, 1)) * height
    cover = finger(size_px, at, rng.uniform(0.06, 0.14) * min(size_px), rng.uniform(1.2, 2.5))
    return cover, _level(size_px, rng.uniform(0.25, 0.75)) * (0.75 + 0.25 * cover)


def pen(rng: np.random.Generator, size_px: Size) -> Thing:
    """A pen or a pencil, with its shine and its tip."""
    ends, wide = _lie(rng, size_px, rng.uniform(0.35, 0.9)), rng.uniform(5, 14)
    tone, cover = rng.uniform(0.03, 0.7), rod(size_px, ends, wide)
    levels = _level(size_px, tone)
    shine = rod(size_px, ends + _aside(ends) * 0.22 * wide, 0.25 * wide)
    levels = levels + shine * np.float32(0.5 * (1 - tone))
    tip = np.array([ends[1], ends[1] + 0.06 * (ends[1] - ends[0])])
    point = rod(size_px, tip, 0.35 * wide)
    levels = np.where(point > cover, np.float32(0.35), levels)
    return np.asarray(np.maximum(cover, point), np.float32), np.asarray(levels, np.float32)


def coin(rng: np.random.Generator, size_px: Size) -> Thing:
    """A coin with its rim."""
    height, width = size_px
    radius = rng.uniform(0.05, 0.12) * min(size_px)
    at = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    tone = rng.uniform(0.3, 0.75)
    cover = _disc(size_px, at, radius)
    head = _disc(size_px, at + rng.normal(0, 0.1 * radius, 2), 0.5 * radius)
    levels = tone + 0.18 * _disc(size_px, at, 0.87 * radius) - 0.15 * head
    return cover, np.asarray(levels, np.float32)


def leaf(rng: np.random.Generator, size_px: Size) -> Thing:
    """A leaf with its ribs."""
    middle = rng.uniform(0, 1, 2) * size_px[::-1]
    long, turn = rng.uniform(0.12, 0.35) * min(size_px), rng.uniform(0, 2 * np.pi)
    wide = long * rng.uniform(0.2, 0.45)
    along = np.linspace(0, np.pi, 20)
    outline = np.concatenate(
        [
            np.column_stack([-long * np.cos(along), wide * np.sin(along)]),
            np.column_stack([long * np.cos(along), -wide * np.sin(along)]),
        ]
    )
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, sin], [-sin, cos]])
    cover = _polygon(size_px, outline @ matrix + middle)
    ribs = rod(size_px, np.array([[-long, 0], [1.3 * long, 0]]) @ matrix + middle, 2)
    for x in np.linspace(-0.6, 0.6, 5) * long:
        for way in (-1, 1):
            ends = np.array([[x, 0], [x - 0.2 * long, way * 0.7 * wide]])
            ribs = np.maximum(ribs, 0.6 * rod(size_px, ends @ matrix + middle, 1.4))
    return np.maximum(cover, ribs), np.asarray(rng.uniform(0.15, 0.6) - 0.12 * ribs, np.float32)


def ruler(rng: np.random.Generator, size_px: Size) -> Thing:
    """A ruler with its marks."""
    ends, wide = _lie(rng, size_px, rng.uniform(0.6, 1.3)), rng.uniform(18, 34)
    cover = rod(size_px, ends, wide, round_ends=False)
    aside, marks = _aside(ends), np.zeros(size_px, np.float32)
    count = int(np.hypot(*(ends[1] - ends[0])) / 6)
    for index in range(count):
        foot = ends[0] + (ends[1] - ends[0]) * (index + 0.5) / count - 0.48 * wide * aside
        deep = 0.42 if index % 10 == 0 else 0.3 if index % 5 == 0 else 0.18
        mark = np.array([foot, foot + aside * wide * deep])
        cv2.polylines(marks, [_fixed(mark)], False, 1.0, 1, cv2.LINE_AA, 4)
    tone = rng.uniform(0.4, 0.9)
    return cover, np.asarray(tone - (tone - 0.1) * np.minimum(marks, 1), np.float32)


def blot(rng: np.random.Generator, size_px: Size) -> Thing:
    """A stain, or some other thing without a form of its own."""
    middle, count = rng.uniform(0, 1, 2) * size_px[::-1], int(rng.integers(5, 14))
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radii = rng.uniform(0.03, 0.2) * min(size_px) * rng.uniform(0.6, 1.3, count)
    outline = np.column_stack([radii * np.cos(turns), radii * np.sin(turns)]) + middle
    cover = cv2.GaussianBlur(_polygon(size_px, outline), (0, 0), rng.uniform(0.6, 4))
    return np.asarray(cover * rng.uniform(0.3, 1), np.float32), _level(size_px, rng.uniform(0, 0.6))


THINGS: tuple[Callable[[np.random.Generator, Size], Thing], ...] = (
    *(fingertip, pen, coin, leaf, ruler, blot),
)


def _lie(rng: np.random.Generator, size_px: Size, share: float) -> NDArray[np.float64]:
    """Where something long lies: its ends (2, 2) x, y, so far apart for the picture's width."""
    middle, turn = rng.uniform(0, 1, 2) * size_px[::-1], rng.uniform(0, 2 * np.pi)
    half = 0.5 * share * size_px[1] * np.array([np.cos(turn), np.sin(turn)])
    return np.array([middle - half, middle + half])


def _aside(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    return np.array([-along[1], along[0]])


def _level(size_px: Size, level: float) -> Field:
    return np.full(size_px, level, np.float32)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.round(points * FINE).astype(np.int32)


def _polygon(size_px: Size, outline: NDArray[np.float64]) -> Field:
    canvas = np.zeros(size_px, np.uint8)
    cv2.fillPoly(canvas, [_fixed(outline)], 255, cv2.LINE_AA, 4)
    return np.asarray(canvas / np.float32(255), np.float32)


def _disc(size_px: Size, at: NDArray[np.float64], radius_px: float) -> Field:
    canvas = np.zeros(size_px, np.uint8)
    middle = _fixed(at)
    radius = round(radius_px * FINE)
    cv2.circle(canvas, (int(middle[0]), int(middle[1])), radius, 255, -1, cv2.LINE_AA, 4)
    return np.asarray(canvas / np.float32(255), np.float32)
