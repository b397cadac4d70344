"""Whether the ink of a digit can be a pen's stroke on paper, or is a stain, a petal, a disc."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median, padded
from digitocr.reasons import Objection
from digitocr.types import Box, Component, Gray, Ink

SOLID = 0.56  # of a shape's longer side: no stroke is so broad
AROUND = 0.15  # of the longer side: so much around a shape is looked at
GAP = 0.1  # of the longer side: a rim with such gaps encloses what is in it
FILLED = 0.4  # of the ink's contrast: paper in a shape's inside is nearer to the paper around it
DISC = 0.7  # of a square: a disc in it covers more
SEEN_PX = 48  # of a shape's longer side, at least, are looked at
ENOUGH = 500  # pixels whose median tells that of all
LEAST_PX = 5  # of an inside or a surrounding, to judge it by


def no_stroke(component: Component, cut: Callable[[Box], Gray]) -> Objection | None:
    """Why a digit's shape is no stroke of a pen; None if it may be one.

    cut: the gray pixels of a box, dark ink; asked only of shapes that enclose something.
    """
    margin = max(3, round(AROUND * max(component.mask.shape)))
    step = 1 + max(component.mask.shape) // SEEN_PX
    mask = padded(component.mask.view(np.uint8), margin)[::step, ::step]
    longer = max(component.mask.shape) / step
    broad_px = SOLID * longer
    # Most shapes have less ink than a disc so broad: for them its breadth need not be measured.
    if (
        component.area_px / step**2 > DISC * broad_px**2
        # From the outermost pixels' middles: the breadth of small shapes is not overrated.
        and 2 * cv2.distanceTransform(mask, cv2.DIST_L2, 5).max() - 1 > broad_px
    ):
        return Objection.SOLID
    inside, outside = _sides(mask, max(1, round(GAP * longer)))
    if min(np.count_nonzero(inside), np.count_nonzero(outside)) < LEAST_PX:
        return None
    left, top, right, bottom = component.box
    gray = cut(Box(left - margin, top - margin, right + margin, bottom + margin))[::step, ::step]
    paper, within, ink = (_usual(gray[area]) for area in (outside, inside, mask > 0))
    if paper - within > FILLED * (paper - ink) > 0:
        return Objection.FILLED
    return None


def _usual(levels: NDArray[np.uint8]) -> float:
    """The median of so many of the levels as tell it."""
    return median(levels[:: 1 + len(levels) // ENOUGH])


def _sides(mask: NDArray[np.uint8], gap_px: int) -> tuple[Ink, Ink]:
    """What a shape encloses, and what is around it, without the soft edge of its ink."""
    kernel = np.ones((2 * gap_px + 1, 2 * gap_px + 1), np.uint8)
    wide = padded(mask, gap_px + 1)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel, borderValue=0)
    cv2.floodFill(closed, None, (0, 0), 2)
    inner = slice(gap_px + 1, -gap_px - 1)
    beyond = closed[inner, inner] == 2
    bare = cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0
    return bare & ~beyond, bare & beyond
