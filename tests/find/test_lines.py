"""A row's components sorted out: what is one digit's, what is a mark, what is a neighbour's."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import block, component, one_row, page
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from digitocr.find.components import find_components
from digitocr.find.lines import sort_out
from digitocr.geometry import hull
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, Ink, TextLine

SHAPE = (400, 600)
CORE = Box(90, 112, 400, 138)  # the middle of the number's body
EDGE_PX = 4
DIGITS = [block(left, 100, 30, 50) for left in (100, 150, 300, 350)]
INKS = npst.arrays(np.bool_, npst.array_shapes(min_dims=2, max_dims=2, max_side=14))


def within(shape: tuple[int, int], edge_px: int = EDGE_PX) -> Ink:
    """Everything but the very edge."""
    inside = np.zeros(shape, np.bool_)
    inside[edge_px : shape[0] - edge_px, edge_px : shape[1] - edge_px] = True
    return inside


def sorted_out(components: list[Component]) -> tuple[TextLine | None, list[Dropped]]:
    """What becomes of the components on a row with the number's core in its middle."""
    sheet = one_row(SHAPE, CORE, within(SHAPE))
    in_order = sorted(components, key=lambda one: one.box.left)
    return sort_out(in_order, sheet.rows[0], sheet.inside)


def boxes_of(components: list[Component]) -> list[Box]:
    """The boxes of the line's shapes, with the four digits."""
    line, _ = sorted_out([*DIGITS, *components])
    assert line is not None
    return [part.box for part in line.components]


def boxes(components: list[Component]) -> list[Box]:
    return [one.box for one in components]


def test_no_components_give_no_line() -> None:
    assert sorted_out([]) == (None, [])


def test_a_line_from_left_to_right() -> None:
    line, dropped = sorted_out(DIGITS[::-1])
    assert line is not None
    assert boxes(list(line.components)) == boxes(DIGITS)
    assert line.digit_height_px == 50
    assert dropped == []


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        pytest.param(20, 6, DropReason.DASH, id="a dash"),
        pytest.param(9, 9, DropReason.DOT, id="a dot"),
        pytest.param(9, 15, DropReason.DOT, id="a comma"),
        pytest.param(30, 18, DropReason.TOO_SMALL, id="too broad for a dot"),
        pytest.param(5, 5, DropReason.DOT, id="a speck"),
    ],
)
def test_marks_have_names(width: int, height: int, reason: DropReason) -> None:
    mark = block(215, 125, width, height)
    _, dropped = sorted_out([*DIGITS, mark])
    assert [(one.component, one.reason) for one in dropped] == [(mark, reason)]


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        pytest.param(block(192, 144, 7, 7), DropReason.DOT, id="a decimal point"),
        pytest.param(block(192, 140, 8, 18), DropReason.DOT, id="a comma"),
        pytest.param(block(192, 123, 14, 5), DropReason.DASH, id="a dash"),
        pytest.param(block(195, 70, 3, 3), DropReason.DOT, id="a speck"),
    ],
)
def test_marks_between_close_digits_are_dropped_with_the_reason(
    mark: Component, reason: DropReason
) -> None:
    row = [block(left, 100, 30, 50) for left in (100, 155, 210, 265)]
    line, dropped = sorted_out([*row, mark])
    assert line is not None
    assert boxes(list(line.components)) == boxes(row)
    assert [(one.component, one.reason) for one in dropped] == [(mark, reason)]


# Broken digits


def test_the_parts_of_a_broken_digit_are_one_shape() -> None:
    upper, lower = block(220, 100, 30, 24), block(222, 126, 30, 26)
    assert boxes_of([upper, lower])[2] == upper.box.union(lower.box)


def test_digit_broken_in_two_halves_is_joined() -> None:
    upper, lower = block(220, 100, 28, 24), block(222, 127, 28, 24)
    row = [*DIGITS[:2], block(280, 100, 30, 50), block(340, 100, 30, 50)]
    line, dropped = sorted_out([*row, upper, lower])
    assert line is not None
    assert boxes(list(line.components)) == [
        *boxes(row[:2]),
        Box(220, 100, 250, 151),
        *boxes(row[2:]),
    ]
    assert dropped == []


