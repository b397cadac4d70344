"""Lines of handwriting: signs side by side in somebody's hand, and in the places of a comb.

Every line comes from a seed alone. `scans` puts the ink on paper.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from digitocr.geometry import Box
from synthesis.hands.strings import TURNED, Nuisances, Text, random_style
from synthesis.hands.studio import Studio
from synthesis.hands.writers import HEIGHT_PX, Glyph, Inked, Style, Writer, inked_box
from synthesis.parts.rulings import comb, random_line

BASE = 2.2  # of the baseline from the canvas' top, in units of about a digit's height
CANVAS = 3.6  # height
TOUCH = 0.075  # ink so far above or below counts as beside
DROPPED_OUT = 0.4  # of the combs are printed in a colour that the scanner does not see
# Digits that look like none by so many quarter turns.
TURNS = ((3, 2), *((label, quarters) for label in (2, 3, 5, 6, 9) for quarters in (1, 3)))


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
        elif sign == TURNED:
            line.add(turned(rng, writer, style), 0.0)
        elif sign.isdigit():
            hand = style if sign != "0" else zeros
            line.add(writer.digit(rng, int(sign), hand), raised if sign == "0" else 0.0, sign)
        else:
            line.add(*studio.mark(rng, sign, style))
    return line


def turned(rng: np.random.Generator, writer: Writer, style: Style) -> Glyph:
    """A digit as it stands in a picture that was not turned the right way up: none."""
    label, quarters = TURNS[int(rng.integers(len(TURNS)))]
    ink = writer.digit(rng, label, style).ink
    return Glyph(np.ascontiguousarray(np.rot90(ink, quarters)))


def combed(rng: np.random.Generator, line: Line) -> Inked:
    """The ink with each sign in the middle of its own place in a comb; as `Line.ink`.

    Where the comb is not seen, a stroke that stands by itself is a 1 and no bar of it.
    """
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
    if rng.random() < DROPPED_OUT:
        return ink
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
        spread = rng.choice([0.06, 0.16, 0.4, 0.8], p=[0.3, 0.3, 0.25, 0.15])
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
