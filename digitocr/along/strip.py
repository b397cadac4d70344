"""A line of writing -> the grey strip that the line reader knows.

Training and reading both call `strip`, so the network meets the same kind of picture in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median
from digitocr.geometry import hull
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, Gray, Strip, TextLine

STRIP_PX = 32  # height
PAPER_PX = 15  # a dark spot smaller than this both ways is ink, not a shadow on the paper
FAINTEST = 24  # grey levels: fainter ink is not stretched to full black
USUAL_SLANT = 0.1  # tangent: people lean a little to the right
SLANTS = -0.5, 0.8  # what is taken out of the writing at most
NEAR = 1.0  # digit heights: what was left out and lies so close beside the line may be a digit
# What is surely no digit, wherever it lies.
NO_WRITING = {DropReason.RULE, DropReason.TOO_MUCH}
UPRIGHT = 0.6  # of a line's height: a rule that long stands upright beside it
DARKEST_SHARE = 0.02  # of the strip: the ink itself, without the pale edges of its strokes


class Margins(NamedTuple):
    """What is cut out around a line's shapes, in digit heights."""

    above: float  # and below
    beside: float
    tallest: float  # from the line's middle: a stray stroke that reaches further is cut


CLOSE = Margins(0.12, 0.3, 0.9)
WIDE = Margins(0.3, 0.4, 1.1)


def strip(gray: Gray, ink_is_dark: bool = True) -> Strip:
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


class Surroundings:
    """What was dropped around the lines: rules, and marks that may be digits after all."""

    def __init__(self, dropped: Sequence[Dropped]) -> None:
        self.rules = [one.component for one in dropped if one.reason is DropReason.RULE]
        self.rule_boxes = _boxes(self.rules)
        self.marks = _boxes([one.component for one in dropped if one.reason not in NO_WRITING])


def _boxes(components: Sequence[Component]) -> NDArray[np.intp]:
    return np.array([one.box for one in components], np.intp).reshape(-1, 4)


def strip_box(line: TextLine, around: Surroundings, margins: Margins = CLOSE) -> Box:
    """What is cut out for a text line, sheet frame; it may reach beyond the picture.

    It holds the line's shapes, and the marks beside them that were dropped: this reader may
    find that one of them is a digit after all.
    """
    boxes = [component.box for component in line.components]
    height = line.digit_height_px
    middle = median(np.array([box.center_xy[1] for box in boxes]))
    inner = _with_marks(hull(boxes), middle, height, around.marks)
    above, beside = round(margins.above * height), round(margins.beside * height)
    reach = margins.tallest * height
    rules = _upright_rules(inner, beside, around)
    return Box(
        max([inner.left - beside, *(rules[rules < inner.left] + 1).tolist()]),
        max(inner.top - above, round(middle - reach)),
        min([inner.right + beside, *rules[rules >= inner.right].tolist()]),
        min(inner.bottom + above, round(middle + reach)),
    )


def _upright_rules(inner: Box, beside: int, around: Surroundings) -> NDArray[np.intp]:
    """The columns near a line in which a rule runs down beside it: to the network a 1."""
    left, top, right, bottom = around.rule_boxes.T
    first, last = inner.left - beside, inner.right + beside
    near = (left < last) & (right > first) & (top < inner.bottom) & (bottom > inner.top)
    columns = [np.zeros(0, np.intp)]
    for rule in (around.rules[index] for index in np.flatnonzero(near)):
        rows = slice(max(0, inner.top - rule.box.top), max(0, inner.bottom - rule.box.top))
        start = max(0, first - rule.box.left)
        inked = rule.mask[rows, start : max(0, last - rule.box.left)].sum(axis=0)
        columns.append(np.flatnonzero(inked >= UPRIGHT * inner.height) + rule.box.left + start)
    return np.concatenate(columns)


def _with_marks(inner: Box, middle: float, height: float, marks: NDArray[np.intp]) -> Box:
    """The box, widened by the marks that follow it on either side at the line's height."""
    lefts, tops, rights, bottoms = marks.T
    shared = np.minimum(bottoms, middle + 0.6 * height) - np.maximum(tops, middle - 0.6 * height)
    level = shared >= 0.5 * (bottoms - tops)
    spans = np.column_stack([lefts, rights])[level]
    for left, right in spans[np.argsort(spans[:, 0], kind="stable")].tolist():
        if inner.right <= right and left < inner.right + NEAR * height:
            inner = inner._replace(right=right)
    for left, right in spans[np.argsort(-spans[:, 1], kind="stable")].tolist():
        if left <= inner.left and right > inner.left - NEAR * height:
            inner = inner._replace(left=left)
    return inner


def cut_out(gray: Gray, box: Box) -> Gray:
    """The pixels of a box, (box.height, box.width); beyond gray (H, W) its edge goes on."""
    rows = np.clip(np.arange(box.top, box.bottom), 0, gray.shape[0] - 1)
    columns = np.clip(np.arange(box.left, box.right), 0, gray.shape[1] - 1)
    return gray[rows[:, None], columns]
