"""Lines of handwriting with numbers on them: what is written, by whom, and how it is laid out.

Every line comes from a seed alone. `scans` puts the ink on paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from digitocr.geometry import Box
from synthesis.hands.studio import Studio
from synthesis.hands.writers import HEIGHT_PX, Glyph, Inked, Style, Writer, inked_box
from synthesis.parts.rulings import comb, random_line

LONGEST = 12  # digits on a line
# A plain stroke is the digit that is easiest to overlook, so the 1 comes twice as often.
SHARES = np.array([1, 2, 1, 1, 1, 1, 1, 1, 1, 1]) / 11
BASE = 2.2  # of the baseline from the canvas' top, in units of about a digit's height
CANVAS = 3.6  # height
TOUCH = 0.075  # ink so far above or below counts as beside


@dataclass(frozen=True)
class Nuisances:
    """The share of the lines, 0..1, that show each difficulty."""

    touching: float = 0.35
    slant: float = 1.0  # of its usual spread
    separators: float = 0.35
    marks: float = 0.3  # beside the number: dashes, equals signs, currency
    words: float = 0.1  # letters beside the number, or in its place
    ties: float = 0.1  # the pen is not lifted between digits
    neighbours: float = 0.15  # ink of other lines at the edge
    fills: float = 0.07  # a stroke runs up to the number, so that nobody can add a digit
    combs: float = 0.14  # a field with a place for each digit
    frames: float = 0.3  # the frame of a field around it, or what is left of one
    rules: float = 0.35
    guilloche: float = 0.45
    shade: float = 0.3
    grain: float = 0.6
    faint: float = 0.4
    gaps: float = 0.15  # strokes in which the pen, or a scanner's threshold, left holes
    pressure: float = 0.2  # strokes one way are thinner than the others, or hardly there
    blur: float = 0.4
    coarse: float = 0.35  # low resolution
    two_level: float = 0.3  # scanned in black and white
    jpeg: float = 0.3
    light_on_dark: float = 0.1


class Text(NamedTuple):
    """What is written on a line, sign by sign, and the digits among it."""

    signs: list[str]  # "0".."9", marks, a space, or "letter"
    digits: str


def random_text(rng: np.random.Generator, nuisances: Nuisances) -> Text:
    """A number as people note it: a count, an amount, a date, a code; now and then only words."""
    if rng.random() < 0.4 * nuisances.words:
        return Text(["letter"] * int(rng.integers(1, 9)), "")
    count = int(np.clip(rng.poisson(rng.choice([2.0, 4.0, 8.0], p=[0.3, 0.45, 0.25])), 1, LONGEST))
    digits = rng.choice(10, count, p=SHARES)
    if rng.random() < 0.4:  # round amounts, and digits that are repeated
        kind = rng.random()
        repeated = 0 if kind < 0.6 else 1 if kind < 0.8 else rng.integers(10)
        start = int(rng.integers(0, count))
        stop = count if repeated == 0 else start + int(rng.integers(2, 4))
        digits[start:stop] = repeated
    signs: list[str] = []
    separated = rng.random() < nuisances.separators
    separator = str(rng.choice([".", ",", " ", "-", "/"], p=[0.45, 0.3, 0.15, 0.08, 0.02]))
    group = 3 if rng.random() < 0.7 else int(rng.integers(1, 5))
    for index, digit in enumerate(digits):
        if separated and index and (count - index) % group == 0:
            signs.append(separator)
        signs.append(str(digit))
    if rng.random() < nuisances.marks:
        after = ("-", "=", ".", ".-", "--", "#", ",")
        signs += list(after[int(rng.integers(len(after)))])
    if rng.random() < 0.5 * nuisances.marks:
        signs.insert(0, ("$", "#", "=", "-", "~")[int(rng.integers(5))])
    if rng.random() < 0.6 * nuisances.words:
        word = ["letter"] * int(rng.integers(2, 7))
        signs = [*word, " ", *signs] if rng.random() < 0.5 else [*signs, " ", *word]
    return Text(signs, "".join(map(str, digits)))


def random_style(rng: np.random.Generator, nuisances: Nuisances) -> Style:
    """A hand and its pen."""
    return Style(
        slant=float(np.clip(rng.normal(0.12, 0.24) * nuisances.slant, -0.6, 0.9)),
        turn_deg=float(rng.normal(0, 3)),
        aspect=float(np.exp(rng.normal(0, 0.2))),
        pen=float(rng.uniform(0.045, 0.16)),
        unrest=float(rng.uniform(0.1, 1)),
        size=float(rng.uniform(0.75, 1.2)),
    )


class InkedLine(NamedTuple):
    """A line that was written, cropped to its ink."""

    ink: Inked  # (H, W)
    digits: tuple[tuple[str, Box], ...]  # in the order of writing, each with its place in `ink`


def write_line(
    rng: np.random.Generator, studio: Studio, text: Text, nuisances: Nuisances
) -> InkedLine:
    """A line of somebody's hand; its ink is 0 paper .. 255 ink."""
    writer, style = studio.writer(rng), random_style(rng, nuisances)
    line = compose(rng, studio, writer, style, text, nuisances)
    ink = combed(rng, line) if rng.random() < nuisances.combs else line.ink()
    crop = inked_box(ink)
    digits = (
        (one.digit, inked_box(one.ink).moved(one.x - crop.left, one.top - crop.top))
        for one in line.placed
        if one.digit
    )
    return InkedLine(ink[crop.top : crop.bottom, crop.left : crop.right], tuple(digits))


