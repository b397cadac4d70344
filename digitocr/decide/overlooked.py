"""What lies outside the numbers that were read, in the whole picture: strokes, and finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median
from digitocr.decide.survey import Survey, survey
from digitocr.decide.unread import FAINTEST, unread
from digitocr.find.line_sheet import in_picture
from digitocr.find.numbers import ON_LINE
from digitocr.found import FoundLine, SheetRow
from digitocr.geometry import Box
from digitocr.types import Component, Gray

HARDLY = 0.35  # the finder's score from which on it may be a number after all
ALIKE = 2.0  # times as high as what was read, at most, or as low
BODY = 0.7  # digit heights from a core: what is so close belongs to that number


def overlooked(
    gray: Gray,
    hardly: Sequence[FoundLine],
    read: Sequence[tuple[SheetRow, Sequence[Component]]],
    rules: Sequence[tuple[SheetRow, Component]],
) -> list[tuple[int, Box]]:
    """What may be a number or a digit and was not read: the place in `read` of the number that is
    nearest to it, and its box, working frame.

    gray: (H, W), working frame. hardly: what the finder hardly saw. read: the rows in which digits
    were read, at least one, and the ink of their digits; rules: ruled lines; both sheet frame.
    """
    lines = [row.line for row, _ in read]
    middles = np.array([one.middle for one in lines])
    dark = 2 * sum(one.ink_is_dark for one in lines) >= len(lines)
    parts = [
        part
        for row, components in read
        for component in components
        if (part := in_picture(component, row, gray.shape))
    ]
    ruled = [part for row, one in rules if (part := in_picture(one, row, gray.shape))]
    height_px = median(np.array([one.digit_height_px for one in lines]))
    seen = survey(gray if dark else np.asarray(255 - gray, np.uint8), parts, ruled, height_px)
    strokes = [(_nearest(middles, np.array(box.center_xy)), box) for box in unread(seen)]
    return [
        (nearest, box)
        for nearest, box in strokes + _hardly_seen(seen, hardly, lines, middles)
        if not _is_cut_from_another(box, seen, lines[nearest])
    ]


def _is_cut_from_another(box: Box, seen: Survey, line: FoundLine) -> bool:
    """Whether the picture's edge cuts something off above or below a number: it is of another
    one, and nobody could read it. box: working frame.
    """
    edge_px = 1 / seen.scale
    is_cut = box.top < edge_px or box.bottom > len(seen.gray) / seen.scale - edge_px
    _, across = line.steps_to(np.array(box.center_xy), line.middle)
    return is_cut and abs(across) > ON_LINE * line.digit_height_px


def _hardly_seen(
    seen: Survey,
    hardly: Sequence[FoundLine],
    read: Sequence[FoundLine],
    middles: NDArray[np.float64],
) -> list[tuple[int, Box]]:
    """What the finder hardly saw, or could not take in; not where the paper is blank."""
    places = []
    for one in hardly:
        nearest = _nearest(middles, one.middle)
        ratio = one.digit_height_px / read[nearest].digit_height_px
        is_alike = 1 / ALIKE <= ratio <= ALIKE
        if one.score >= HARDLY and is_alike and not any(one.lies_on(other, BODY) for other in read):
            left, top = np.floor(one.corners.min(axis=0)).astype(int).tolist()
            right, bottom = np.ceil(one.corners.max(axis=0)).astype(int).tolist()
            box = Box(left, top, right, bottom)
            if _is_inked(seen, box):
                places.append((nearest, box))
    return places


def _is_inked(seen: Survey, box: Box) -> bool:
    """Whether anything but what was read stands out from the paper in a box, working frame."""
    left, top, right, bottom = (max(0, round(side * seen.scale)) for side in box)
    there = seen.contrast[top:bottom, left:right][~seen.near[top:bottom, left:right]]
    return bool((there >= FAINTEST).any())


def _nearest(middles: NDArray[np.float64], place: NDArray[np.float64]) -> int:
    return int(np.argmin(np.linalg.norm(middles - place, axis=1)))
