"""Handwritten digits from stroke models: hands, digits, numbers and the ink of a round pen.

Every digit starts as one of the ALLOGRAPHS; the habits of a hand and the chance of the moment
then move it. Strokes are float32 (N, 2) points x, y, with x to the right and y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.segments.tile import TILE_PX, normalize
from synthesis.hands.allographs import ALLOGRAPHS, STEP, Allograph, spline

Stroke = NDArray[np.float32]  # (N, 2) x, y
Strokes = list[Stroke]

DRAWN_PX = 80  # height at which training digits are drawn, before `normalize`
SHIFT_BITS = 4  # cv2 draws at 1/16 px
TELLS_APART = 0.85  # who gives the 1 an upstroke gives the 7 a bar; whose 7 has none, a plain 1
PLAIN_ONE = next(place for place, way in enumerate(ALLOGRAPHS[1]) if way.name == "bar")
REACH = 0.3  # neighbours keep their distance at this difference in height, in digit heights


@dataclass(frozen=True)
class Hand:
    """One writer with one pen."""

    allographs: tuple[int, ...]  # for each digit, the usual one of its ALLOGRAPHS
    constancy: float = 0.9  # how often a digit is written in the usual way
    slant_deg: float = 8.0  # strokes lean to the right where positive
    turn_deg: float = 0.0  # each digit is turned, clockwise where positive
    aspect: float = 1.0  # width of the digits, relative to the allographs' own
    roundness: float = 1.0  # 0 straight from point to point of the path, 1 smooth, above 1 swollen
    jitter: float = 0.018  # standard deviation of each point of the path, in digit heights
    pen_width: float = 0.08  # in digit heights


def random_hand(rng: np.random.Generator) -> Hand:
    """A hand out of the whole range that a reader has to understand."""
    usual = [_pick(value, label) for label, value in enumerate(rng.random(len(ALLOGRAPHS)))]
    if rng.random() < TELLS_APART:
        bars = [i for i, way in enumerate(ALLOGRAPHS[7]) if "/" in way.path]
        if "upstroke" in ALLOGRAPHS[1][usual[1]].name:
            usual[7] = int(rng.choice(bars))
        elif "roof" in ALLOGRAPHS[7][usual[7]].name and usual[7] not in bars:
            usual[1] = PLAIN_ONE
    return Hand(
        allographs=tuple(usual),
        slant_deg=float(np.clip(rng.normal(8, 15), -25, 40)),
        turn_deg=float(np.clip(rng.normal(0, 4), -9, 9)),
        aspect=float(np.exp(np.clip(rng.normal(0, 0.22), np.log(0.6), np.log(1.4)))),
        roundness=float(rng.uniform(0.65, 1.15)),
        jitter=float(rng.uniform(0.008, 0.03)),
        pen_width=float(rng.uniform(0.04, 0.16)),
    )


def draw_digit(
    rng: np.random.Generator, label: int, hand: Hand, allograph: int | None = None
) -> Strokes:
    """One digit as pen strokes, in digit heights: y spans 0..1, x starts at 0.

    `allograph` fixes the entry of ALLOGRAPHS[label]; else the hand mostly writes its usual one.
    A squashed allograph spans 0..1 as well; `write_number` makes it lower than its neighbours.
    """
    if allograph is None:
        allograph = _usual(rng, label, hand)
    way = spline(label, allograph)
    controls = way.controls + rng.normal(0, hand.jitter, way.controls.shape)
    # The pen was lifted: each stroke as a whole lands a little beside its place.
    controls += rng.normal(0, 0.6 * hand.jitter, (len(way.starts) + 1, 2))[way.stroke_of]
    weights = way.straight + hand.roundness * (way.smooth - way.straight)
    points = _shape(rng, weights @ controls, hand, ALLOGRAPHS[label][allograph])
    return [np.ascontiguousarray(part, np.float32) for part in np.split(points, way.starts)]


def write_number(
    rng: np.random.Generator, hand: Hand, text: str, height_px: float, spacing: float = 0.15
) -> list[Strokes]:
    """Digits along a baseline, as (strokes of the first digit, of the second, ...), in px.

    text: digits and spaces. spacing: clear paper between the ink of neighbours, in digit heights;
    below 0 their ink overlaps by so much. The baseline is y = 0, the ink starts at x = 0.
    """
    written: list[Strokes] = []
    gap, drift = 0.0, 0.0
    for letter in text:
        if letter == " ":
            gap += 0.35
            continue
        label = int(letter)
        allograph = _usual(rng, label, hand)
        size = ALLOGRAPHS[label][allograph].height * float(np.exp(rng.normal(0, 0.06)))
        drift = 0.7 * drift + float(rng.normal(0, 0.02))
        digit = [
            (stroke - (0, 1)) * size + (0, drift)
            for stroke in draw_digit(rng, label, hand, allograph)
        ]
        shift = 0.0
        if written:
            free = spacing * float(np.exp(rng.normal(0, 0.3))) if spacing > 0 else spacing
            reach = REACH if spacing > 0 else 0.5 * STEP
            shift = _beside(written[-1], digit, hand.pen_width + free, reach) + gap
        written.append([np.asarray(stroke + np.array([shift, 0]), np.float32) for stroke in digit])
        gap = 0.0
    if not written:
        return []
    left = min(stroke[:, 0].min() for digit in written for stroke in digit) - hand.pen_width / 2
    return [
        [np.asarray((stroke - (left, 0)) * height_px, np.float32) for stroke in digit]
        for digit in written
    ]


def render(
    strokes: Sequence[Stroke],
    size_px: tuple[int, int],
    pen_width_px: float,
    pressure: Sequence[NDArray[np.float32]] | None = None,
) -> NDArray[np.float32]:
    """Ink of a round pen along the strokes: float32 (height, width), coverage 0 paper .. 1 ink.

    strokes: in px of the picture, (0, 0) its upper left corner. size_px: height, width.
    pressure: for each stroke (N,) factors on the pen's width at its points; None = even. Widths
    are rounded to the nearest of 1.4, 3.4, 5.4, ... px: draw finer and scale down for others.
    """
    canvas = np.zeros(size_px, np.uint8)
    fixed = [np.round((stroke - 0.5) * 2**SHIFT_BITS).astype(np.int32) for stroke in strokes]
    if pressure is None:
        thickness = _thickness(pen_width_px)
        cv2.polylines(canvas, fixed, False, 255, thickness, cv2.LINE_AA, SHIFT_BITS)
    else:
        for stroke, factors in zip(fixed, pressure, strict=True):
            for index, factor in enumerate(factors[1:]):
                piece, thickness = stroke[index : index + 2], _thickness(pen_width_px * factor)
                cv2.polylines(canvas, [piece], False, 255, thickness, cv2.LINE_AA, SHIFT_BITS)
    return np.asarray(canvas / np.float32(255))


def _thickness(width_px: float) -> int:
    """What to ask of cv2, whose soft lines come out 1.4 px wider than any even thickness."""
    return max(1, 2 * round((width_px - 1.4) / 2))


def stroke_digits(
    rng: np.random.Generator, count: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Training digits, each by another hand: tiles uint8 (N, 28, 28) 0 paper .. 255 ink, labels.

    The labels, uint8 (N,), come in random order and are all equally likely.
    """
    labels = rng.integers(0, 10, count).astype(np.uint8)
    tiles = np.zeros((count, TILE_PX, TILE_PX), np.uint8)
    for index, label in enumerate(labels):
        hand = random_hand(rng)
        strokes = draw_digit(rng, int(label), hand)
        margin = hand.pen_width / 2 + 0.04
        width = max(float(stroke[:, 0].max()) for stroke in strokes)
        size_px = tuple(int(np.ceil((side + 2 * margin) * DRAWN_PX)) for side in (1, width))
        placed = [np.asarray((stroke + margin) * DRAWN_PX, np.float32) for stroke in strokes]
        ink = render(placed, (size_px[0], size_px[1]), hand.pen_width * DRAWN_PX)
        tiles[index] = np.round(normalize(ink > 0.5 if rng.random() < 0.5 else ink) * 255)
    return tiles, labels


