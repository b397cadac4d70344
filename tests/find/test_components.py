"""Components, ruled lines and frames, row by row."""

from __future__ import annotations

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawings import block, component, ink, one_row, page, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from digitocr.find.components import digit_height, find_components, join
from digitocr.find.segment import segment
from digitocr.found import LineSheet
from digitocr.reasons import DropReason
from digitocr.types import Box, Ink, Segmentation

INKS = npst.arrays(np.bool_, npst.array_shapes(min_dims=2, max_dims=2, max_side=14))


# Connected components


def test_no_ink_gives_no_components() -> None:
    assert find_components(np.zeros((3, 4), np.bool_)) == ([], [], [])


@pytest.mark.parametrize(
    ("drawn", "boxes", "masks"),
    [
        pytest.param(("#",), [], [], id="a single pixel is no ink"),
        pytest.param(("##",), [(0, 0, 2, 1)], [("##",)], id="two pixels"),
        pytest.param(("#..", ".#."), [(0, 0, 2, 2)], [("#.", ".#")], id="joined by a corner"),
        pytest.param(
            ("##.##", "##.##"),
            [(0, 0, 2, 2), (3, 0, 5, 2)],
            [("##", "##"), ("##", "##")],
            id="two, from left to right",
        ),
        pytest.param(
            ("...##", "##...", "##..."),
            [(0, 1, 2, 3), (3, 0, 5, 1)],
            [("##", "##"), ("##",)],
            id="the left one first, though lower",
        ),
        pytest.param(
            ("####", "#..#", "#..#", "####"),
            [(0, 0, 4, 4)],
            [("####", "#..#", "#..#", "####")],
            id="a ring keeps its hole",
        ),
        pytest.param(
            ("#######", "#.....#", "#.##..#", "#.##..#", "#.....#", "#######"),
            [(0, 0, 7, 6), (2, 2, 4, 4)],
            [
                ("#######", "#.....#", "#.....#", "#.....#", "#.....#", "#######"),
                ("##", "##"),
            ],
            id="an island in the hole is another component",
        ),
        pytest.param(
            ("#####", "#.#.#", "#####"),
            [(0, 0, 5, 3)],
            [("#####", "#.#.#", "#####")],
            id="two holes",
        ),
    ],
)
def test_components(
    drawn: tuple[str, ...], boxes: list[tuple[int, ...]], masks: list[tuple[str, ...]]
) -> None:
    contours, found, _ = find_components(ink(*drawn))
    assert [tuple(one.box) for one in found] == boxes
    assert [rows(one.mask) for one in found] == masks
    assert len(contours) == len(found)


