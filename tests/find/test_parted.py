"""A row of a table that the finder saw as one number -> the numbers of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from drawings import found_line
from hypothesis import given
from hypothesis import strategies as st

from digitocr.find.extend import extended
from digitocr.find.parted import parted
from digitocr.found import FinderMaps, Finding, FoundLine
from digitocr.geometry import Box
from digitocr.types import Gray

SIZE = 320, 560  # px, height and width
LEFT, RIGHT, Y, HIGH = 100, 460, 160, 40  # of the row's core, and of its digits
PAPER = 200
ROWS = Y - 80, Y - 26, Y + 30, Y + 84  # rules across, above the row and below it


@dataclass(frozen=True)
class Rule:
    """An upright rule, px."""

    x: float  # where it crosses the row
    top: float = 20
    bottom: float = 300
    lean: float = 0  # tangent, to the left going down
    shade: int = 90
    width: int = 2


def table(*rules: Rule, digits: bool = True, rows: Sequence[int] = ROWS) -> Gray:
    """A row of strokes like digits in a table, its rules across and those."""
    gray = np.full(SIZE, PAPER, np.uint8)
    for y in rows:
        cv2.line(gray, (0, y), (SIZE[1], y), 110, 2)
    for x in range(LEFT, RIGHT + 1, 24) if digits else ():
        if all(abs(x - rule.x) > 14 for rule in rules):
            cv2.ellipse(gray, (x, Y), (7, HIGH // 2), 0, 0, 360, 40, 3, cv2.LINE_AA)
    for rule in rules:
        head, foot = (
            (round(16 * (rule.x - rule.lean * (y - Y))), round(16 * y))
            for y in (rule.top, rule.bottom)
        )
        cv2.line(gray, head, foot, rule.shade, rule.width, cv2.LINE_AA, 4)
    return gray


def row(left: float = LEFT, right: float = RIGHT) -> FoundLine:
    return found_line((left, Y), (right, Y), HIGH)


def ends(lines: list[FoundLine]) -> list[tuple[float, float]]:
    return [(float(one.start[0]), float(one.stop[0])) for one in lines]


PARTED = {
    "through the table": [Rule(280)],
    "at the table's head": [Rule(280, top=130)],
    "at its foot": [Rule(280, bottom=190)],
    "leaning": [Rule(280, lean=0.1)],
    "leaning back": [Rule(280, lean=-0.1)],
    "faint": [Rule(280, shade=188)],
    "thick": [Rule(280, width=4)],
    "two": [Rule(220), Rule(340)],
    "a narrow column": [Rule(170), Rule(230), Rule(290)],
}


@pytest.mark.parametrize("rules", PARTED.values(), ids=PARTED.keys())
def test_a_table_s_rules_part_a_row(rules: list[Rule]) -> None:
    found = ends(parted(table(*rules), [row()]))
    assert len(found) == len(rules) + 1
    for (_, stop), (start, _), rule in zip(found, found[1:], rules, strict=False):
        assert stop < rule.x < start
        assert start - stop < HIGH
    assert (found[0][0], found[-1][1]) == (LEFT, RIGHT)


WHOLE = {
    "no rule": [],
    "a field's bar, as high as the field": [Rule(280, top=Y - 30, bottom=Y + 30)],
    "squares": [Rule(x, shade=160) for x in range(20, 560, 30)],
    "squares, some of them overlooked": [Rule(x, shade=160) for x in (110, 140, 230, 260, 350)],
    "a comb through several rows": [Rule(x) for x in range(90, 500, 40)],
    "at the row's end": [Rule(RIGHT - 5)],
    "strokes one below the other": [
        Rule(280, top=y - HIGH / 2, bottom=y + HIGH / 2, shade=40, width=3)
        for y in (Y - 54, Y, Y + 54)
    ],
    "a dashed rule": [Rule(280, top=y, bottom=y + 12) for y in range(20, 300, 24)],
    "leaning like writing": [Rule(280, lean=0.4)],
}


@pytest.mark.parametrize("rules", WHOLE.values(), ids=WHOLE.keys())
def test_what_is_no_table_s_rule_parts_nothing(rules: list[Rule]) -> None:
    (one,) = parted(table(*rules), [row()])
    assert ends([one]) == [(LEFT, RIGHT)]


def test_a_single_rule_alone_may_be_a_crease_or_a_margin_s_line() -> None:
    assert len(parted(table(Rule(280), rows=()), [row()])) == 1
    assert len(parted(table(Rule(280), rows=ROWS[2:3]), [row()])) == 2
    assert len(parted(table(Rule(220), Rule(340), rows=()), [row()])) == 3


@pytest.mark.parametrize(("apart_px", "count"), [(60, 1), (90, 4)])
def test_columns_as_wide_as_rows_are_high_are_squares(apart_px: int, count: int) -> None:
    rules = [Rule(x, shade=160) for x in range(10, 560, apart_px)]
    gray = table(*rules, rows=range(Y - 150, 320, 60))
    assert len(parted(gray, [row()])) == count


def test_light_ink_on_a_dark_board() -> None:
    line = found_line((LEFT, Y), (RIGHT, Y), HIGH, ink_is_dark=False)
    assert len(parted(255 - table(Rule(280)), [line])) == 2
    assert len(parted(table(Rule(280)), [line])) == 1


def test_what_lies_beyond_the_picture_is_no_rule() -> None:
    close = table(Rule(280))[Y - 30 : Y + 30]
    line = found_line((LEFT, 30), (RIGHT, 30), HIGH)
    assert len(parted(np.ascontiguousarray(close), [line])) == 1


def test_a_tilted_table() -> None:
    tilt = cv2.getRotationMatrix2D((280, Y), -12, 1.0)
    turned = cv2.warpAffine(table(Rule(280)), tilt, SIZE[::-1], borderValue=PAPER)
    gray = np.asarray(turned, np.uint8)
    start, stop = (np.asarray(tilt @ (x, Y, 1), np.float64) for x in (LEFT, RIGHT))
    first, second = parted(gray, [found_line(start, stop, HIGH)])
    assert first.tilt_deg == pytest.approx(12, abs=0.1)
    assert np.linalg.norm(first.stop - (280, Y)) == pytest.approx(8, abs=3)
    assert np.linalg.norm(second.start - (280, Y)) == pytest.approx(8, abs=3)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_at_any_size(scale: float) -> None:
    size = round(SIZE[1] * scale), round(SIZE[0] * scale)
    gray = cv2.resize(table(Rule(280)), size, interpolation=cv2.INTER_AREA)
    line = found_line((LEFT * scale, Y * scale), (RIGHT * scale, Y * scale), HIGH * scale)
    assert len(parted(np.asarray(gray, np.uint8), [line])) == 2


@given(st.sets(st.integers(2, 6), max_size=5), st.integers(-6, 6), st.integers(0, 2**32))
def test_parts_follow_each_other_and_lie_within(columns: set[int], lean: int, seed: int) -> None:
    rules = [Rule(72 * column, lean=lean / 60) for column in sorted(columns)]
    noise = np.random.default_rng(seed).normal(0, 0.7, SIZE)
    gray = np.asarray(np.clip(table(*rules, digits=False) + noise, 0, 255), np.uint8)
    found = ends(parted(gray, [row()]))
    assert len(found) == len(columns) + 1
    places = [place for pair in found for place in pair]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (LEFT, RIGHT)


def test_a_number_that_goes_on_is_not_joined_over_a_rule() -> None:
    gray, map_px = table(Rule(280)), 4
    seen = np.full((SIZE[0] // map_px, SIZE[1] // map_px), 0.5, np.float32)
    lines = row(right=230), row(left=320)
    finding = Finding(FinderMaps(gray, seen, seen, seen, map_px), lines, ())
    strokes = [Box(250, Y - 20, 264, Y + 20), Box(296, Y - 20, 310, Y + 20)]
    longer = extended(finding, strokes, gray)
    assert longer is not None
    first, second = longer.lines
    assert first.stop[0] < 280 < second.start[0]
