"""More scenes: cheques and forms, labels, and what a camera makes of a page."""

from __future__ import annotations

import cv2
import numpy as np

from synthesis.parts import camera, grounds, ink, layers, lighting, paper, rulings, warps
from synthesis.parts.layers import Field, Picture
from synthesis.scenes.notes import (
    BLACK_INK,
    BLUE_INK,
    CREAM,
    RULE_BLUE,
    WHITE,
    Writing,
    inked,
    write,
)


def several_lines(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (560, 640), WHITE)
    writing = Writing(text, 78, 5, 10, 0.22, 118)
    page = inked(rng, page, ink.ballpoint, BLACK_INK, writing)
    page = layers.light(page, lighting.slope((560, 640), 0.9, 45))
    return camera.photograph(rng, page, 0.6, 0.006)


def touching(rng: np.random.Generator, text: str) -> Picture:
    """The digits of each word touch."""
    page = paper.sheet(rng, (320, 700), WHITE)
    page = inked(rng, page, ink.ballpoint, BLUE_INK, Writing(text, 120, 7.5, 8, -0.035))
    page = layers.light(page, lighting.slope((320, 700), 0.93, 190))
    return camera.photograph(rng, page, 0.6, 0.006)


def cheque(rng: np.random.Generator, text: str) -> Picture:
    """The amount on a cheque: a dot after the first word, and a dash after the last."""
    size_px = (240, 720)
    page = paper.sheet(rng, size_px, (0.9, 0.93, 0.885))
    page = rulings.guilloche(rng, page, (0.5, 0.68, 0.6), 0.42)
    page = rulings.frame(page, (24, 26, 696, 206), (0.3, 0.45, 0.4), 2)
    writing = Writing(text, 92, 6.5, 14, 0.1)
    digits = write(rng, writing, size_px)
    strokes = [stroke for digit in digits for stroke in digit]
    before_dot = text.index(" ")
    right = max(float(stroke[:, 0].max()) for stroke in digits[before_dot - 1])
    left = min(float(stroke[:, 0].min()) for stroke in digits[before_dot])
    dot = (right + left) / 2 - 6
    strokes.append(np.array([(dot, 156), (dot + 2, 159)], np.float32))
    end = max(float(stroke[:, 0].max()) for stroke in strokes) + 28
    for rise in (0, 17):
        x = np.linspace(end, end + 62, 6)
        y = 122 + rise - 0.06 * (x - end) + rng.normal(0, 0.8, 6)
        strokes.append(np.asarray(np.column_stack([x, y]), np.float32))
    page = layers.lay(page, ink.ballpoint(rng, strokes, size_px, writing.pen_px), BLACK_INK)
    page = layers.light(page, lighting.slope(size_px, 0.93, 20))
    return camera.photograph(rng, page, 0.7, 0.01)


def phone_number(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (220, 900), (0.985, 0.93, 0.60))
    page = inked(rng, page, ink.ballpoint, BLACK_INK, Writing(text, 68, 5, 12, 0.15))
    page = layers.light(page, lighting.slope((220, 900), 0.88, 35))
    return camera.photograph(rng, page, 0.6, 0.007)


def low_resolution(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (240, 640), WHITE)
    page = inked(rng, page, ink.ballpoint, BLACK_INK, Writing(text, 96, 8, 8, 0.2))
    page = camera.photograph(rng, page, 1.2, 0.0)
    small = np.asarray(cv2.resize(page, (160, 60), interpolation=cv2.INTER_AREA), np.float32)
    return camera.photograph(rng, small, 0.4, 0.006)


