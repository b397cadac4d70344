"""Pens and what they leave on paper: the coverage of each pen along a hand's strokes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from synthesis.hands.strokes import Stroke, render
from synthesis.parts.layers import Field, cloud

FINER = 4  # strokes are drawn at so many times the picture's size


def ballpoint(
    rng: np.random.Generator, strokes: Sequence[Stroke], size_px: tuple[int, int], pen_px: float
) -> Field:
    """A fine line with small streaks: (H, W), 0 paper .. 1 full ink, as for all the pens here."""
    line = _line(rng, strokes, size_px, pen_px, 0.12)
    streaks = 0.9 + 0.07 * cloud(rng, size_px, 2) + 0.05 * cloud(rng, size_px, 25)
    return _soft(line * np.clip(streaks, 0.55, 1), 0.5)


def pencil(
    rng: np.random.Generator, strokes: Sequence[Stroke], size_px: tuple[int, int], pen_px: float
) -> Field:
    """Graphite stays on the paper's tooth alone and gets lighter with the pressure."""
    line = _line(rng, strokes, size_px, pen_px, 0.25)
    tooth = 0.68 + 0.13 * cloud(rng, size_px, 1.4) + 0.06 * cloud(rng, size_px, 4)
    tooth += 0.08 * cloud(rng, size_px, 40)
    return np.asarray(_soft(line, 0.7) * np.clip(tooth, 0.12, 0.92), np.float32)


def felt_pen(
    rng: np.random.Generator, strokes: Sequence[Stroke], size_px: tuple[int, int], pen_px: float
) -> Field:
    """A broad even line whose edge has crept a little into the paper."""
    line = _soft(_line(rng, strokes, size_px, pen_px, 0.06), 1.0)
    crept = np.clip((line - 0.5 + 0.06 * cloud(rng, size_px, 3)) * 2.2 + 0.5, 0, 1)
    return np.asarray(crept * np.clip(0.92 + 0.03 * cloud(rng, size_px, 12), 0, 1), np.float32)


def marker(
    rng: np.random.Generator, strokes: Sequence[Stroke], size_px: tuple[int, int], pen_px: float
) -> Field:
    """A whiteboard marker: smooth, thinner in the middle of the line, where it is swept away."""
    line = _line(rng, strokes, size_px, pen_px, 0.08)
    middle = _soft(line, 0.35 * pen_px)
    swept = 1 - 0.2 * np.clip(middle - 0.5, 0, 1) + 0.06 * cloud(rng, size_px, 30)
    return _soft(line * np.clip(swept, 0.6, 1), 0.6)


def chalk(
    rng: np.random.Generator, strokes: Sequence[Stroke], size_px: tuple[int, int], pen_px: float
) -> Field:
    """Chalk catches on a rough board, and leaves a little dust beside the line."""
    line = _soft(_line(rng, strokes, size_px, pen_px, 0.18), 1.2)
    rough = 0.76 + 0.15 * cloud(rng, size_px, 1.8) + 0.12 * cloud(rng, size_px, 5)
    rough += 0.1 * cloud(rng, size_px, 24)
    dust = 0.1 * _soft(line, 1.6 * pen_px) * np.clip(1 + cloud(rng, size_px, 2), 0, 2)
    edge = np.clip(line * 1.4 - 0.25 + 0.12 * cloud(rng, size_px, 2), 0, 1)
    return np.asarray(np.maximum(edge * np.clip(rough, 0.05, 0.95), dust), np.float32)


def paint(
    rng: np.random.Generator, strokes: Sequence[Stroke], size_px: tuple[int, int], pen_px: float
) -> Field:
    """Opaque and even, with a clean edge."""
    line = _line(rng, strokes, size_px, pen_px, 0.05)
    even = np.clip(0.95 + 0.03 * cloud(rng, size_px, 30), 0, 1)
    return np.asarray(_soft(line, 0.6) * even, np.float32)