def test_a_shape_beside_the_last_one_s_end_is_another_digit() -> None:
    """Their boxes share most of a width, and together they are too high for one digit."""
    upper, lower = block(215, 68, 30, 48), block(217, 104, 30, 46)
    assert {upper.box, lower.box} <= set(boxes_of([upper, lower]))


def test_a_tall_shape_around_another_is_one_with_it() -> None:
    tall, inner = block(220, 84, 30, 74), block(222, 100, 20, 40)
    found = boxes_of([tall, inner])
    assert tall.box in found
    assert inner.box not in found


def test_bar_of_a_five_is_joined() -> None:
    body, bar = block(220, 115, 30, 35), block(232, 100, 30, 7)
    assert Box(220, 100, 262, 150) in boxes_of([body, bar])


def test_heads_cut_off_by_a_rule_are_no_digits_of_their_own() -> None:
    rest = DIGITS[0], DIGITS[1]  # 50 px high; above them heads stand where the rule was
    heads = [block(one.box.left + 2, 82, 24, 16) for one in rest]
    line, dropped = sorted_out([*DIGITS, *heads])
    assert line is not None
    assert len(line.components) == 4
    assert hull(one.box for one in line.components) == Box(100, 82, 380, 150)
    assert dropped == []


# Scraps of what stands around the number


def scrap(left: int, top: int, width: int, height: int) -> Component:
    return block(left, top, width, height)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(scrap(0, 120, 12, 9), id="left of the number"),
        pytest.param(scrap(588, 100, 12, 60), id="right of it"),
        pytest.param(scrap(200, 0, 30, 60), id="the feet of what is above"),
        pytest.param(scrap(200, 340, 30, 60), id="the heads of what is below"),
        pytest.param(scrap(200, 390, 30, 8), id="hardly at the edge"),
        pytest.param(component(0, 0, *["#" * 600]), id="a line along the edge"),
    ],
)
def test_scraps_of_neighbours_are_cut_off(piece: Component) -> None:
    line, dropped = sorted_out([*DIGITS, piece])
    assert line is not None
    assert boxes(list(line.components)) == boxes(DIGITS)
    assert [(one.component, one.reason) for one in dropped] == [(piece, DropReason.CUT_OFF)]


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(block(220, 90, 30, 310), id="a tail down to the edge"),
        pytest.param(block(220, 0, 30, 150), id="a stroke up to the edge"),
        pytest.param(block(220, 60, 30, 32), id="not at the edge"),
        pytest.param(block(220, 4, 30, 46), id="just inside"),
    ],
)
def test_what_reaches_the_core_or_lies_inside_is_the_numbers_own(piece: Component) -> None:
    _, dropped = sorted_out([*DIGITS, piece])
    assert DropReason.CUT_OFF not in {one.reason for one in dropped}


def test_only_the_ink_itself_is_cut_off_and_not_its_box() -> None:
    """A thin slanting stroke whose box takes in the corner, where the picture ends."""
    stroke = Component(Box(405, 150, 455, 200), np.eye(50, dtype=bool))
    inside = np.ones(SHAPE, np.bool_)
    inside[150:160, 440:] = False
    sheet = one_row(SHAPE, CORE, inside)
    assert sort_out([*DIGITS, stroke], sheet.rows[0], inside)[1] == []
    inside[150:160, 405:410] = False
    _, dropped = sort_out([*DIGITS, stroke], sheet.rows[0], inside)
    assert [one.reason for one in dropped] == [DropReason.CUT_OFF]


def test_a_row_of_scraps_alone_has_no_line() -> None:
    pieces = [scrap(100, 0, 30, 20), scrap(200, 380, 30, 20)]
    line, dropped = sorted_out(pieces)
    assert line is None
    assert [one.component for one in dropped] == pieces


