"""A sheet on a table is read, and what lies beyond it is not; a page is never cut short."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import write
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr import read
from digitocr.draw import STAGES
from digitocr.sheet import find_sheet
from digitocr.types import Gray

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
    upright = np.zeros(SIZE, np.float32)
    upright[margin_px : height - margin_px, margin_px : width - margin_px] = 1
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -turn_deg, 1)
    mask, turned = (
        cv2.warpAffine(one, turn, (width, height), borderValue=fill)
        for one, fill in ((upright, 0.0), (sheet.astype(np.float32), PAPER))
    )
    photo = cv2.GaussianBlur(mask * turned + (1 - mask) * table, (0, 0), 1.0)
    noise = np.random.default_rng(0).normal(0, 2, SIZE)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


@settings(max_examples=30, deadline=None)
@given(st.integers(10, 160), st.floats(-20, 20), st.integers(30, 150), st.booleans())
def test_a_sheet_is_read_on_any_darker_table(
    table: int, turn_deg: float, margin_px: int, is_negative: bool
) -> None:
    photo = on_table(page("30529"), table, turn_deg, margin_px)
    reading = read(255 - photo if is_negative else photo)
    assert reading.binarization.is_cut_out
    assert reading.binarization.ink_is_dark is not is_negative
    assert reading.guess == "30529"


def wood() -> Gray:
    grain = np.random.default_rng(1).normal(110, 14, (SIZE[0] // 4, SIZE[1] // 40))
    return cv2.resize(grain, SIZE[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 255).astype("u1")


def with_pen() -> Gray:
    table = np.full(SIZE, 120, np.uint8)
    return np.asarray(cv2.line(table, (150, 15), (560, 22), 20, 14), np.uint8)


@pytest.mark.parametrize("table", [wood(), with_pen()], ids=["wood", "a pen"])
def test_what_lies_on_the_table_is_left_out(table: Gray) -> None:
    reading = read(on_table(page("30529"), table, 3))
    assert reading.binarization.is_cut_out
    assert reading.guess == "30529"
    gray = next(stage for stage in STAGES if stage.title == "Grayscale")
    assert "beyond the sheet's edge" in gray.explain(reading)


def half_in_shadow(soft_px: float) -> Gray:
    """A page with a number on either side of a shadow's edge."""
    light = np.where(np.arange(SIZE[0]) < 300, 1.0, 0.5)[:, None]
    if soft_px:
        light = cv2.GaussianBlur(light, (1, 0), sigmaX=0.1, sigmaY=soft_px)
    return np.asarray(page("30529", "4681") * light.reshape(-1, 1), np.uint8)


def two_sheets() -> Gray:
    photo = np.full(SIZE, 60, np.uint8)
    for top, number in ((30, "30529"), (320, "4681")):
        photo[top : top + 240, 60:740] = PAPER
        write(photo, number, left=280, top=top + 90, height_px=60)
    return photo


def with_dark_field() -> Gray:
    """A form, some of it light on dark."""
    form = page("30529")
    form[330:580, 100:700] = 30
    cv2.putText(form, "No. 7", (300, 480), cv2.FONT_HERSHEY_SIMPLEX, 3, 230, 8, cv2.LINE_AA)
    return form


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(page("30529", "4681"), id="a page"),
        pytest.param(half_in_shadow(0), id="a hard shadow"),
        pytest.param(half_in_shadow(30), id="a soft shadow"),
        pytest.param(two_sheets(), id="two sheets"),
        pytest.param(with_dark_field(), id="a dark field"),
        pytest.param(on_table(np.full(SIZE, PAPER, np.uint8), 60), id="a blank sheet"),
    ],
)
def test_a_page_is_not_cut_short(photo: Gray) -> None:
    for shot in (photo, 255 - photo):
        sheet = find_sheet(shot)
        assert sheet is None or not sheet.is_alone


@pytest.mark.parametrize("soft_px", [0, 30])
def test_both_sides_of_a_shadow_are_read(soft_px: float) -> None:
    assert read(half_in_shadow(soft_px)).guess == "30529\n4681"


def test_marks_that_reach_the_edge_are_not_cut() -> None:
    photo = on_table(page("30529"), 60, margin_px=210)
    sheet = find_sheet(photo)
    assert sheet is None or not sheet.is_alone


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (3, 3), (40, 41)])
def test_small_pictures_have_no_sheet(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert find_sheet(noise) is None


def test_the_cut_out_keeps_the_sheet_and_its_light() -> None:
    light = np.linspace(1, 0.7, SIZE[1])
    shot = (on_table(page("30529"), 60) * light).astype(np.uint8)
    sheet = find_sheet(shot)
    assert sheet is not None
    assert sheet.is_alone
    assert sheet.is_light
    alone = sheet.cut_out(shot)
    inner = slice(100, 500), slice(100, 700)
    assert np.array_equal(alone[inner], shot[inner])
    assert alone.dtype == np.uint8
    beyond = np.abs(alone[:60].astype(float) - PAPER * light)
    assert np.quantile(beyond, 0.99) < 40
