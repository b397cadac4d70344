"""Whether the outline of a digit can come from a hand, or is a compass's, a ruler's, a leaf's.

Residual of a direct least-squares ellipse: Fitzgibbon, Pilu, Fisher, PAMI, 1999. Corners after
Douglas, Peucker: "Algorithms for the reduction of the number of points", 1973.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median, padded
from digitocr.reasons import Objection
from digitocr.types import Component

TOO_ROUND = 0.0027  # of the longer side, mean distance: so near to an ellipse is no hand's 0
STRAIGHT = 0.03  # of the longer side: an outline this near to its corners has straight sides
MOST_SIDES = 6  # of a polygon; a hand's loop needs eight corners and more
ENCLOSED = 0.15  # of the box: so much a loop holds
HOLE = 0.03  # of the longer side, squared: crumbs are smaller
MOST_HOLES = 4  # an 8 with a loop at either end
KNOT = 0.25  # of the longer side: the breadth of a blot that a thin stem holds
DISC = 0.7  # of a square: a disc in it covers more
UNEVEN = 2.1  # times a shape's usual breadth: no pen's stroke swells so

Contour = NDArray[Any]  # (N, 1, 2) x, y, whatever integers OpenCV gives


def no_hand(component: Component) -> Objection | None:
    """Why no hand drew a digit's shape; None if one may have."""
    longer = max(component.mask.shape)
    mask = padded(component.mask.view(np.uint8), 2)
    outlines, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    parents = hierarchy[0, :, 3].tolist()
    placed = list(zip(outlines, parents, strict=True))
    outer = max((outline for outline, parent in placed if parent < 0), key=len)
    holes = [cv2.contourArea(outline) for outline, parent in placed if parent >= 0]
    if sum(area > (HOLE * longer) ** 2 for area in holes) > MOST_HOLES:
        return Objection.LOOPS
    if sum(holes) > ENCLOSED * component.mask.size:
        if _off_ellipse(outer, mask.shape) < TOO_ROUND * longer:
            return Objection.ELLIPSE
        if len(cv2.approxPolyDP(outer, STRAIGHT * longer, closed=True)) <= MOST_SIDES:
            return Objection.STRAIGHT_LOOP
    if component.area_px < DISC * (KNOT * longer) ** 2:
        return None
    breadth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    # Over a stroke of even breadth the distance to its edge rises evenly: half is usual.
    most = float(breadth.max())
    if 2 * most > KNOT * longer and most > UNEVEN * 2 * median(breadth[mask > 0]):
        return Objection.PARTLY_SOLID
    return None


def _off_ellipse(outer: Contour, shape: Sequence[int]) -> float:
    """How far an outline runs from the ellipse nearest to it, px: the area between by length."""
    if len(outer) < 5:  # points that an ellipse takes
        return np.inf
    within, ellipse = np.zeros((2, *shape), np.uint8)
    cv2.drawContours(within, [outer], -1, 1, cv2.FILLED)
    (x, y), axes, turn_deg = cv2.fitEllipseDirect(outer.astype(np.float32))
    if not np.isfinite([x, y, *axes, turn_deg]).all():
        return np.inf
    cv2.ellipse(ellipse, ((x, y), axes, turn_deg), 1, cv2.FILLED)
    return float(np.count_nonzero(within != ellipse) / len(outer))
