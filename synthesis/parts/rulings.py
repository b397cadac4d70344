"""Printed lines: ruled and squared paper, frames, tables, combs, guilloche."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.parts.layers import Color, Field, Picture, Size, lay


@dataclass(frozen=True)
class Line:
    """How a printed line looks."""

    width_px: int = 1
    dash_px: float = 0.0  # from one dash or dot to the next; 0 = an unbroken line
    filled: float = 1.0  # share of that which is ink
    gaps: float = 0.0  # in 100 px of worn print


def rules(
    picture: Picture,
    step_px: float,
    color: Color,
    *,
    first_px: float = 0.0,
    down: bool = False,
    width_px: int = 1,
    strength: float = 0.8,
) -> Picture:
    """Printed parallel lines, `step_px` apart from `first_px` on; `down` makes them vertical."""
    height, width = picture.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    for at in np.arange(first_px, width if down else height, step_px):
        ends = [(at, -9), (at, height + 9)] if down else [(-9, at), (width + 9, at)]
        fixed = [np.round(np.array(ends) * 16).astype(np.int32)]
        cv2.polylines(lines, fixed, False, 255, width_px, cv2.LINE_AA, 4)
    return lay(picture, printed(lines, strength), color)


def frame(picture: Picture, box: tuple[int, int, int, int], color: Color, width_px: int) -> Picture:
    """A printed rectangle; box: left, top, right, bottom in px."""
    lines = np.zeros(picture.shape[:2], np.uint8)
    cv2.rectangle(lines, box[:2], box[2:], 255, width_px, cv2.LINE_AA)
    return lay(picture, printed(lines, 1.0), color)


def guilloche(rng: np.random.Generator, picture: Picture, color: Color, strength: float) -> Picture:
    """The fine wavy lines that are printed on cheques."""
    height, width = picture.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    x = np.arange(-5, width + 6, 3.0)
    for wave_px, swing_px, step_px in ((150, 20, 9), (95, 13, 11)):
        phase = rng.uniform(0, 2 * np.pi)
        for index, level in enumerate(np.arange(-40, height + 40, step_px)):
            y = level + swing_px * np.sin(2 * np.pi * x / wave_px + phase + 0.16 * index)
            fixed = np.round(np.column_stack([x, y]) * 16).astype(np.int32)
            cv2.polylines(lines, [fixed], False, 255, 1, cv2.LINE_AA, 4)
    return lay(picture, printed(lines, strength), color)


def waves(rng: np.random.Generator, size: Size) -> Field:
    """A guilloche: fine parallel lines that swing, 0 between them .. 1 on them."""
    y = np.arange(size[0], dtype=np.float32)[:, None]
    x = np.arange(size[1], dtype=np.float32)
    turn = rng.normal(0, 0.4) if rng.random() < 0.7 else rng.uniform(-1.6, 1.6)
    swing = rng.uniform(0, 6) * np.sin(x * rng.uniform(0.01, 0.12) + rng.uniform(0, 6))
    along = y * np.float32(np.cos(turn)) + (x * np.sin(turn) + swing).astype(np.float32)
    wave = np.cos(along * np.float32(2 * np.pi / rng.uniform(3, 10)))
    edge = np.float32(rng.uniform(-0.3, 0.9))
    return np.asarray(np.clip((wave - edge) * 3, 0, 1), np.float32)


def along(rng: np.random.Generator, size: Size) -> Field:
    """Ruled lines along the writing, and sometimes the side of a box."""
    lines = np.zeros(size, np.float32)
    height, width = size
    for _ in range(int(rng.integers(1, 3))):
        y = int(rng.choice([rng.uniform(0, height), rng.normal(0.88, 0.08) * height]))
        end = y + int(rng.normal(0, 0.03) * width)
        cv2.line(lines, (0, y), (width, end), 1.0, int(rng.integers(1, 4)), cv2.LINE_AA)
    if rng.random() < 0.1:
        x = int(rng.choice([0.02, 0.98]) * width)
        cv2.line(lines, (x, 0), (x, height), 1.0, int(rng.integers(1, 4)), cv2.LINE_AA)
    return lines


def printed(lines: NDArray[np.uint8], strength: float = 1.0) -> Field:
    """Lines (H, W) 0 .. 255 as print leaves them: a little soft, (H, W) 0 .. strength."""
    return np.asarray(strength / 255 * cv2.GaussianBlur(lines, (0, 0), 0.5), np.float32)


def ruler(
    rng: np.random.Generator, canvas: NDArray[np.uint8], ends: list[tuple[float, float]], look: Line
) -> None:
    """Draw one printed line from end to end, x, y in px, onto a canvas (H, W) 0 .. 255."""
    (x, y), (to_x, to_y) = ends
    long = float(np.hypot(to_x - x, to_y - y))
    if look.dash_px:
        marks = max(1, int(long / look.dash_px))
        starts = np.arange(marks)[:, None] / marks
        share = look.filled * np.array([0, 1]) / marks
        spans = starts + share
    else:
        spans = np.array([[0.0, 1.0]])
    at = np.array([x, y]) + spans[..., None] * np.array([to_x - x, to_y - y])
    fixed = [np.round(one * 16).astype(np.int32) for one in at]
    cv2.polylines(canvas, fixed, False, 255, look.width_px, cv2.LINE_AA, 4)
    # Worn print has gaps.
    for _ in range(rng.poisson(look.gaps * long / 100)):
        start = rng.uniform(0, 1)
        gap = np.array([x, y]) + np.array(
            [[start], [start + rng.uniform(2, 12) / max(long, 1)]]
        ) * (np.array([to_x - x, to_y - y]))
        places = [np.round(gap * 16).astype(np.int32)]
        cv2.polylines(canvas, places, False, 0, look.width_px + 2, cv2.LINE_8, 4)


def random_line(rng: np.random.Generator, widest_px: int = 3) -> Line:
    """Solid, dashed or dotted, whole or worn."""
    kind = rng.choice(4, p=[0.62, 0.14, 0.14, 0.1])
    width = int(rng.integers(1, widest_px + 1))
    if kind == 1:
        return Line(width, float(rng.uniform(4, 16)), float(rng.uniform(0.35, 0.8)))
    if kind == 2:
        return Line(width, float(rng.uniform(2.5, 6) + width), 0.25)
    return Line(width, gaps=float(rng.uniform(0.5, 4)) if kind == 3 else 0.0)


def table(
    rng: np.random.Generator,
    size_px: Size,
    columns: Sequence[float],
    rows: Sequence[float],
    look: Line,
) -> Field:
    """The lines of a table at these places across and down, px; some may be left out."""
    canvas = np.zeros(size_px, np.uint8)
    open_sides, long = rng.random() < 0.25, rng.random() < 0.15
    over = 12.0 if long else 0.0
    for y in rows:
        ruler(rng, canvas, [(columns[0] - over, y), (columns[-1] + over, y)], look)
    inner = columns[1:-1] if open_sides else columns
    for x in inner:
        ruler(rng, canvas, [(x, rows[0] - over), (x, rows[-1] + over)], look)
    return printed(canvas)


def comb(
    rng: np.random.Generator,
    size_px: Size,
    places: Sequence[float],
    top: float,
    bottom: float,
    look: Line,
) -> Field:
    """A field for one digit between neighbouring places: a frame with little teeth, boxes, bars."""
    canvas = np.zeros(size_px, np.uint8)
    kind = rng.choice(5, p=[0.18, 0.18, 0.18, 0.16, 0.3])
    left, right = places[0], places[-1]
    tooth = top + (bottom - top) * (1 - rng.uniform(0.15, 0.5))
    if kind == 4:  # bars between the digits alone, each worn in its own way
        # Many are no higher than the digits: only that they come again and again tells them.
        cut = rng.choice([0.0, 0.3]) * (bottom - top) * rng.uniform(0, 1, 2)
        for x in places[int(rng.random() < 0.9) : -1 if rng.random() < 0.9 else None]:
            bar = replace(look, width_px=look.width_px + int(rng.integers(5)))
            worn = replace(bar, gaps=float(rng.uniform(0, 12)))
            ruler(rng, canvas, [(x, top + cut[0]), (x, bottom - cut[1])], worn)
        if rng.random() < 0.4:  # inside a frame that is whole
            cv2.rectangle(canvas, (round(left), round(top)), (round(right), round(bottom)), 255, 2)
        return printed(canvas)
    if kind == 3:  # boxes that stand apart
        gap = rng.uniform(0.04, 0.14) * (places[1] - places[0])
        for x, to_x in pairwise(places):
            corners = [(x + gap, top), (to_x - gap, top), (to_x - gap, bottom), (x + gap, bottom)]
            for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
                ruler(rng, canvas, [one, other], look)
        return printed(canvas)
    ruler(rng, canvas, [(left, bottom), (right, bottom)], look)
    if kind > 0:  # closed above
        ruler(rng, canvas, [(left, top), (right, top)], look)
    for index, x in enumerate(places):
        is_end = index in (0, len(places) - 1)
        ruler(rng, canvas, [(x, top if is_end or kind == 2 else tooth), (x, bottom)], look)
    return printed(canvas)


def frame_around(
    rng: np.random.Generator, size_px: Size, box: tuple[float, float, float, float], look: Line
) -> Field:
    """The frame of a field, or what is left of it: left, top, right, bottom in px."""
    canvas = np.zeros(size_px, np.uint8)
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
    kept = range(4) if rng.random() < 0.75 else rng.permutation(4)[: int(rng.integers(1, 4))]
    for side in kept:
        start, stop = np.array(sides[side])
        whole = rng.random() < 0.7
        share = np.array([0.0, 1.0]) if whole else np.sort(rng.uniform(-0.2, 1.2, 2)).clip(0, 1)
        ends = start + share[:, None] * (stop - start)
        ruler(rng, canvas, [tuple(end) for end in ends.tolist()], look)
    return printed(canvas)
