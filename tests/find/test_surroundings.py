"""A sheet on a table is read, and what lies beyond it is not; no number is cut short."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import write
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st

from digitocr import read
from digitocr.settings import Settings
from digitocr.types import Gray
from synthesis.parts import camera, grounds, things
from synthesis.parts.layers import lay

PAPER = 215
SIZE = 600, 800  # px, height and width


def page(*numbers: str, paper: int = PAPER) -> Gray:
    """A sheet with one number below the other."""
    sheet = np.full(SIZE, 255, np.uint8)
    for line, number in enumerate(numbers):
        write(sheet, number, left=280, top=200 + 120 * line, height_px=60)
    return np.rint(40 + (paper - 40) * (sheet / 255)).astype(np.uint8)


def on_table(sheet: Gray, table: Gray | int, turn_deg: float = 0, margin_px: int = 80) -> Gray:
    """A photo of the middle of a sheet, turned clockwise, on a table."""
    height, width = SIZE
    inside = margin_px, margin_px, width - margin_px, height - margin_px
    under = np.broadcast_to(np.asarray(table, np.float32), SIZE)
    photo = grounds.turned_on(under, sheet.astype(np.float32), inside, turn_deg)
    return camera.snapshot(np.random.default_rng(0), photo, 1.0, 2)


@checks(max_examples=30, deadline=None)
@given(st.integers(10, 160), st.floats(-8, 8), st.integers(30, 150), st.just(False))
def test_a_sheet_is_read_on_any_darker_table(
    table: int, turn_deg: float, margin_px: int, is_negative: bool
) -> None:
    photo = on_table(page("30529"), table, turn_deg, margin_px)
    reading = read(255 - photo if is_negative else photo)
    assert {one.ink_is_dark for one in reading.finding.lines} == {not is_negative}
    assert reading.guess == "30529"


def wood() -> Gray:
    grain = grounds.streaks(np.random.default_rng(1), SIZE, 40)
    return (110 + 14 * grain).clip(0, 255).astype(np.uint8)


def with_pen() -> Gray:
    pen = things.rod(SIZE, np.array([[150.0, 15.0], [560.0, 22.0]]), 14)
    return lay(np.full(SIZE, 120, np.float32), pen, 20).astype(np.uint8)


@pytest.mark.parametrize("table", [wood(), with_pen()], ids=["wood", "a pen"])
def test_what_lies_on_the_table_is_left_out(table: Gray) -> None:
    assert read(on_table(page("30529"), table, 3)).guess == "30529"


Number = tuple[str, int, int, int]  # what is written, its left and top, and its height
ALL = slice(None)


def ground(level: float, rows: slice, columns: slice, around: float = PAPER) -> Gray:
    """A ground with a part of another brightness."""
    levels = np.full(SIZE, around)
    levels[rows, columns] = level
    return levels.astype(np.uint8)


def lit(levels: Gray, numbers: list[Number]) -> Gray:
    """A photo of dark numbers on grounds of other brightness."""
    sheet = np.full(SIZE, 255, np.uint8)
    for number, left, top, height_px in numbers:
        write(sheet, number, left=left, top=top, height_px=height_px)
    photo = (0.2 + 0.8 * (sheet / 255)) * levels
    return camera.snapshot(np.random.default_rng(0), photo, 1.0, 2)


INNER = slice(70, 530), slice(100, 598)  # a sheet within the picture
# Grounds with a border as straight as a sheet's, and numbers on both sides or across it.
CROSSED: dict[str, tuple[Gray, list[Number]]] = {
    "a page": (ground(PAPER, ALL, ALL), [("30529", 150, 150, 60), ("4681", 150, 300, 60)]),
    "a shadow over a digit": (ground(140, ALL, slice(415, None)), [("30529", 150, 250, 70)]),
    "a shadow below": (
        ground(110, slice(300, None), ALL),
        [("30529", 150, 150, 60), ("46", 150, 400, 60)],
    ),
    "a tinted margin": (
        ground(150, ALL, slice(0, 100)),
        [("3", 30, 250, 60), ("0529", 160, 250, 60)],
    ),
    "two pages": (
        ground(150, ALL, slice(400, None)),
        [("30529", 60, 250, 60), ("46", 500, 250, 60)],
    ),
    "a fold": (
        ground(100, ALL, slice(394, 406)),
        [("30529", 60, 250, 60), ("46", 500, 250, 60)],
    ),
    "a digit across the edge": (ground(225, *INNER, 130), [("305294", 250, 250, 70)]),
    "a digit beside the sheet": (
        ground(225, *INNER, 140),
        [("30529", 150, 250, 66), ("4", 680, 250, 66)],
    ),
    "large digits below small ones": (
        ground(225, slice(60, 300), slice(60, 740), 150),
        [("481", 200, 150, 60), ("305", 250, 380, 125)],
    ),
}


@pytest.mark.parametrize("is_negative", [False, True], ids=["dark", "light"])
@pytest.mark.parametrize(("levels", "numbers"), CROSSED.values(), ids=CROSSED)
def test_no_number_is_cut_short(levels: Gray, numbers: list[Number], is_negative: bool) -> None:
    photo = lit(levels, numbers)
    reading = read(255 - photo if is_negative else photo)
    assert reading.guess.replace("\n", "") == "".join(one[0] for one in numbers)


def test_a_number_that_goes_on_in_the_dark_is_not_cut_short() -> None:
    photo = lit(ground(225, *INNER, 90), [("30529", 250, 250, 66), ("4", 630, 250, 66)])
    reading = read(photo)
    assert reading.guess.replace("\n", "") == "305294" or not reading.accepted


def soft(levels: Gray) -> Gray:
    return np.asarray(cv2.GaussianBlur(levels, (0, 0), 30), np.uint8)


def with_corner_missing() -> Gray:
    levels = ground(PAPER, *INNER, 120)
    levels[70:320, 400:598] = 120
    return levels


SEVERAL: list[Number] = [("30529", 150, 380, 66)]


@pytest.mark.parametrize(
    "levels",
    [
        pytest.param(soft(ground(PAPER, *INNER, 120)), id="a lamp's light"),
        pytest.param(ground(PAPER, *INNER, 205), id="a table like paper"),
        pytest.param(with_corner_missing(), id="not all of a rectangle"),
        pytest.param(ground(PAPER, slice(360, 460), slice(130, 500), 120), id="a small label"),
        pytest.param(ground(PAPER, slice(5, 595), slice(5, 795), 120), id="a frame"),
    ],
)
def test_what_is_around_a_number_is_not_read(levels: Gray) -> None:
    photo = lit(levels, SEVERAL)
    assert read(photo).guess == read(255 - photo).guess == "30529"


def test_a_blank_sheet_has_no_number() -> None:
    assert not read(on_table(np.full(SIZE, PAPER, np.uint8), 60)).accepted


def test_dark_writing_in_a_shadow_is_no_light_writing() -> None:
    """The paper between the strokes is lighter than they are, but not than the shadow."""
    reading = read(lit(ground(110, *INNER), [("88688", 150, 250, 66)]))
    assert {one.ink_is_dark for one in reading.finding.lines} == {True}
    assert "88688" in reading.guess.split("\n")


@pytest.mark.parametrize("thickness_px", [41, 51, 61])
def test_a_thick_digit_is_no_sheet_with_two_marks(thickness_px: int) -> None:
    eight = np.full((500, 400), PAPER, np.uint8)
    for top in (150, 330):
        cv2.circle(eight, (200, top), 90, 40, thickness_px, cv2.LINE_AA)
    assert read(eight).guess == "8"


def test_the_users_polarity_is_not_overruled() -> None:
    """A form has some print, light on dark; who asks for dark ink gets the writing above it."""
    form = 255 - lit(ground(225, slice(250, 560), slice(60, 740), 40), [("7148", 250, 380, 60)])
    cv2.putText(form, "305", (300, 180), cv2.FONT_HERSHEY_SIMPLEX, 1, 40, 3, cv2.LINE_AA)
    assert set(read(form).guess.split("\n")) == {"305", "7148"}
    chosen = read(form, Settings(polarity="dark"))
    assert {one.ink_is_dark for one in chosen.finding.lines} == {True}
    assert "305" in chosen.guess.split("\n")


def test_a_black_screen_on_a_white_page() -> None:
    page = np.full(SIZE, 255, np.uint8)
    page[100:500, 120:680] = 0
    cv2.putText(page, "7052", (220, 340), cv2.FONT_HERSHEY_SIMPLEX, 4, 255, 8, cv2.LINE_AA)
    reading = read(page)
    assert reading.guess == "7052"


def test_a_sheet_that_runs_out_of_the_picture_on_a_dark_table() -> None:
    reading = read(
        lit(ground(PAPER, slice(80, None), slice(100, None), 50), [("30529", 250, 250, 66)])
    )
    assert reading.guess == "30529"


@pytest.mark.parametrize("is_negative", [False, True], ids=["paper", "blackboard"])
def test_a_sheet_that_runs_out_of_the_picture_tells_the_ink(is_negative: bool) -> None:
    light = ground(PAPER, slice(80, None), slice(100, None), 130)
    photo = lit(light, [("30529", 250, 250, 66)])
    found = read(255 - photo if is_negative else photo).finding.lines
    assert {one.ink_is_dark for one in found} == {not is_negative}


def test_a_digit_right_at_the_edge_is_kept() -> None:
    sheet = ground(225, slice(100, 500), slice(100, 538), 130)
    assert read(lit(sheet, [("30529", 250, 250, 66)])).guess == "30529"
