"""What cameras, scanners and fax machines make of a page."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitocr.types import Ink
from synthesis.parts.layers import Picture, cloud, size_of


def photograph(
    rng: np.random.Generator, picture: Picture, blur_px: float = 0.6, noise: float = 0.012
) -> Picture:
    """A camera's soft focus and the noise of its sensor."""
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur_px), np.float32)
    sensor = 0.8 * cloud(rng, size_of(picture), 1.2)
    if picture.ndim == 3:
        sensor = sensor[..., None]
    sensor = sensor + 0.4 * rng.standard_normal(picture.shape, dtype=np.float32)
    return np.asarray(np.clip(soft + noise * sensor, 0, 1), np.float32)


def snapshot(
    rng: np.random.Generator, levels: NDArray[Any], blur_px: float, grain: float
) -> NDArray[np.uint8]:
    """Grey levels 0..255 of any shape, soft and with grain of that standard deviation."""
    soft = cv2.GaussianBlur(levels, (0, 0), blur_px)
    return np.clip(soft + rng.normal(0, grain, levels.shape), 0, 255).astype(np.uint8)


def jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Compressed and opened again; uint8 (H, W) or (H, W, 3), of any order of colours."""
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED), np.uint8)


def coarse(picture: Picture, share: float) -> Picture:
    """As if taken with so many pixels for one: shrunk to this share, and enlarged again."""
    height, width = size_of(picture)
    small = max(2, round(width * share)), max(2, round(height * share))
    shrunk = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR), "f4")


def diffused(picture: Picture) -> Ink:
    """Error diffusion (Floyd and Steinberg: "An adaptive algorithm for spatial greyscale", 1976).

    Returns bool (H, W), True = dark.
    """
    levels = np.asarray(np.clip(picture, 0, 1) * 255, np.uint8)
    return ~np.asarray(Image.fromarray(levels).convert("1"), np.bool_)


def ordered(picture: Picture) -> Ink:
    """A screen of 4 by 4 thresholds (Bayer, 1973): True = dark, (H, W)."""
    screen = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
    height, width = size_of(picture)
    tiled = np.tile((screen + 0.5) / 16, (height // 4 + 1, width // 4 + 1))
    return np.asarray(picture < tiled[:height, :width])


def two_level(rng: np.random.Generator, picture: Picture) -> Picture:
    """A scan in black and white: one threshold, the paper's own, a screen, or a fax machine's."""
    kind = rng.choice(5, p=[0.3, 0.3, 0.15, 0.1, 0.15])
    levels = np.asarray(np.clip(picture, 0, 1) * 255, np.uint8)
    if kind == 0:
        dark = levels < np.median(levels) * rng.uniform(0.55, 0.85)
    elif kind == 1:
        window = 2 * int(rng.integers(8, 30)) + 1
        near = cv2.boxFilter(levels, cv2.CV_32F, (window, window))
        dark = levels < near * rng.uniform(0.82, 0.93)
    elif kind == 2:
        dark = diffused(picture)
    elif kind == 3:
        dark = ordered(picture)
    else:  # a fax: half as many rows as columns, some of them lost
        height, width = size_of(picture)
        few = cv2.resize(picture, (width, max(1, height // 2)), interpolation=cv2.INTER_AREA)
        half = few < rng.uniform(0.45, 0.65)
        half[rng.random(len(half)) < 0.01] = rng.random() < 0.3
        dark = np.repeat(half, 2, axis=0)
        dark = np.pad(dark, ((0, max(0, height - len(dark))), (0, 0)), mode="edge")[:height]
    return np.asarray(1 - worn(rng, np.asarray(dark)), np.float32)


def scanned(rng: np.random.Generator, levels: Picture) -> NDArray[np.uint8]:
    """What a scanner in black and white makes of a page (H, W): 0 or 255."""
    soft = np.asarray(cv2.GaussianBlur(levels, (0, 0), rng.uniform(0.3, 0.8)), np.float32)
    stretched = np.clip(soft / max(float(np.median(soft)), 0.05) * rng.uniform(0.93, 1.05), 0, 1)
    gray = 255 * two_level(rng, np.asarray(stretched, np.float32))
    return np.asarray(gray, np.uint8)


def worn(rng: np.random.Generator, dark: Ink) -> NDArray[np.float32]:
    """A copy's faults: strokes thinned or grown, drop-outs, pepper; (H, W), 1 = dark."""
    drawn = dark.astype(np.uint8)
    kind = rng.random()
    if kind < 0.15:
        drawn = np.asarray(cv2.erode(drawn, np.ones((1, 2), np.uint8)), np.uint8)
    elif kind < 0.3:
        drawn = np.asarray(cv2.dilate(drawn, np.ones((2, 2), np.uint8)), np.uint8)
    if rng.random() < 0.4:
        flawed = rng.uniform(0.001, 0.03)
        chance = rng.random(dark.shape, dtype=np.float32)
        drawn = np.where(chance < flawed, 0, drawn).astype(np.uint8)
        drawn[chance > 1 - 0.15 * flawed] = 1
    if rng.random() < 0.12:  # a row of the scanner's cells is blind
        column = int(rng.integers(0, dark.shape[1]))
        drawn[:, column : column + int(rng.integers(1, 3))] = int(rng.random() < 0.4)
    return drawn.astype(np.float32)