@pytest.mark.parametrize(
    ("height", "marked", "whole", "is_line"),
    [
        pytest.param(30, False, 0, False, id="tops of digits"),
        pytest.param(30, True, 0, False, id="and a speck"),
        pytest.param(30, False, 1, True, id="one digit is whole"),
        pytest.param(48, False, 0, True, id="cut closely, hardly less than its digits' height"),
    ],
)
def test_what_the_edge_leaves_of_the_next_row_is_no_number(
    height: int, marked: bool, whole: int, is_line: bool
) -> None:
    """Its digits would be 52 px high."""
    inside = within(SHAPE)
    inside[100 + height :] = False
    tops = [block(left, 100, 30, height + 5) for left in (100, 150, 300)[whole:]]
    speck = [block(210, 110, 3, 3)] * marked
    components = [*[block(100, 100, 30, height - 2)] * whole, *tops, *speck]
    line, dropped = sort_out(components, one_row(SHAPE, CORE, inside).rows[0], inside)
    assert (line is not None) == is_line
    assert len(dropped) == (0 if is_line else len(components))


def test_scraps_do_not_tell_the_digits_height() -> None:
    tall = [scrap(left, 200, 20, 200) for left in range(420, 600, 30)]
    line, _ = sorted_out([*DIGITS, *tall])
    assert line is not None
    assert line.digit_height_px == 50


@settings(max_examples=80, deadline=None)
@given(INKS, st.integers(0, 3), st.tuples(*[st.integers(0, 13)] * 2))
def test_every_component_is_on_the_line_or_dropped(
    drawn: Ink, edge_px: int, corner: tuple[int, int]
) -> None:
    components = find_components(drawn)[1]
    core = Box(*corner, corner[0] + 4, corner[1] + 3)
    sheet = one_row(drawn.shape, core, within(drawn.shape, edge_px))
    line, dropped = sort_out(components, sheet.rows[0], sheet.inside)
    parts = [*(line.components if line else ()), *(one.component for one in dropped)]
    covered = np.zeros(drawn.shape, int)
    for one in parts:
        box = one.box
        covered[box.top : box.bottom, box.left : box.right] += one.mask
    assert np.array_equal(covered, page(drawn.shape, components))
    assert line is None or (line.components and line.digit_height_px > 0)
    for scrap in dropped:
        box = scrap.component.box
        if line and scrap.reason is DropReason.CUT_OFF and box.shared(core):
            assert not core.left <= box.center_xy[0] < core.right


@pytest.mark.parametrize(
    ("left", "top", "height", "reason"),
    [
        pytest.param(392, 92, 72, DropReason.RULE, id="the side of a frame"),
        pytest.param(94, 130, 24, DropReason.RULE, id="what a scan left of it"),
        pytest.param(392, 100, 50, None, id="a 1"),
        pytest.param(240, 92, 72, None, id="within the number"),
    ],
)
def test_a_post_at_the_end_is_told_from_a_one(
    left: int, top: int, height: int, reason: DropReason | None
) -> None:
    line, dropped = sorted_out([*DIGITS, block(left, top, 6, height)])
    assert line is not None
    assert [one.reason for one in dropped] == [reason] * (reason is not None)
    assert len(line.components) == 4 + (reason is None)


@pytest.mark.parametrize(("core_left", "is_digit"), [(8, True), (40, False)])
def test_what_is_cut_off_is_a_digit_where_its_middle_is_the_numbers(
    core_left: int, is_digit: bool
) -> None:
    sheet = one_row(SHAPE, CORE._replace(left=core_left), within(SHAPE))
    components = [block(0, 92, 34, 72), *DIGITS]
    line, dropped = sort_out(components, sheet.rows[0], sheet.inside)
    assert [one.reason for one in dropped] == [DropReason.CUT_OFF] * (not is_digit)
    assert line is not None
    assert len(line.components) == 4 + is_digit


@pytest.mark.parametrize(("top", "is_dash"), [(84, True), (160, True), (101, False), (120, False)])
def test_a_dash_above_or_below_the_digits_is_a_frames(top: int, is_dash: bool) -> None:
    line, dropped = sorted_out([*DIGITS, block(200, top, 40, 6)])
    assert (DropReason.RULE in [one.reason for one in dropped]) == is_dash
    assert line is not None
    assert len(line.components) == 4
