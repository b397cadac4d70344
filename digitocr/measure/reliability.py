"""Do confidences mean what they say? Calibration error, its diagram, and selective reading.

Expected calibration error after Naeini, Cooper, Hauskrecht: "Obtaining well calibrated
probabilities using Bayesian binning", AAAI 2015, with bins of equal width. The curve of selective
reading after El-Yaniv, Wiener: "On the foundations of noise-free selective classification", JMLR
2010.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from digitocr.measure.cases import Case

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


class Bound(NamedTuple):
    """What a bound on the confidence would accept."""

    confidence: float  # 0..1, the least that is accepted
    share: float  # 0..1, of all
    right: float  # 0..1, of those accepted


def bounds(confidences: ArrayLike, right: ArrayLike) -> list[Bound]:
    """The curve of selective reading: every bound that makes a difference, the strictest first."""
    order = np.argsort(-np.asarray(confidences, float), kind="stable")
    claimed, truth = np.asarray(confidences, float)[order], np.asarray(right, float)[order]
    counts = np.arange(1, len(claimed) + 1)
    # A bound cannot part equal confidences.
    is_bound = np.append(claimed[1:] != claimed[:-1], True)[: len(claimed)]
    found = zip(claimed, counts / max(len(claimed), 1), np.cumsum(truth) / counts, strict=True)
    return [
        Bound(*map(float, one))
        for one, counts_here in zip(found, is_bound, strict=True)
        if counts_here
    ]


def most_accepted(confidences: ArrayLike, right: ArrayLike, precision: float) -> float:
    """The greatest share, 0..1, that some bound on the confidence accepts at this precision."""
    reached = (one.share for one in bounds(confidences, right) if one.right >= precision)
    return max(reached, default=0.0)


class Claims(NamedTuple):
    """Confidences, 0..1, and whether each of them was right."""

    confidences: list[float]
    right: list[bool]


def claims(cases: Sequence[Case]) -> tuple[Claims, Claims]:
    """Those of the whole numbers, and of all their digits; nothing claims what was not read."""
    answered = [case for case in cases if case.guess]
    digits = [digit for case in answered for digit in case.digits]
    return (
        Claims([case.confidence for case in answered], [case.is_exact for case in answered]),
        Claims([sure for sure, _ in digits], [is_right for _, is_right in digits]),
    )
