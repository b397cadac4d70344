"""Whether ink is darker than its paper: paper is what most of a neighbourhood is."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitocr.settings import PolarityChoice
from digitocr.types import Gray

SHEET_PX = 10_000  # pixels are enough to find a sheet and its strokes,
POLARITY_PX = 3_000  # and so many to tell dark ink from light
EDGE_TRUST = 0.5  # what the picture's edge as it is counts, beside what it would be unframed
RIM_SHARE = 0.2  # of the shorter side: more than twice as deep as a frame is thick
FRAME_CONTRAST = 0.3  # of the picture's: a frame differs from the paper beside it by more
SMALLEST_SHEET, LARGEST_SHEET = 0.15, 0.95  # of the picture
SOLID = 0.9  # of its convex hull
FEWEST_HOLES, HOLES_SHARE = 2, 0.15  # strokes in a sheet, and how much of it they are at most


def is_ink_dark(gray: Gray, choice: PolarityChoice) -> bool:
    """Paper is what most of a neighbourhood is; ink is the rarer and stronger deviation."""
    if choice != "auto":
        return choice == "dark"
    slim = min(gray.shape) / max(gray.shape)
    coarse = shrunk(gray, math.sqrt(SHEET_PX * slim))
    # A wide median is slow.
    small_px = math.sqrt(POLARITY_PX * slim)
    return sum(_darkness(shrunk(one, small_px)) for one in _sheets(coarse) or [coarse]) >= 0


def _darkness(coarse: Gray) -> float:
    """How far what deviates from the usual is dark, above 0, or light, below it.

    The skewness, once with the picture's edge going on for ever, and once with its paper there,
    as the edge may be a frame; that is trusted more.
    """
    reach = max(1, min(coarse.shape) // 2)
    plain = np.asarray(np.pad(coarse, reach, mode="edge"), np.uint8)
    as_it_is = _skewness(coarse, plain, reach)
    unframed = _unframed(plain, reach)
    without_frame = as_it_is if unframed is None else _skewness(coarse, unframed, reach)
    return -EDGE_TRUST * as_it_is - without_frame


def _skewness(coarse: Gray, wide: Gray, reach: int) -> float:
    """Of the deviations from what is usual around; wide has `reach` px more on each side."""
    usual = cv2.medianBlur(wide, 2 * reach + 1)[reach:-reach, reach:-reach]
    deviation = coarse.astype(np.float64) - usual
    square = deviation * deviation
    spread = max(float(square.mean()), 1e-9)
    return float((square * deviation).mean() / spread**1.5)


def _unframed(plain: Gray, reach: int) -> Gray | None:
    """A picture with `reach` px around; where its edge is a frame, its paper goes on there.

    None where no edge is.
    """
    inner = plain[reach:-reach, reach:-reach]
    depth = max(1, round(RIM_SHARE * min(inner.shape)))
    contrast = float(inner.max()) - float(inner.min())
    wide = plain.copy()
    has_frame = False
    for turned in (wide, wide[::-1], wide.T, wide.T[::-1]):
        rows = _middle(turned[reach : reach + depth, reach:-reach])
        if abs(float(rows[0]) - float(_middle(rows))) > FRAME_CONTRAST * contrast:
            turned[:reach] = _middle(turned[reach : reach + depth].T)
            has_frame = True
    return wide if has_frame else None


def _middle(values: Gray) -> Gray:
    """The median along the last axis, the upper of two."""
    middle = values.shape[-1] // 2
    return np.asarray(np.partition(values, middle, axis=-1)[..., middle], np.uint8)


def _sheets(coarse: Gray) -> list[Gray]:
    """The sheets in a picture, if more than one sheet's paper is in it: each with nothing around.

    A sheet on a table, light on dark or dark on light, is one solid area with small holes: its
    writing.
    """
    level = cv2.threshold(coarse, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    found = []
    for area in (level, 1 - level):
        contours, tree = cv2.findContours(area, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        sizes = [cv2.contourArea(one) for one in contours]
        outer = [index for index in range(len(contours)) if tree[0, index, 3] < 0]
        if not outer:
            continue
        largest = max(outer, key=lambda index: sizes[index])
        holes = [sizes[index] for index in range(len(contours)) if tree[0, index, 3] == largest]
        hull = cv2.contourArea(cv2.convexHull(contours[largest]))
        is_sheet = (
            SMALLEST_SHEET * area.size < sizes[largest] < LARGEST_SHEET * area.size
            and sizes[largest] > SOLID * hull
            and len(holes) >= FEWEST_HOLES
            and sum(holes) < HOLES_SHARE * sizes[largest]
        )
        if is_sheet:  # so large that something is left of it without its edge
            inside = cv2.drawContours(np.zeros_like(area), contours, largest, 1, cv2.FILLED)
            inside = cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=1)
            alone = np.where(inside > 0, coarse, np.uint8(np.median(coarse[inside > 0])))
            found.append(np.asarray(alone, np.uint8))
    return found


def shrunk(gray: Gray, shortest_px: float) -> Gray:
    """A picture with its shorter side at most this long."""
    shrink = min(1.0, shortest_px / min(gray.shape))
    size = (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
