"""Ruled lines, frames and squared paper: long straight ink goes, strokes that cross it stay.

Long runs are found by morphological opening (Serra: Image Analysis and Mathematical Morphology,
1982); a rule's pixel stays where the ink goes on across the rule, as in staff-line removal
(Dalitz and others: "A comparative study of staff removal algorithms", IEEE TPAMI, 2008).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Component, Ink

RULE_LENGTH = 2.2  # digit heights; no stroke of a digit runs straight for so long
CROSSING = 1.6  # ink deeper than this many thicknesses of the rule is a stroke across it


def find_rule(component: Component, digit_height_px: float) -> Ink:
    """The component's pixels that belong to ruled lines or a frame: bool, of its mask's shape."""
    length_px = max(12, round(RULE_LENGTH * digit_height_px))
    if max(component.mask.shape) < length_px:
        return np.zeros(component.mask.shape, np.bool_)
    ink = component.mask.astype(np.uint8)
    return _horizontal(ink, length_px) | _horizontal(np.ascontiguousarray(ink.T), length_px).T


def _horizontal(ink: NDArray[np.uint8], length_px: int) -> Ink:
    """Pixels of horizontal rules in uint8 ink (H, W)."""
    if ink.shape[1] < length_px:
        return np.zeros(ink.shape, np.bool_)
    run = cv2.getStructuringElement(cv2.MORPH_RECT, (length_px, 1))
    # A gentle slope or a rough edge breaks runs: bridge one pixel up and down first.
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    rule = np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, run, borderValue=0), np.uint8) & ink
    if not rule.any():
        return np.zeros(ink.shape, np.bool_)
    stats = cv2.connectedComponentsWithStats(rule, connectivity=8)[2][1:]
    thickness = float(np.median(stats[:, cv2.CC_STAT_AREA] / stats[:, cv2.CC_STAT_WIDTH]))
    deep = cv2.getStructuringElement(cv2.MORPH_RECT, (1, max(3, round(CROSSING * thickness) + 1)))
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, deep)
    return np.asarray((rule == 1) & (strokes == 0), np.bool_)
