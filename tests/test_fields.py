"""A field of a form, cut out: a digit or a number with little paper around it, and its frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import bounds, component, paper, rows, write
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr import read
from digitocr.binarize import binarize
from digitocr.rules import find_edge_rules
from digitocr.settings import Settings
from digitocr.types import Gray

INK, LINE = 40, 70
PAPER = 205


def field(
    text: str, margin_px: int = 8, sides: str = "", line_px: int = 2, height_px: int = 44
) -> Gray:
    """A number on grey paper, cut out so that this much is left around it, ruled at `sides`."""
    sheet = paper(2 * height_px * (len(text) + 1), 2 * height_px)
    write(sheet, text, left=height_px // 2, top=height_px // 2, height_px=height_px)
    left, top, right, bottom = bounds(sheet < 128)
    ink = np.pad(sheet[top:bottom, left:right], margin_px, constant_values=255) / 255
    gray = INK + (PAPER - INK) * ink
    for side, turned in zip("ltrb", (gray.T, gray, gray.T[::-1], gray[::-1]), strict=True):
        if side in sides:
            turned[:line_px] = np.minimum(turned[:line_px], LINE)
    return np.rint(gray).astype(np.uint8)


@pytest.mark.parametrize("text", [*"0123456789", "305", "8888", "20480"])
@pytest.mark.parametrize("margin_px", [2, 4, 12])
@pytest.mark.parametrize("is_negative", [False, True], ids=["dark", "light"])
def test_a_field_cut_out_closely(text: str, margin_px: int, is_negative: bool) -> None:
    gray = field(text, margin_px)
    reading = read(255 - gray if is_negative else gray)
    assert reading.binarization.ink_is_dark is not is_negative
    assert reading.guess == text


@pytest.mark.parametrize("sides", ["ltrb", "lb", "b", "tb", "lrb"])
@pytest.mark.parametrize("line_px", [1, 2, 4])
@pytest.mark.parametrize("text", ["8", "5", "1", "305", "20480"])
def test_a_field_with_its_frame(text: str, line_px: int, sides: str) -> None:
    reading = read(field(text, 6 + line_px, sides, line_px))
    assert reading.guess == text
    if line_px > 1:  # a hairline is no ink once the picture is blurred
        assert "a ruled line or frame" in {one.reason for one in reading.segmentation.dropped}


@pytest.mark.parametrize(
    ("height_px", "sides"),
    [(14, ""), *((px, sides) for px in (20, 90, 300) for sides in ("", "ltrb"))],
)
def test_a_field_of_any_size(height_px: int, sides: str) -> None:
    size = max(1, height_px // 20)
    assert read(field("803", 4 * size, sides, size, height_px)).guess == "803"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(2, 20), st.sets(st.sampled_from("ltrb")), st.integers(1, 4))
def test_a_field_and_its_negative_are_read_alike(
    number: int, margin_px: int, sides: set[str], line_px: int
) -> None:
    gray = field(str(number), margin_px + line_px, "".join(sides), line_px)
    assert read(255 - gray).guess == read(gray).guess


def test_thick_strokes_stay_whole() -> None:
    """The paper under a felt pen's stroke is that beside it, however broad the stroke is."""
    gray = field("8", 3)
    thick = cv2.erode(gray, np.ones((3, 3), np.uint8))  # the paper, so that the ink grows
    found = binarize(thick, Settings()).ink
    assert found[thick < INK + 20].all()
    assert not found[thick > PAPER - 20].any()


def edge_rule(*drawn: str) -> tuple[str, ...]:
    one = component(0, 0, *drawn)
    return rows(find_edge_rules([one], one.mask.shape)[0])


def test_a_frame_is_taken_out_and_what_crosses_it_stays() -> None:
    found = edge_rule(
        "############",
        "#....#.....#",
        "#....#.....#",
        "#....#.....#",
        "#....#.....#",
        "#..........#",
        "############",
    )
    assert found == (
        "############",
        "#..........#",
        "#..........#",
        "#..........#",
        "#..........#",
        "#..........#",
        "############",
    )


def test_a_stroke_that_reaches_the_edge_is_no_rule() -> None:
    assert not any(
        "#" in row
        for row in edge_rule(
            "....########",
            "..........#.",
            ".........#..",
            "........#...",
            ".......#....",
            "......#.....",
        )
    )


def test_what_is_broad_is_no_rule() -> None:
    assert not any("#" in row for row in edge_rule(*["####...."] * 8))


def test_a_rule_in_pieces_is_one() -> None:
    pieces = [component(0, top, *["#"] * 9) for top in (0, 11)]
    found = find_edge_rules(pieces, (20, 30))
    assert all(rule.all() for rule in found)
    assert not any(rule.any() for rule in find_edge_rules(pieces[:1], (20, 30)))
