"""Calibration and rejection: how often an answer like this one is right, and when to decline it.

Two logistic models turn the readers' evidence into probabilities (Platt: "Probabilistic outputs
for support vector machines", 1999): one for a whole number, one for each of its digits. How sure
a number must be to be shown is read off a table of selective risk (Geifman, El-Yaniv: "Selective
classification for deep neural networks", 2017). Both come with the networks; `training.calibrate`
makes those that ship from lines by hands that neither network was trained on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digitocr.calibration import Calibration
from digitocr.reading import Proposal
from digitocr.types import Standing

NOT_SEEN = -3.0  # log-odds of a digit whose shape the segmenting reader did not find
OBJECTED = 0.4  # times as likely is an answer, and each digit of it, that something speaks against
FARTHEST = 12.0  # log-odds and log-probabilities beyond this tell nothing more


def number_evidence(chosen: Proposal, proposals: Sequence[Proposal]) -> list[float]:
    """What speaks for a line's answer, as the features of its logistic model.

    Only how far it is ahead of the next best: both readers' scores are in that already, and
    what they say besides, or whether they agree, foretold nothing more when it was tried.
    """
    others = max((one.posterior for one in proposals if one.text != chosen.text), default=0.0)
    return [_clipped(float(np.log(max(chosen.posterior, 1e-12)) - np.log(max(others, 1e-12))))]


def digit_evidence(label: int, standing: Standing, number_log_odds: float) -> list[float]:
    """What speaks for one digit of the answer, as the features of its logistic model."""
    segments = standing.by_segments
    return [
        _clipped(_log_odds(float(standing.by_line[label]))),
        _clipped(_log_odds(float(segments[label]))) if segments is not None else NOT_SEEN,
        _clipped(number_log_odds),
    ]


def log_odds(weights: NDArray[np.float64], evidence: Sequence[float]) -> float:
    """The log-odds that an answer is right, by one of a calibration's logistic models."""
    return float(np.dot(weights[1:], evidence) + weights[0])


def probability(odds: float) -> float:
    """Log-odds -> probability 0..1."""
    return float(1 / (1 + np.exp(-odds)))


def asked(calibration: Calibration, one_wrong_in: int) -> float:
    """How sure, 0..1, a whole number must be, so that of N that are shown at most one is wrong."""
    share = 1 / one_wrong_in
    if share == 1:
        return 0.0
    table = calibration.selective
    low_enough = table[table[:, 1] <= share]
    if len(low_enough):
        return probability(float(low_enough[0, 0]))
    # So few were not wrong of all the lines that were looked at; each must be so sure by itself.
    return max(1 - share, probability(float(table[-1, 0])))


def accepted(
    number: float, digits: Sequence[float], number_asked: float, one_wrong_in: int
) -> list[bool]:
    """Which digits of a number are shown.

    number: probability that all of it is right; digits: each one's own; number_asked: from which
    on it is shown whole, see `asked`. A number that is not so sure has at least one digit in
    doubt: those that are too weak for one wrong in N such numbers, or the weakest. Where most of
    them are, it may be a word, in which a letter looks like a digit: all are.
    """
    if number >= number_asked or not digits:
        return [True] * len(digits)
    share = (1 - 1 / one_wrong_in) ** (1 / len(digits))
    weakest = int(np.argmin(digits))
    sure = [value >= share and index != weakest for index, value in enumerate(digits)]
    return sure if 2 * sum(sure) >= len(sure) else [False] * len(sure)


def _log_odds(share: float) -> float:
    bounded = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(bounded) - np.log1p(-bounded))


def _clipped(value: float) -> float:
    return min(max(value, -FARTHEST), FARTHEST)
