"""Ruled lines, frames and squared paper: long straight ink goes, strokes that cross it stay.

Long runs are found by morphological opening (Serra: Image Analysis and Mathematical Morphology,
1982); a rule's pixel stays where the ink goes on across the rule, as in staff-line removal
(Dalitz and others: "A comparative study of staff removal algorithms", IEEE TPAMI, 2008).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.line_sheet import DIGIT_PX
from digitocr.types import Component, Ink

RULE_LENGTH = 1.8  # digit heights; no stroke of a digit runs straight for so long
RULE_HEIGHT = 1.4  # the same upright: a 1 is straight, but not so much taller than the rest
CROSSING = 1.6  # ink deeper than this many thicknesses of the rule is a stroke across it


def find_rule(component: Component) -> Ink:
    """The component's pixels that belong to ruled lines or a frame: bool, of its mask's shape."""
    ink = component.mask.astype(np.uint8)
    flat = _horizontal(ink, RULE_LENGTH * DIGIT_PX)
    upright = _horizontal(np.ascontiguousarray(ink.T), RULE_HEIGHT * DIGIT_PX).T
    return flat | upright


def _horizontal(ink: NDArray[np.uint8], shortest_px: float) -> Ink:
    """Pixels of horizontal rules in uint8 ink (H, W)."""
    length_px = round(shortest_px)
    if ink.shape[1] < length_px:
        return np.zeros(ink.shape, np.bool_)
    # Kernels of odd size, as an even one would shift what it opens by a pixel.
    run = cv2.getStructuringElement(cv2.MORPH_RECT, (length_px | 1, 1))
    # A gentle slope or a rough edge breaks runs: bridge a pixel up and down first.
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    rule = np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, run, borderValue=0), np.uint8) & ink
    if not rule.any():
        return np.zeros(ink.shape, np.bool_)
    stats = cv2.connectedComponentsWithStats(rule, connectivity=8)[2][1:]
    thickness = float((stats[:, cv2.CC_STAT_AREA] / stats[:, cv2.CC_STAT_WIDTH]).max())
    deep = cv2.getStructuringElement(cv2.MORPH_RECT, (1, (round(CROSSING * thickness) + 1) | 1))
    # Beyond the mask's edge there is paper; by default erosion takes it for ink.
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, deep, borderValue=0)
    return np.asarray((rule == 1) & (strokes == 0), np.bool_)
