"""Numbers of a picture that lies on its side or its head are told in its frame as it came."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import found_line, one_row
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitocr.find.finder import AREA_PX, look_for_numbers
from digitocr.find.look import CLOSER
from digitocr.find.numbers import find_numbers
from digitocr.find.turned import (
    as_it_came,
    find_turned,
    level,
    lines_turned,
    row_turned,
)
from digitocr.found import Finding
from digitocr.geometry import boxes_turned
from digitocr.settings import Settings
from digitocr.types import Box, Gray

PLACE = 60, 300  # row and column of a number's middle, in the upright picture
UPRIGHT = 200, 480  # its height and width


def upright() -> Gray:
    """A picture that a finder can tell from its turned copies: dark above, a mark where it is."""
    gray = np.full(UPRIGHT, 250, np.uint8)
    gray[:20] = 120
    gray[PLACE[0] - 8 : PLACE[0] + 8, PLACE[1] - 60 : PLACE[1] + 60] = 0
    return gray


def network(gray: Gray) -> NDArray[np.float32]:
    """Sees the mark where it is level, whichever way up."""
    small = gray[2::4, 2::4]
    maps = np.zeros((*small.shape, 3), np.float32)
    is_level = min(gray[2].mean(), gray[-3].mean()) < 200
    maps[..., 0] = np.where((small < 60) & is_level, 8, -8)
    maps[..., 1], maps[..., 2] = 8, 1
    return maps


def blind(gray: Gray) -> NDArray[np.float32]:
    """Sees nothing."""
    maps = np.full((len(gray) // 4, len(gray[0]) // 4, 3), -8, np.float32)
    return maps


def found(gray: Gray) -> Finding:
    return find_numbers(look_for_numbers(gray, network), gray, Settings())


def placed(turns: int) -> tuple[int, int]:
    """Column and row of the mark's middle when the picture was turned so often."""
    expected = np.zeros(UPRIGHT, np.uint8)
    expected[PLACE] = 1
    row, column = np.argwhere(np.rot90(expected, turns))[0].tolist()
    return column, row


WAYS = {0: (1, 0), 1: (0, -1), 2: (-1, 0), 3: (0, 1)}  # of the writing, turned so often


@pytest.mark.parametrize("turns", [1, 3])
def test_a_number_on_its_side_is_seen_and_offered_both_ways_up(turns: int) -> None:
    lying = level(upright(), turns)
    findings = find_turned(lying, network, Settings(), found(lying), False)
    assert {one.quarter_turns for one in findings} == {1, 3}
    for finding in findings:
        (line,) = finding.lines
        assert line.middle == pytest.approx(placed(turns), abs=3)
        is_right = (turns + finding.quarter_turns) % 4 == 0
        way = np.array(WAYS[turns]) * (1 if is_right else -1)
        assert line.way == pytest.approx(way, abs=0.02)


def test_what_is_in_doubt_may_stand_on_its_head() -> None:
    gray = upright()
    first = found(gray)
    assert len(first.lines) == 1
    (other,) = find_turned(gray, blind, Settings(), first, False)
    assert other.quarter_turns == 2
    assert other.lines[0].start == pytest.approx(first.lines[0].stop)
    assert other.lines[0].way == pytest.approx(-first.lines[0].way)


def test_what_is_sure_is_doubted_for_a_longer_number_alone() -> None:
    lying = level(upright(), 1)
    short = found(lying)  # nothing
    longer = find_turned(lying, network, Settings(), short, True)
    assert {one.quarter_turns for one in longer} == {1, 3}
    assert find_turned(upright(), blind, Settings(), found(upright()), True) == []


def test_numbers_are_read_in_the_order_that_they_have_upside_down() -> None:
    gray = upright()
    gray[120:136, 180:240] = 0
    (other,) = find_turned(gray, blind, Settings(), found(gray), False)
    assert [round(float(line.middle[1]), -1) for line in other.lines] == [130, 60]


@given(turns=st.integers(0, 3), x=st.integers(0, 478), y=st.integers(0, 198))
def test_boxes_lines_and_pixels_turn_alike(turns: int, x: int, y: int) -> None:
    gray = np.zeros(UPRIGHT, np.uint8)
    gray[y, x] = 255
    turned = level(gray, turns)
    row, column = np.argwhere(turned)[0].tolist()
    (box,) = boxes_turned([Box(x, y, x + 1, y + 1)], turns, gray.shape)
    assert box == Box(column, row, column + 1, row + 1)
    assert boxes_turned([box], -turns, turned.shape) == [Box(x, y, x + 1, y + 1)]
    line = found_line((x, y), (x + 1, y))
    (there,) = lines_turned([line], turns, gray.shape)
    assert there.start == pytest.approx([column, row])
    finding = Finding(found(upright()).maps, (there,), ())
    (back,) = as_it_came(finding, turns, gray.shape).lines
    assert back.start == pytest.approx(line.start)
    assert back.stop == pytest.approx(line.stop)


@pytest.mark.parametrize("turns", range(4))
def test_a_row_s_ink_lies_where_its_picture_was_turned_to(turns: int) -> None:
    row = one_row(UPRIGHT).rows[0]
    there = row_turned(row, turns, UPRIGHT)
    before, after = (one.to_gray @ (30, 20, 1) for one in (row, there))
    (point,) = lines_turned([found_line(tuple(before), (0, 0))], turns, UPRIGHT)
    assert after == pytest.approx(point.start)


def test_a_picture_is_turned_as_closely_as_it_was_looked_at() -> None:
    large = np.full((3000, 2000), 250, np.uint8)
    seen: list[int] = []

    def watched(gray: Gray) -> NDArray[np.float32]:
        seen.append(gray.size)
        return blind(gray)

    for area_px in (AREA_PX, CLOSER * AREA_PX):
        first = find_numbers(look_for_numbers(large, blind, area_px), large, Settings())
        find_turned(large, watched, Settings(), first, False)
    assert seen[1] / seen[0] == pytest.approx(CLOSER, rel=0.1)
