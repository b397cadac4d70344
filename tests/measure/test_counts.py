"""The figures of an evaluation, and the interval that a share probably lies in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitocr.measure.cases import Case, unreadable
from digitocr.measure.counts import confusion, figures, wilson
from digitocr.measure.edits import Pair, edit_distance


def case(guess: str, truth: str, accepted: bool = True) -> Case:
    return Case(Path("a.png"), truth, guess, edit_distance(guess, truth), accepted)


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        # As printed by Newcombe: "Two-sided confidence intervals for the single proportion",
        # Statistics in Medicine 17, 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_interval(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_turns_with_it(counted: tuple[int, int]) -> None:
    right, count = counted
    low, high = wilson(right, count)
    assert 0 <= low <= (right / count if count else 0.5) <= high <= 1
    assert wilson(count - right, count) == pytest.approx((1 - high, 1 - low))


def test_figures() -> None:
    found = figures(
        [
            case("205", "205"),
            case("26", "25"),
            case("7", "71", False),
            unreadable(Path("b"), "3", "No."),
        ]
    )
    assert (found.pictures, found.exact, found.exact_share) == (4, 1, 0.25)
    assert found.error_rate == 3 / 8
    assert (found.shown, found.shown_wrong, found.shown_wrong_share) == (2, 1, 0.5)
    assert (found.unreadable, found.blamed) == (1, ())


def test_figures_of_nothing() -> None:
    found = figures([])
    assert (found.exact_share, found.error_rate, found.shown_wrong_share) == (0, 0, 0)


def test_confusion_has_the_pictures_behind_every_cell() -> None:
    cases = [
        case("205", "205"),
        case("55", "205"),
        case("5\n1", "5"),
        unreadable(Path("b.png"), "9", "This is no picture."),
    ]
    assert confusion(cases) == {
        Pair("2", "2"): [0],
        Pair("0", "0"): [0],
        Pair("5", "5"): [0, 1, 2],
        Pair("2", ""): [1],
        Pair("0", "5"): [1],
        Pair("", "1"): [2],
    }


def test_a_picture_is_there_for_every_time() -> None:
    assert confusion([case("11", "77")]) == {Pair("7", "1"): [0, 0]}
