"""A number and its surroundings out of a picture: level, dark on light, of a wanted size."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.shrink import FINER, resized
from digitocr.found import FoundLine
from digitocr.types import Affine, Gray, Ink

NEAR_PX = 4  # of the picture around it


class Leveled(NamedTuple):
    """A number's surroundings."""

    gray: Gray  # (H, W), of light ink its negative; beyond the picture its edge goes on
    shown: Ink  # (H, W): what the picture shows, not what is beyond it
    to_gray: Affine  # the way back to the working frame


def leveled(gray: Gray, line: FoundLine, digit_px: int, above: float, beside: float) -> Leveled:
    """So many digit heights above a number's digits, below them and on either side of its core.

    gray: uint8 (H, W), working frame. Its digits become digit_px high.
    """
    scale = digit_px / line.digit_height_px
    width = max(1, round((line.length_px + 2 * beside * line.digit_height_px) * scale))
    height = round((1 + 2 * above) * digit_px)
    axes = np.column_stack([line.way, line.across]) / scale
    corner = line.middle - axes @ (np.array([width - 1, height - 1]) / 2)
    to_gray = np.column_stack([axes, corner])
    near, left_top = _near(gray, to_gray, (width, height))
    shrink = FINER * scale
    fine = near
    if shrink < 1:  # else fine strokes would fall between the pixels that are looked at
        fine = resized(near, tuple(max(1, round(shrink * side)) for side in near.shape[::-1]))
    factors = np.array(fine.shape[::-1]) / near.shape[::-1]
    source = to_gray - np.column_stack([np.zeros((2, 2)), left_top])
    source = source * factors[:, None]
    source[:, 2] += (factors - 1) / 2
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    edge = cv2.BORDER_REPLICATE
    seen = cv2.warpAffine(fine, source, (width, height), flags=how, borderMode=edge)
    dark = np.asarray(seen if line.ink_is_dark else 255 - seen, np.uint8)
    return Leveled(dark, _shown(gray.shape, to_gray, dark.shape), to_gray)


def _near(gray: Gray, to_gray: Affine, size: tuple[int, int]) -> tuple[Gray, NDArray[np.intp]]:
    """The part of gray (H, W) that holds a row of this width and height, and where it begins."""
    ends = np.array(size) - 1
    corners = to_gray @ np.array([(0, ends[0], ends[0], 0), (0, 0, ends[1], ends[1]), (1,) * 4])
    most = np.array(gray.shape[::-1])
    first = np.clip(np.floor(corners.min(axis=1)) - NEAR_PX, 0, most - 1).astype(np.intp)
    last = np.clip(np.ceil(corners.max(axis=1)) + NEAR_PX, first + 1, most).astype(np.intp)
    return gray[first[1] : last[1], first[0] : last[0]], first


def _shown(shape: tuple[int, int], to_gray: Affine, size: tuple[int, int]) -> Ink:
    """Where a row of this size (H, W) shows the picture of this shape, not what is beyond it."""
    ends = (np.array(shape[::-1]) - 0.5)[:, None, None]
    rows, columns = np.indices(size)
    places = np.tensordot(to_gray, np.stack([columns, rows, np.ones(size)]), 1)
    return np.asarray(((places >= -0.5) & (places <= ends)).all(axis=0), np.bool_)
