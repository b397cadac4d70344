"""A line of writing -> the grey strip that the line reader knows.

Training and reading both call `strip`, so the network meets the same kind of picture in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.geometry import hull
from digitocr.types import RULE, Affine, Box, Dropped, Gray, Strip, TextLine

STRIP_PX = 32  # height
PAPER_PX = 15  # a dark spot smaller than this both ways is ink, not a shadow on the paper
FAINTEST = 24  # grey levels: fainter ink is not stretched to full black
USUAL_SLANT = 0.1  # tangent: people lean a little to the right
SLANTS = -0.5, 0.8  # what is taken out of the writing at most
NEAR = 1.0  # digit heights: what was left out and lies so close beside the line may be a digit
# What is surely no digit, wherever it lies.
NO_WRITING = {RULE, "far larger than the writing", "a speck"}
UPRIGHT = 0.6  # of a line's height: a rule that long stands upright beside it
DARKEST_SHARE = 0.02  # of the strip: the ink itself, without the pale edges of its strokes


class Margins(NamedTuple):
    """What is cut out around a line's shapes, in digit heights."""

    above: float  # and below
    beside: float
    tallest: float  # from the line's middle: a stray stroke that reaches further is cut


CLOSE = Margins(0.12, 0.3, 0.9)
WIDE = Margins(0.3, 0.4, 1.1)


def strip(gray: Gray, ink_is_dark: bool) -> Strip:
    """Scale a line of writing to the strip's height and its ink to 1.

    gray: (H, W), the line alone with a narrow margin; H and W at least 1.
    Returns float32 (STRIP_PX, W'), 0 paper .. 1 ink, at least STRIP_PX wide.
    """
    height, width = gray.shape
    size = max(STRIP_PX, round(width * STRIP_PX / height)), STRIP_PX
    shrinks = height > STRIP_PX
    scaled = cv2.resize(gray, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    dark = scaled if ink_is_dark else 255 - scaled
    # Closing fills in the strokes and leaves the paper with its light and shade.
    kernel = np.ones((PAPER_PX, PAPER_PX), np.uint8)
    paper = cv2.blur(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, kernel), (5, 5))
    ink = cv2.subtract(paper, dark)
    brightest = int((1 - DARKEST_SHARE) * (ink.size - 1))
    full = max(FAINTEST, float(np.partition(ink, brightest, axis=None)[brightest]))
    return np.asarray(np.minimum(ink / np.float32(full), 1), np.float32)


def upright(ready: Strip, line: TextLine) -> Strip:
    """The strip of a text line, sheared until its writing leans as most does; a little wider."""
    moments = [cv2.moments(one.mask.view(np.uint8), True) for one in line.components]
    tall = sum(one["mu02"] for one in moments)
    slant = -sum(one["mu11"] for one in moments) / tall if tall > 0 else USUAL_SLANT
    lean = float(np.clip(slant - USUAL_SLANT, *SLANTS))
    height, width = ready.shape
    wider = abs(lean) * height
    shear = np.array([[1, lean, (wider - lean * height) / 2], [0, 1, 0]], np.float64)
    size = (round(width + wider), height)
    return np.asarray(cv2.warpAffine(ready, shear, size, flags=cv2.INTER_LINEAR), np.float32)


def strip_box(line: TextLine, dropped: Sequence[Dropped], margins: Margins = CLOSE) -> Box:
    """What is cut out for a text line, level frame; it may reach beyond the picture.

    It holds the line's shapes, and the marks beside them that were dropped: this reader may
    find that one of them is a digit after all.
    """
    boxes = [component.box for component in line.components]
    height = line.digit_height_px
    middle = float(np.median([box.center_xy[1] for box in boxes]))
    around = _with_marks(hull(boxes), middle, height, dropped)
    above, beside = round(margins.above * height), round(margins.beside * height)
    reach = margins.tallest * height
    rules = _upright_rules(around, dropped)
    return Box(
        max([around.left - beside, *(rules[rules < around.left] + 1).tolist()]),
        max(around.top - above, round(middle - reach)),
        min([around.right + beside, *rules[rules >= around.right].tolist()]),
        min(around.bottom + above, round(middle + reach)),
    )


def _upright_rules(around: Box, dropped: Sequence[Dropped]) -> NDArray[np.intp]:
    """The columns in which a rule runs down beside a line: to the network it would be a 1."""
    columns = [np.zeros(0, np.intp)]
    for rule in (one.component for one in dropped if one.reason == RULE):
        rows = slice(max(0, around.top - rule.box.top), max(0, around.bottom - rule.box.top))
        inked = rule.mask[rows].sum(axis=0)
        columns.append(np.flatnonzero(inked >= UPRIGHT * around.height) + rule.box.left)
    return np.concatenate(columns)


def _with_marks(around: Box, middle: float, height: float, dropped: Sequence[Dropped]) -> Box:
    """The box, widened by the marks that follow it on either side at the line's height."""
    marks = [
        one.component.box
        for one in dropped
        if one.reason not in NO_WRITING
        and min(one.component.box.bottom, middle + 0.6 * height)
        - max(one.component.box.top, middle - 0.6 * height)
        >= 0.5 * one.component.box.height
    ]
    for mark in sorted(marks, key=lambda box: box.left):
        if around.right <= mark.right and mark.left < around.right + NEAR * height:
            around = around._replace(right=mark.right)
    for mark in sorted(marks, key=lambda box: -box.right):
        if mark.left <= around.left and mark.right > around.left - NEAR * height:
            around = around._replace(left=mark.left)
    return around


def cut_out(gray: Gray, box: Box, to_gray: Affine) -> Gray:
    """The pixels of a level-frame box, (box.height, box.width); paper goes on past the edges.

    to_gray: maps the level frame to the frame of gray (H, W).
    """
    moved = to_gray.copy()
    moved[:, 2] += to_gray[:, :2] @ np.array([box.left, box.top])
    return np.asarray(
        cv2.warpAffine(
            gray,
            moved,
            (box.width, box.height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )
