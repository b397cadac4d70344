"""The whole gray picture once more, on the scale of its digits, for what may have been lost in it.

What a threshold, a sheet's edge or a reason to drop ink took away is still there. A stroke is
darker than the paper within its reach by a ratio, so that light which falls off changes nothing
(black top-hat of the logarithm; Meyer: "Contrast feature extraction", 1979; Stockham: "Image
processing in the context of a visual model", Proc. IEEE, 1972, on the logarithm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median
from digitocr.find.shrink import resized
from digitocr.types import Box, Component, Gray, Ink

DIGIT_PX = 24  # a digit's height in the survey
REACH = 0.35  # digit heights: from the middle of a stroke to paper
BLACK = 8.0  # gray levels added before the logarithm is taken, lest noise in the dark be contrast
PRECISION = 8192.0  # steps of the logarithm in 16 bits
SOFTNESS = 0.03  # digit heights: the blur that takes the grain
HALO = 0.12  # digit heights around what was read: the soft edge of its strokes
HALF_INKED = 60  # of 255: a pixel with so much of a stroke in it is ink

Levels = NDArray[np.float32]  # (H, W)


@dataclass(frozen=True, eq=False)
class Survey:
    """A picture, sheet frame, small; every array (H, W)."""

    scale: float  # small pixels to one of the sheet frame
    digit_px: float  # a digit's height here
    gray: Gray
    tone: Levels  # natural logarithm of the gray level
    contrast: Levels  # how far the ink's way from the paper around, in natural logarithms
    read: Ink  # the ink of the answer's digits
    near: Ink  # that and its soft edge
    ruled: Ink  # ruled lines, which hold no digit

    @property
    def usual(self) -> float:
        """The contrast of what was read."""
        return median(self.contrast[self.read]) if self.read.any() else 0.0

    def box(self, left: int, top: int, right: int, bottom: int) -> Box:
        """A box of the survey in the sheet frame."""
        return Box(*(round(side / self.scale) for side in (left, top, right, bottom)))


def survey(
    gray: Gray,
    read: Sequence[Component],
    rules: Sequence[Component],
    digit_height_px: float,
) -> Survey:
    """Look at the whole sheet, gray (H, W), by the size of its digits.

    read: the ink of the answer's digits;
    rules: ruled lines; both sheet frame. digit_height_px: of the digits that were read.
    """
    scale = min(1.0, DIGIT_PX / digit_height_px)
    px = digit_height_px * scale
    small = _scaled(gray, scale)
    taken, ruled = (_painted(parts, small.shape, scale) for parts in (read, rules))
    soft = cv2.GaussianBlur(small, (0, 0), SOFTNESS * px + 0.3)
    logarithm = np.log(np.arange(256) + BLACK)
    tone = cv2.LUT(soft, np.rint(logarithm * PRECISION).astype(np.uint16))
    paper = cv2.morphologyEx(tone, cv2.MORPH_CLOSE, square(REACH * px))
    return Survey(
        scale,
        px,
        small,
        np.asarray(cv2.LUT(soft, logarithm.astype(np.float32)), np.float32),
        np.asarray(cv2.subtract(paper, tone), np.float32) / np.float32(PRECISION),
        taken,
        cv2.dilate(taken.view(np.uint8), square(HALO * px)) > 0,
        cv2.dilate(ruled.view(np.uint8), square(1)) > 0,
    )


def _scaled(gray: Gray, scale: float) -> Gray:
    """The gray picture on a smaller scale."""
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    return resized(gray, size) if scale < 1 else gray


def _painted(parts: Sequence[Component], shape: tuple[int, ...], scale: float) -> Ink:
    """The ink of components on a smaller scale, bool of this shape; a box without ink is full."""
    painted = np.zeros(shape, np.bool_)
    for part in parts:
        left, top = (max(0, int(side * scale)) for side in part.box[:2])
        right, bottom = (int(np.ceil(side * scale)) for side in part.box[2:])
        mask = part.mask if part.mask.any() else ~part.mask
        size = max(1, right - left), max(1, bottom - top)
        soft = cv2.resize(mask.view(np.uint8) * np.uint8(255), size, interpolation=cv2.INTER_AREA)
        there = painted[top:bottom, left:right]
        there |= (np.asarray(soft) > HALF_INKED)[: there.shape[0], : there.shape[1]]
    return painted


def square(reach_px: float) -> NDArray[np.uint8]:
    """A kernel that reaches so far from its middle, at least one pixel."""
    side = 2 * max(1, round(reach_px)) + 1
    return np.ones((side, side), np.uint8)
