"""What pages lie on: wood, cloth, tiles, plain tables."""

from __future__ import annotations

import cv2
import numpy as np

from synthesis.parts.layers import Color, Field, Picture, Size, cloud, size_of
from synthesis.parts.warps import Point

WOOD: Color = (0.52, 0.37, 0.25)


def streaks(rng: np.random.Generator, size_px: Size, long_px: int = 80) -> Field:
    """The grain of wood along the picture's width: (H, W), mean 0, standard deviation near 1."""
    height, width = size_px
    coarse = rng.normal(0, 1, (max(height // 6, 1), max(width // long_px, 1))).astype(np.float32)
    grown = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.float32)


def checks(size_px: Size, px: int) -> Field:
    """A checked cloth: (H, W), -0.5 and 0.5 in turn."""
    down, across = (np.arange(side) // px for side in size_px)
    return np.asarray((down[:, None] + across) % 2 - 0.5, np.float32)


def random_ground(rng: np.random.Generator, size_px: Size) -> Field:
    """A table of any kind, grey levels (H, W) 0..1."""
    level = np.float32(rng.uniform(0.06, 0.85))
    kind = rng.choice(6, p=[0.3, 0.25, 0.1, 0.15, 0.1, 0.1])
    if kind == 0:
        ground = level + np.float32(0.04) * cloud(rng, size_px, 80)
    elif kind == 1:
        ground = level * (1 + np.float32(rng.uniform(0.04, 0.2)) * _wood(rng, size_px))
    elif kind == 2:
        ground = level + np.float32(rng.uniform(0.05, 0.3)) * checks(
            size_px, int(rng.integers(6, 50))
        )
    elif kind == 3:  # stone, cork, carpet
        ground = level + np.float32(rng.uniform(0.02, 0.12)) * cloud(
            rng, size_px, rng.uniform(1, 9)
        )
    elif kind == 4:  # tiles
        ground = np.full(size_px, level, np.float32)
        step, first = int(rng.integers(30, 120)), int(rng.integers(0, 30))
        ground[first::step] *= np.float32(0.6)
        ground[:, first::step] *= np.float32(0.6)
    else:  # many things out of focus
        ground = level + np.float32(0.2) * np.sign(cloud(rng, size_px, rng.uniform(20, 90)))
        ground = np.asarray(cv2.GaussianBlur(ground, (0, 0), rng.uniform(0.5, 4)), np.float32)
    return np.asarray(np.clip(ground, 0.01, 0.98), np.float32)


def _wood(rng: np.random.Generator, size_px: Size) -> Field:
    grain = streaks(rng, size_px, int(rng.integers(40, 200)))
    return grain if rng.random() < 0.5 else streaks(rng, size_px[::-1]).T


def turned_on(
    table: Field, sheet: Field, inside: tuple[int, int, int, int], turn_deg: float
) -> Field:
    """What lies inside a box of a sheet, turned clockwise about the box's middle, on a table.

    table, sheet: levels (H, W) of one size. inside: left, top, right, bottom in px; where it
    reaches the picture's edge, the sheet runs out of the picture.
    """
    left, top, right, bottom = inside
    edge = np.zeros(size_of(sheet), np.float32)
    edge[top:bottom, left:right] = 1
    turn = cv2.getRotationMatrix2D(((left + right) / 2, (top + bottom) / 2), -turn_deg, 1)
    mask, turned = (
        cv2.warpAffine(one, turn, sheet.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        for one in (edge, sheet)
    )
    return np.asarray(mask * turned + (1 - mask) * table, np.float32)


def on_wood(rng: np.random.Generator, picture: Picture, corners: list[Point]) -> Picture:
    """The picture as a sheet on a wooden table; `corners` are where its own corners lie.

    corners: x, y as shares of width and height: upper left, upper right, lower right, lower left.
    """
    height, width = size_of(picture)
    wood = np.array(WOOD, np.float32) * (1 + 0.1 * streaks(rng, (height, width))[..., None])
    size = np.array([width, height], np.float32)
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    lie = cv2.getPerspectiveTransform(unit * size, np.array(corners, np.float32) * size)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), lie, (width, height))
    laid = cv2.warpPerspective(picture, lie, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.where(cover[..., None] > 0.5, laid, wood), np.float32)
