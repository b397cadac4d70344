"""Smaller copies of a picture, for what needs no detail."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitocr.types import Gray


def shrunk(gray: Gray, shortest_px: float) -> Gray:
    """A picture with its shorter side at most this long."""
    shrink = min(1.0, shortest_px / min(gray.shape))
    size = (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def with_area(gray: Gray, area_px: int) -> Gray:
    """A picture with at most about so many pixels."""
    return shrunk(gray, math.sqrt(area_px * min(gray.shape) / max(gray.shape)))
