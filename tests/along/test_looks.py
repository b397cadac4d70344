"""The line reader's looks: what it is shown of a row, and when it is shown more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawings import block, bounds, one_row, page, steps, write
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.along.looks import (
    NOT_ITS_OWN,
    WIDTHS,
    bare,
    cut_strips,
    look,
    look_again,
    sure_singles,
)
from digitocr.along.strip import STRIP_PX, Surroundings, cut_out, strip, strip_box
from digitocr.found import LineSheet
from digitocr.reasons import DropReason
from digitocr.types import (
    Box,
    Component,
    Dropped,
    Gray,
    LogProbabilities,
    Segmentation,
    Strip,
    TextLine,
)

SHAPE = 120, 400
BOX = Box(20, 20, 380, 100)


def sheet_of(gray: Gray) -> LineSheet:
    return replace(one_row((gray.shape[0], gray.shape[1])), gray=gray, raw=gray)


def written_row() -> Gray:
    """A sheet with one row of digits."""
    gray = np.full(SHAPE, 255, np.uint8)
    write(gray, "2045", left=60, top=34, height_px=56)
    return gray


def cut_off(component: Component) -> Dropped:
    return Dropped(component, DropReason.CUT_OFF)


def with_scrap(gray: Gray, part: Component) -> Gray:
    """The sheet with this part's ink, whose edges are soft."""
    there = page((gray.shape[0], gray.shape[1]), [part])
    soft = cv2.dilate(there.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(there, 20, np.where(soft, np.minimum(gray, 190), gray)).astype(np.uint8)


def shown(box: Box, gray: Gray, dropped: Sequence[Dropped]) -> Strip:
    """What a second look shows of a box."""
    return strip(cut_out(bare(gray, dropped, np.full_like(gray, 255)), box))


def test_a_strip_is_what_the_sheet_shows_in_its_box() -> None:
    gray = written_row()
    (found,) = cut_strips([BOX], sheet_of(gray), [])
    assert np.array_equal(found, strip(cut_out(gray, BOX)))
    assert found.shape[0] == STRIP_PX
    assert cut_strips([], sheet_of(gray), []) == []


@pytest.mark.parametrize(
    "scrap",
    [
        pytest.param(block(30, 20, 12, 30), id="within the box"),
        pytest.param(block(0, 60, 30, 20), id="at the left edge"),
        pytest.param(block(370, 0, 30, 50), id="in the upper right corner"),
        pytest.param(block(200, 112, 60, 8), id="at the bottom"),
        pytest.param(Component(Box(30, 20, 70, 60), np.eye(40, dtype=bool)), id="a thin one"),
    ],
)
def test_ink_of_what_is_around_is_not_shown(scrap: Component) -> None:
    gray = written_row()
    inked = with_scrap(gray, scrap)
    wide = Box(-10, -10, 410, 130)
    clean, spoilt = shown(wide, gray, []), shown(wide, inked, [])
    assert np.abs(clean - spoilt).max() > 0.3
    before = inked.copy()
    cleaned = shown(wide, inked, [cut_off(scrap)])
    assert np.abs(clean - cleaned).max() < 0.01
    assert np.array_equal(inked, before)


def test_ink_beside_a_scrap_stays() -> None:
    """What lies in the scrap's box but is none of its ink is the number's."""
    gray = written_row()
    ink = gray < 128
    left, top, right, bottom = bounds(ink)
    around = np.zeros((bottom - top, right - left), np.bool_)
    around[0] = True
    scrap = Component(Box(left, top - 12, right, bottom - 12), around)
    cleaned = shown(BOX, with_scrap(gray, scrap), [cut_off(scrap)])
    assert np.abs(strip(cut_out(gray, BOX)) - cleaned).max() < 0.01


@pytest.mark.parametrize("reason", sorted(set(DropReason) - NOT_ITS_OWN, key=str))
def test_what_was_dropped_for_other_reasons_is_shown(reason: DropReason) -> None:
    """It may be a digit after all."""
    mark = block(30, 60, 20, 6)
    inked = with_scrap(written_row(), mark)
    found = shown(BOX, inked, [Dropped(mark, reason)])
    assert np.array_equal(found, strip(cut_out(inked, BOX)))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(*[st.integers(-30, 60)] * 2, *[st.integers(1, 40)] * 2),
)
def test_scraps_anywhere(seed: int, shape: tuple[int, int, int, int]) -> None:
    rng = np.random.default_rng(seed)
    gray = rng.integers(0, 256, (40, 60)).astype(np.uint8)
    left, top, width, height = shape
    left, top = max(0, left), max(0, top)
    width, height = min(width, 60 - min(left, 59)), min(height, 40 - min(top, 39))
    scrap = block(min(left, 59), min(top, 39), width, height)
    whole = Box(0, 0, 60, 40)
    blank = gray.copy()
    box = scrap.box
    blank[max(0, box.top - 2) : box.bottom + 2, max(0, box.left - 2) : box.right + 2] = 255
    found = shown(whole, gray, [cut_off(scrap)])
    assert np.array_equal(found, strip(blank))


