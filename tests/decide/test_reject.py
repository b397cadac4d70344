"""Evidence becomes a probability, and a number in doubt is never shown whole."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from drawings import block
from hypothesis import given
from hypothesis import strategies as st

from digitocr.decide.reject import (
    FARTHEST,
    accepted,
    asked,
    digit_evidence,
    log_odds,
    number_evidence,
    probability,
)
from digitocr.networks.model_folder import CALIBRATION, load_calibration
from digitocr.networks.runtime import EXPORTS
from digitocr.reading import Proposal
from digitocr.types import Standing

SHIPPED = load_calibration(EXPORTS / CALIBRATION)
SHARES = st.floats(0, 1)
SCORES = st.floats(max_value=0) | st.just(-np.inf)

# Which digits are shown


@pytest.mark.parametrize(
    ("number", "digits", "one_wrong_in", "wanted"),
    [
        pytest.param(0.0, [], 200, [], id="no digits"),
        pytest.param(0.0, [0.1, 0.0], 1, [True, True], id="nothing is asked"),
        pytest.param(0.995, [0.2, 0.1], 200, [True, True], id="the number is sure enough"),
        pytest.param(0.994, [0.999, 0.999], 200, [False, True], id="the weakest, though strong"),
        pytest.param(0.994, [0.9999, 0.9], 200, [True, False], id="the weak one"),
        pytest.param(
            0.9, [0.9, 0.9999, 0.9], 200, [False, False, False], id="most in doubt: a word"
        ),
        pytest.param(0.9, [0.9, 0.9999, 0.9, 0.9999], 200, [False, True] * 2, id="all weak ones"),
        pytest.param(0.9, [0.9], 200, [False], id="a single digit"),
        pytest.param(0.9, [0.9], 10, [True], id="just sure enough"),
        pytest.param(0.4, [0.8, 0.85, 0.6], 2, [True, True, False], id="half may be wrong"),
    ],
)
def test_accepted(
    number: float, digits: list[float], one_wrong_in: int, wanted: list[bool]
) -> None:
    assert accepted(number, digits, 1 - 1 / one_wrong_in, one_wrong_in) == wanted


@given(SHARES, st.lists(SHARES, max_size=12))
def test_where_nothing_is_asked_all_is_shown(number: float, digits: list[float]) -> None:
    assert accepted(number, digits, asked(SHIPPED, 1), 1) == [True] * len(digits)


@given(SHARES, st.lists(SHARES, min_size=1, max_size=12), st.integers(1, 1_000_000))
def test_a_number_is_shown_whole_if_and_only_if_it_is_sure_enough(
    number: float, digits: list[float], one_wrong_in: int
) -> None:
    shown = accepted(number, digits, asked(SHIPPED, one_wrong_in), one_wrong_in)
    assert len(shown) == len(digits)
    assert all(shown) == (number >= asked(SHIPPED, one_wrong_in))


@given(
    SHARES,
    st.lists(SHARES, max_size=12),
    st.integers(1, 1_000_000),
    st.integers(1, 1_000_000),
)
def test_asking_for_more_shows_no_more(
    number: float, digits: list[float], one: int, other: int
) -> None:
    few = accepted(number, digits, asked(SHIPPED, max(one, other)), max(one, other))
    many = accepted(number, digits, asked(SHIPPED, min(one, other)), min(one, other))
    assert all(shown or not kept for kept, shown in zip(few, many, strict=True))


@given(SHARES, st.lists(SHARES, min_size=1, max_size=12), st.integers(1, 1_000_000))
def test_a_number_in_doubt_hides_its_weakest_digits(
    number: float, digits: list[float], one_wrong_in: int
) -> None:
    shown = accepted(number, digits, asked(SHIPPED, one_wrong_in), one_wrong_in)
    kept = [sure for sure, is_shown in zip(digits, shown, strict=True) if is_shown]
    hidden = [sure for sure, is_shown in zip(digits, shown, strict=True) if not is_shown]
    if hidden:
        assert min(hidden) == min(digits)
        assert not kept or np.prod(kept) >= 1 - 1 / one_wrong_in - 1e-9


# How sure a number must be


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_who_wants_fewer_wrong_ones_asks_for_more(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= asked(SHIPPED, low) <= asked(SHIPPED, high) < 1


def test_what_is_asked_is_the_least_at_which_few_enough_were_wrong() -> None:
    table = json.loads((EXPORTS / CALIBRATION).read_text("utf-8"))["selective"]
    assert asked(SHIPPED, 1) == 0
    for (odds, risk), (surer, lower) in pairwise(table):
        assert odds < surer
        assert risk > lower
        one_wrong_in = math.floor(1 / lower)
        if 1 / one_wrong_in < risk:
            assert asked(SHIPPED, one_wrong_in) == pytest.approx(probability(surer))
    # Fewer wrong ones than were seen at all: each must be so sure by itself.
    assert asked(SHIPPED, 10**6) == pytest.approx(1 - 1e-6)


# Probabilities


@pytest.mark.parametrize(("odds", "wanted"), [(0.0, 0.5), (np.log(9), 0.9), (-np.log(9), 0.1)])
def test_probability(odds: float, wanted: float) -> None:
    assert probability(odds) == pytest.approx(wanted)


@given(st.floats(-60, 60), st.floats(-60, 60))
def test_greater_odds_are_greater_probabilities(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= probability(low) <= probability(high) <= 1


def test_the_weights_are_finite_and_fit_the_evidence() -> None:
    weights = json.loads((EXPORTS / CALIBRATION).read_text("utf-8"))
    chosen = Proposal("7", -1.0, -1.0, 1.0)
    wanted = {
        "number": number_evidence(chosen, [chosen]),
        "digit": digit_evidence(7, standing(7, 0.9, 0.9), 2.0),
    }
    for kind, evidence in wanted.items():
        assert len(weights[kind]) == 1 + len(evidence)
        assert np.isfinite(weights[kind]).all()
        assert log_odds(getattr(SHIPPED, kind), [0.0] * len(evidence)) == pytest.approx(
            weights[kind][0]
        )


@pytest.mark.parametrize("kind", ["number", "digit"])
def test_log_odds_are_linear_in_the_evidence(kind: str) -> None:
    count = {"number": 1, "digit": 3}[kind]
    one, other = np.random.default_rng(0).normal(0, 3, (2, count))
    middle = log_odds(getattr(SHIPPED, kind), ((one + other) / 2).tolist())
    ends = log_odds(getattr(SHIPPED, kind), one.tolist()) + log_odds(
        getattr(SHIPPED, kind), other.tolist()
    )
    assert middle == pytest.approx(ends / 2)


# Evidence


def standing(label: int, by_line: float, by_segments: float | None) -> Standing:
    """A digit that both readers, or the line reader alone, give this share."""
    line, segments = np.zeros(10), np.zeros(10)
    line[label] = by_line
    if by_segments is not None:
        segments[label] = by_segments
    tile = np.zeros((28, 28), np.float32)
    return Standing(block(0, 0, 3, 5), tile, line, segments if by_segments is not None else None)


@pytest.mark.parametrize(
    ("posterior", "other", "margin"),
    [
        pytest.param(0.5, 0.5, 0.0, id="two alike"),
        pytest.param(0.75, 0.25, np.log(3), id="three to one"),
        pytest.param(0.25, 0.75, -np.log(3), id="what was known beforehand decided"),
        pytest.param(1.0, None, FARTHEST, id="alone"),
        pytest.param(1.0, 0.0, FARTHEST, id="far ahead"),
    ],
)
def test_the_margin_over_the_next_best_is_evidence(
    posterior: float, other: float | None, margin: float
) -> None:
    chosen = Proposal("205", -0.5, -3.0, posterior)
    proposals = [chosen]
    if other is not None:
        proposals += [Proposal("206", -2.0, -np.inf, other), Proposal("20", -9.0, -9.0, 0.0)]
    assert number_evidence(chosen, proposals) == pytest.approx([margin])


@given(SHARES, SCORES, SCORES, st.text("0123456789", max_size=5), SHARES)
def test_evidence_for_a_number_is_bounded(
    share: float, line_score: float, lattice_score: float, text: str, other: float
) -> None:
    chosen = Proposal(text, line_score, lattice_score, share)
    proposals = [chosen, Proposal("999999", -1.0, -1.0, other)]
    found = number_evidence(chosen, proposals)
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= FARTHEST


@given(SHARES, SHARES | st.none(), st.floats(allow_nan=False))
def test_evidence_for_a_digit_is_bounded(
    by_line: float, by_segments: float | None, odds: float
) -> None:
    found = digit_evidence(3, standing(3, by_line, by_segments), odds)
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= FARTHEST


@given(SHARES, SHARES)
def test_a_reader_that_is_surer_speaks_more_for_a_digit(one: float, other: float) -> None:
    low, high = sorted((one, other))
    weak = digit_evidence(3, standing(3, low, low), 0.0)
    strong = digit_evidence(3, standing(3, high, high), 0.0)
    assert all(less <= more for less, more in zip(weak, strong, strict=True))


def test_a_shape_that_the_segments_do_not_know_speaks_against_a_digit() -> None:
    assert digit_evidence(3, standing(3, 0.9, None), 0.0)[1] < 0
