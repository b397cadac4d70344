"""Gray picture -> ink: its sheet, polarity, Gaussian blur, then a threshold.

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

from digitocr.find.paper_sheet import cut_out, find_sheet
from digitocr.find.polarity import is_ink_dark
from digitocr.find.shrink import shrunk
from digitocr.find.stroke_width import stroke_width
from digitocr.reasons import MethodReason
from digitocr.settings import Settings, ThresholdMethod
from digitocr.types import Binarization, Gray, Ink, Light

# Light changes slowly: paper and polarity are judged on a picture this many px across.
COARSE_PX = 240
WINDOW_SHARE = 0.2  # of the shorter side; narrower than a shadow
STROKES = 2.0  # strokes of the pen: the window is at least as broad
WIDEST_WINDOW_SHARE = 2 / 3  # to find how broad the strokes are
BROADEST_SHARE = 0.18  # of the shorter side: strokes, where all the ink touches the edge
SHADOW = 4.0  # times as much as a narrow window finds: no strokes are so broad
PEN_PX = 120  # the strokes are measured on a picture this many px across
UNEVEN = 0.35  # paper that varies by more than this share of the ink's contrast
LOWEST_CONTRAST = 8  # gray levels between paper and ink; grain and compression stay below
SEPARATION = 4.0  # deviations of the paper between the means that Otsu's level tells apart
NEAR_PX = 15  # kernel that takes in the ink's surroundings
EDGE_PX = 5  # kernel that takes in its soft edge alone
GRAIN_FACTOR = 3.5  # ink stands out from the paper by this many times the paper's grain
ROBUST = 1.48  # the median distance from the median, to a normal distribution's deviation

Counts = NDArray[np.int64]  # (256,), how often each gray level is there


def binarize(gray: Gray, settings: Settings) -> Binarization:
    """Tell ink from paper, on the sheet alone if one is found. gray: uint8 (H, W), working frame.

    All that follows the choice of polarity sees dark ink on light paper: for light ink the
    stored `blurred` picture is inverted.
    """
    sheet = find_sheet(gray)
    if sheet and settings.polarity not in ("auto", "dark" if sheet.is_light else "light"):
        sheet = None
    ink_is_dark = sheet.is_light if sheet else is_ink_dark(gray, settings.polarity)
    if sheet and sheet.is_alone:
        gray = cut_out(sheet, gray)
    dark = gray if ink_is_dark else np.asarray(255 - gray, np.uint8)
    sigma = settings.blur_sigma_px
    blurred = np.asarray(cv2.GaussianBlur(dark, (0, 0), sigma), np.uint8) if sigma > 0 else dark
    smooth, window_px = _paper(blurred, settings.window_px)
    size = blurred.shape[1], blurred.shape[0]
    paper = np.asarray(cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    depth = np.asarray(cv2.subtract(paper, blurred), np.uint8)  # how much darker than the paper
    depths = histogram(depth)
    level = _otsu_level(depth, depths)
    light = None
    if settings.threshold == "auto":
        light = _light(smooth, depths, level)
        method, reason = _choose(light)
    else:
        method, reason = settings.threshold, MethodReason.BY_HAND
    if method == "adaptive":
        counts = depths
        surface = np.asarray(cv2.subtract(paper, np.full_like(paper, level)), np.uint8)
        ink = depth > level
    else:
        counts, surface = histogram(blurred), None
        level = settings.level
        if method == "otsu":
            level = 255 - _otsu_level(np.asarray(255 - blurred, np.uint8), counts[::-1])
        ink = blurred < level
    if not _stands_out(depth, ink):
        ink = np.zeros_like(ink)
        reason = MethodReason.BLANK
    return Binarization(
        gray=gray,
        sheet=sheet,
        blurred=blurred,
        paper=smooth,
        method=method,
        reason=reason,
        light=light,
        level=level,
        histogram=counts,
        window_px=window_px,
        surface=surface,
        ink_is_dark=ink_is_dark,
        ink=ink,
    )


def _odd(value: float) -> int:
    return max(3, int(value) // 2 * 2 + 1)


def _paper(blurred: Gray, window_px: int) -> tuple[Gray, int]:
    """The paper's brightness under the ink, on a smaller scale, and the window it was found with.

    A closing wipes out dark strokes narrower than the window. window_px: 0 to choose one.
    """
    coarse = shrunk(blurred, COARSE_PX)
    shorter_px = min(coarse.shape)
    wanted = window_px * coarse.shape[0] / blurred.shape[0]
    if not window_px:
        small = shrunk(coarse, PEN_PX)
        pen_px = _pen_px(small) * shorter_px / min(small.shape)
        wanted = max(WINDOW_SHARE * shorter_px, STROKES * pen_px)
    window = _odd(min(wanted, shorter_px))
    smooth = _smoothed(_closed(coarse, window), window / 4)
    return smooth, round(window * blurred.shape[0] / coarse.shape[0])


def _smoothed(coarse: Gray, sigma_px: float) -> Gray:
    """A wide Gaussian blur, as three boxes (Wells: "Efficient synthesis", PAMI, 1986)."""
    side = _odd(math.sqrt(4 * sigma_px**2 + 1))
    smooth = coarse.astype(np.float32)
    for _ in range(3):
        smooth = np.asarray(cv2.blur(smooth, (side, side)), np.float32)
    return np.rint(smooth).astype(np.uint8)


def _pen_px(coarse: Gray) -> float:
    """The strokes' width: in a digit that is cut out closely they are much of the picture.

    0 where what is dark is far more than strokes, a shadow for one.
    """
    shorter_px = min(coarse.shape)
    marks = _marks(coarse, WIDEST_WINDOW_SHARE * shorter_px)
    strokes = _marks(coarse, WINDOW_SHARE * shorter_px)
    if marks.sum() > SHADOW * strokes.sum():
        return 0.0
    # What touches the picture's edge may be a frame, and thinner than the writing in it.
    inner = cv2.copyMakeBorder(marks, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(inner, None, (0, 0), 0, flags=8)
    if not inner.any():  # a digit that fills the picture, or its light falls off to one side
        return float(min(stroke_width(marks > 0), BROADEST_SHARE * shorter_px))
    return max(stroke_width(marks > 0), stroke_width(inner > 0))


def _marks(coarse: Gray, window_px: float) -> NDArray[np.uint8]:
    """1 where it is much darker than the paper that such a window finds, else 0."""
    depth = cv2.subtract(_closed(coarse, _odd(window_px)), coarse)
    return np.asarray(cv2.threshold(depth, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)


def _closed(coarse: Gray, window: int) -> Gray:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (window, window))
    return np.asarray(cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, kernel), np.uint8)


def _otsu_level(values: Gray, counts: Counts) -> int:
    """Otsu's level, 0..255, for dark paper values and bright ink values with this histogram.

    Where ink covers a few thousandths of the picture, Otsu's criterion splits the paper's grain
    instead; what lies above the grain is then split once more.
    """
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