# Looking


class Network:
    """Says how wide the strips were that it was shown, in order."""

    def __init__(self) -> None:
        self.shown: list[Strip] = []

    def __call__(self, ready: Strip) -> LogProbabilities:
        self.shown.append(ready)
        return steps("-" * len(self.shown))


def line_of(*components: Component) -> TextLine:
    return TextLine(components, 50)


def two_lines() -> tuple[Segmentation, LineSheet, list[Box]]:
    gray = np.full((300, 400), 255, np.uint8)
    lines = []
    for top in (40, 180):
        places = write(gray, "205", left=60, top=top, height_px=56)
        masks = [gray[one.top : one.bottom, one.left : one.right] < 128 for one in places]
        lines.append(line_of(*map(Component, places, masks)))
    sheet = sheet_of(gray)
    return (
        Segmentation((), tuple(lines), ()),
        sheet,
        [strip_box(one, Surroundings([])) for one in lines],
    )


def test_every_line_is_looked_at_once() -> None:
    _, sheet, boxes = two_lines()
    strips = cut_strips(boxes, sheet, [])
    network = Network()
    looks = look(boxes, strips, network)
    assert [one.box for one in looks] == boxes
    assert all(one.strip is ready for one, ready in zip(looks, strips, strict=True))
    assert [len(one.along) for one in looks] == [1, 4]
    assert [one.again for one in looks] == [(), ()]


def test_each_look_is_at_three_widths() -> None:
    _, sheet, boxes = two_lines()
    network = Network()
    looks = look(boxes, cut_strips(boxes, sheet, []), network)
    assert [len(said) for one in looks for said in one.first.said] == [1, 2, 3, 4, 5, 6]
    whole, narrow, wide = (one.shape for one in network.shown[:3])
    assert {whole[0], narrow[0], wide[0]} == {STRIP_PX}
    assert narrow[1] / whole[1] == pytest.approx(WIDTHS[0], abs=0.01)
    assert wide[1] / whole[1] == pytest.approx(WIDTHS[1], abs=0.01)


def test_a_strip_of_one_column_can_be_made_no_narrower() -> None:
    (found,) = look([BOX], [np.zeros((STRIP_PX, 1), np.float32)], Network())
    assert len(found.first.said) == 3


def test_only_chosen_lines_are_looked_at_again_wider_and_upright() -> None:
    segmentation, sheet, boxes = two_lines()
    network = Network()
    looks = look(boxes, cut_strips(boxes, sheet, []), network)
    first, second = look_again(looks, [False, True], segmentation, sheet, network)
    assert first is looks[0]
    assert second.first is looks[1].first
    assert len(second.again) == 2
    assert len(network.shown) == 3 * 4
    wide = second.again[0].strip
    # There is more around the writing, so the ink covers less of the strip's height.
    heights = [np.ptp(np.flatnonzero((one > 0.5).any(axis=1))) for one in (wide, second.strip)]
    assert heights[0] < heights[1]


def test_a_wider_look_shows_no_cut_off_ink_either() -> None:
    segmentation, sheet, boxes = two_lines()
    scrap = block(40, 20, 300, 10)
    spoilt = replace(sheet, gray=with_scrap(sheet.gray, scrap))
    known = replace(segmentation, dropped=(cut_off(scrap),))
    wide = []
    for one, other in ((segmentation, sheet), (known, spoilt), (segmentation, spoilt)):
        looks = look(boxes, cut_strips(boxes, sheet, []), Network())
        again = look_again(looks, [True, False], one, other, Network())
        wide.append(again[0].again[0].strip)
    assert np.abs(wide[0] - wide[1]).max() < 0.01
    assert np.abs(wide[0] - wide[2]).max() > 0.3


def test_shapes_where_the_strip_shows_one_digit_are_single() -> None:
    line = line_of(block(100, 100, 30, 50), block(150, 100, 30, 50), block(200, 100, 60, 50))
    box = Box(90, 90, 270, 160)
    along = np.full((36, 11), np.log(0.001), np.float32)
    along[:, 10] = np.log(0.99)
    for step, label, share in ((4, 2, 0.99), (15, 0, 0.6), (24, 5, 0.99), (31, 7, 0.99)):
        along[step] = np.log((1 - share) / 10)
        along[step, label] = np.log(share)
    ready = np.zeros((STRIP_PX, 72), np.float32)
    (found,) = look([box], [ready], lambda _: along)
    # The second is not sure, and where the third stands there are two.
    assert sure_singles([line], [found]) == [[True, False, False]]


def test_no_lines_have_no_looks() -> None:
    empty = Segmentation((), (), ())
    assert look([], [], Network()) == ()
    assert look_again([], [], empty, sheet_of(written_row()), Network()) == ()
    assert sure_singles([], []) == []
