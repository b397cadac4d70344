"""Labels that are probably wrong: the reader is sure of something else.

Northcutt, Jiang, Chuang: "Confident learning: estimating uncertainty in dataset labels", JAIR
2021. A digit that stands under a label as surely as digits with that label usually do is counted
for it, whatever its own label says; digits counted for another label than theirs are the estimate
of the wrong ones. How sure is usual is measured on the set itself, so that writing on which the
reader is seldom sure is not taken for badly labelled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DIGITS = 10
NOTHING = -1  # sure of no digit

Posteriors = NDArray[np.float64]  # (N, 10), rows sum to 1
Labels = NDArray[np.intp]  # (N,) 0..9


def usual_confidence(posteriors: Posteriors, labels: Labels) -> NDArray[np.float64]:
    """(10,) the mean probability of each digit where it is the label; infinite where none is."""
    counts = np.bincount(labels, minlength=DIGITS)
    sums = np.bincount(labels, posteriors[np.arange(len(labels)), labels], DIGITS)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)


def counted_for(posteriors: Posteriors, usual: NDArray[np.float64]) -> Labels:
    """(N,) the likeliest digit of those that are as sure as usual; NOTHING where none is."""
    sure = np.where(posteriors >= usual, posteriors, -1.0)
    return np.where(sure.max(axis=1) < 0, NOTHING, sure.argmax(axis=1))


def confident_joint(labels: Labels, counted: Labels) -> NDArray[np.int64]:
    """(10, 10) how many digits of each label, a row, were counted for each digit, a column."""
    joint = np.zeros((DIGITS, DIGITS), np.int64)
    seen = counted != NOTHING
    np.add.at(joint, (labels[seen], counted[seen]), 1)
    return joint


def probably_wrong(
    labels: Sequence[str], guesses: Sequence[str], confidences: Sequence[float], digits: Labels
) -> NDArray[np.bool_]:
    """(N,) whether each label has a digit that is counted for another, or the reader is as sure
    of another number of digits as it usually is of what the label says.

    guesses, confidences: the reader's own, 0..1; digits: of all the labels together, in their
    order, what `counted_for` says.
    """
    own = np.array([int(sign) for text in labels for sign in text], np.intp)
    places = np.repeat(np.arange(len(labels)), [len(text) for text in labels])
    differs = (digits != NOTHING) & (digits != own)
    wrong = np.bincount(places[differs], minlength=len(labels)) > 0
    sure = np.asarray(confidences, float)
    agree = np.array([one == other for one, other in zip(labels, guesses, strict=True)], bool)
    usual = float(sure[agree].mean()) if agree.any() else np.inf
    lengths = [len(one) != len(other) for one, other in zip(labels, guesses, strict=True)]
    return np.asarray(wrong | (np.array(lengths, bool) & (sure >= usual)))
