"""Papers: their fibres and grain, creases and crumples."""

from __future__ import annotations

import cv2
import numpy as np

from synthesis.parts.layers import Color, Field, Picture, Size, cloud, light, tint


def grain(rng: np.random.Generator, size_px: Size) -> Field:
    """Fibres, faint clouds and grain of a paper: (H, W), what they add to a level of 1."""
    fibres = np.zeros(size_px, np.uint8)
    for _ in range(int(size_px[0] * size_px[1] / 900)):
        x, y = rng.uniform(0, size_px[1]), rng.uniform(0, size_px[0])
        turn, length = rng.uniform(0, np.pi), rng.uniform(4, 14)
        ends = [(x, y), (x + length * np.cos(turn), y + length * np.sin(turn))]
        cv2.polylines(fibres, [np.round(np.array(ends) * 16).astype("i4")], False, 255, 1, 16, 4)
    rough = 0.006 * cloud(rng, size_px, 1.5) + 0.005 * cloud(rng, size_px, 5)
    rough += 0.006 * cloud(rng, size_px, 90) - 0.014 * (fibres / np.float32(255))
    return np.asarray(rough, np.float32)


def sheet(rng: np.random.Generator, size_px: Size, color: Color, rough: float = 1.0) -> Picture:
    """Plain paper, RGB; `rough` scales its grain."""
    even = np.ones((*size_px, 3), np.float32)
    return tint(light(even, 1 + np.float32(rough) * grain(rng, size_px)), color)


def crease(
    size_px: Size,
    through_xy: tuple[float, float],
    toward_deg: float,
    depth: float,
    line_px: float = 1.2,
    line: float = 0.3,
    rim: float | None = None,
) -> Field:
    """A fold's line and the side that is turned from the light: (H, W) factors.

    toward_deg: across the fold, to the darker side, clockwise from the right. depth: of that
    side's shade; line: of the fold itself, which is about 2 `line_px` wide; rim: of what shines
    before the fold, as deep as the shade if None.
    """
    beyond = _beyond(size_px, through_xy, toward_deg)
    fold = line * np.exp(-((beyond / line_px) ** 2))
    shine = (depth if rim is None else rim) * np.exp(-((beyond / line_px + 2.5) ** 2))
    return np.asarray((1 - fold + shine) * (1 - depth * (beyond > 0)), np.float32)


def crumples(rng: np.random.Generator, size_px: Size, depth: float) -> Field:
    """A paper that was crushed and smoothed out: facets, each with its own light, (H, W)."""
    factors = np.ones(size_px, np.float32)
    for _ in range(int(rng.integers(3, 12))):
        place = rng.uniform(0, size_px[1]), rng.uniform(0, size_px[0])
        beyond = _beyond(size_px, place, rng.uniform(0, 360))
        facet = np.tanh(beyond / np.float32(np.exp(rng.uniform(0, 4))))
        factors += np.float32(depth * rng.normal(0, 0.35)) * facet
    return factors + np.float32(0.25 * depth) * cloud(rng, size_px, 25)


def _beyond(size_px: Size, through_xy: tuple[float, float], toward_deg: float) -> Field:
    """How far each pixel lies beyond a line, px; negative before it."""
    turn = np.deg2rad(toward_deg)
    x = np.arange(size_px[1], dtype=np.float32) - np.float32(through_xy[0])
    y = np.arange(size_px[0], dtype=np.float32)[:, None] - np.float32(through_xy[1])
    return np.asarray(x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn)), np.float32)