def phone_photo(rng: np.random.Generator, text: str) -> Picture:
    """A ruled page seen at an angle under a warm lamp."""
    size_px = (900, 1200)
    page = paper.sheet(rng, size_px, (0.95, 0.935, 0.90), 1.3)
    page = rulings.rules(page, 104, RULE_BLUE, first_px=70, width_px=2, strength=0.7)
    writing = Writing(text, 150, 10, 8, 0.24, 208, baseline_px=482)
    page = inked(rng, page, ink.ballpoint, BLUE_INK, writing)
    page = warps.perspective(page, [(0.1, 0.06), (0.9, 0.0), (1.0, 0.93), (0.02, 1.0)])
    page = layers.tint(page, (1.0, 0.955, 0.88))
    page = layers.light(page, lighting.slope(size_px, 0.66, 125) * lighting.vignette(size_px, 0.8))
    return camera.photograph(rng, page, 1.1, 0.016)


def note_on_table(rng: np.random.Generator, text: str) -> Picture:
    """A note on a wooden table, which the camera sees as well."""
    size_px = (750, 1000)
    note = paper.sheet(rng, size_px, (0.96, 0.95, 0.91), 1.2)
    note = inked(rng, note, ink.ballpoint, BLACK_INK, Writing(text, 150, 9, 8, 0.24))
    corners = [(0.13, 0.2), (0.83, 0.1), (0.92, 0.8), (0.17, 0.88)]
    shot = grounds.on_wood(rng, note, corners)
    shot = layers.light(shot, lighting.slope(size_px, 0.75, 30))
    return camera.photograph(rng, shot, 0.8, 0.012)


def mark_sheet(rng: np.random.Generator, text: str) -> Picture:
    """A column of marks, one in each row of a printed table; a clean scan."""
    rows, row_px, left, right, top = text.count("|") + 1, 76, 60, 300, 40
    size_px = (2 * top + rows * row_px, 360)
    page = paper.sheet(rng, size_px, WHITE, 0.5)
    printed = (0.25, 0.25, 0.27)
    page = rulings.frame(page, (left, top, right, top + rows * row_px), printed, 2)
    for row in range(1, rows):
        level = top + row * row_px
        page = rulings.frame(page, (left, level, right, level), printed, 1)
    writing = Writing(text, 44, 4, 8, 0.2, row_px)
    return camera.photograph(rng, inked(rng, page, ink.ballpoint, BLUE_INK, writing), 0.5, 0.0)


def meter(rng: np.random.Generator, text: str) -> Picture:
    """White paint on a black plate."""
    size_px = (240, 640)
    plate = paper.sheet(rng, size_px, (0.09, 0.09, 0.10), 3)
    writing = Writing(text, 110, 11, 0, 0.34)
    plate = inked(rng, plate, ink.paint, (0.93, 0.93, 0.9), writing)
    sheen = 0.10 * (1 - lighting.slope(size_px, 0.0, 250, 0.5, 1.2))
    return camera.photograph(rng, layers.lay(plate, _field(sheen), (1, 1, 1)), 0.7, 0.008)


def single_digit(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (420, 420), CREAM, 0.8)
    page = inked(rng, page, ink.felt_pen, BLACK_INK, Writing(text, 240, 24, 6))
    page = layers.light(page, lighting.slope((420, 420), 0.9, 120))
    return camera.photograph(rng, page, 0.8, 0.006)


def envelope(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (340, 720), (0.79, 0.66, 0.49), 3)
    page = inked(rng, page, ink.felt_pen, BLACK_INK, Writing(text, 110, 10, 5, 0.24))
    page = layers.light(page, lighting.slope((340, 720), 0.85, 215))
    return camera.photograph(rng, page, 0.7, 0.009)


def faint_pencil(rng: np.random.Generator, text: str) -> Picture:
    """Low contrast: a hard pencil on grey recycled paper in a dim room."""
    page = paper.sheet(rng, (340, 720), (0.72, 0.715, 0.69), 2)
    writing = Writing(text, 115, 6, 10, 0.22)
    page = inked(rng, page, ink.pencil, (0.40, 0.40, 0.41), writing)
    page = layers.light(
        page, lighting.slope((340, 720), 0.75, 10) * lighting.vignette((340, 720), 0.9)
    )
    return camera.photograph(rng, page, 0.7, 0.010)


def _field(values: object) -> Field:
    return np.asarray(values, np.float32)
