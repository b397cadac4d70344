"""Pages seen at an angle, folded, bowed and through a lens.

A warp maps points, float64 (N, 2) x, y with pixel centres at whole numbers, from a page to the
picture that is taken of it, and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.parts.layers import Picture, Size

Point = tuple[float, float]  # x, y as shares of width and height
Points = NDArray[np.float64]  # (N, 2)


class Warp(Protocol):
    """A one-to-one way from the points of a page to those of a picture."""

    def to_picture(self, points: Points) -> Points: ...
    def to_page(self, points: Points) -> Points: ...


@dataclass(frozen=True, eq=False)
class Perspective:
    """A flat page seen from anywhere."""

    matrix: NDArray[np.float64]  # (3, 3), page to picture

    @classmethod
    def between(cls, page: Points, picture: Points) -> Perspective:
        """The one that takes four points (4, 2) to four others."""
        corners = np.asarray(page, np.float32), np.asarray(picture, np.float32)
        return cls(np.asarray(cv2.getPerspectiveTransform(*corners)))

    def to_picture(self, points: Points) -> Points:
        return _projected(self.matrix, points)

    def to_page(self, points: Points) -> Points:
        return _projected(np.asarray(np.linalg.inv(self.matrix), np.float64), points)


@dataclass(frozen=True)
class Bow:
    """A page that is bent like an open book's: its lines wave."""

    reach_px: float
    wave_px: float
    phase: float = 0.0

    def to_picture(self, points: Points) -> Points:
        return np.column_stack([points[:, 0], points[:, 1] + self._rise(points[:, 0])])

    def to_page(self, points: Points) -> Points:
        return np.column_stack([points[:, 0], points[:, 1] - self._rise(points[:, 0])])

    def _rise(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        rise = self.reach_px * np.sin(2 * np.pi * x / self.wave_px + self.phase)
        return np.asarray(rise, np.float64)


@dataclass(frozen=True)
class Fold:
    """A page whose part beyond a crease is turned away: it looks narrower, and it slides."""

    through_xy: tuple[float, float]
    toward_deg: float  # across the crease, to the part that is turned; clockwise from the right
    narrower: float  # of the part beyond, 1 = as before
    slide: float  # along the crease, in px for each px beyond it

    def to_picture(self, points: Points) -> Points:
        return self._moved(points, self.narrower, self.slide)

    def to_page(self, points: Points) -> Points:
        return self._moved(points, 1 / self.narrower, -self.slide / self.narrower)

    def _moved(self, points: Points, stretch: float, slide: float) -> Points:
        turn = np.deg2rad(self.toward_deg)
        across, along = (
            np.array([np.cos(turn), np.sin(turn)]),
            np.array([-np.sin(turn), np.cos(turn)]),
        )
        beyond = np.maximum((points - self.through_xy) @ across, 0)[:, None]
        return np.asarray(points + beyond * ((stretch - 1) * across + slide * along))


@dataclass(frozen=True)
class Lens:
    """A lens that bends straight lines: inwards where `bend` > 0 (barrel), else outwards."""

    middle_xy: tuple[float, float]
    radius_px: float  # where points keep their places
    bend: float  # above -0.3, below 0.3

    def to_page(self, points: Points) -> Points:
        away = points - self.middle_xy
        far = (away**2).sum(axis=1, keepdims=True) / self.radius_px**2
        return np.asarray(self.middle_xy + away * (1 + self.bend * (far - 1)))

    def to_picture(self, points: Points) -> Points:
        # The bend is slight, so that going back by what is missing soon ends.
        found = points
        for _ in range(12):
            found = found + (points - self.to_page(found))
        return found


@dataclass(frozen=True, eq=False)
class Chain:
    """One warp after the other."""

    warps: Sequence[Warp]  # from the page to the picture

    def to_picture(self, points: Points) -> Points:
        for warp in self.warps:
            points = warp.to_picture(points)
        return points

    def to_page(self, points: Points) -> Points:
        for warp in reversed(self.warps):
            points = warp.to_page(points)
        return points


def sources(warp: Warp, size_px: Size) -> NDArray[np.float32]:
    """For each pixel of a picture of that size the point of the page it shows: (H, W, 2) x, y."""
    return np.asarray(warp.to_page(_pixels(size_px)).reshape(*size_px, 2), np.float32)


@lru_cache(8)
def _pixels(size_px: Size) -> Points:
    y, x = np.mgrid[: size_px[0], : size_px[1]]
    return np.column_stack([x.ravel(), y.ravel()]).astype(np.float64)


def _projected(matrix: NDArray[np.float64], points: Points) -> Points:
    if not len(points):
        return points
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0])


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
