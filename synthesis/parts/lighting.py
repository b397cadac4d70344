"""Light that falls off, shadows and glare: fields by which a picture's light is multiplied."""

from __future__ import annotations

import cv2
import numpy as np

from synthesis.parts.layers import Field, Size


def slope(
    size_px: Size, dark: float, toward_deg: float, center: float = 0.5, soft: float = 1.0
) -> Field:
    """Light that falls off in one direction: (H, W) factors from 1 down to `dark`.

    toward_deg: where it gets darker, clockwise from the right; center: where half is lost, and
    soft: how long that takes, both as shares of the picture's diagonal across that direction.
    """
    height, width = size_px
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    turn = np.deg2rad(toward_deg)
    along = (x - width / 2) * np.cos(turn) + (y - height / 2) * np.sin(turn)
    place = np.clip((along / np.hypot(height, width) + 0.5 - center) / soft + 0.5, 0, 1)
    return np.asarray(1 - (1 - dark) * place**2 * (3 - 2 * place), np.float32)


def vignette(size_px: Size, dark: float) -> Field:
    """A lens' darker corners: (H, W) factors, 1 in the middle, `dark` in the corners."""
    height, width = size_px
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    away = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2
    return np.asarray(1 - (1 - dark) * away, np.float32)


def shade(rng: np.random.Generator, size: Size) -> Field:
    """Light that falls off along the line, or a shadow's edge across it."""
    across = np.linspace(-0.5, 0.5, size[1], dtype=np.float32)
    down = np.linspace(-0.5, 0.5, size[0], dtype=np.float32)[:, None]
    way = np.float32(rng.normal()) * across + np.float32(0.3 * rng.normal()) * down
    if rng.random() < 0.3:
        way = np.tanh((way - np.float32(rng.normal(0, 0.2))) * 6)
    return np.asarray(way * np.float32(rng.uniform(10, 45)), np.float32)


def falling(size_px: Size, lowest: float, side: int) -> Field:
    """Light that falls off evenly, (H, W) factors from 1 to `lowest`.

    side: where it is brightest: left, top, right or bottom, 0 to 3.
    """
    along = np.linspace(0, 1, size_px[1 - side % 2], dtype=np.float32)
    factors = 1 - (1 - lowest) * (1 - along if side >= 2 else along)
    shaped = factors[:, None] if side % 2 else factors
    return np.asarray(np.broadcast_to(shaped, size_px), np.float32)


def band(size_px: Size, middle: float, width: float, slant: float, soft: float) -> Field:
    """A slanting band's shade, (H, W) 0 none .. 1 full.

    middle, width: of the band at the upper edge; slant: how far it moves to the left on the way
    down; soft: of its edges; all in widths of the picture.
    """
    x = np.linspace(0, 1, size_px[1], dtype=np.float32)
    y = np.linspace(0, 1, size_px[0], dtype=np.float32)[:, None]
    away = abs(x + slant * y - middle)
    return np.asarray(np.clip((width / 2 - away) / soft + 0.5, 0, 1), np.float32)


def glare(size_px: Size, at: tuple[float, float], reach: float) -> Field:
    """A lamp mirrored in the surface, (H, W) 0 none .. 1 in its middle.

    at: x, y as shares of the width and the height; reach: in heights of the picture.
    """
    height, width = size_px
    x = (np.linspace(0, 1, width, dtype=np.float32) - at[0]) * (width / height)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None] - at[1]
    return np.asarray(np.exp(-(x**2 + y**2) / reach**2), np.float32)


def cast(rng: np.random.Generator, size_px: Size) -> Field:
    """The shadow of a phone, of a hand or of something else, (H, W) 0 none .. 1 full."""
    height, width = size_px
    shape = np.zeros(size_px, np.uint8)
    at = rng.uniform(-0.1, 1.1) * width, rng.uniform(-0.1, 1.1) * height
    size, turn = float(rng.uniform(0.25, 0.8) * max(size_px)), float(rng.uniform(0, 180))
    kind = rng.integers(4)
    if kind == 0:  # a phone
        corners = cv2.boxPoints((at, (size, size * float(rng.uniform(0.45, 0.6))), turn))
        cv2.fillPoly(shape, [np.rint(corners).astype(np.int32)], 255)
    elif kind == 1:  # a hand: a palm and its fingers
        palm = int(0.22 * size)
        middle = round(at[0]), round(at[1])
        cv2.circle(shape, middle, palm, 255, -1)
        for finger in np.deg2rad(turn + np.linspace(-50, 50, 4) + rng.normal(0, 6, 4)):
            reach = rng.uniform(0.5, 0.75) * size
            tip = round(at[0] + reach * np.cos(finger)), round(at[1] + reach * np.sin(finger))
            cv2.line(shape, middle, tip, 255, max(2, palm // 2))
    elif kind == 2:  # someone's head
        axes = int(0.5 * size), int(0.4 * size)
        cv2.ellipse(shape, (round(at[0]), round(at[1])), axes, turn, 0, 360, 255, -1)
    else:  # a window's frame, a shelf's edge
        turn, place = float(rng.uniform(0, 360)), float(rng.uniform(0.3, 0.7))
        toward = slope(size_px, 0.0, turn, place, 0.01)
        shape = np.asarray(255 * (1 - toward), np.uint8)
    soft = float(np.exp(rng.uniform(np.log(0.7), np.log(25))))
    return np.asarray(cv2.GaussianBlur(shape, (0, 0), soft) / np.float32(255), np.float32)
