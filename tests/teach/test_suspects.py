"""Confident learning: which labels the reader is sure are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import certain

from digitocr.teach.suspects import (
    NOTHING,
    confident_joint,
    counted_for,
    probably_wrong,
    usual_confidence,
)


def rows(*pairs: tuple[int, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """A row for each digit with its share, the others alike."""
    eleven = np.array([certain(label, share) for label, share in pairs], np.float64)
    return np.asarray(eleven[:, :10] / eleven[:, :10].sum(axis=1, keepdims=True))


def test_how_sure_is_usual_is_told_by_each_digits_own() -> None:
    usual = usual_confidence(rows((1, 0.9), (1, 0.5), (7, 0.8)), np.array([1, 1, 7]))
    assert usual[1] == pytest.approx(0.7, abs=0.03)
    assert usual[7] == pytest.approx(0.8, abs=0.03)
    assert np.isinf(usual[0])


@pytest.mark.parametrize(
    ("shares", "counted"),
    [((7, 0.95), 7), ((7, 0.55), NOTHING), ((1, 0.95), 1), ((3, 0.99), NOTHING)],
    ids=["surely a 7", "a 7, less surely than usual", "surely a 1", "no label has ever been 3"],
)
def test_what_a_digit_is_counted_for(shares: tuple[int, float], counted: int) -> None:
    usual = usual_confidence(rows((1, 0.9), (7, 0.9)), np.array([1, 7]))
    assert counted_for(rows(shares), usual).tolist() == [counted]


def test_the_confident_joint_counts_labels_against_what_they_are_counted_for() -> None:
    joint = confident_joint(np.array([1, 1, 7, 2]), np.array([1, 7, 7, NOTHING]))
    assert joint.sum() == 3
    assert (joint[1, 1], joint[1, 7], joint[7, 7]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("label", "guess", "confidence", "counted", "is_wrong"),
    [
        ("12", "12", 0.9, [1, 2], False),
        ("12", "17", 0.9, [1, 7], True),
        ("12", "17", 0.9, [1, NOTHING], False),
        ("12", "127", 0.9, [1, 2], True),
        ("12", "127", 0.3, [1, 2], False),
    ],
    ids=["agrees", "another digit", "not surely", "one more digit", "one more, not surely"],
)
def test_labels_that_are_probably_wrong(
    label: str, guess: str, confidence: float, counted: list[int], is_wrong: bool
) -> None:
    wrong = probably_wrong(
        ["34", label], ["34", guess], [0.8, confidence], np.array([3, 4, *counted])
    )
    assert wrong.tolist() == [False, is_wrong]


def test_without_a_label_nothing_is_wrong() -> None:
    assert not probably_wrong([], [], [], np.zeros(0, np.intp)).size
