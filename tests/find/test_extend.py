"""A number that was not found to its ends goes on to the strokes on its line."""

from __future__ import annotations

import numpy as np
import pytest

from digitocr.find.extend import extended
from digitocr.found import FinderMaps, Finding, FoundLine
from digitocr.geometry import Box

SHAPE = 200, 400  # of the picture
GRAY = np.full(SHAPE, 200, np.uint8)
PX = 4


def number(left: float, right: float, y: float, height_px: float = 40) -> FoundLine:
    return FoundLine(np.array([left, y]), np.array([right, y]), height_px, True, 1.0, True)


def finding(*lines: FoundLine, seen: float = 0.2) -> Finding:
    maps = np.full((SHAPE[0] // PX, SHAPE[1] // PX), seen, np.float32)
    return Finding(FinderMaps(np.zeros(SHAPE, np.uint8), maps, maps, maps, PX), lines, ())


STROKES = {
    "on the right": (Box(290, 82, 300, 118), 295.0),
    "far beyond": (Box(385, 82, 395, 118), None),
    "above": (Box(290, 20, 300, 56), None),
    "a speck": (Box(290, 98, 293, 101), None),
    "a post": (Box(290, 40, 294, 160), None),
    "within": (Box(180, 82, 190, 118), None),
}


@pytest.mark.parametrize(("stroke", "end"), STROKES.values(), ids=STROKES.keys())
def test_a_number_goes_on_to_strokes_of_its_own(stroke: Box, end: float | None) -> None:
    longer = extended(finding(number(100, 240, 100)), [stroke], GRAY)
    if end is None:
        assert longer is None
        return
    assert longer is not None
    (line,) = longer.lines
    assert line.start == pytest.approx([100, 100])
    assert line.stop == pytest.approx([end, 100])


def test_on_the_left_and_from_stroke_to_stroke() -> None:
    strokes = [Box(20, 80, 40, 120), Box(95, 80, 115, 120)]
    longer = extended(finding(number(150, 240, 100)), strokes, GRAY)
    assert longer is not None
    assert longer.lines[0].start == pytest.approx([30, 100])
    assert longer.lines[0].stop == pytest.approx([240, 100])


def test_where_the_finder_saw_nothing_at_all_a_stroke_is_no_digit() -> None:
    stroke, _ = STROKES["on the right"]
    assert extended(finding(number(100, 240, 100), seen=0.01), [stroke], GRAY) is None


def test_the_nearer_number_takes_the_stroke() -> None:
    lines = number(20, 100, 100), number(260, 340, 100)
    longer = extended(finding(*lines), [Box(210, 82, 220, 118)], GRAY)
    assert longer is not None
    assert [round(float(one.start[0])) for one in longer.lines] == [20, 215]