def compose(
    rng: np.random.Generator,
    studio: Studio,
    writer: Writer,
    style: Style,
    text: Text,
    nuisances: Nuisances,
    unit_px: float = HEIGHT_PX,
) -> Line:
    """The line in someone's hand, sign by sign; unit_px: about the height of a digit."""
    touching, tied = rng.random() < nuisances.touching, rng.random() < nuisances.ties
    line = Line(rng, style, touching, tied, unit_px)
    zeros, raised = style, 0.0
    if rng.random() < 0.35:  # many write small zeros, some of them above the baseline
        zeros = replace(style, size=style.size * rng.uniform(0.45, 0.9))
        raised = float(rng.choice([0.0, rng.uniform(0, 0.3)]))
    for sign in text.signs:
        if sign == " ":
            line.skip(rng.uniform(0.3, 0.9))
        elif sign == "letter":
            line.add(studio.letter(rng, style), 0.0)
        elif sign.isdigit():
            hand = style if sign != "0" else zeros
            line.add(writer.digit(rng, int(sign), hand), raised if sign == "0" else 0.0, sign)
        else:
            line.add(*studio.mark(rng, sign, style))
    return line


def combed(rng: np.random.Generator, line: Line) -> Inked:
    """The ink with each sign in the middle of its own place in a comb; as `Line.ink`."""
    if not line.placed:
        return line.ink()
    widths = [one.ink.shape[1] for one in line.placed]
    room = max(widths) if rng.random() < 0.6 else 1.1 * float(np.median(widths))  # or too narrow
    pitch = rng.uniform(0.85, 1.6) * max(room, 0.4 * line.unit_px)
    for index, one in enumerate(line.placed):
        x = (index + 0.5 + rng.normal(0, 0.08)) * pitch - one.ink.shape[1] / 2
        line.placed[index] = one._replace(x=max(0, round(x)))
    line.ties.clear()
    ink = line.ink()
    places = np.arange(len(line.placed) + 1) * pitch + 2
    field = np.pad(ink, ((0, 0), (0, max(0, math.ceil(places[-1]) + 4 - ink.shape[1]))))
    top, bottom = line.base_px - line.unit_px * rng.uniform(1, 1.6, 2) * (1, -0.25)
    printed = comb(rng, field.shape, places.tolist(), top, bottom, random_line(rng, 4))
    return np.maximum(field, np.asarray(printed * rng.uniform(0.5, 1) * 255, np.uint8))


class Placed(NamedTuple):
    """A sign on its line's canvas."""

    x: int
    top: int
    ink: Inked
    digit: str  # "0".."9"; "" for other signs


