"""Pictures and the layers that they are made of.

A picture is float32, 0 black .. 1 white as displayed (not linear light): (H, W) grey levels, or
(H, W, 3) RGB. A field is float32 (H, W): how much of a pixel is covered, 0 none .. 1 all, or by
what its light is multiplied. Functions return new arrays.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]  # (H, W) or (H, W, 3)
Field = NDArray[np.float32]  # (H, W)
Color = float | tuple[float, float, float]  # a grey level, or RGB, 0..1
Size = tuple[int, int]  # height and width, px


def cloud(rng: np.random.Generator, size_px: Size, grain_px: float) -> Field:
    """Smooth noise of mean 0 and standard deviation 1, float32 (H, W), with grains of that size."""
    step = max(1.0, grain_px / 2)
    coarse = tuple(int(np.ceil(side / step)) + 4 for side in size_px)
    noise = rng.standard_normal(coarse, dtype=np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), max(grain_px / step / 2, 0.3)))
    large = cv2.resize(noise, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
    field = large[: size_px[0], : size_px[1]]
    return np.asarray((field - noise.mean()) / noise.std(), np.float32)


def size_of(picture: Picture) -> Size:
    """Height and width of a picture of either kind."""
    return picture.shape[0], picture.shape[1]


def lay(picture: Picture, coverage: Field, color: Color) -> Picture:
    """Something of that colour over the picture; coverage (H, W) 0 none .. 1 opaque."""
    alpha = coverage[..., None] if picture.ndim == 3 else coverage
    return np.asarray(picture * (1 - alpha) + np.array(color, np.float32) * alpha, np.float32)


def light(picture: Picture, factors: Field) -> Picture:
    """The picture under light that differs from place to place, (H, W) factors."""
    per_pixel = factors[..., None] if picture.ndim == 3 else factors
    return np.asarray(np.clip(picture * per_pixel, 0, 1), np.float32)


def tint(picture: Picture, color: Color) -> Picture:
    """The picture under a coloured filter."""
    return np.asarray(np.clip(picture * np.array(color, np.float32), 0, 1), np.float32)
