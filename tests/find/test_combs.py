"""Bars that a form prints between the places of digits, told from 1s."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import block, paper, write
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr import read
from digitocr.find.combs import find_bars
from digitocr.find.components import find_components
from digitocr.find.line_sheet import DIGIT_PX
from digitocr.reasons import DropReason
from digitocr.types import Component
from synthesis.hands.strokes import random_hand, render, write_number

PITCH_PX = 50
TOP = 20


def bar(x: float, height: int = 60, top: int = TOP, width: int = 6) -> Component:
    """An upright bar whose middle is at x."""
    return block(round(x - width / 2), top, width, height)


def digit(x: float) -> Component:
    """A shape as broad as a digit whose middle is at x."""
    return block(round(x) - 14, TOP + 2, 28, DIGIT_PX)


def field(count: int, worn: tuple[int, ...] = ()) -> tuple[list[Component], list[Component]]:
    """The bars and the digits of a field with so many digits; the worn bars are not there."""
    bars = [bar(place * PITCH_PX) for place in range(1, count) if place not in worn]
    return bars, [digit((place + 0.5) * PITCH_PX) for place in range(count)]


def found(*components: Component) -> list[Component]:
    """Those that are bars, of components in any order."""
    verdicts = find_bars(components)
    return [one for one, is_bar in zip(components, verdicts, strict=True) if is_bar]


def test_no_components_are_no_comb() -> None:
    assert find_bars([]) == []


@pytest.mark.parametrize(
    ("count", "worn"),
    [
        pytest.param(6, (), id="five bars"),
        pytest.param(10, (), id="nine"),
        pytest.param(10, (3, 6, 7), id="some are worn away"),
        pytest.param(8, (2, 4), id="five are left"),
    ],
)
def test_bars_between_digits_are_a_comb(count: int, worn: tuple[int, ...]) -> None:
    bars, digits = field(count, worn)
    assert found(*digits, *bars) == bars


def test_what_is_left_of_a_bar_goes_too() -> None:
    bars, digits = field(8, worn=(3,))
    dots = [bar(3 * PITCH_PX, height=5), bar(3 * PITCH_PX + 2, height=7, top=TOP + 40)]
    assert found(*bars, *digits, *dots) == [*bars, *dots]


def test_a_bar_in_two_pieces_is_one() -> None:
    bars, digits = field(6)
    pieces = [part for x in (50, 100) for part in (bar(x, 24), bar(x + 1, 24, top=TOP + 34))]
    assert found(*pieces, *bars[2:], *digits) == [*pieces, *bars[2:]]
    assert found(*pieces, *bars[2:4], *digits) == []


def test_one_more_bar_may_stand_at_either_end() -> None:
    bars, digits = field(7)
    ends = [bar(0), bar(7 * PITCH_PX)]
    assert found(*ends, *bars, *digits) == [*ends, *bars]
    assert found(bar(-4 * PITCH_PX), *bars, *digits) == bars


def test_a_1_in_the_middle_of_its_place_stays() -> None:
    bars, digits = field(8)
    ones = [bar(2.5 * PITCH_PX), bar(5.5 * PITCH_PX)]
    others = [one for place, one in enumerate(digits) if place not in (2, 5)]
    assert found(*others, *ones, *bars) == bars


@pytest.mark.parametrize(
    "components",
    [
        pytest.param(field(5), id="four bars"),
        pytest.param(([bar(place * PITCH_PX) for place in range(8)], []), id="1s alone"),
        pytest.param(field(14, worn=(3, 4, 5, 9, 10, 11)), id="most are worn away"),
        pytest.param(
            ([bar(x) for x in (50, 112, 140, 215, 251, 309)], field(7)[1]), id="at no one pitch"
        ),
        pytest.param(
            ([bar(place * 120) for place in range(1, 7)], [digit(60 + 120 * i) for i in range(7)]),
            id="too far apart",
        ),
        pytest.param(
            ([bar(place * 50, height=12) for place in range(1, 7)], field(7)[1]), id="specks"
        ),
        pytest.param(
            ([bar(place * 50, width=20) for place in range(1, 7)], field(7)[1]), id="broad"
        ),
    ],
)
def test_no_comb(components: tuple[list[Component], list[Component]]) -> None:
    bars, digits = components
    assert found(*bars, *digits) == []


@pytest.mark.parametrize("text", ["10101010", "1213141516", "171513181"])
@settings(deadline=None)
@given(st.integers(0, 800))
def test_1s_by_any_hand_are_no_comb(text: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    hand = random_hand(rng)
    strokes = [part for one in write_number(rng, hand, text, DIGIT_PX, 0.3) for part in one]
    placed = [np.asarray(part + np.array([20, 100]), np.float32) for part in strokes]
    width = int(max(part[:, 0].max() for part in placed)) + 20
    ink = render(placed, (160, width), hand.pen_width * DIGIT_PX) > 0.5
    assert not any(find_bars(find_components(ink).components))


@given(st.integers(-40, 40), st.integers(-20, 200), st.permutations(range(17)))
def test_a_comb_is_one_wherever_it_stands(right: int, down: int, order: list[int]) -> None:
    bars, digits = field(9)
    moved = [Component(one.box.moved(right, down), one.mask) for one in (*bars, *digits)]
    verdicts = find_bars([moved[place] for place in order])
    assert verdicts == [place < len(bars) for place in order]


def test_a_field_with_bars_is_read_without_them() -> None:
    sheet = paper(620, 140)
    for place, label in enumerate("4703926"):
        write(sheet, label, left=60 + 76 * place, top=42, height_px=56)
        if place:
            sheet[36:103, 37 + 76 * place : 43 + 76 * place] = 0
    reading = read(sheet)
    assert reading.text == "4703926"
    dropped = reading.segmentation.dropped
    assert [one.reason for one in dropped] == [DropReason.RULE] * 6
