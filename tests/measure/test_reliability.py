"""Calibration error and selective reading, against answers that can be counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitocr.measure.reliability import Bin, calibration_error, most_accepted, reliability

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def test_nothing_read_is_no_error() -> None:
    assert reliability([], []) == []
    assert calibration_error([], []) == 0
    assert most_accepted([], [], 0.9) == 0


def test_bins_hold_claims_and_truth() -> None:
    assert reliability([0.25, 0.25, 1.0], [True, False, True]) == [
        Bin(2, 0.25, 0.5),
        Bin(1, 1.0, 1.0),
    ]


@pytest.mark.parametrize(
    ("confidences", "right", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [True, False], 0.5),
        ([0.5, 0.5], [True, False], 0.0),
        ([0.05, 0.95], [True, True], 0.5),
    ],
)
def test_error_is_the_mean_gap(confidences: list[float], right: list[bool], error: float) -> None:
    assert calibration_error(confidences, right) == pytest.approx(error)


@pytest.mark.parametrize(
    ("confidences", "right", "precision", "share"),
    [
        ([0.9, 0.8, 0.7, 0.6], [True, True, False, True], 1.0, 0.5),
        ([0.9, 0.8, 0.7, 0.6], [True, True, False, True], 0.75, 1.0),
        ([0.9, 0.8], [False, False], 0.5, 0.0),
        # One bound for both: the right one cannot be had without the wrong one.
        ([0.9, 0.9], [True, False], 1.0, 0.0),
    ],
    ids=["perfect", "three of four", "none", "equal confidences"],
)
def test_the_largest_share_at_a_precision(
    confidences: list[float], right: list[bool], precision: float, share: float
) -> None:
    assert most_accepted(confidences, right, precision) == share


@given(ANSWERS)
def test_shares_and_errors_stay_in_range(answers: list[tuple[float, bool]]) -> None:
    confidences, right = zip(*answers, strict=True)
    bins = reliability(confidences, right)
    assert sum(one.size for one in bins) == len(answers)
    assert 0 <= calibration_error(confidences, right) <= 1
    shares = [most_accepted(confidences, right, goal) for goal in (1.0, 0.9, 0.5, 0.0)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_calibrated_reader_has_almost_no_error() -> None:
    rng = np.random.default_rng(0)
    claimed = rng.random(20_000)
    assert calibration_error(claimed, rng.random(20_000) < claimed) < 0.02
