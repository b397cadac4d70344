"""The sheet of lines -> ink: Gaussian blur, then a threshold.

The level is Otsu's ("A threshold selection method from gray-level histograms", IEEE Trans. SMC,
1979) or given by hand. The adaptive threshold is Otsu's, taken on the distance from the local
paper, which a morphological closing estimates (Gonzalez, Woods: Digital Image Processing, on
black-hat shading correction).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.reasons import MethodReason
from digitocr.settings import Settings, ThresholdMethod
from digitocr.types import Binarization, Gray, Ink, Light

WINDOW_PX = 41  # broader than any stroke on the sheet
UNEVEN = 0.35  # paper that varies by more than this share of the ink's contrast

Counts = NDArray[np.int64]  # (256,), how often each gray level is there


def binarize(gray: Gray, inside: Ink, settings: Settings) -> Binarization:
    """Tell ink from paper. gray: uint8 (H, W), the sheet of lines: dark ink on light paper.

    inside: bool (H, W), what of it counts: where the picture is, and not blank around its rows.
    """
    sigma = settings.blur_sigma_px
    blurred = np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8) if sigma > 0 else gray
    window_px = _odd(settings.window_px or WINDOW_PX)
    paper = paper_under(blurred, window_px)
    depth = np.asarray(cv2.subtract(paper, blurred), np.uint8)  # how much darker than the paper
    depths = histogram(depth, inside)
    level = _otsu_level(depth[inside])
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
            level = 1 + _otsu_level(blurred[inside])
        ink = blurred < level
    return Binarization(blurred, method, reason, light, level, counts, window_px, surface, ink)


def _odd(value: float) -> int:
    return max(3, int(value) // 2 * 2 + 1)


def paper_under(gray: Gray, window_px: int = WINDOW_PX) -> Gray:
    """The brightness under the ink: a closing wipes out strokes narrower than the window."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (window_px, window_px))
    closed = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, kernel)
    side = window_px // 2 | 1
    return np.asarray(cv2.blur(closed, (side, side)), np.uint8)


def _otsu_level(values: NDArray[np.uint8]) -> int:
    """Otsu's level, 0..255, for values (N,); 0 where there are none."""
    if not values.size:
        return 0
    return int(cv2.threshold(values, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def histogram(values: Gray, mask: Ink | None = None) -> Counts:
    """How many of the values (H, W), where the mask is True, are 0, 1, .. 255: (256,)."""
    if mask is not None:  # OpenCV is slow with one
        return np.bincount(values[mask], minlength=256)
    return cv2.calcHist([values], [0], None, [256], [0, 256]).ravel().astype(np.int64)


def _mean(counts: Counts) -> float:
    return float((counts @ np.arange(256)) / max(1, counts.sum()))


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
