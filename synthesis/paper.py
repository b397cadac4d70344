"""Papers, boards, light and cameras for pictures of handwriting.

A picture is float32 (H, W, 3) RGB, 0 black .. 1 white, as displayed (not linear light). Every
function returns a new picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.ink import Field, cloud

Picture = NDArray[np.float32]  # (H, W, 3)
Color = tuple[float, float, float]  # RGB, 0..1
Point = tuple[float, float]  # x, y as shares of width and height
WOOD: Color = (0.52, 0.37, 0.25)


def sheet(
    rng: np.random.Generator, size_px: tuple[int, int], color: Color, rough: float = 1.0
) -> Picture:
    """Plain paper with fibres, faint clouds and grain; `rough` scales all three."""
    fibres = np.zeros(size_px, np.uint8)
    for _ in range(int(size_px[0] * size_px[1] / 900)):
        x, y = rng.uniform(0, size_px[1]), rng.uniform(0, size_px[0])
        turn, length = rng.uniform(0, np.pi), rng.uniform(4, 14)
        ends = [(x, y), (x + length * np.cos(turn), y + length * np.sin(turn))]
        cv2.polylines(fibres, [np.round(np.array(ends) * 16).astype("i4")], False, 255, 1, 16, 4)
    grain = 0.006 * cloud(rng, size_px, 1.5) + 0.005 * cloud(rng, size_px, 5)
    grain += 0.006 * cloud(rng, size_px, 90) - 0.014 * (fibres / np.float32(255))
    even = np.ones((*size_px, 3), np.float32)
    return tint(light(even, 1 + np.float32(rough) * grain), color)


def tint(picture: Picture, color: Color) -> Picture:
    """The picture under a coloured filter."""
    return np.asarray(np.clip(picture * np.array(color, np.float32), 0, 1), np.float32)


def lay(picture: Picture, coverage: Field, color: Color) -> Picture:
    """Ink of that colour over the picture; coverage (H, W) 0 none .. 1 opaque."""
    alpha = coverage[..., None]
    return np.asarray(picture * (1 - alpha) + np.array(color, np.float32) * alpha, np.float32)


def rules(
    picture: Picture,
    step_px: float,
    color: Color,
    *,
    first_px: float = 0.0,
    down: bool = False,
    width_px: int = 1,
    strength: float = 0.8,
) -> Picture:
    """Printed parallel lines, `step_px` apart from `first_px` on; `down` makes them vertical."""
    height, width = picture.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    for at in np.arange(first_px, width if down else height, step_px):
        ends = [(at, -9), (at, height + 9)] if down else [(-9, at), (width + 9, at)]
        fixed = [np.round(np.array(ends) * 16).astype(np.int32)]
        cv2.polylines(lines, fixed, False, 255, width_px, cv2.LINE_AA, 4)
    return lay(picture, _printed(lines, strength), color)


def frame(picture: Picture, box: tuple[int, int, int, int], color: Color, width_px: int) -> Picture:
    """A printed rectangle; box: left, top, right, bottom in px."""
    lines = np.zeros(picture.shape[:2], np.uint8)
    cv2.rectangle(lines, box[:2], box[2:], 255, width_px, cv2.LINE_AA)
    return lay(picture, _printed(lines, 1.0), color)


def guilloche(rng: np.random.Generator, picture: Picture, color: Color, strength: float) -> Picture:
    """The fine wavy lines that are printed on cheques."""
    height, width = picture.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    x = np.arange(-5, width + 6, 3.0)
    for wave_px, swing_px, step_px in ((150, 20, 9), (95, 13, 11)):
        phase = rng.uniform(0, 2 * np.pi)
        for index, level in enumerate(np.arange(-40, height + 40, step_px)):
            y = level + swing_px * np.sin(2 * np.pi * x / wave_px + phase + 0.16 * index)
            fixed = np.round(np.column_stack([x, y]) * 16).astype(np.int32)
            cv2.polylines(lines, [fixed], False, 255, 1, cv2.LINE_AA, 4)
    return lay(picture, _printed(lines, strength), color)


def slope(
    size_px: tuple[int, int], dark: float, toward_deg: float, center: float = 0.5, soft: float = 1.0
) -> Field:
    """Light that falls off in one direction: (H, W) factors from 1 down to `dark`.

    toward_deg: where it gets darker, clockwise from the right; center: where half is lost, and
    soft: how long that takes, both as shares of the picture's diagonal across that direction.
    """
    height, width = size_px
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = np.deg2rad(toward_deg)
    along = (x - width / 2) * np.cos(turn) + (y - height / 2) * np.sin(turn)
    place = np.clip((along / np.hypot(height, width) + 0.5 - center) / soft + 0.5, 0, 1)
    return np.asarray(1 - (1 - dark) * place**2 * (3 - 2 * place), np.float32)


def vignette(size_px: tuple[int, int], dark: float) -> Field:
    """A lens' darker corners: (H, W) factors, 1 in the middle, `dark` in the corners."""
    height, width = size_px
    y, x = np.mgrid[:height, :width].astype(np.float32)
    away = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2
    return np.asarray(1 - (1 - dark) * away, np.float32)


def light(picture: Picture, factors: Field) -> Picture:
    """The picture under light that differs from place to place, (H, W) factors."""
    return np.asarray(np.clip(picture * factors[..., None], 0, 1), np.float32)


def photograph(
    rng: np.random.Generator, picture: Picture, blur_px: float = 0.6, noise: float = 0.012
) -> Picture:
    """A camera's soft focus and the noise of its sensor."""
    soft = cv2.GaussianBlur(picture, (0, 0), blur_px)
    size_px = picture.shape[0], picture.shape[1]
    sensor = 0.8 * cloud(rng, size_px, 1.2)[..., None]
    sensor = sensor + 0.4 * rng.standard_normal(picture.shape, dtype=np.float32)
    return np.asarray(np.clip(soft + noise * sensor, 0, 1), np.float32)


def perspective(picture: Picture, corners: list[Point]) -> Picture:
    """The picture seen at an angle; `corners` are what of it the camera's own corners see.

    corners: x, y as shares of width and height: upper left, upper right, lower right, lower left.
    """
    height, width = picture.shape[:2]
    size = np.array([width, height], np.float32)
    seen = np.array(corners, np.float32) * size
    field = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32) * size
    warp = cv2.getPerspectiveTransform(seen, field)
    return np.asarray(cv2.warpPerspective(picture, warp, (width, height), flags=cv2.INTER_CUBIC))


def on_wood(rng: np.random.Generator, picture: Picture, corners: list[Point]) -> Picture:
    """The picture as a sheet on a wooden table; `corners` are where its own corners lie.

    corners: x, y as shares of width and height: upper left, upper right, lower right, lower left.
    """
    height, width = picture.shape[:2]
    streaks = rng.normal(0, 1, (height // 6, width // 80)).astype(np.float32)
    grain = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    wood = np.array(WOOD, np.float32) * (1 + 0.1 * grain)
    size = np.array([width, height], np.float32)
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    lie = cv2.getPerspectiveTransform(unit * size, np.array(corners, np.float32) * size)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), lie, (width, height))
    laid = cv2.warpPerspective(picture, lie, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.where(cover[..., None] > 0.5, laid, wood), np.float32)


def _printed(lines: NDArray[np.uint8], strength: float) -> Field:
    return np.asarray(strength / 255 * cv2.GaussianBlur(lines, (0, 0), 0.5), np.float32)
