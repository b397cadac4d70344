"""A written sheet in the picture, lying on a table say, or a blackboard on a wall."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median, padded
from digitocr.find.shrink import with_area
from digitocr.types import Gray, Ink, Sheet

COARSE_PX = 10_000  # pixels are enough to tell whether there may be a sheet,
FINE_PX = 90_000  # and so many show what a fine pen wrote on it
SMALLEST, LARGEST = 0.15, 0.9  # of the picture
SOLID = 0.9  # of its convex hull is sheet
BROADEST = 0.05  # of the picture's shorter side: no stroke on a sheet is so broad
MARKS_SHARE = 0.15  # of a sheet: its marks cover less
MARKED = 0.5  # times their contrast to what is around: marks differ by more from the whole sheet
SOFTEST = 0.15  # times the marks' contrast: right at a sheet's edge the table differs by more
SHADE = 0.33  # of the brightness of a sheet: paper in the shade beside it is brighter
OTHERS = 0.5  # of the height of the marks on a sheet: what is like them beyond it is lower
NOTCH = 0.15  # of the same: notches in the sheet's edge are less deep
EDGE_PX = 2  # of the fine picture: the sheet's edge itself is neither sheet nor table


def find_sheet(gray: Gray) -> Sheet | None:
    """The one sheet in a picture, uint8 (H, W), that no corner of it lies on; or None."""
    level, coarse = _otsu(with_area(gray, COARSE_PX))
    if _solidity(coarse)[1] < SOLID and _solidity(~coarse)[1] < SOLID:
        return None
    fine = with_area(gray, FINE_PX)
    light = fine > level
    candidates = [_written_on(fine, light, True), _written_on(fine, ~light, False)]
    sheets = [one for one in candidates if one]
    return sheets[0] if len(sheets) == 1 else None


def cut_out(sheet: Sheet, gray: Gray) -> Gray:
    """The picture, uint8 (H, W), with the sheet's paper going on beyond its edge."""
    size = gray.shape[::-1]
    kind = cv2.MORPH_CLOSE if sheet.is_light else cv2.MORPH_OPEN
    alone = np.where(sheet.inside, sheet.fine, _spread(sheet.fine, sheet.inside))
    unmarked = np.asarray(cv2.morphologyEx(alone, kind, _kernel(alone)), np.uint8)
    paper = cv2.resize(_spread(unmarked, sheet.inside), size, interpolation=cv2.INTER_LINEAR)
    inside = cv2.resize(sheet.inside.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.where(inside > 0, gray, np.asarray(paper, np.uint8))


def _solidity(area: Ink) -> tuple[Ink, float]:
    """The largest part of an area with its holes, and its share of its convex hull.

    0 where it is not as large as a sheet.
    """
    contours = cv2.findContours(area.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    if not contours:
        return area, 0.0
    largest = max(contours, key=cv2.contourArea)
    size_px = cv2.contourArea(largest)
    if not SMALLEST * area.size < size_px < LARGEST * area.size:
        return area, 0.0
    filled = cv2.drawContours(np.zeros(area.shape, np.uint8), [largest], 0, 1, cv2.FILLED)
    return filled > 0, size_px / cv2.contourArea(cv2.convexHull(largest))


def _written_on(fine: Gray, area: Ink, is_light: bool) -> Sheet | None:
    """The largest part of an area, if it is a sheet with marks on it."""
    sheet, solidity = _solidity(area)
    if solidity < SOLID or area[sheet].mean() < 1 - MARKS_SHARE:  # the latter is a frame
        return None
    inside, beyond = _eroded(sheet), _eroded(~sheet)
    core = cv2.erode(sheet.view(np.uint8), _kernel(fine), borderValue=1) > 0
    if not core.any() or not beyond.any():
        return None
    alone = np.where(inside, fine, _spread(fine, inside))
    depth = _depth(alone, is_light)
    level = _otsu(depth[core])[0]
    marks = core & (depth > level)
    if not 0 < marks.sum() < MARKS_SHARE * core.sum():
        return None
    usual, contrast = median(alone[core]), float(depth[marks].mean())
    # Between strokes of the other tone the paper is like marks, but as the sheet is.
    if abs(median(alone[marks]) - usual) < MARKED * contrast:
        return None
    edge, table_edge = inside & ~_eroded(inside), beyond & ~_eroded(beyond)
    step = abs(median(fine[edge]) - median(fine[table_edge]))
    if step < SOFTEST * contrast:  # the edge of a shadow is softer
        return None
    table_share = median(fine[beyond]) / max(1.0, median(fine[inside]))
    has_corner = sheet[[0, 0, -1, -1], [0, -1, 0, -1]].any()
    is_whole = not has_corner or table_share < SHADE
    is_crossed = _cuts_marks(sheet, beyond, fine, marks, level)
    if not is_whole and not is_light and is_crossed:  # dark writing, half of it in the shade
        return None
    return Sheet(fine, inside, is_light, is_whole and not is_crossed)


def _cuts_marks(sheet: Ink, beyond: Ink, fine: Gray, marks: Ink, level: float) -> bool:
    """Whether there may be marks beyond the sheet's edge, or across it."""
    usual_px = median(_heights(marks))
    table = np.where(beyond, fine, _spread(fine, beyond))
    # A number may go on in the dark, where its ink stands out by less.
    darker = min(1.0, median(fine[beyond]) / max(1.0, median(fine[sheet])))
    levels = np.where(marks.any(axis=1), darker * level, level)[:, None]
    for tone in (True, False):
        others = _heights(beyond & (_depth(table, tone) > levels))
        if others.max(initial=0) > OTHERS * usual_px:
            return True
    # A mark that crosses the edge hangs together with the table, and leaves a notch in the sheet.
    across = int(2 * usual_px) + 1
    wide = padded(sheet.view(np.uint8), across)
    whole = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((across, across), np.uint8))
    reach = cv2.distanceTransform(whole, cv2.DIST_L2, 3)[wide < whole].max(initial=0)
    return bool(reach > NOTCH * usual_px)


def _heights(marks: Ink) -> NDArray[np.int32]:
    stats = cv2.connectedComponentsWithStats(marks.view(np.uint8))[2]
    return np.asarray(stats[1:, cv2.CC_STAT_HEIGHT], np.int32)


def _spread(fine: Gray, inside: Ink) -> Gray:
    """The nearest of what is inside, for each pixel beyond; a little blurred."""
    labels = cv2.distanceTransformWithLabels(
        (~inside).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    nearest = np.zeros(labels.max() + 1, np.uint8)
    nearest[labels[inside]] = fine[inside]
    return np.asarray(cv2.blur(nearest[labels], (5, 5)), np.uint8)


def _depth(fine: Gray, is_light: bool) -> Gray:
    """How much darker each pixel is than the paper around, or lighter on a dark sheet."""
    kind = cv2.MORPH_BLACKHAT if is_light else cv2.MORPH_TOPHAT
    return np.asarray(cv2.morphologyEx(fine, kind, _kernel(fine)), np.uint8)


def _kernel(fine: Gray) -> NDArray[np.uint8]:
    across = max(2 * EDGE_PX + 1, int(BROADEST * min(fine.shape)) | 1)
    return np.ones((across, across), np.uint8)


def _eroded(area: Ink) -> Ink:
    kernel = np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8)
    return np.asarray(cv2.erode(area.view(np.uint8), kernel, borderValue=1) > 0)


def _otsu(values: NDArray[np.uint8]) -> tuple[float, NDArray[np.bool_]]:
    level = cv2.threshold(values, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
    return level, values > level
