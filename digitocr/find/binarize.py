"""The sheet of lines -> ink: Gaussian blur, then a threshold.

The level is Otsu's ("A threshold selection method from gray-level histograms", IEEE Trans. SMC,
1979) or given by hand. The adaptive threshold is Otsu's, taken on the distance from the local
paper, which a morphological closing estimates (Gonzalez, Woods: Digital Image Processing, on
black-hat shading correction).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.reasons import MethodReason
from digitocr.settings import Settings, ThresholdMethod
from digitocr.types import Binarization, Gray, Ink, Light

WINDOW_PX = 41  # broader than any stroke on the sheet
UNEVEN = 0.35  # paper that varies by more than this share of the ink's contrast
LOWEST_CONTRAST = 8  # gray levels between paper and ink; grain and compression stay below
SEPARATION = 4.0  # deviations of the paper between the means that Otsu's level tells apart
NEAR_PX = 15  # kernel that takes in the ink's surroundings
EDGE_PX = 5  # kernel that takes in its soft edge alone
GRAIN_FACTOR = 3.5  # ink stands out from the paper by this many times the paper's grain
ROBUST = 1.48  # the median distance from the median, to a normal distribution's deviation

Counts = NDArray[np.int64]  # (256,), how often each gray level is there


def binarize(gray: Gray, inside: Ink, settings: Settings) -> Binarization:
    """Tell ink from paper. gray: uint8 (H, W), the sheet of lines: dark ink on light paper.

    inside: bool (H, W), what of it counts: where the picture is, and not blank around its rows.
    """
    sigma = settings.blur_sigma_px
    blurred = np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8) if sigma > 0 else gray
    window_px = _odd(settings.window_px or WINDOW_PX)
    paper = _paper(blurred, window_px)
    depth = np.asarray(cv2.subtract(paper, blurred), np.uint8)  # how much darker than the paper
    depths = histogram(depth, inside)
    level = _otsu_level(depth[inside], depths)
    light = None
    if settings.threshold == "auto":
        light = _light(paper, depths, level)
        method, reason = _choose(light)
    else:
        method, reason = settings.threshold, MethodReason.BY_HAND
    if method == "adaptive":
        counts = depths
        surface = np.asarray(cv2.subtract(paper, np.full_like(paper, level)), np.uint8)
        ink = depth > level
    else:
        counts, surface = histogram(blurred, inside), None
        level = settings.level
        if method == "otsu":
            level = 255 - _otsu_level(np.asarray(255 - blurred[inside], np.uint8), counts[::-1])
        ink = blurred < level
    if not _stands_out(depth, ink):
        ink = np.zeros_like(ink)
        reason = MethodReason.BLANK
    return Binarization(blurred, method, reason, light, level, counts, window_px, surface, ink)


def _odd(value: float) -> int:
    return max(3, int(value) // 2 * 2 + 1)


def _paper(blurred: Gray, window_px: int) -> Gray:
    """The brightness under the ink: a closing wipes out strokes narrower than the window."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (window_px, window_px))
    closed = cv2.morphologyEx(blurred, cv2.MORPH_CLOSE, kernel)
    side = window_px // 2 | 1
    return np.asarray(cv2.blur(closed, (side, side)), np.uint8)


def _otsu_level(values: NDArray[np.uint8], counts: Counts) -> int:
    """Otsu's level, 0..255, for dark paper values and bright ink values (N,) with this histogram.

    Where ink covers a few thousandths of the picture, Otsu's criterion splits the paper's grain
    instead; what lies above the grain is then split once more.
    """
    if not values.size:
        return 0
    level = int(cv2.threshold(values, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    if _separation(counts, level) >= SEPARATION or counts[level + 1 :].sum() < 2:
        return level
    above = values[values > level]
    return int(cv2.threshold(above, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def histogram(values: Gray, mask: Ink | None = None) -> Counts:
    """How many of the values (H, W), where the mask is True, are 0, 1, .. 255: (256,)."""
    if mask is not None:  # OpenCV is slow with one
        return np.bincount(values[mask], minlength=256)
    return cv2.calcHist([values], [0], None, [256], [0, 256]).ravel().astype(np.int64)


def _separation(counts: Counts, level: int) -> float:
    """Distance between the two classes' means, in standard deviations of the lower class."""
    low, high = counts.copy(), counts.copy()
    low[level + 1 :], high[: level + 1] = 0, 0
    return (_mean(high) - _mean(low)) / (_deviation(low) + 1.0)


def _mean(counts: Counts) -> float:
    return float((counts @ np.arange(256)) / max(1, counts.sum()))


def _deviation(counts: Counts) -> float:
    square = float((counts @ (np.arange(256) - _mean(counts)) ** 2) / max(1, counts.sum()))
    return math.sqrt(square)


def _quantile(counts: Counts, share: float) -> float:
    return float(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def _light(paper: Gray, depths: Counts, level: int) -> Light:
    ink = depths.copy()
    ink[: level + 1] = 0
    shades = histogram(paper)
    return Light(_quantile(shades, 0.98) - _quantile(shades, 0.02), _mean(ink))


def _choose(light: Light) -> tuple[ThresholdMethod, MethodReason]:
    if light.paper_spread > UNEVEN * light.ink_contrast:
        return "adaptive", MethodReason.UNEVEN_LIGHT
    return "otsu", MethodReason.EVEN_LIGHT


def _stands_out(depth: Gray, ink: Ink) -> bool:
    """Whether ink is deeper than the paper next to it by more than the paper's own grain."""
    # Not right at the ink, where a stroke's soft edge is neither ink nor grain.
    far, edge = (
        cv2.dilate(ink.view(np.uint8), np.ones((px, px), np.uint8)) for px in (NEAR_PX, EDGE_PX)
    )
    near = far > edge
    if not near.any():
        near = far.view(np.bool_) & ~ink
    paper, written = histogram(depth, near), histogram(depth, ink)
    if not paper.any() or not written.any():
        return False
    middle = _quantile(paper, 0.5)
    offsets = np.bincount(np.abs(np.arange(256) - int(middle)), weights=paper, minlength=256)
    grain = ROBUST * _quantile(offsets.astype(np.int64), 0.5)
    return _mean(written) - middle >= max(LOWEST_CONTRAST, GRAIN_FACTOR * grain)
