"""Numbers that are in doubt for how they stand to each other, and those that are not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from drawings import block, paper, write
from hypothesis import given
from hypothesis import strategies as st

from digitocr import read
from digitocr.decide.beside import beside
from digitocr.reading import Digit, Line
from digitocr.reasons import Objection
from digitocr.types import Standing

TEN = np.full(10, 0.1)
GAP, GOES_ON, TWICE = Objection.GAP, Objection.GOES_ON, Objection.TWICE


def number(
    lefts: list[int],
    top: int = 100,
    width: int = 20,
    height: int = 40,
    degrees: float = 0.0,
) -> Line:
    """A number whose digits stand at these places of its own row, turned about the origin."""
    turn = math.radians(degrees)
    cos, sin = math.cos(turn), math.sin(turn)

    def turned(x: float, y: float) -> tuple[float, float]:
        return x * cos - y * sin, x * sin + y * cos

    digits = []
    for left in lefts:
        component = block(left, top, width, height)
        x, y = turned(*component.box.center_xy)
        box = block(round(x - width / 2), round(y - height / 2), width, height).box
        standing = Standing(component, np.zeros((28, 28), np.uint8), TEN, None)
        digits.append(Digit("5", 0.99, True, box, (), standing))
    left, right, bottom = lefts[0], lefts[-1] + width, top + height
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    quad = tuple(turned(*corner) for corner in corners)
    return Line(tuple(digits), 0.99, 0.9, (), "", "", quad=quad)  # type: ignore[arg-type]


NEAR = number([0, 30, 60])  # gaps of 10 px; digits are 20 by 40 px


@pytest.mark.parametrize(
    ("lines", "against"),
    [
        ([], []),
        ([NEAR], [()]),
        # One gap is wider than the others by room for a digit, 36 px.
        ([number([0, 30, 97])], [(GAP,)]),
        ([number([0, 66, 96])], [()]),
        ([number([0, 67, 134])], [()]),
        ([number([0, 90])], [()]),
        # Digits that touch leave no gap to be compared with.
        ([number([0, 15, 70])], [()]),
        ([number([0, 15, 72])], [(GAP,)]),
        ([number([0, 15, 20], width=80)], [()]),
        # On its line, and no farther away than 1.2 times its own digits.
        ([NEAR, number([92, 122])], [(GOES_ON,), (GOES_ON,)]),
        ([number([92, 122]), NEAR], [(GOES_ON,), (GOES_ON,)]),
        ([NEAR, number([93, 123])], [(), ()]),
        ([NEAR, number([92])], [(GOES_ON,), (GOES_ON,)]),
        ([number([0]), number([25])], [(), ()]),
        ([NEAR, number([92, 122], top=119)], [(GOES_ON,), (GOES_ON,)]),
        ([NEAR, number([92, 122], top=121)], [(), ()]),
        ([NEAR, number([92, 122], height=25, top=107)], [(GOES_ON,), (GOES_ON,)]),
        ([NEAR, number([92, 122], height=23, top=108)], [(), ()]),
        ([NEAR, number([0, 30, 60], top=150)], [(), ()]),
        # More than six tenths of the smaller box are shared.
        ([NEAR, number([63, 100], top=106)], [(GOES_ON, TWICE), (GOES_ON, TWICE)]),
        ([NEAR, number([0], top=117)], [(GOES_ON,), (GOES_ON,)]),
        ([NEAR, number([0], top=107)], [(GOES_ON, TWICE), (GOES_ON, TWICE)]),
        ([NEAR, number([30], top=107)], [(TWICE,), (TWICE,)]),
        ([NEAR, number([0], top=121)], [(), ()]),
        ([NEAR, number([60], top=120, height=20)], [(TWICE,), (TWICE,)]),
    ],
)
def test_how_numbers_stand_to_each_other(
    lines: list[Line], against: list[tuple[Objection, ...]]
) -> None:
    assert [tuple(one) for one in beside(lines)] == against


@given(degrees=st.floats(-180, 180))
def test_whichever_way_the_picture_is_turned(degrees: float) -> None:
    lines = [
        number([0, 30, 97], degrees=degrees),
        number([0, 30], top=200, degrees=degrees),
        number([61, 90], top=200, degrees=degrees),
    ]
    assert beside(lines) == [[GAP], [GOES_ON], [GOES_ON]]


def test_what_was_not_read_stands_beside_nothing() -> None:
    nothing = Line((), 0.5, 0.9, (), "", "")
    assert beside([nothing, NEAR, nothing]) == [[], [], []]


def test_a_number_with_a_hole_is_not_shown() -> None:
    sheet = paper(700)
    write(sheet, "205")
    write(sheet, "83", left=300)
    (line,) = read(sheet).lines
    assert (line.guess, line.objections) == ("20583", (GAP,))
    assert not line.accepted
