"""Whether ink is darker than its paper: paper is what most of a neighbourhood is."""

from __future__ import annotations

import cv2
import numpy as np

from digitocr.find.shrink import with_area
from digitocr.settings import PolarityChoice
from digitocr.types import Gray

POLARITY_PX = 3_000  # pixels are enough to tell dark ink from light
EDGE_TRUST = 0.5  # what the picture's edge as it is counts, beside what it would be unframed
RIM_SHARE = 0.2  # of the shorter side: more than twice as deep as a frame is thick
FRAME_CONTRAST = 0.3  # of the picture's: a frame differs from the paper beside it by more


def is_ink_dark(gray: Gray, choice: PolarityChoice) -> bool:
    """Paper is what most of a neighbourhood is; ink is the rarer and stronger deviation."""
    if choice != "auto":
        return choice == "dark"
    # A wide median is slow.
    return _darkness(with_area(gray, POLARITY_PX)) >= 0


def _darkness(coarse: Gray) -> float:
    """How far what deviates from the usual is dark, above 0, or light, below it.

    The skewness, once with the picture's edge going on for ever, and once with its paper there,
    as the edge may be a frame; that is trusted more.
    """
    reach = max(1, min(coarse.shape) // 2)
    around = reach, reach, reach, reach
    plain = np.asarray(cv2.copyMakeBorder(coarse, *around, cv2.BORDER_REPLICATE), np.uint8)
    as_it_is = _skewness(coarse, plain, reach)
    unframed = _unframed(plain, reach)
    without_frame = as_it_is if unframed is None else _skewness(coarse, unframed, reach)
    return -EDGE_TRUST * as_it_is - without_frame


def _skewness(coarse: Gray, wide: Gray, reach: int) -> float:
    """Of the deviations from what is usual around; wide has `reach` px more on each side."""
    usual = cv2.medianBlur(wide, 2 * reach + 1)[reach:-reach, reach:-reach]
    deviation = coarse.astype(np.float64) - usual
    square = deviation * deviation
    spread = max(float(square.mean()), 1e-9)
    return float((square * deviation).mean() / spread**1.5)


def _unframed(plain: Gray, reach: int) -> Gray | None:
    """A picture with `reach` px around; where its edge is a frame, its paper goes on there.

    None where no edge is.
    """
    inner = plain[reach:-reach, reach:-reach]
    depth = max(1, round(RIM_SHARE * min(inner.shape)))
    contrast = float(inner.max()) - float(inner.min())
    wide = plain.copy()
    has_frame = False
    for turned in (wide, wide[::-1], wide.T, wide.T[::-1]):
        rows = _middle(turned[reach : reach + depth, reach:-reach])
        if abs(float(rows[0]) - float(_middle(rows))) > FRAME_CONTRAST * contrast:
            turned[:reach] = _middle(turned[reach : reach + depth].T)
            has_frame = True
    return wide if has_frame else None


def _middle(values: Gray) -> Gray:
    """The median along the last axis, the upper of two."""
    middle = values.shape[-1] // 2
    return np.asarray(np.partition(values, middle, axis=-1)[..., middle], np.uint8)
