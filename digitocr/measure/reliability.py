"""Do confidences mean what they say? Calibration error, its diagram, and selective reading.

Expected calibration error after Naeini, Cooper, Hauskrecht: "Obtaining well calibrated
probabilities using Bayesian binning", AAAI 2015, with bins of equal width.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

BINS = 10


class Bin(NamedTuple):
    """What was claimed and what came true for the confidences between two bounds."""

    size: int
    claimed: float  # mean confidence, 0..1
    right: float  # share that was right, 0..1


def reliability(confidences: ArrayLike, right: ArrayLike) -> list[Bin]:
    """The bins of the reliability diagram that are not empty, from low to high confidence."""
    claimed, truth = np.asarray(confidences, float), np.asarray(right, float)
    place = np.minimum((claimed * BINS).astype(int), BINS - 1)
    inside = [place == index for index in range(BINS)]
    return [
        Bin(int(mask.sum()), float(claimed[mask].mean()), float(truth[mask].mean()))
        for mask in inside
        if mask.any()
    ]


def calibration_error(confidences: ArrayLike, right: ArrayLike) -> float:
    """Expected calibration error, 0..1: the mean gap between claim and truth; 0 without any."""
    bins = reliability(confidences, right)
    total = sum(one.size for one in bins)
    return sum(one.size * abs(one.claimed - one.right) for one in bins) / max(total, 1)


def most_accepted(confidences: ArrayLike, right: ArrayLike, precision: float) -> float:
    """The greatest share, 0..1, that some bound on the confidence accepts at this precision."""
    order = np.argsort(-np.asarray(confidences, float), kind="stable")
    claimed, truth = np.asarray(confidences, float)[order], np.asarray(right, float)[order]
    if not len(claimed):
        return 0.0
    counts = np.arange(1, len(claimed) + 1)
    # A bound cannot part equal confidences.
    is_bound = np.append(claimed[1:] != claimed[:-1], True)
    reached = counts[(np.cumsum(truth) / counts >= precision) & is_bound]
    return float(reached.max(initial=0)) / len(claimed)
