"""Writers: each puts digits on paper in its own hand, from pictures, recorded pens or models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.geometry import Box
from synthesis.hands.pens import Signs
from synthesis.hands.strokes import PLAIN_ONE, SHIFT_BITS, Hand, Strokes, draw_digit, random_hand

DARK = 100  # of 255: what is paler is the soft edge of a stroke
LEAST_LEFT = 0.4  # of a digit's dark pixels
HEIGHT_PX = 40  # of a digit, before the hand's own size
GAP = 0.15  # digit heights between the digits of a row
LOOSE = 0.1  # of a stroke's size: so much larger or smaller an unrestful hand makes it
ASTRAY = 0.03  # digit heights: so far from its place it lands
CUT = 0.12  # of a stroke's points, at most: it begins late, or ends early
BARE = 0.25  # of the hands more than the table of allographs has: their 1 is a plain stroke
OFTEN_CUT = 0.15  # of the strokes, at either end
LEVELS = 4  # of pressure that are told apart
LEAST_WIDTH, LEAST_INK = 0.4, 0.3  # what is left where a pen is hardly pressed
LEAST_POINTS = 8  # of a stroke that can be cut
Inked = NDArray[np.uint8]  # (H, W), 0 paper .. 255 ink, cropped to the ink
Linear = NDArray[np.float64]  # (2, 2), maps (x, y)
Pictures = NDArray[np.uint8]  # (N, 28, 28), 0 paper .. 255 ink
Labels = NDArray[np.uint8]  # (N,), 0..9


class Digits(NamedTuple):
    """Pictures of single digits, and the digit that each one shows."""

    pictures: Pictures
    labels: Labels


@dataclass(frozen=True)
class Style:
    """What a hand and a pen do to everything on one line."""

    slant: float  # tangent; strokes lean to the right where positive
    turn_deg: float  # every sign is turned, clockwise where positive
    aspect: float  # width of the signs, relative to their own
    pen: float  # width of the pen in digit heights
    unrest: float  # 0 even as print .. 1 wild
    size: float = 1.0
    lift: float = 0.0  # 0 even pressure .. 1 hardly any where the pen goes straight up

    def linear(self, rng: np.random.Generator) -> Linear:
        """This style's map for one sign, digit heights to px, with the chance of the moment."""
        turn = np.deg2rad(self.turn_deg + rng.normal(0, 5 * self.unrest))
        slant = self.slant + rng.normal(0, 0.08 * self.unrest)
        height = HEIGHT_PX * self.size * np.exp(rng.normal(0, 0.12 * self.unrest))
        width = height * self.aspect * np.exp(rng.normal(0, 0.12 * self.unrest))
        cos, sin = np.cos(turn), np.sin(turn)
        shear = np.array([[1, -slant], [0, 1]])
        return np.asarray(np.array([[cos, -sin], [sin, cos]]) @ shear @ np.diag([width, height]))


@dataclass(frozen=True, eq=False)
class Glyph:
    """One sign as it stands on the paper; where the pen landed and left, if that is known."""

    ink: Inked
    start_xy: tuple[float, float] | None = None
    end_xy: tuple[float, float] | None = None


class Writer(Protocol):
    """Someone who writes digits."""

    def digit(self, rng: np.random.Generator, label: int, style: Style) -> Glyph: ...


@dataclass(frozen=True, eq=False)
class PictureWriter:
    """Writes with scanned digits, all of them by different people."""

    pictures: Sequence[Sequence[Inked]]  # for each label

    def digit(self, rng: np.random.Generator, label: int, style: Style) -> Glyph:
        choice = self.pictures[label]
        picture = choice[int(rng.integers(len(choice)))]
        size = np.array([picture.shape[1], picture.shape[0]], float)
        # A 1 is no wider than its stroke, whatever the hand's aspect.
        linear = style.linear(rng) / size[1]
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * size / 2 @ linear.T
        field = np.ceil(np.ptp(corners, axis=0)).astype(int) + 4
        shift = field / 2 - linear @ ((size - 1) / 2)
        matrix = np.column_stack([linear, shift])
        inked: Inked = np.asarray(
            cv2.warpAffine(picture, matrix, (field[0], field[1]), flags=cv2.INTER_LINEAR), np.uint8
        )
        if rng.random() < 0.4 * style.unrest + 0.1:
            inked = _bent(rng, inked)
        return Glyph(trimmed(_pressed(rng, inked)))


