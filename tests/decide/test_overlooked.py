"""What lies beside a number that was read: strokes nobody read, and what the finder hardly saw."""

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest
from drawings import found_line, one_row, paper, write

from digitocr.decide.overlooked import overlooked
from digitocr.find.components import find_components
from digitocr.found import FoundLine
from digitocr.types import Box, Gray

WIDTH, HEIGHT, TOP = 440, 200, 60


def beside(stroke: Box | None, *hardly: FoundLine) -> list[tuple[int, Box]]:
    """What is overlooked beside a number of five digits from TOP to TOP + 60, that was read."""
    sheet: Gray = paper(WIDTH, HEIGHT)
    write(sheet, "62974", left=40, top=TOP)
    read = find_components(sheet < 128).components
    if stroke:
        corners = (stroke.left + 14, stroke.top), (stroke.left, stroke.bottom)
        cv2.line(sheet, *corners, 0, 6, cv2.LINE_AA)
    line = found_line((60, TOP + 30), (280, TOP + 30))
    row = replace(one_row(sheet.shape).rows[0], line=line)
    return overlooked(sheet, hardly, [(row, read)], [])


def test_beside_a_number_alone_is_nothing() -> None:
    assert beside(None) == []


@pytest.mark.parametrize(
    ("stroke", "is_lost"),
    [
        pytest.param(Box(200, 134, 214, 178), True, id="whole, below"),
        pytest.param(Box(200, 160, 214, 230), False, id="cut off below"),
        pytest.param(Box(200, -20, 214, 40), False, id="cut off above"),
        pytest.param(Box(370, 65, 384, 115), True, id="whole, beside it"),
        pytest.param(Box(430, 65, 444, 115), True, id="cut off beside it"),
    ],
)
def test_a_stroke_that_the_edge_cuts_off_above_or_below_is_of_another_number(
    stroke: Box, is_lost: bool
) -> None:
    assert bool(beside(stroke)) == is_lost


@pytest.mark.parametrize(
    ("y", "is_lost"), [pytest.param(160, True, id="whole"), pytest.param(185, False, id="cut off")]
)
def test_so_is_what_the_finder_hardly_saw_there(y: int, is_lost: bool) -> None:
    hardly = found_line((190, y), (220, y), score=0.4)
    # A stroke so low does not count by itself.
    assert bool(beside(Box(200, y - 12, 214, y + 12), hardly)) == is_lost
