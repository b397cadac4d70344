"""What hides the paper beside or under a number, where it may go on: glare, or a crease."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from digitocr.arrays import median
from digitocr.decide.survey import Survey, square
from digitocr.types import Box, Component, Ink

BESIDE = 1.0  # digit heights: so far from a number's last digit its next one may stand
SMALLEST = 0.35  # digit heights, both ways: strokes and frames are thinner
BURNT, UNBURNT = 252, 246  # gray levels: of glare, and of paper that is no glare itself
CREASE = 0.35  # times the ink's contrast
EDGE = 0.2  # digit heights
CREASE_LENGTH = 1.7  # digit heights
ACROSS = 0.5  # of a line's height


Band = tuple[slice, slice]


def hidden(seen: Survey, lines: Sequence[Sequence[Component]]) -> list[Box]:
    """Boxes, sheet frame, of what hides the paper beside the digits of each line."""
    creases, burnt = _creases(seen), _burnt(seen)
    boxes = []
    for line in filter(None, lines):
        band = _band([_scaled(one.box, seen.scale) for one in line], seen)
        paper = seen.gray[band][~seen.near[band]]
        if paper.size:
            covers = [creases, burnt] if median(paper) < UNBURNT else [creases]
            boxes += [box for cover in covers for box in _boxes(cover, band, seen)]
    return boxes


def _scaled(box: Box, scale: float) -> Box:
    return Box(*(round(side * scale) for side in box))


def _band(line: Sequence[Box], seen: Survey) -> Band:
    """Rows and columns of a line of digits, and where its next digits may stand."""
    beside = round(BESIDE * seen.digit_px)
    top, bottom = min(box.top for box in line), max(box.bottom for box in line)
    left, right = min(box.left for box in line), max(box.right for box in line)
    return slice(max(0, top), bottom), slice(max(0, left - beside), right + beside)


def _burnt(seen: Survey) -> Ink:
    """Broad areas that are burnt out, where ink is dark: on other paper they are glare."""
    return _broad((seen.gray >= BURNT) & ~seen.near, seen)


def _broad(area: Ink, seen: Survey) -> Ink:
    kernel = square(SMALLEST * seen.digit_px / 2)
    return cv2.morphologyEx(area.view(np.uint8), cv2.MORPH_OPEN, kernel) > 0


def _creases(seen: Survey) -> Ink:
    """Lines that are longer than a digit and were not taken for rules."""
    inked = (seen.contrast > CREASE * seen.usual) & ~seen.ruled & ~seen.near
    edge = max(1, round(EDGE * seen.digit_px))  # where a frame may be cut off
    inked[:edge], inked[-edge:], inked[:, :edge], inked[:, -edge:] = False, False, False, False
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8))
    sizes = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    long = sizes > CREASE_LENGTH * seen.digit_px
    long[0] = False
    return np.asarray(long[labels]) & ~_broad(inked, seen)


def _boxes(cover: Ink, band: Band, seen: Survey) -> Iterator[Box]:
    """Where an area takes up half of a line's height, in the sheet frame."""
    inside = np.ascontiguousarray(cover[band]).view(np.uint8)
    for left, top, width, height, _ in cv2.connectedComponentsWithStats(inside)[2][1:].tolist():
        if height >= ACROSS * inside.shape[0]:
            x, y = band[1].start + left, band[0].start + top
            yield seen.box(x, y, x + width, y + height)