def _usual(rng: np.random.Generator, label: int, hand: Hand) -> int:
    if rng.random() < hand.constancy:
        return hand.allographs[label]
    return _pick(rng.random(), label)


def _pick(value: float, label: int) -> int:
    """The allograph at `value`, 0..1, of the digit's summed weights."""
    return int(np.searchsorted(_shares(label), value, side="right"))


@cache
def _shares(label: int) -> NDArray[np.float64]:
    shares = np.cumsum([allograph.weight for allograph in ALLOGRAPHS[label]])
    return np.asarray(shares[:-1] / shares[-1])


def _shape(
    rng: np.random.Generator, points: NDArray[np.float64], hand: Hand, allograph: Allograph
) -> NDArray[np.float64]:
    """The hand's proportions, slant and turn, (S, 2) points to digit heights from (0, 0)."""
    points = (points - points.min(axis=0)) / np.ptp(points[:, 1])
    natural = float(np.ptp(points[:, 0]))
    x, y = points[:, 0] - natural / 2, points[:, 1]
    waist, taper, bow = rng.normal(0, np.array((9, 7, 6)) * hand.jitter)
    y = y + np.clip(waist, -0.4, 0.4) * y * (1 - y)  # the upper half larger or smaller
    x = x * (1 + np.clip(taper, -0.35, 0.35) * (0.5 - y)) + 0.5 * bow * y * (1 - y)
    aspect = hand.aspect * float(np.exp(rng.normal(0, 0.06)))
    narrowest, widest = allograph.widths
    # A broad pen needs room for the paper that a digit encloses.
    wide = float(np.clip(natural * aspect, narrowest and narrowest + hand.pen_width, widest))
    x = x * (wide / natural) + np.tan(np.deg2rad(hand.slant_deg + rng.normal(0, 2.5))) * (0.5 - y)
    turn = np.deg2rad(hand.turn_deg + rng.normal(0, 2))
    cos, sin = np.cos(turn), np.sin(turn)
    points = np.column_stack([cos * x - sin * (y - 0.5), sin * x + cos * (y - 0.5)])
    return np.asarray((points - points.min(axis=0)) / np.ptp(points[:, 1]))


def _beside(before: Strokes, digit: Strokes, apart: float, reach: float) -> float:
    """How far right `digit` must move to stay `apart` from `before`, pen's way from pen's way.

    Only points that differ by less than `reach` in height have to keep that distance.
    """
    first, second = np.concatenate(before), np.concatenate(digit)
    wanted = first[:, None, 0] - second[None, :, 0] + apart
    near = wanted[np.abs(first[:, None, 1] - second[None, :, 1]) < reach]
    # A digit may lean over its neighbour, but no further than to its middle.
    shift = float(first[:, 0].mean() - second[:, 0].min())
    return max(shift, float(near.max())) if near.size else shift
