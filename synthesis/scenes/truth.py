"""What is known of a painted scene: its numbers, their digits, and whose ink each pixel is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.geometry import Box
from digitocr.types import Gray, Ink

INKED = 0.4  # coverage from which on a pixel counts as ink

Coverage = NDArray[np.uint8]  # (H, W, 2), 0 paper .. 255 ink, of every other digit
Owner = NDArray[np.uint16]  # (H, W, 2), whose ink it is: a digit's number from 1; 0 nobody's


@dataclass(frozen=True)
class DigitTruth:
    """A digit of a number, as far as the picture shows it."""

    label: str
    box: Box  # tight around its ink


@dataclass(frozen=True, eq=False)
class Number:
    """A number that someone wrote, in the frame of the finished picture."""

    digits: tuple[DigitTruth, ...]  # in the order of writing; those that the picture shows
    box: Box
    quad: NDArray[np.float32]  # (4, 2) x, y, tight along the writing, clockwise
    tilt_deg: float  # of the writing, clockwise from level
    digit_height_px: float  # across the writing, the median of its digits
    ink_is_dark: bool
    is_whole: bool  # nothing is cut off by the page's edge or the picture's

    @property
    def text(self) -> str:
        """The labels of its digits."""
        return "".join(digit.label for digit in self.digits)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and the truth about the numbers in it."""

    kind: str
    gray: Gray
    numbers: tuple[Number, ...]
    mask: Ink  # True where a digit's ink is

    def negative(self) -> Scene:
        """The same scene with dark for light."""
        turned = tuple(replace(one, ink_is_dark=not one.ink_is_dark) for one in self.numbers)
        return replace(self, gray=np.asarray(255 - self.gray, np.uint8), numbers=turned)


@dataclass(frozen=True, eq=False)
class Written:
    """A number on a surface: its digits are numbered from `first` on in the surface's owners."""

    first: int
    labels: str
    baseline: NDArray[np.float64]  # (2, 2) x, y: from its start to its end
    ink_is_dark: bool
    is_whole: bool  # none of it is beyond the surface's edge


def inked(ink: Coverage, owner: Owner) -> Owner:
    """Whose ink each pixel is, where there is enough of it."""
    return np.asarray(owner * (ink > round(INKED * 255)), np.uint16)


def numbers(owner: Owner, written: list[Written]) -> tuple[Number, ...]:
    """The numbers that a picture shows, out of those on its surface; owner: as of `inked`."""
    points = _points(owner)
    found = (_number(one, points, owner.shape[:2]) for one in written)
    return tuple(number for number in found if number)


def _points(owner: Owner) -> dict[int, NDArray[np.int32]]:
    """For each digit the pixels of its ink, (N, 2) x, y."""
    points: dict[int, NDArray[np.int32]] = {}
    for layer in cv2.split(owner):
        y, x = np.nonzero(layer)
        whose = layer[y, x]
        order = np.argsort(whose, kind="stable")
        which, starts = np.unique(whose[order], return_index=True)
        at = np.column_stack([x, y]).astype(np.int32)[order]
        points.update(zip(map(int, which), np.split(at, starts[1:]), strict=bool(len(which))))
    return points


def _number(
    written: Written, points: dict[int, NDArray[np.int32]], size_px: tuple[int, ...]
) -> Number | None:
    wanted = enumerate(written.labels, written.first)
    shown = [(label, points[index]) for index, label in wanted if index in points]
    if not shown:
        return None
    digits = tuple(DigitTruth(label, _box(at)) for label, at in shown)
    box = _box(np.concatenate([at for _, at in shown]))
    height, width = size_px
    inside = box.left > 0 and box.top > 0 and box.right < width and box.bottom < height
    along = written.baseline[1] - written.baseline[0]
    along = along / max(float(np.hypot(*along)), 1e-9)
    axes = np.array([along, (-along[1], along[0])])  # along the writing, and down from it
    placed = [at @ axes.T for _, at in shown]
    # A pixel is a square about its point.
    reach = np.abs(axes).sum(axis=1) / 2
    low = np.min([at.min(axis=0) for at in placed], axis=0) - reach
    high = np.max([at.max(axis=0) for at in placed], axis=0) + reach
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])]) @ axes + 0.5
    heights = [float(np.ptp(at[:, 1]) + 2 * reach[1]) for at in placed]
    return Number(
        digits,
        box,
        corners.astype(np.float32),
        float(np.rad2deg(np.arctan2(along[1], along[0]))),
        float(np.median(heights)),
        written.ink_is_dark,
        written.is_whole and inside and len(shown) == len(written.labels),
    )


def _box(points: NDArray[np.int32]) -> Box:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0) + 1
    return Box(int(left), int(top), int(right), int(bottom))