@dataclass(frozen=True, eq=False)
class PenWriter:
    """Writes with recorded strokes."""

    signs: Signs

    def digit(self, rng: np.random.Generator, label: int, style: Style) -> Glyph:
        return self.sign(rng, str(label), style)

    def sign(self, rng: np.random.Generator, label: str, style: Style) -> Glyph:
        """Any sign of the collection; raises KeyError when it holds none."""
        choice = self.signs[label]
        return drawn(rng, choice[int(rng.integers(len(choice)))], style)


@dataclass(frozen=True, eq=False)
class ModelWriter:
    """Writes with the stroke models, always the same person."""

    hand: Hand

    @classmethod
    def anybody(cls, rng: np.random.Generator) -> ModelWriter:
        """Someone whose Style alone leans and stretches the digits; the hand would do it twice."""
        hand = replace(random_hand(rng), slant_deg=0.0, turn_deg=0.0, aspect=1.0)
        if rng.random() < BARE:
            hand = replace(hand, allographs=(hand.allographs[0], PLAIN_ONE, *hand.allographs[2:]))
        return cls(hand)

    def digit(self, rng: np.random.Generator, label: int, style: Style) -> Glyph:
        return drawn(rng, draw_digit(rng, label, self.hand), style)


def drawn(rng: np.random.Generator, strokes: Strokes, style: Style) -> Glyph:
    """Strokes in digit heights, drawn by a round pen."""
    linear = style.linear(rng)
    strokes = _loosened(rng, strokes, style.unrest)
    # A gentle wave through the whole sign: no two come out alike.
    reach = rng.normal(0, 0.05 * style.unrest, 2)
    pace, start = rng.uniform(2, 7, 2), rng.uniform(0, 2 * np.pi, 2)
    placed = [
        (stroke + reach * np.sin(pace * stroke[:, ::-1] + start)) @ linear.T for stroke in strokes
    ]
    pen_px = max(1, int(style.pen * HEIGHT_PX * style.size + rng.random()))
    points = np.concatenate(placed)
    low = points.min(axis=0) - pen_px / 2 - 2
    width, height = np.ceil(points.max(axis=0) - low + pen_px / 2 + 2).astype(int)
    canvas = np.zeros((height, width), np.uint8)
    fixed = [np.rint((stroke - low) * 2**SHIFT_BITS).astype(np.int32) for stroke in placed]
    if style.lift:
        _draw_lightly_upwards(canvas, fixed, pen_px, style.lift)
    else:
        cv2.polylines(canvas, fixed, False, 255, pen_px, cv2.LINE_AA, SHIFT_BITS)
    first, last = placed[0][0] - low, placed[-1][-1] - low
    return Glyph(canvas, (float(first[0]), float(first[1])), (float(last[0]), float(last[1])))


def _draw_lightly_upwards(
    canvas: Inked, strokes: Sequence[NDArray[np.int32]], pen_px: int, lift: float
) -> None:
    """Draw strokes (N, 2), fixed-point px, thinner and paler the steeper the pen goes up."""
    pieces = np.concatenate([np.stack([one[:-1], one[1:]], axis=1) for one in strokes])
    ways = (pieces[:, 1] - pieces[:, 0]).astype(float)
    steep = np.clip(-ways[:, 1] / np.maximum(np.hypot(*ways.T), 1e-9), 0, 1)
    levels = np.rint(LEVELS * lift * steep).astype(int)
    for level in range(LEVELS, -1, -1):  # the heaviest last: on top where strokes cross
        if (drawn_now := pieces[levels == level]).size:
            pressure = 1 - level / LEVELS
            thin_px = max(1, round(pen_px * (LEAST_WIDTH + (1 - LEAST_WIDTH) * pressure)))
            shade = round(255 * (LEAST_INK + (1 - LEAST_INK) * pressure))
            cv2.polylines(canvas, list(drawn_now), False, shade, thin_px, cv2.LINE_AA, SHIFT_BITS)