class Line:
    """Signs side by side on one canvas, 3.6 units high; the baseline is 2.2 units from its top."""

    def __init__(
        self, rng: np.random.Generator, style: Style, touching: bool, tied: bool, unit_px: float
    ) -> None:
        self.rng, self.style, self.tied, self.unit_px = rng, style, tied, unit_px
        self.height_px, self.base_px = round(CANVAS * unit_px), BASE * unit_px
        self.touch = np.ones((2 * round(TOUCH * unit_px) + 1, 1))
        spread = rng.choice([0.06, 0.16, 0.4, 0.8], p=[0.35, 0.35, 0.2, 0.1])
        self.gap = rng.uniform(-0.12, 0.02) if touching else rng.uniform(0.02, 0.06 + spread)
        self.slope, self.drift = rng.normal(0, 0.03), 0.0
        self.placed: list[Placed] = []
        self.ties: list[tuple[tuple[float, float], tuple[float, float]]] = []
        self.right = np.full(self.height_px, -np.inf)  # rightmost ink in each row
        self.extra = 0.0
        self.end: tuple[float, float] | None = None

    def skip(self, heights: float) -> None:
        """Leave a space."""
        self.extra += heights * self.unit_px

    def add(self, glyph: Glyph, raised: float, digit: str = "") -> None:
        """Put a sign beside the last, `raised` digit heights above the baseline."""
        rng, ink = self.rng, glyph.ink[: self.height_px]
        height, width = ink.shape
        size_px = HEIGHT_PX * self.style.size
        at_x = max(0.0, float(self.right.max()))
        self.drift = 0.7 * self.drift + rng.normal(0, 0.05 * self.style.unrest * self.unit_px)
        bottom = self.base_px + self.drift + self.slope * at_x - raised * size_px
        top = int(np.clip(bottom - height, 0, self.height_px - height))
        rows = slice(top, top + height)
        inked = ink > 100
        left = np.where(inked.any(axis=1), inked.argmax(axis=1), np.inf)
        x = 0
        if self.placed:
            before = cv2.dilate(self.right[:, None], self.touch)[rows, 0]
            gap = (self.gap + rng.normal(0, 0.05)) * size_px + self.extra
            close = float(np.max(before - left, initial=-np.inf))
            # Ink that shares no row may overhang, but not by more than half of the sign before.
            last = self.placed[-1]
            x = round(max(close + gap, last.x + 0.5 * last.ink.shape[1] + self.extra, 0))
        far = np.where(inked.any(axis=1), x + width - inked[:, ::-1].argmax(axis=1), -np.inf)
        self.right[rows] = np.maximum(self.right[rows], far)
        self.placed.append(Placed(x, top, ink, digit))
        if digit and self.tied and self.end and glyph.start_xy and rng.random() < 0.6:
            start = glyph.start_xy[0] + x, glyph.start_xy[1] + top
            if abs(start[0] - self.end[0]) < 0.8 * size_px:
                self.ties.append((self.end, start))
        self.end = None
        if digit and glyph.end_xy:
            self.end = glyph.end_xy[0] + x, glyph.end_xy[1] + top
        self.extra = 0.0

    def ink(self) -> Inked:
        """Everything that was put on the line, uint8 (H, W) 0 paper .. 255 ink, not cropped."""
        if not self.placed:
            return np.zeros((1, 1), np.uint8)
        width = max(one.x + one.ink.shape[1] for one in self.placed)
        canvas = np.zeros((self.height_px, width), np.uint8)
        for x, top, ink, _ in self.placed:
            window = canvas[top : top + ink.shape[0], x : x + ink.shape[1]]
            np.maximum(window, ink, out=window)
        pen_px = max(1, round(self.style.pen * HEIGHT_PX * self.style.size))
        for start, end in self.ties:
            ends = [tuple(round(16 * value) for value in point) for point in (start, end)]
            cv2.line(canvas, ends[0], ends[1], 255, pen_px, cv2.LINE_AA, 4)
        return canvas
