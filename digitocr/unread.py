"""Strokes of a digit's size that no digit of the answer accounts for.

They are looked for anew in the gray picture, whole as it came: what a threshold, a sheet's edge or
a reason to drop ink took away must not be lost a second time. A stroke is darker than the paper
within a pen's reach of it by a ratio, so that light which falls off changes nothing (black top-hat
of the logarithm; Meyer: "Contrast feature extraction", 1979; Stockham: "Image processing in the
context of a visual model", Proc. IEEE, 1972, on why the logarithm).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Affine, Box, Component, Gray, Ink

DIGIT_PX = 24  # a digit's height on the picture that is searched
REACH = 0.35  # digit heights: from the middle of a stroke to paper
BLACK = 8.0  # gray levels added before the logarithm is taken, lest noise in the dark be contrast
PRECISION = 8192.0  # steps of the logarithm in 16 bits
FAINTEST = 0.08  # contrast, in natural logarithms; fainter strokes are grain
FAINTER = 0.25  # times the contrast of what was read
GRAIN = 3.0  # times what nine tenths of the bare paper stay below
LOWEST, HIGHEST, WIDEST = 0.5, 1.7, 3.0  # digit heights
BROADEST = 0.6  # digit heights: a pen's stroke is thinner
LEAST_INK = 0.03  # of a digit's height squared: half of a fine pen's 1
SLIVER = 0.2  # digit heights: what the picture's edge leaves of a frame is narrower
HALO = 0.12  # digit heights around what was read: the soft edge of its strokes
SOFTNESS = 0.03  # digit heights: the blur that takes the grain
HALF_INKED = 60  # of 255: a pixel with so much of a stroke in it is ink
CLAIMED = 0.3  # of a shape: it belongs to what was read


def find_unread(
    gray: Gray,
    to_gray: Affine,
    shape: tuple[int, int],
    ink_is_dark: bool,
    read: Sequence[Component],
    rules: Sequence[Component],
    digit_height_px: float,
) -> list[Box]:
    """Boxes, level frame, of strokes of a digit's size that were not read.

    gray: (H, W), the whole picture, working frame; to_gray: from the level frame, of this shape,
    to it. read: the ink of the answer's digits; rules: ruled lines, which hold no digit; both level
    frame. digit_height_px: typical height of the digits that were read.
    """
    scale = min(1.0, DIGIT_PX / digit_height_px)
    px = digit_height_px * scale
    small = _scaled(gray, to_gray, shape, scale)
    taken, ruled = (_painted(parts, small.shape, scale) for parts in (read, rules))
    near = cv2.dilate(taken.view(np.uint8), _square(HALO * px)) > 0
    ruled = cv2.dilate(ruled.view(np.uint8), _square(1)) > 0
    contrast = _contrast(small, ink_is_dark, px)
    bare = contrast[~near & ~ruled]
    if not bare.size or not taken.any():
        return []
    usual, grain = float(np.median(contrast[taken])), float(np.quantile(bare, 0.9))
    inked = (contrast > max(FAINTEST, FAINTER * usual, GRAIN * grain)) & ~ruled
    return [
        Box(*(int(side / scale) for side in (left, top, right, bottom)))
        for left, top, right, bottom in _digit_sized(inked, near, px)
    ]


def _scaled(gray: Gray, to_gray: Affine, shape: tuple[int, int], scale: float) -> Gray:
    """The level frame's gray picture, on a smaller scale; paper goes on past its edges."""
    small = gray
    if scale < 1:
        size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
        small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    if to_gray[0, 1] == 0:
        return small
    moved = np.column_stack([to_gray[:, :2], to_gray[:, 2] * scale])
    size = max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    edge = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(small, moved, size, flags=how, borderMode=edge), np.uint8)


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


def _contrast(small: Gray, ink_is_dark: bool, px: float) -> NDArray[np.float32]:
    """By how much each pixel differs from the paper around, in natural logarithms, float32."""
    soft = cv2.GaussianBlur(small, (0, 0), SOFTNESS * px + 0.3)
    table = np.rint(np.log(np.arange(256) + BLACK) * PRECISION)
    table = table if ink_is_dark else table.max() - table
    tone = cv2.LUT(soft, table.astype(np.uint16))
    paper = cv2.morphologyEx(tone, cv2.MORPH_CLOSE, _square(REACH * px))
    return np.asarray(cv2.subtract(paper, tone), np.float32) / np.float32(PRECISION)


def _digit_sized(inked: Ink, near: Ink, px: float) -> list[NDArray[np.int32]]:
    """Left, top, right and bottom of each shape that may be a digit and is not near what was read.

    px: a digit's height.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8))
    found = []
    for index in range(1, count):
        left, top, width, height, area = stats[index]
        if not LOWEST * px <= height <= HIGHEST * px or width > WIDEST * px:
            continue
        is_cut = left == 0 or left + width == inked.shape[1]
        if area < LEAST_INK * px * px or (is_cut and width < SLIVER * px):
            continue
        where = slice(top, top + height), slice(left, left + width)
        mask = labels[where] == index
        if np.count_nonzero(mask & near[where]) > CLAIMED * area:
            continue
        padded = np.pad(mask.view(np.uint8), 1)
        if 2 * cv2.distanceTransform(padded, cv2.DIST_L2, 3).max() <= BROADEST * px:
            found.append(np.array([left, top, left + width, top + height]))
    return found


def _square(reach_px: float) -> NDArray[np.uint8]:
    """A kernel that reaches so far from its middle, at least one pixel."""
    side = 2 * max(1, round(reach_px)) + 1
    return np.ones((side, side), np.uint8)
