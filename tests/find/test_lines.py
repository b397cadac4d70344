"""Components sorted into lines: what is one digit's, what is a mark, what is another line's."""

from __future__ import annotations

import pytest
from drawings import block

from digitocr.find.lines import group_lines
from digitocr.reasons import DropReason
from digitocr.types import Box, Component

SHAPE = (400, 600)
DIGITS = [block(left, 100, 30, 50) for left in (100, 150, 300, 350)]


def boxes_of(components: list[Component]) -> list[list[Box]]:
    """The boxes of each line's shapes."""
    lines, _ = group_lines([*DIGITS, *components], SHAPE)
    return [[part.box for part in line.components] for line in lines]


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        pytest.param(20, 6, DropReason.DASH, id="a dash"),
        pytest.param(9, 9, DropReason.DOT, id="a dot"),
        pytest.param(9, 15, DropReason.DOT, id="a comma"),
        pytest.param(30, 18, DropReason.TOO_SMALL, id="too broad for a dot"),
        pytest.param(5, 5, DropReason.SPECK, id="a speck"),
    ],
)
def test_marks_have_names(width: int, height: int, reason: DropReason) -> None:
    mark = block(215, 125, width, height)
    _, dropped = group_lines([*DIGITS, mark], SHAPE)
    assert [(one.component, one.reason) for one in dropped] == [(mark, reason)]


def test_the_parts_of_a_broken_digit_are_one_shape() -> None:
    upper, lower = block(220, 100, 30, 24), block(222, 126, 30, 26)
    assert boxes_of([upper, lower])[0][2] == upper.box.union(lower.box)


def test_a_shape_beside_the_last_one_s_end_is_another_digit() -> None:
    """Their boxes share most of a width, and together they are too high for one digit."""
    upper, lower = block(215, 68, 30, 48), block(217, 104, 30, 46)
    (line,) = boxes_of([upper, lower])
    assert {upper.box, lower.box} <= set(line)


def test_a_tall_shape_around_another_is_one_with_it() -> None:
    tall, inner = block(220, 84, 30, 74), block(222, 100, 20, 40)
    (line,) = boxes_of([tall, inner])
    assert tall.box in line
    assert inner.box not in line
