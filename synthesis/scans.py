"""Ink on paper, under a light, through a scanner or a camera: the grey crop of one line."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Gray
from synthesis.ink import cloud
from synthesis.strings import Nuisances
from synthesis.writers import HEIGHT_PX, Inked

Field = NDArray[np.float32]


def scan(rng: np.random.Generator, inked: Inked, nuisances: Nuisances) -> tuple[Gray, bool]:
    """A line's ink (H, W), cropped -> its grey crop with a margin, and whether ink is dark."""
    ink = _with_margin(rng, inked)
    size = ink.shape
    if rng.random() < nuisances.neighbours:
        ink = _with_neighbours(rng, ink)
    bright = rng.uniform(100, 250)
    contrast = bright * rng.uniform(0.5, 1)
    if rng.random() < nuisances.faint:
        contrast = max(20.0, bright * rng.uniform(0.1, 0.5))
    paper = np.full(size, bright, np.float32)
    if rng.random() < nuisances.shade:
        paper += _shade(rng, size)
    if rng.random() < nuisances.guilloche:
        for _ in range(int(rng.integers(1, 3))):
            paper -= rng.uniform(0.05, 0.4) * contrast * _waves(rng, size)
    if rng.random() < nuisances.rules:
        paper -= rng.uniform(0.3, 1) * contrast * _rules(rng, size)
    if rng.random() < nuisances.grain:
        grains = cloud(rng, (size[0], size[1]), rng.uniform(1, 4))
        paper += rng.uniform(0.01, 0.12) * contrast * grains
    picture = np.minimum(paper, paper - contrast * _uneven(rng, ink))
    if rng.random() < nuisances.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.8))
    if rng.random() < nuisances.coarse:
        scale = rng.uniform(0.35, 0.9)
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < nuisances.grain:
        noise = rng.standard_normal(picture.shape, dtype=np.float32)
        picture = picture + noise * np.float32(rng.uniform(0, 0.06) * contrast)
    gray = np.clip(picture, 0, 255).astype(np.uint8)
    dark = not rng.random() < nuisances.light_on_dark
    if not dark:
        gray = 255 - gray
    if rng.random() < nuisances.jpeg:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))]
        packed = cv2.imencode(".jpg", gray, quality)[1]
        gray = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return gray, dark


def _with_margin(rng: np.random.Generator, inked: Inked) -> Field:
    """What a reader cuts out: about a tenth of the height around the line, more or less."""
    height, width = inked.shape
    small = max(0.0, 0.7 * HEIGHT_PX - height) / 2  # a dash alone is no line's height
    most = rng.choice([0.2, 0.35, 0.6])  # a stray stroke or a rule can make the crop tall
    above, below = (round(small + HEIGHT_PX * rng.uniform(-0.03, most)) for _ in range(2))
    before, after = (round(HEIGHT_PX * rng.uniform(0, 0.6)) for _ in range(2))
    size = height + max(above, 0) + max(below, 0), width + before + after
    field = np.zeros(size, np.float32)
    field[max(above, 0) : max(above, 0) + height, before : before + width] = inked
    # A negative margin cuts into the ink.
    return np.asarray(field[max(-above, 0) : size[0] - max(-below, 0)] / 255, np.float32)


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


def _uneven(rng: np.random.Generator, ink: Field) -> Field:
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


def _shade(rng: np.random.Generator, size: tuple[int, ...]) -> Field:
    """Light that falls off along the line, or a shadow's edge across it."""
    across = np.linspace(-0.5, 0.5, size[1], dtype=np.float32)
    down = np.linspace(-0.5, 0.5, size[0], dtype=np.float32)[:, None]
    way = np.float32(rng.normal()) * across + np.float32(0.3 * rng.normal()) * down
    if rng.random() < 0.3:
        way = np.tanh((way - np.float32(rng.normal(0, 0.2))) * 6)
    return np.asarray(way * np.float32(rng.uniform(10, 45)), np.float32)


def _waves(rng: np.random.Generator, size: tuple[int, ...]) -> Field:
    """A guilloche: fine parallel lines that swing, 0 between them .. 1 on them."""
    y = np.arange(size[0], dtype=np.float32)[:, None]
    x = np.arange(size[1], dtype=np.float32)
    turn = rng.normal(0, 0.4) if rng.random() < 0.7 else rng.uniform(-1.6, 1.6)
    swing = rng.uniform(0, 6) * np.sin(x * rng.uniform(0.01, 0.12) + rng.uniform(0, 6))
    along = y * np.float32(np.cos(turn)) + (x * np.sin(turn) + swing).astype(np.float32)
    wave = np.cos(along * np.float32(2 * np.pi / rng.uniform(3, 10)))
    edge = np.float32(rng.uniform(-0.3, 0.9))
    return np.asarray(np.clip((wave - edge) * 3, 0, 1), np.float32)


def _rules(rng: np.random.Generator, size: tuple[int, ...]) -> Field:
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
