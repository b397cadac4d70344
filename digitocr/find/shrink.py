"""Smaller copies of a picture, for what needs no detail."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitocr.types import Gray

FINER = 2  # times what is asked for: a copy that is made smaller once more


def shrunk(gray: Gray, shortest_px: float) -> Gray:
    """A picture with its shorter side at most this long."""
    shrink = min(1.0, shortest_px / min(gray.shape))
    return resized(
        gray, (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
    )


def with_area(gray: Gray, area_px: int) -> Gray:
    """A picture with at most about so many pixels."""
    return shrunk(gray, math.sqrt(area_px * min(gray.shape) / max(gray.shape)))


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
