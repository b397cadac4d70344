"""Ink on paper, under a light, through a scanner or a camera: the grey crop of one line."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from digitocr.types import Affine, Box, Gray, Ink
from synthesis.hands.strings import Nuisances
from synthesis.hands.writers import HEIGHT_PX, Inked
from synthesis.parts import camera, lighting, rulings
from synthesis.parts.ink import broken, pressed, uneven
from synthesis.parts.layers import Field, Size, cloud, size_of

ENLARGED_PX = 72  # height, at least
TRIES = 3  # at a scan that shows each digit
PALEST = 0.25  # ink
SEEN = 0.3  # of how much most of the ink stands out from the paper
LEFT = 0.45  # of the ink of a digit that must be seen
DIGIT_WIDE = 0.4  # digit heights: a place along the line that holds part of one digit
DIGITS_INK = 0.3  # of the most that is in such a place: with less, it holds none


class Scan(NamedTuple):
    """A line's grey crop, with a margin."""

    gray: Gray
    ink_is_dark: bool
    to_gray: Affine  # from the frame of the line's ink


def scan(rng: np.random.Generator, inked: Inked, nuisances: Nuisances) -> Scan:
    """A line's ink (H, W), cropped, on paper and through a scanner or a camera.

    Each of its digits is there to be seen, unless several tries lose one.
    """
    for _ in range(TRIES):
        scanned, shows_all = _scan(rng, inked, nuisances)
        if shows_all:
            break
    return scanned


def _scan(rng: np.random.Generator, inked: Inked, nuisances: Nuisances) -> tuple[Scan, bool]:
    """A scan, and whether each digit is there to be seen."""
    ink, written = _with_margin(rng, inked)
    size, whole = size_of(ink), ink
    if rng.random() < nuisances.neighbours:
        ink = _with_neighbours(rng, ink)
    if rng.random() < nuisances.fills:
        ink = _with_filling(rng, ink, written)
    if rng.random() < nuisances.gaps:
        ink = broken(rng, ink, HEIGHT_PX)
    if rng.random() < nuisances.pressure:
        ink = pressed(rng, ink)
    bright = rng.uniform(100, 250)
    contrast = bright * rng.uniform(0.5, 1)
    black_and_white = rng.random() < nuisances.two_level
    if not black_and_white and rng.random() < nuisances.faint:
        contrast = max(20.0, bright * rng.uniform(0.1, 0.5))
    paper = np.full(size, bright, np.float32)
    if rng.random() < nuisances.shade:
        paper += lighting.shade(rng, size)
    bare = paper.copy()
    if rng.random() < nuisances.guilloche:
        for _ in range(int(rng.integers(1, 3))):
            paper -= rng.uniform(0.05, 0.4) * contrast * rulings.waves(rng, size)
    if rng.random() < nuisances.rules:
        paper -= rng.uniform(0.3, 1) * contrast * rulings.along(rng, size)
    if rng.random() < nuisances.frames:
        paper -= rng.uniform(0.4, 1) * contrast * _frame(rng, size, written)
    if rng.random() < nuisances.grain:
        grains = cloud(rng, size, rng.uniform(1, 4))
        paper += rng.uniform(0.01, 0.12) * contrast * grains
    picture = np.minimum(paper, paper - contrast * uneven(rng, ink))
    if rng.random() < nuisances.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.8))
    if rng.random() < nuisances.coarse:
        scale = rng.uniform(0.35, 0.9)
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < nuisances.grain:
        noise = rng.standard_normal(picture.shape, dtype=np.float32)
        picture = picture + noise * np.float32(rng.uniform(0, 0.06) * contrast)
    gray = np.clip(picture, 0, 255).astype(np.uint8)
    shows_all = _is_left(_stands_out(gray, bare, whole), whole)
    if black_and_white:
        gray = _thresholded(rng, gray, whole)
    dark = not rng.random() < nuisances.light_on_dark
    if not dark:
        gray = 255 - gray
    if rng.random() < nuisances.jpeg:
        gray = camera.jpeg(gray, int(rng.integers(30, 90)))
    down, right = np.array(gray.shape) / size
    to_gray = np.array([[right, 0, right * written.left], [0, down, down * written.top]])
    return Scan(gray, dark, to_gray), shows_all


def enlarged(gray: Gray) -> Gray:
    """A line's crop as it comes to the line reader's strip: small writing is enlarged before."""
    larger = max(1.0, ENLARGED_PX / gray.shape[0])
    return np.asarray(cv2.resize(gray, None, fx=larger, fy=larger, interpolation=1), np.uint8)