@settings(max_examples=150, deadline=None)
@given(INKS)
def test_components_partition_the_ink(drawn: Ink) -> None:
    """Every pixel lies in exactly one component, but for those that stand alone."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(drawn.astype(np.uint8))
    large = [number for number in range(1, count) if stats[number, cv2.CC_STAT_AREA] > 1]
    found = find_components(drawn)[1]
    covered = np.zeros(drawn.shape, int)
    for one in found:
        box = one.box
        assert one.mask.shape == (box.height, box.width)
        covered[box.top : box.bottom, box.left : box.right] += one.mask
    assert len(found) == len(large)
    assert np.array_equal(covered, np.isin(labels, large))


@settings(max_examples=50, deadline=None)
@given(INKS, st.integers(0, 30), st.integers(0, 30))
def test_translation_moves_boxes_alone(drawn: Ink, right: int, down: int) -> None:
    moved = np.pad(drawn, ((down, 0), (right, 0)))
    here, there = find_components(drawn)[1], find_components(moved)[1]
    assert find_components(drawn, (right, down))[1][0:0] == []
    for one, other, shifted in zip(
        here, there, find_components(drawn, (right, down))[1], strict=True
    ):
        assert np.add(one.box, (right, down, right, down)).tolist() == list(other.box)
        assert shifted.box == other.box
        assert rows(one.mask) == rows(other.mask) == rows(shifted.mask)


def test_contours_run_along_the_border() -> None:
    contours = find_components(ink("....", ".##.", ".##."), (10, 20)).contours
    assert {tuple(point) for point in contours[0].tolist()} == {
        (11, 21),
        (12, 21),
        (11, 22),
        (12, 22),
    }


def test_thousands_of_components_end_soon() -> None:
    dots = np.zeros((1000, 1000), np.bool_)
    dots[2::8, 2::8] = dots[3::8, 2::8] = True
    started = time.process_time()
    assert len(find_components(dots)[1]) == 125**2
    assert time.process_time() - started < 10


def test_join_fills_the_gaps_with_paper() -> None:
    both = join([component(2, 5, "##"), component(5, 6, "#", "#")])
    assert both.box == Box(2, 5, 6, 8)
    assert rows(both.mask) == ("##..", "...#", "...#")


def test_join_of_one_is_itself() -> None:
    one = component(3, 4, "#.", ".#")
    assert join([one]).box == one.box
    assert rows(join([one]).mask) == rows(one.mask)


def test_digit_height() -> None:
    assert digit_height([]) == 0
    assert digit_height([block(0, 0, 5, 40)]) == 40
    specks = [block(9 * number, 0, 2, 2) for number in range(40)]
    assert digit_height([*specks, block(0, 50, 8, 40), block(20, 50, 8, 44)]) in (40, 44)


# Ruled lines


def segmented(drawn: Ink) -> Segmentation:
    return segment(find_components(drawn), one_row(drawn.shape))


def sheet_of_digits() -> Ink:
    """Four rings, 60 px high, at x 100, 200, 300, 400."""
    drawn = np.zeros((300, 600), np.uint8)
    for number in range(4):
        cv2.ellipse(drawn, (120 + 100 * number, 150), (17, 27), 0, 0, 360, 1, 6)
    return drawn.astype(bool)


def ruled(*lines: tuple[int, int, int, int], pen: int = 3) -> Ink:
    """The digits with straight lines from x, y to x, y."""
    drawn = sheet_of_digits().astype(np.uint8)
    for x, y, to_x, to_y in lines:
        cv2.line(drawn, (x, y), (to_x, to_y), 1, pen)
    return drawn.astype(bool)


FRAME = ((30, 60, 570, 60), (570, 60, 570, 250), (570, 250, 30, 250), (30, 250, 30, 60))
GRID = (
    *((x, 0, x, 299) for x in range(20, 600, 45)),
    *((0, y, 599, y) for y in range(10, 300, 45)),
)


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(ruled((20, 200, 580, 200)), id="under the digits"),
        pytest.param(ruled((20, 176, 580, 176)), id="touching their feet"),
        pytest.param(ruled((20, 150, 580, 150)), id="through their middle"),
        pytest.param(ruled((20, 160, 580, 140)), id="sloping through"),
        pytest.param(ruled((0, 190, 599, 190)), id="from edge to edge"),
        pytest.param(ruled((20, 100, 580, 100), (20, 200, 580, 200)), id="two lines"),
        pytest.param(ruled((70, 20, 70, 280)), id="a margin"),
        pytest.param(ruled(*FRAME), id="a frame"),
        pytest.param(ruled((20, 200, 580, 200), pen=1), id="a hair line"),
        pytest.param(ruled(*GRID, pen=1), id="squared paper through the digits"),
    ],
)
def test_rules_are_dropped_and_digits_stay(drawn: Ink) -> None:
    result = segmented(drawn)
    assert len(result.lines) == 1
    found = result.lines[0].components
    assert len(found) == 4
    for number, part in enumerate(found):
        wanted = Box(100 + 100 * number, 120, 141 + 100 * number, 181)
        assert np.abs(np.subtract(part.box, wanted)).max() <= 5
    assert DropReason.RULE in {one.reason for one in result.dropped}


def test_strokes_across_a_rule_stay_whole() -> None:
    """What is left of a digit under a rule is its own ink, nearly all of it."""
    clean, drawn = sheet_of_digits(), ruled((20, 150, 580, 150))
    kept = page((300, 600), segmented(drawn).lines[0].components)
    assert (kept & clean).sum() > 0.97 * clean.sum()
    assert (kept & ~clean).sum() < 0.03 * clean.sum()


def test_sheet_without_rules_loses_nothing() -> None:
    result = segmented(sheet_of_digits())
    assert result.dropped == ()
    assert np.array_equal(page((300, 600), result.lines[0].components), sheet_of_digits())


def test_rule_alone_is_no_number() -> None:
    drawn = np.zeros((200, 400), np.bool_)
    drawn[100:103, 20:380] = True
    result = segmented(drawn)
    assert result.lines == ()
    assert [one.reason for one in result.dropped] == [DropReason.RULE]


@pytest.mark.parametrize("text_like", [(8, 50), (50, 50), (70, 50)])
def test_strokes_of_digits_are_no_rules(text_like: tuple[int, int]) -> None:
    """The bar of a 7 and the foot of a 2 stay, also where they are wide."""
    width, height = text_like
    drawn = sheet_of_digits()
    drawn[125:131, 450 : 450 + width] = True
    drawn[125 : 125 + height, 450:456] = True
    assert DropReason.RULE not in {one.reason for one in segmented(drawn).dropped}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_segmentation_keeps_or_drops_all_the_ink(seed: int, across: bool, down: bool) -> None:
    rng = np.random.default_rng(seed)
    drawn = np.kron(rng.random((8, 14)) < 0.3, np.ones((5, 5))).astype(bool)
    if across:
        drawn[rng.integers(40)] = True
    if down:
        drawn[:, rng.integers(70)] = True
    result = segmented(drawn)
    parts = [part for line in result.lines for part in line.components]
    parts += [one.component for one in result.dropped]
    covered = np.zeros(drawn.shape, int)
    for one in parts:
        box = one.box
        covered[box.top : box.bottom, box.left : box.right] += one.mask
    assert covered.max(initial=0) <= 1
    lost = drawn & (covered == 0)
    assert cv2.connectedComponentsWithStats(lost.astype(np.uint8))[2][1:, 4].max(initial=0) <= 2


# Rows


def rowed(shape: tuple[int, int], bottom: int) -> LineSheet:
    """A sheet of two rows: one down to `bottom`, the other below."""
    whole = one_row(shape)
    (row,) = whole.rows
    height, width = shape
    boxes = Box(0, 0, width, bottom), Box(0, bottom, width, height)
    return replace(whole, rows=tuple(replace(row, box=box, core=box) for box in boxes))


def test_rows_are_segmented_one_by_one() -> None:
    upper = [block(left, 40, 30, 56) for left in (20, 120, 220)]
    lower = [block(left, 200, 30, 50) for left in (100, 140, 180)]
    rule = block(400, 250, 150, 6)
    drawn = page((300, 600), [*upper, *lower, rule])
    result = segment(find_components(drawn), rowed((300, 600), 160))
    assert [[part.box for part in line.components] for line in result.lines] == [
        [one.box for one in upper],
        [one.box for one in lower],
    ]
    assert [line.digit_height_px for line in result.lines] == [56, 50]
    assert [(one.component.box, one.reason) for one in result.dropped] == [
        (rule.box, DropReason.RULE)
    ]


def test_a_row_without_ink_has_no_line() -> None:
    drawn = page((300, 600), [block(100, 200, 15, 30)])
    result = segment(find_components(drawn), rowed((300, 600), 160))
    assert [part.box for line in result.lines for part in line.components] == [(100, 200, 115, 230)]
    assert segment(find_components(np.zeros((50, 50), np.bool_)), rowed((50, 50), 20)).lines == ()