def _loosened(rng: np.random.Generator, strokes: Strokes, unrest: float) -> Strokes:
    """Strokes as the same hand sets them down another time: their sizes, places and ends vary.

    So a loop stays open, a bar lies lower, a cap stands off, which no map of the whole sign does.
    """
    loosened = []
    for stroke in strokes:
        if len(stroke) >= LEAST_POINTS:
            late, early = rng.uniform(0, CUT, 2) * (rng.random(2) < OFTEN_CUT) * len(stroke)
            stroke = stroke[int(late) : len(stroke) - int(early)]
        if len(strokes) > 1:
            middle = stroke.mean(axis=0)
            size = 1 + rng.normal(0, LOOSE * unrest, 2)
            place = middle + rng.normal(0, ASTRAY * unrest, 2)
            stroke = (stroke - middle) * size + place
        loosened.append(np.asarray(stroke, np.float32))
    return loosened


def inked_box(inked: Inked) -> Box:
    """Where the ink is; a picture without any has a single pixel of it."""
    left, top, width, height = cv2.boundingRect((inked > 60).astype(np.uint8))
    return Box(left, top, left + max(width, 1), top + max(height, 1))


def trimmed(inked: Inked) -> Inked:
    """Cut off the empty margins, of all but a pixel where there is no ink."""
    box = inked_box(inked)
    return inked[box.top : box.bottom, box.left : box.right]


def row(pictures: Sequence[Inked], height_px: int) -> NDArray[np.float32]:
    """Pictures of digits side by side, each (H, W) 0 paper .. 255 ink, all of one height.

    Returns float32 (height_px, W), 0 paper .. 1 ink.
    """
    gap = np.zeros((height_px, round(GAP * height_px)), np.uint8)
    parts = []
    for picture in pictures:
        width = max(2, round(picture.shape[1] * height_px / picture.shape[0]))
        scaled = cv2.resize(picture, (width, height_px), interpolation=cv2.INTER_CUBIC)
        parts += [gap, np.asarray(scaled, np.uint8)]
    return np.asarray(np.concatenate(parts[1:], axis=1), np.float32) / np.float32(255)


def _bent(rng: np.random.Generator, inked: Inked) -> Inked:
    """Elastic distortion, as in `augment`, at the size of the sign."""
    height, width = inked.shape
    reach = HEIGHT_PX * 0.05
    coarse = rng.normal(0, reach, (2, 4, 4)).astype(np.float32)
    shift = [cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) for one in coarse]
    grid_y, grid_x = np.mgrid[:height, :width].astype(np.float32)
    return np.asarray(cv2.remap(inked, grid_x + shift[0], grid_y + shift[1], cv2.INTER_LINEAR))


def _pressed(rng: np.random.Generator, inked: Inked) -> Inked:
    """A broader or finer pen, and edges as sharp as a pen's."""
    kind = rng.random()
    wide: Inked = inked
    if kind < 0.25:
        wide = np.asarray(cv2.dilate(inked, np.ones((2, 2), np.uint8)), np.uint8)
    elif kind < 0.5:
        kernel = np.ones((2, 2) if kind < 0.4 else (3, 3), np.uint8)
        wide = np.asarray(cv2.erode(inked, kernel), np.uint8)
    gain = rng.uniform(1, 3)
    sharp = np.asarray(cv2.addWeighted(wide, gain, wide, 0, 110 * (1 - gain)), np.uint8)
    # Of a hairline nothing would be left but its label.
    enough = LEAST_LEFT * float((inked > DARK).sum())
    return sharp if float((sharp > DARK).sum()) > enough else inked
