"""Ruled lines, frames and squared paper: long straight ink goes, strokes that cross it stay.

Long runs are found by morphological opening (Serra: Image Analysis and Mathematical Morphology,
1982); a rule's pixel stays where the ink goes on across the rule, as in staff-line removal
(Dalitz and others: "A comparative study of staff removal algorithms", IEEE TPAMI, 2008).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Ink

RULE_LENGTH = 2.2  # digit heights; no stroke of a digit runs straight for so long
CROSSING = 1.6  # ink deeper than this many thicknesses of the rule is a stroke across it


def find_rules(ink: Ink, digit_height_px: float) -> Ink:
    """The pixels of ruled lines, bool (H, W); ink: bool (H, W), level frame."""
    length_px = max(12, round(RULE_LENGTH * digit_height_px))
    flat = ink.astype(np.uint8)
    across = _horizontal(flat, length_px)
    down = _horizontal(np.ascontiguousarray(flat.T), length_px).T
    return across | down


def _horizontal(ink: NDArray[np.uint8], length_px: int) -> Ink:
    """Pixels of horizontal rules in uint8 ink (H, W)."""
    if ink.shape[1] < length_px:
        return np.zeros(ink.shape, np.bool_)
    run = cv2.getStructuringElement(cv2.MORPH_RECT, (length_px, 1))
    # A gentle slope or a rough edge breaks runs: bridge one pixel up and down first.
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    rule = cv2.morphologyEx(thick, cv2.MORPH_OPEN, run, borderValue=0) & ink
    if not rule.any():
        return rule.astype(bool)
    stats = cv2.connectedComponentsWithStats(rule, connectivity=8)[2][1:]
    thickness = float(np.median(stats[:, cv2.CC_STAT_AREA] / stats[:, cv2.CC_STAT_WIDTH]))
    deep = cv2.getStructuringElement(cv2.MORPH_RECT, (1, max(3, round(CROSSING * thickness) + 1)))
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, deep)
    return (rule == 1) & (strokes == 0)
