"""Gray picture -> ink: polarity, Gaussian blur, then Otsu's or an adaptive threshold.

Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC, 1979. The
adaptive threshold is Otsu's, taken on the distance from the local paper, which a morphological
closing estimates (Gonzalez, Woods: Digital Image Processing, on black-hat shading correction).
"""

from __future__ import annotations

import cv2
import numpy as np

from digitocr.types import Binarization, Gray, Ink, PolarityChoice, Settings, ThresholdMethod

# Light changes slowly: paper and polarity are judged on a picture this many px across.
COARSE_PX = 240
WINDOW_SHARE = 0.2  # of the shorter side; wider than any pen stroke, narrower than a shadow
UNEVEN = 0.35  # paper that varies by more than this share of the ink's contrast
LOWEST_CONTRAST = 12  # gray levels between paper and ink; grain and compression stay below
GRAIN_FACTOR = 4.0  # ink stands out from the paper by this many times the paper's grain


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
    histogram = np.bincount(seen.ravel(), minlength=256).astype(np.int64)
    return Binarization(gray, blurred, method, reason, level, histogram, surface, ink_is_dark, ink)


def _coarse(gray: Gray) -> Gray:
    shrink = min(1.0, COARSE_PX / min(gray.shape))
    size = (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _ink_is_dark(gray: Gray, choice: PolarityChoice) -> bool:
    """Paper is what most of a neighbourhood is; ink is the rarer and stronger deviation."""
    if choice != "auto":
        return choice == "dark"
    coarse = _coarse(gray)
    window = _odd(min(coarse.shape) // 3)
    deviation = coarse.astype(np.float64) - cv2.medianBlur(coarse, window)
    return float((deviation**3).mean()) <= 0


def _odd(value: float) -> int:
    return max(3, int(value) // 2 * 2 + 1)


def _paper(blurred: Gray, window_px: int) -> Gray:
    """The paper's brightness under the ink, uint8 (H, W): a closing wipes out dark strokes."""
    coarse = _coarse(blurred)
    wanted = window_px or WINDOW_SHARE * min(blurred.shape)
    window = _odd(wanted * coarse.shape[0] / blurred.shape[0])
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, kernel)
    smooth = cv2.GaussianBlur(closed, (0, 0), window / 4)
    size = (blurred.shape[1], blurred.shape[0])
    return np.asarray(cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _otsu_level(depth: Gray) -> int:
    """Otsu's level, 0..255: ink is deeper. A second pass finds ink that is too rare for the first.

    Where ink covers a few thousandths of the picture, Otsu's criterion splits the paper's grain
    instead; what lies above the grain is then split once more.
    """
    level = int(cv2.threshold(depth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    above = depth[depth > level]
    if above.size < 2 or _separation(depth, level) >= GRAIN_FACTOR:
        return level
    return int(cv2.threshold(above, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def _separation(values: Gray, level: int) -> float:
    """Distance between the two classes' means, in standard deviations of the lower class."""
    below, above = values[values <= level], values[values > level]
    return float((above.mean() - below.mean()) / (below.std() + 1.0))


def _choose(
    paper: Gray, depth: Gray, level: int, settings: Settings
) -> tuple[ThresholdMethod, str]:
    if settings.threshold != "auto":
        return settings.threshold, "Chosen by hand."
    ink = depth > level
    contrast = float(depth[ink].mean()) if ink.any() else 0.0
    low, high = np.percentile(_coarse(paper), (2, 98))
    spread = float(high - low)
    facts = (
        f"the paper's brightness varies by {spread:.0f} gray levels, "
        f"the ink stands out by {contrast:.0f}"
    )
    if spread > UNEVEN * contrast:
        return "adaptive", f"Uneven light: {facts}, so each place gets its own threshold."
    return "otsu", f"Even light: {facts}, so one level serves the whole picture."


def _stands_out(depth: Gray, ink: Ink) -> bool:
    """Whether ink is deeper than the paper next to it by more than the paper's own grain."""
    near = cv2.dilate(ink.astype(np.uint8), np.ones((15, 15), np.uint8)).astype(bool) & ~ink
    if not near.any() or not ink.any():
        return False
    paper = depth[near].astype(np.float64)
    contrast = float(depth[ink].mean() - np.median(paper))
    grain = 1.48 * float(np.median(np.abs(paper - np.median(paper))))  # a robust deviation
    return contrast >= max(LOWEST_CONTRAST, GRAIN_FACTOR * grain / 2)
