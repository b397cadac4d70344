"""The marks of a sheet in a photo: which page it is, and where on the photo each mm of it lies."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.sheet.layout import Page, dictionary, mark_corners, mark_ids, page_of
from digitocr.types import Gray, InputError

LOOKED_AT_PX = 2000  # longer side of the picture in which the marks are looked for
LEAST_MARKS = 3  # a thumb may lie on one
CROOKED_MM = 1.5  # how far marks may lie from where they stand on a flat sheet
COARSEST = 3.0  # px to a mm: digits of some 10 mm are 30 px high then
FLAT = "lay the sheet flat, and take the photo once more with all four marks on it."


class Located(NamedTuple):
    """A page in a photo."""

    page: Page
    to_photo: NDArray[np.float64]  # (3, 3), maps (x, y, 1) mm to the photo's px, a homography
    px_per_mm: float  # in the middle of the page


def locate(gray: Gray) -> Located:
    """Find the sheet in a photo, (H, W), whichever way up it lies.

    Raises InputError, in a sentence, when there is none, a part of one, or several.
    """
    found = _marks(gray)
    pages = [page for page in map(page_of, found) if page]
    if not pages:
        if found:
            raise InputError("The marks on this picture are not those of a digitocr sheet.")
        raise InputError(f"No mark of a digitocr sheet was found: {FLAT}")
    page = max(sorted(set(pages)), key=pages.count)
    if any(pages.count(other) > 1 for other in set(pages) - {page}):
        raise InputError("This picture shows several sheets: photograph each of them alone.")
    ids = mark_ids(page)
    seen = [place for place, mark in enumerate(ids) if mark in found]
    if len(seen) < LEAST_MARKS:
        raise InputError(f"Only {len(seen)} of the sheet's four marks can be seen: {FLAT}")
    on_paper = mark_corners(page.paper)[seen].reshape(-1, 2)
    in_photo = np.concatenate([found[ids[place]] for place in seen])
    to_photo, _ = cv2.findHomography(on_paper, in_photo)
    if to_photo is None:
        raise InputError(f"The sheet's marks lie in no plane: {FLAT}")
    middle = np.array(page.paper.size_mm) / 2
    steps = middle + np.array([(0, 0), (1, 0), (0, 1)])
    origin, right, down = mapped(np.asarray(to_photo, np.float64), steps)
    px_per_mm = float(np.sqrt(abs(np.linalg.det(np.array([right - origin, down - origin])))))
    off = np.linalg.norm(mapped(np.asarray(to_photo, np.float64), on_paper) - in_photo, axis=1)
    if off.max() > CROOKED_MM * px_per_mm:
        raise InputError(f"The sheet is bent, or its marks are not on one page: {FLAT}")
    if px_per_mm < COARSEST:
        raise InputError("The sheet is too small in this picture: go nearer, so that it fills it.")
    return Located(page, np.asarray(to_photo, np.float64), px_per_mm)


def mapped(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, 2) through a homography (3, 3)."""
    through = cv2.perspectiveTransform(points.reshape(-1, 1, 2), matrix)
    return np.asarray(through, np.float64).reshape(-1, 2)


def _marks(gray: Gray) -> dict[int, NDArray[np.float64]]:
    """The marks' numbers, and their corners (4, 2), clockwise from a mark's own upper left one."""
    scale = min(1.0, LOOKED_AT_PX / max(gray.shape))
    size = [max(1, round(side * scale)) for side in gray.shape[::-1]]
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary(), settings).detectMarkers(small)
    if ids is None:
        return {}
    scales = np.array(gray.shape[::-1]) / np.array(size)
    return {
        int(mark): (np.asarray(four, np.float64).reshape(4, 2) + 0.5) * scales - 0.5
        for mark, four in zip(ids.ravel(), corners, strict=True)
    }
