"""A field of a form, cut out: a digit or a number with little paper around it, and its frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import bounds, paper, write
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr import read
from digitocr.find.binarize import binarize
from digitocr.reasons import DropReason
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
    assert {one.ink_is_dark for one in reading.finding.lines} == {not is_negative}
    assert reading.guess == text


@pytest.mark.parametrize("sides", ["ltrb", "lb", "b", "tb", "lrb"])
@pytest.mark.parametrize("line_px", [1, 2, 4])
@pytest.mark.parametrize("text", ["8", "5", "1", "305", "20480"])
def test_a_field_with_its_frame(text: str, line_px: int, sides: str) -> None:
    assert read(field(text, 6 + line_px, sides, line_px)).guess == text


@pytest.mark.parametrize(
    ("height_px", "sides"),
    [
        (14, ""),
        *((px, "") for px in (20, 90, 300)),
        *((px, "ltrb") for px in (20, 90, 300)),
    ],
)
def test_a_field_of_any_size(height_px: int, sides: str) -> None:
    size = max(1, height_px // 20)
    assert read(field("803", 4 * size, sides, size, height_px)).guess == "803"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 999), st.integers(8, 20), st.sets(st.sampled_from("ltrb")), st.integers(1, 4))
def test_a_field_and_its_negative_are_read_alike(
    number: int, margin_px: int, sides: set[str], line_px: int
) -> None:
    # With a frame closer to the digits, either of the two may pass for the ink.
    gray = field(str(number), margin_px + line_px, "".join(sides), line_px)
    guess = read(gray).guess
    assert read(255 - gray).guess == guess
    assert len(guess) == len(str(number))


def test_thick_strokes_stay_whole() -> None:
    """The paper under a felt pen's stroke is that beside it, however broad the stroke is."""
    gray = field("8", 3)
    thick = np.asarray(
        cv2.erode(gray, np.ones((3, 3), np.uint8)), np.uint8
    )  # the paper, so that the ink grows
    found = binarize(thick, np.ones(thick.shape, np.bool_), Settings()).ink
    assert found[thick < INK + 20].all()
    assert not found[thick > PAPER - 10].any()


BOLD = ["14", "17", "71", "41", "100", "201", "541", "1023", "1234"]


@pytest.mark.parametrize("text", BOLD)
@pytest.mark.parametrize(("margin_px", "scale"), [(1, 1), (2, 1), (3, 2)])
def test_an_upright_stroke_at_the_edge_is_no_frame(text: str, margin_px: int, scale: int) -> None:
    """A straight 1 fills the side of a number that was cut out closely, and stays a digit."""
    gray = straight(text, scale)
    gray = np.pad(gray, margin_px, constant_values=PAPER)
    reading = read(gray)
    assert {one.ink_is_dark for one in reading.finding.lines} == {True}
    assert DropReason.RULE not in {one.reason for one in reading.segmentation.dropped}
    assert reading.guess == text


# Digits of straight strokes "x,y x,y / ..." in pixels, and how far the next one stands away.
STRAIGHT = {
    "0": ("11,0 3,6 0,22 3,38 11,44 19,38 22,22 19,6 11,0", 32),
    "1": ("0,0 0,44", 13),
    "2": ("0,8 10,0 22,6 20,16 0,44 28,44", 38),
    "3": ("0,0 24,0 10,16 22,28 14,44 0,42", 34),
    "4": ("0,0 0,22 24,22 / 24,0 24,44", 36),
    "5": ("24,0 0,0 0,18 16,18 24,30 14,44 0,42", 34),
    "7": ("0,0 26,0 9,44", 36),
}


def straight(text: str, scale: int) -> Gray:
    """A number drawn with a ruler and a broad pen, cropped to its ink."""
    sheet = np.full((60 * scale, 45 * scale * (len(text) + 1)), PAPER, np.uint8)
    x = 8
    for digit in text:
        path, width = STRAIGHT[digit]
        for stroke in path.split("/"):
            points = [[float(one) for one in point.split(",")] for point in stroke.split()]
            placed = np.rint((np.array(points) + np.array([x, 8])) * scale).astype(np.int32)
            cv2.polylines(sheet, [placed], False, INK, 4 * scale, cv2.LINE_AA)
        x += width
    left, top, right, bottom = bounds(sheet < 128)
    return sheet[top:bottom, left:right]


@pytest.mark.parametrize("table", [30, 120])
@pytest.mark.parametrize(
    ("left", "top", "right", "bottom"),
    [(100, 80, 100, 80), (250, 60, 40, 120), (200, 0, 0, 0), (0, 0, 0, 150)],
)
def test_a_sheet_on_a_dark_table(table: int, left: int, top: int, right: int, bottom: int) -> None:
    sheet = np.full((600, 800), PAPER, np.uint8)
    write(sheet, "30529", left=290, top=200, height_px=60)
    photo = np.full(sheet.shape, table, np.uint8)
    inside = slice(top, 600 - bottom), slice(left, 800 - right)
    photo[inside] = sheet[inside]
    reading = read(cv2.GaussianBlur(photo, (0, 0), 1.0))
    assert {one.ink_is_dark for one in reading.finding.lines} == {True}
    assert reading.guess == "30529"


def test_little_writing_under_a_great_shadow() -> None:
    page = np.full((900, 1200), PAPER, np.uint8)
    write(page, "30529", left=150, top=180, height_px=70)
    shadow = np.zeros(page.shape, np.float32)
    shadow[100:800, 300:900] = 0.45
    shaded = page * (1 - cv2.GaussianBlur(shadow, (0, 0), 15))
    assert read(shaded.astype(np.uint8)).guess == "30529"
