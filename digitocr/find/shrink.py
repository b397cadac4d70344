"""Smaller copies of a picture, for what needs no detail."""

from __future__ import annotations

import cv2
import numpy as np

from digitocr.types import Gray

FINER = 2  # times what is asked for: a copy that is made smaller once more


def resized(gray: Gray, size_px: tuple[int, int]) -> Gray:
    """A picture (H, W) made smaller, to (width, height): each pixel is the mean of its area."""
    # Whole blocks of pixels are averaged quickly, parts of them slowly: those of a smaller copy.
    block = min(
        side // (FINER * least) for side, least in zip(gray.shape[::-1], size_px, strict=True)
    )
    if block > 1:
        height, width = gray.shape[0] // block, gray.shape[1] // block
        whole = gray[: height * block, : width * block]
        gray = np.asarray(
            cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
    return np.asarray(cv2.resize(gray, size_px, interpolation=cv2.INTER_AREA), np.uint8)
