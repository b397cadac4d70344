"""Strokes of a digit's size that no digit of the answer accounts for."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitocr.arrays import median, padded
from digitocr.decide.survey import Survey, square
from digitocr.find.rules import RULE_HEIGHT, RULE_LENGTH
from digitocr.types import Box, Component, Ink, TextLine

FAINTEST = 0.08  # contrast, in natural logarithms; fainter strokes are grain
FAINTER = 0.12  # times the contrast of what was read
GRAINY, GRAIN = 0.9, 3.0  # fainter strokes than so many times what this share of the paper has
LOWEST, HIGHEST, WIDEST = 0.5, 1.7, 3.0  # digit heights
BROADEST = 0.6  # digit heights: a pen's stroke is thinner
LEAST_INK = 0.03  # of a digit's height squared: half of a fine pen's 1
SLIVER = 0.2  # digit heights: what the picture's edge leaves of a frame is narrower
LETTER = 0.6, 0.4  # digit heights: what is as high and as wide is no sign, tail or comma
CLAIMED = 0.3  # of a shape: it belongs to what was read
WORN = 0.35  # digit heights: such gaps has a worn or dashed rule, closer than rows of digits
FINE = 0.2  # digit heights: no such rule is thicker
MOSTLY = 0.7  # of a shape: it is a piece of one


def unread(seen: Survey) -> list[Box]:
    """Boxes, sheet frame, of strokes of a digit's size that were not read."""
    bare = seen.contrast[~seen.near & ~seen.ruled]
    if not bare.size or not seen.read.any():
        return []
    most = int(GRAINY * (bare.size - 1))
    grain = float(np.partition(bare, most)[most])
    inked = seen.contrast > max(FAINTEST, FAINTER * seen.usual, GRAIN * grain)
    # What goes on from a rule is the rest of it, or of a frame.
    ruled = cv2.dilate(seen.ruled.view(np.uint8), square(1)) > 0
    shapes = _digit_sized(inked & ~seen.ruled, seen.near, seen.digit_px, ruled)
    return [seen.box(*box) for box in shapes]


def _worn_rules(inked: Ink, px: float) -> Ink:
    """Ink of straight lines that lie, or stand upright, and may have gaps; px: a digit's height."""
    flat = _worn_along(inked, RULE_LENGTH * px, px)
    return flat | _worn_along(np.ascontiguousarray(inked.T), RULE_HEIGHT * px, px).T


def _worn_along(inked: Ink, long_px: float, px: float) -> Ink:
    """The same of lines that lie."""
    ink = inked.view(np.uint8)
    gap, run = (np.ones((1, round(reach) | 1), np.uint8) for reach in (WORN * px, long_px))
    # A slant of a pixel or two breaks runs.
    bold = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    closed = cv2.morphologyEx(bold, cv2.MORPH_CLOSE, gap)
    lines = cv2.morphologyEx(closed, cv2.MORPH_OPEN, run, borderValue=0)
    tall = np.ones((round(FINE * px) + 3, 1), np.uint8)
    thick = cv2.morphologyEx(closed, cv2.MORPH_OPEN, tall, borderValue=0)
    return np.asarray((lines > 0) & (thick == 0) & inked, np.bool_)


def _digit_sized(inked: Ink, near: Ink, px: float, ruled: Ink) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each shape that may be a digit and is not near what was read.

    px: a digit's height; ruled: rules and what is next to them.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8))
    lefts, _, widths, heights, areas = stats.T
    is_cut = (lefts == 0) | (lefts + widths == inked.shape[1])
    fits = (heights >= LOWEST * px) & (heights <= HIGHEST * px) & (widths <= WIDEST * px)
    fits &= (areas >= LEAST_INK * px * px) & ~(is_cut & (widths < SLIVER * px))
    fits[0] = False  # the paper
    shapes = []
    for index in np.flatnonzero(fits):
        left, top, width, height, area = map(int, stats[index])
        where = slice(top, top + height), slice(left, left + width)
        mask = labels[where] == index
        if np.count_nonzero(mask & near[where]) > CLAIMED * area or (mask & ruled[where]).any():
            continue
        edged = padded(mask.view(np.uint8), 1)
        if 2 * cv2.distanceTransform(edged, cv2.DIST_L2, 3).max() <= BROADEST * px:
            shapes.append((left, top, left + width, top + height, mask))
    # On most pages nothing is left to ask this of.
    worn = _worn_rules(inked & ~near, px) if shapes else inked
    return [
        (left, top, right, bottom)
        for left, top, right, bottom, mask in shapes
        if np.count_nonzero(mask & worn[top:bottom, left:right]) < MOSTLY * mask.sum()
    ]


def unclaimed(line: TextLine, digits: Sequence[Component]) -> list[Box]:
    """Boxes of a line's own shapes, of a letter's size, that none of its digits accounts for.

    digits: the ink of what was read on the line, sheet frame; where nothing was, it is no number.
    """
    if not digits:
        return []
    height_px = median(np.array([one.box.height for one in digits]))
    high, wide = (share * height_px for share in LETTER)
    whole = {one.box for one in digits}
    return [
        one.box
        for one in line.components
        if one.box.height >= high
        and one.box.width >= wide
        and one.box not in whole
        and sum(_shared(one, digit) for digit in digits) <= CLAIMED * one.area_px
    ]


def _shared(left: Component, right: Component) -> int:
    """Pixels of ink that two shapes share; a digit without ink of its own takes its whole box."""
    shared = left.box.shared(right.box)
    if shared is None:
        return 0
    one, other = (
        mask[shared.top - box.top : shared.bottom - box.top][
            :, shared.left - box.left : shared.right - box.left
        ]
        for mask, box in (
            (left.mask, left.box),
            (right.mask if right.mask.any() else ~right.mask, right.box),
        )
    )
    return int(np.count_nonzero(one & other))