def _thresholded(rng: np.random.Generator, gray: Gray, ink: Field) -> Gray:
    """A scan in black and white, unless each try loses a digit of the ink (H, W) 0 .. 1."""
    for _ in range(TRIES):
        scan = camera.scanned(rng, np.asarray(gray / np.float32(255), np.float32))
        if _is_left(scan == 0, ink):
            return scan
    return gray


def _stands_out(gray: Gray, bare: Field, ink: Field) -> Ink:
    """Where a picture is much darker than its bare paper, as most of its ink is."""
    depth = cv2.resize(bare, gray.shape[::-1], interpolation=cv2.INTER_AREA) - gray
    inked = _inked(gray.shape, ink)
    return np.asarray(depth > SEEN * np.percentile(depth[inked] if inked.any() else depth, 75))


def _inked(shape: tuple[int, ...], ink: Field) -> Ink:
    """Where the ink is in a picture of this shape."""
    return np.asarray(cv2.resize(ink, shape[::-1], interpolation=cv2.INTER_AREA) > PALEST)


def _is_left(seen: Ink, ink: Field) -> bool:
    """Whether enough of the ink (H, W) 0 .. 1 is seen everywhere along a line."""
    inked = _inked(seen.shape, ink)
    wide = max(1, round(DIGIT_WIDE * HEIGHT_PX * seen.shape[1] / ink.shape[1]))
    there, left = (
        cv2.blur(mask.sum(axis=0, dtype=np.float32)[None], (wide, 1))
        for mask in (inked, inked & seen)
    )
    digits = there > DIGITS_INK * there.max()
    return bool((left[digits] > LEFT * there[digits]).all()) and bool(inked.any())


def _frame(rng: np.random.Generator, size: Size, written: Box) -> Field:
    """A field's frame around what is written, as far as the picture shows it; 0 .. 1."""
    left, top, right, bottom = written
    beside = HEIGHT_PX * rng.uniform(0.05, 0.6, 2)
    above = HEIGHT_PX * rng.uniform(-0.12, 0.35, 2)
    box = left - beside[0], top - above[0], right + beside[1], bottom + above[1]
    return rulings.frame_around(rng, size, box, rulings.random_line(rng, 4))


def _with_margin(rng: np.random.Generator, inked: Inked) -> tuple[Field, Box]:
    """What a reader cuts out: about a tenth of the height around the line, more or less.

    And where the line is there.
    """
    height, width = inked.shape
    small = max(0.0, 0.7 * HEIGHT_PX - height) / 2  # a dash alone is no line's height
    most = rng.choice([0.2, 0.35, 0.6])  # a stray stroke or a rule can make the crop tall
    above, below = (round(small + HEIGHT_PX * rng.uniform(-0.03, most)) for _ in range(2))
    before, after = (round(HEIGHT_PX * rng.uniform(0, 0.6)) for _ in range(2))
    size = height + max(above, 0) + max(below, 0), width + before + after
    field = np.zeros(size, np.float32)
    field[max(above, 0) : max(above, 0) + height, before : before + width] = inked
    # A negative margin cuts into the ink.
    cut = field[max(-above, 0) : size[0] - max(-below, 0)]
    written = Box(before, above, before + width, above + height)
    return np.asarray(cut / 255, np.float32), written


def _with_neighbours(rng: np.random.Generator, ink: Field) -> Field:
    """Tails of the lines above or below, or a stroke at either end."""
    field = np.ascontiguousarray(ink)
    height, width = field.shape
    pen = int(rng.integers(2, 6))
    for _ in range(int(rng.integers(1, 4))):
        x = int(rng.integers(0, width))
        deep = int(rng.uniform(0.03, 0.16) * height)
        lean = int(rng.normal(0, 5))
        if rng.random() < 0.5:
            cv2.line(field, (x, -5), (x + lean, deep), 1.0, pen, cv2.LINE_AA)
        else:
            cv2.line(field, (x, height + 5), (x + lean, height - deep), 1.0, pen, cv2.LINE_AA)
    return field


def _with_filling(rng: np.random.Generator, ink: Field, written: Box) -> Field:
    """A stroke from the left edge to the first digit, which it may touch."""
    field = np.ascontiguousarray(ink)
    y = round((written.top + written.bottom) / 2 + rng.normal(0, 0.12) * HEIGHT_PX)
    stop = written.left + round(rng.uniform(-0.25, 0.15) * HEIGHT_PX)
    rise, pen = round(rng.normal(0, 2)), int(rng.integers(2, 6))
    cv2.line(field, (-5, y + rise), (max(stop, 1), y), 1.0, pen, cv2.LINE_AA)
    return field