def uneven(rng: np.random.Generator, ink: Field) -> Field:
    """Ink as pens leave it: full, paler from place to place, or broken up by the paper's tooth."""
    kind = rng.random()
    size = ink.shape[0], ink.shape[1]
    if kind < 0.4:
        return ink
    if kind < 0.75:
        pale = 0.85 + 0.12 * cloud(rng, size, rng.uniform(10, 40))
    else:
        pale = 0.75 + 0.2 * cloud(rng, size, rng.uniform(1.2, 3))
    return np.asarray(ink * np.clip(pale, 0.25, 1), np.float32)


def broken(rng: np.random.Generator, ink: Field, digit_px: float) -> Field:
    """Ink (H, W) 0 .. 1 with holes where the pen gave out, one or several in a digit this high."""
    inked_yx = np.argwhere(ink > 0.5)
    if not len(inked_yx):
        return ink
    whole = np.array(ink, order="C")
    often = rng.choice([0.6, 2.5], p=[0.7, 0.3])
    for y, x in rng.choice(inked_yx, rng.poisson(often * ink.shape[1] / digit_px)):
        radius = round(digit_px * rng.uniform(0.03, 0.1))
        cv2.circle(whole, (int(x), int(y)), radius, 0.0, -1)
    return whole


def pressed(rng: np.random.Generator, ink: Field) -> Field:
    """Ink (H, W) 0 .. 1 of a pen that is pressed less on its way in one direction.

    There strokes are thinner, and in places hardly any is left for a scanner to see.
    """
    deep = cv2.distanceTransform((ink > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    if not deep.any():
        return ink
    width_px = 4 * float(deep[deep > 0].mean())  # of strokes: the mean is half of their half
    reach, turn = width_px * rng.uniform(0.3, 0.6), rng.uniform(0, np.pi)
    size = 2 * math.ceil(reach) + 1
    kernel, middle = np.zeros((size, size), np.uint8), (size - 1) / 2
    step = reach * np.array([np.cos(turn), np.sin(turn)])
    ends = [tuple(np.rint(middle + way * step).astype(int).tolist()) for way in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1, 1)
    places = np.clip(0.5 + 0.5 * cloud(rng, (ink.shape[0], ink.shape[1]), ink.shape[0] / 4), 0, 1)
    share = rng.uniform(0.5, 1.2) * places
    return np.asarray(ink - np.minimum(share, 1) * (ink - cv2.erode(ink, kernel)), np.float32)


def _line(
    rng: np.random.Generator,
    strokes: Sequence[Stroke],
    size_px: tuple[int, int],
    pen_px: float,
    unrest: float,
) -> Field:
    """The pen's mark before the paper has its say; `unrest` varies its width along the way."""
    smooth = [_smooth(stroke) * FINER for stroke in strokes]
    pressure = [_pressure(rng, len(stroke), unrest) for stroke in smooth]
    large = render(smooth, (size_px[0] * FINER, size_px[1] * FINER), pen_px * FINER, pressure)
    return np.asarray(cv2.resize(large, size_px[::-1], interpolation=cv2.INTER_AREA))


def _pressure(rng: np.random.Generator, count: int, unrest: float) -> Field:
    """Factors (N,) on the pen's width that change slowly; the pen lands and leaves lightly."""
    knots = rng.normal(1, unrest, 2 + count // 25)
    at = np.linspace(0, len(knots) - 1, count)
    from_end = np.minimum(np.arange(count), np.arange(count)[::-1])
    lift = 1 - 1.5 * unrest * np.exp(-from_end / 6)
    return np.asarray(np.clip(np.interp(at, np.arange(len(knots)), knots) * lift, 0.5, 1.5), "f4")


def _smooth(stroke: Stroke) -> Stroke:
    """Chaikin's corner cutting, twice: a hand rounds what the points leave angular."""
    for _ in range(2):
        ahead, behind = stroke[1:], stroke[:-1]
        cut = np.stack([0.75 * behind + 0.25 * ahead, 0.25 * behind + 0.75 * ahead], axis=1)
        stroke = np.concatenate([stroke[:1], cut.reshape(-1, 2), stroke[-1:]])
    return stroke


def _soft(field: Field, sigma_px: float) -> Field:
    return np.asarray(cv2.GaussianBlur(field.astype(np.float32), (0, 0), sigma_px))
