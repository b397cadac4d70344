"""Tilted writing -> level writing; owns the affine map back to the original picture.

The tilt is the slope from each digit-like component to its right-hand neighbour, pooled over the
page by a weighted median: one odd pair, or a long 7, cannot turn the page (compare O'Gorman,
"The document spectrum for page layout analysis", IEEE TPAMI, 1993).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.components import Found, digit_height, find_components
from digitocr.types import Affine, Component, Ink, Rectification

SMALLEST_TURN_DEG = 3.0  # below this, turning costs sharpness and helps nothing
AGREEMENT_DEG = 10.0  # pairs this close to the median support it
EDGES_SHARE = 0.5  # of the tilt: heads or feet that rise less speak against it
LARGEST_GROWTH = 4.0  # a page at most doubles; a long strip would grow beyond all memory
MOST_PAIRS = 500
REACH = 3.5  # neighbours lie within this many digit heights


def rectify(
    ink: Ink, found: Found, source_px_per_px: tuple[float, float], max_skew_deg: float
) -> tuple[Rectification, Found]:
    """Turn ink, bool (H, W), until its lines of writing are level; its components there.

    ink and its components as found: working frame.
    """
    scale = np.diag(source_px_per_px).astype(np.float64)
    level = np.column_stack([np.eye(2), np.zeros(2)])
    skew_deg = estimate_skew(found.components, max_skew_deg) if max_skew_deg > 0 else 0.0
    if skew_deg == 0:
        return Rectification(0.0, ink, level, scale @ level), found
    turn, size = _turn(ink.shape, skew_deg)
    if size[0] * size[1] > LARGEST_GROWTH * ink.size:
        return Rectification(0.0, ink, level, scale @ level), found
    soft = cv2.warpAffine(ink.astype(np.uint8) * 255, turn, size, flags=cv2.INTER_LINEAR)
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    turned = soft > 127
    return Rectification(skew_deg, turned, back, scale @ back), find_components(turned)


def estimate_skew(components: Sequence[Component], max_skew_deg: float) -> float:
    """Clockwise tilt of the writing in degrees; 0 where there is too little to tell."""
    slopes, lengths = _neighbour_slopes(_digit_like(components), max_skew_deg)
    if len(slopes) < 2:
        return 0.0
    tops, middles, bottoms = slopes.T
    skew_deg = _weighted_median(middles, lengths)
    agreeing = np.abs(middles - skew_deg) <= AGREEMENT_DEG
    if lengths[agreeing].sum() < 0.6 * lengths.sum():
        return 0.0
    skew_deg = float(np.average(middles[agreeing], weights=lengths[agreeing]))
    # Tilted writing rises at its heads and its feet alike; a tall digit or a small one does not.
    edges = [_weighted_median(edge, lengths) * np.sign(skew_deg) for edge in (tops, bottoms)]
    if min(edges) < EDGES_SHARE * abs(skew_deg):
        skew_deg = float(max(0.0, min(edges)) * np.sign(skew_deg))
    return skew_deg if abs(skew_deg) >= SMALLEST_TURN_DEG else 0.0


def _turn(shape: tuple[int, int], skew_deg: float) -> tuple[Affine, tuple[int, int]]:
    """The rotation that levels the writing and the (width, height) that holds all of it."""
    height, width = shape
    center = ((width - 1) / 2, (height - 1) / 2)
    turn = np.asarray(cv2.getRotationMatrix2D(center, skew_deg, 1.0), np.float64)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    new_width = int(np.ceil(width * cos + height * sin))
    new_height = int(np.ceil(width * sin + height * cos))
    turn[:, 2] += np.array([new_width - width, new_height - height]) / 2
    return turn, (new_width, new_height)


def _digit_like(components: Sequence[Component]) -> NDArray[np.float64]:
    """Rows (center x, top, bottom) of the components that may be digits."""
    typical = digit_height(components)
    digits = [
        (box.center_xy[0], box.top, box.bottom)
        for box in (component.box for component in components)
        if 0.5 * typical < box.height < 2 * typical and box.width < 3 * box.height
    ]
    return np.array(digits, np.float64).reshape(-1, 3)


def _neighbour_slopes(
    digits: NDArray[np.float64], max_skew_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From each component to its nearest one on the right: slopes (P, 3) in degrees, of their
    tops, middles and bottoms, and lengths (P,) in px."""
    slopes, lengths = [], []
    middles = digits[:, 1:].mean(axis=1)
    every = 1 + len(digits) // MOST_PAIRS  # a full page is judged by a sample of its digits
    for (x, top, bottom), y in zip(digits[::every], middles[::every], strict=True):
        height = bottom - top
        beside = (digits[:, 0] > x) & (digits[:, 0] < x + REACH * height)
        others = digits[beside]
        dx, dy = others[:, 0] - x, middles[beside] - y
        distance = np.hypot(dx, dy)
        angle = np.degrees(np.arctan2(dy, dx))
        near = (np.abs(angle) <= max_skew_deg + 5) & (distance < REACH * height)
        if near.any():
            # A step sideways costs more than one along, so columns do not attract.
            cost = np.where(near, distance * (1 + np.abs(np.sin(np.radians(angle)))), np.inf)
            nearest = int(cost.argmin())
            rises = np.array([others[nearest, 1] - top, dy[nearest], others[nearest, 2] - bottom])
            slopes.append(np.degrees(np.arctan2(rises, dx[nearest])))
            lengths.append(float(distance[nearest]))
    bounded = np.clip(np.array(slopes).reshape(-1, 3), -max_skew_deg, max_skew_deg)
    return bounded, np.array(lengths)


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])
