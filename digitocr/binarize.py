"""Gray picture -> ink: polarity, Gaussian blur, then Otsu's or an adaptive threshold.

Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC, 1979. The
adaptive threshold is Otsu's, taken on the distance from the local paper, which a morphological
closing estimates (Gonzalez, Woods: Digital Image Processing, on black-hat shading correction).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.settings import PolarityChoice, Settings, ThresholdMethod
from digitocr.strokes import stroke_width
from digitocr.types import Binarization, Gray, Ink

# Light changes slowly: paper and polarity are judged on a picture this many px across.
COARSE_PX = 240
POLARITY_PX = 10_000  # pixels are enough to tell dark ink from light
RIM_SHARE = 0.2  # of the shorter side: more than twice as deep as a frame is thick
WINDOW_SHARE = 0.2  # of the shorter side; narrower than a shadow,
STROKES = 2.0  # and at least so many strokes of the pen
WIDEST_WINDOW_SHARE = 2 / 3
UNEVEN = 0.35  # paper that varies by more than this share of the ink's contrast
LOWEST_CONTRAST = 8  # gray levels between paper and ink; grain and compression stay below
SEPARATION = 4.0  # deviations of the paper between the means that Otsu's level tells apart
NEAR_PX = 15, 5  # how wide the ink and its surroundings are together, and with its edge alone
GRAIN_FACTOR = 3.5  # ink stands out from the paper by this many times the paper's grain
ROBUST = 1.48  # the median distance from the median, to a normal distribution's deviation


def binarize(gray: Gray, settings: Settings) -> Binarization:
    """Tell ink from paper. gray: uint8 (H, W), working frame.

    All that follows the choice of polarity sees dark ink on light paper: for light ink the
    stored `blurred` picture is inverted.
    """
    ink_is_dark = _ink_is_dark(gray, settings.polarity)
    dark = gray if ink_is_dark else np.asarray(255 - gray, np.uint8)
    sigma = settings.blur_sigma_px
    blurred = np.asarray(cv2.GaussianBlur(dark, (0, 0), sigma), np.uint8) if sigma > 0 else dark
    paper = _paper(blurred, settings.window_px)
    depth = np.asarray(cv2.subtract(paper, blurred), np.uint8)  # how much darker than the paper
    depth_level = _otsu_level(depth)
    method, reason = _choose(paper, depth, depth_level, settings)
    if method == "adaptive":
        seen, level = depth, depth_level
        surface = np.asarray(cv2.subtract(paper, np.full_like(paper, level)), np.uint8)
        ink = depth > level
    else:
        seen, level = blurred, _otsu_level(np.asarray(255 - blurred, np.uint8))
        level, surface = 255 - level, None
        ink = blurred < level
    if not _stands_out(depth, ink):
        ink = np.zeros_like(ink)
        reason = "Nothing stands out from the paper's grain: the picture is taken as blank."
    counts = histogram(seen)
    return Binarization(gray, blurred, method, reason, level, counts, surface, ink_is_dark, ink)


def _coarse(gray: Gray, shortest_px: float = COARSE_PX) -> Gray:
    shrink = min(1.0, shortest_px / min(gray.shape))
    size = (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _ink_is_dark(gray: Gray, choice: PolarityChoice) -> bool:
    """Paper is what most of a neighbourhood is; ink is the rarer and stronger deviation."""
    if choice != "auto":
        return choice == "dark"
    # A wide median is slow: a long strip is shrunk further than a page.
    slim = min(gray.shape) / max(gray.shape)
    coarse = _coarse(gray, math.sqrt(POLARITY_PX * slim))
    reach = max(1, min(coarse.shape) // 2)
    usual = cv2.medianBlur(_surrounded(coarse, reach), 2 * reach + 1)
    deviation = coarse.astype(np.float64) - usual[reach:-reach, reach:-reach]
    return float((deviation * deviation * deviation).mean()) <= 0


def _surrounded(coarse: Gray, reach: int) -> Gray:
    """A picture that goes on for `reach` px around: with its paper, even if a frame ends it."""
    wide = cv2.copyMakeBorder(coarse, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    depth = max(1, round(RIM_SHARE * min(coarse.shape)))
    for turned in (wide, wide[::-1], wide.T, wide.T[::-1]):
        rim = np.sort(turned[reach : reach + depth], axis=0)
        turned[:reach] = rim[depth // 2]
    return np.asarray(wide, np.uint8)


def _odd(value: float) -> int:
    return max(3, int(value) // 2 * 2 + 1)


def _paper(blurred: Gray, window_px: int) -> Gray:
    """The paper's brightness under the ink, uint8 (H, W): a closing wipes out dark strokes."""
    coarse = _coarse(blurred)
    shorter_px = min(coarse.shape)
    wanted = window_px * coarse.shape[0] / blurred.shape[0]
    if not window_px:
        wanted = max(WINDOW_SHARE * shorter_px, STROKES * _pen_px(coarse))
    window = _odd(min(wanted, shorter_px))
    smooth = cv2.GaussianBlur(_closed(coarse, window), (0, 0), window / 4)
    size = (blurred.shape[1], blurred.shape[0])
    return np.asarray(cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _pen_px(coarse: Gray) -> float:
    """The strokes' width: in a digit that is cut out closely they are much of the picture."""
    window = _odd(WIDEST_WINDOW_SHARE * min(coarse.shape))
    depth = cv2.subtract(_closed(coarse, window), coarse)
    marks = cv2.threshold(depth, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    # What touches the picture's edge may be a frame, and thinner than the writing in it.
    inner = cv2.copyMakeBorder(marks, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(inner, None, (0, 0), 0, flags=8)
    return max(stroke_width(marks > 0), stroke_width(inner > 0))


def _closed(coarse: Gray, window: int) -> Gray:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (window, window))
    return np.asarray(cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, kernel), np.uint8)


def _otsu_level(values: Gray) -> int:
    """Otsu's level, 0..255, for dark paper values and bright ink values.

    Where ink covers a few thousandths of the picture, Otsu's criterion splits the paper's grain
    instead; what lies above the grain is then split once more.
    """
    level = int(cv2.threshold(values, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    counts = histogram(values)
    if _separation(counts, level) >= SEPARATION or counts[level + 1 :].sum() < 2:
        return level
    above = values[values > level]
    return int(cv2.threshold(above, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def histogram(values: Gray, mask: Ink | None = None) -> NDArray[np.int64]:
    """How many of the values (H, W), where the mask is True, are 0, 1, .. 255: (256,)."""
    where = None if mask is None else mask.view(np.uint8)
    return cv2.calcHist([values], [0], where, [256], [0, 256]).ravel().astype(np.int64)


def _separation(counts: NDArray[np.int64], level: int) -> float:
    """Distance between the two classes' means, in standard deviations of the lower class."""
    low, high = counts.copy(), counts.copy()
    low[level + 1 :], high[: level + 1] = 0, 0
    return (_mean(high) - _mean(low)) / (_deviation(low) + 1.0)


def _mean(counts: NDArray[np.int64]) -> float:
    return float((counts @ np.arange(256)) / max(1, counts.sum()))


def _deviation(counts: NDArray[np.int64]) -> float:
    square = float((counts @ (np.arange(256) - _mean(counts)) ** 2) / max(1, counts.sum()))
    return math.sqrt(square)


def _quantile(counts: NDArray[np.int64], share: float) -> float:
    return float(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def _choose(
    paper: Gray, depth: Gray, level: int, settings: Settings
) -> tuple[ThresholdMethod, str]:
    if settings.threshold != "auto":
        return settings.threshold, "Chosen by hand."
    counts = histogram(depth)
    counts[: level + 1] = 0
    contrast, shades = _mean(counts), histogram(_coarse(paper))
    spread = _quantile(shades, 0.98) - _quantile(shades, 0.02)
    facts = (
        f"the paper's brightness varies by {spread:.0f} gray levels, "
        f"the ink stands out by {contrast:.0f}"
    )
    if spread > UNEVEN * contrast:
        return "adaptive", f"Uneven light: {facts}, so each place gets its own threshold."
    return "otsu", f"Even light: {facts}, so one level serves the whole picture."


def _stands_out(depth: Gray, ink: Ink) -> bool:
    """Whether ink is deeper than the paper next to it by more than the paper's own grain."""
    # Not right at the ink, where a stroke's soft edge is neither ink nor grain.
    far, edge = (cv2.dilate(ink.view(np.uint8), np.ones((px, px), np.uint8)) for px in NEAR_PX)
    near = (far > edge) if (far > edge).any() else (far.view(np.bool_) & ~ink)
    paper, written = histogram(depth, near), histogram(depth, ink)
    if not paper.any() or not written.any():
        return False
    middle = _quantile(paper, 0.5)
    offsets = np.bincount(np.abs(np.arange(256) - int(middle)), weights=paper, minlength=256)
    grain = ROBUST * _quantile(offsets.astype(np.int64), 0.5)
    return _mean(written) - middle >= max(LOWEST_CONTRAST, GRAIN_FACTOR * grain)
