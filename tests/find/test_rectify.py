"""Tilted lines are levelled and the map leads back to the original picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import block, bounds, page, tilted, written
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.find.components import find_components
from digitocr.find.rectify import estimate_skew, rectify
from digitocr.types import Ink, Rectification

ANGLES = [-40, -30, -12, -5, 5, 12, 30, 40]


def rectified(ink: Ink, scale: float = 1.0, max_skew_deg: float = 45) -> Rectification:
    return rectify(ink, find_components(ink), (scale, scale), max_skew_deg)[0]


def row_of_blocks(angle_deg: float, count: int = 8, lines: int = 1) -> Ink:
    """Upright blocks in rows that are tilted clockwise, as digits of a sheet that was turned."""
    ink = np.zeros((900, 900), np.uint8)
    turn = cv2.getRotationMatrix2D((450, 450), -angle_deg, 1.0)
    for line in range(lines):
        for number in range(count):
            x, y = 180 + 70 * number, 400 + 90 * line
            corners = np.array([[x, y], [x + 30, y], [x + 30, y + 50], [x, y + 50]])
            turned = cv2.transform(corners[None].astype(np.float64), turn)
            cv2.fillPoly(ink, [np.rint(turned).astype(np.int32)], 1)
    return ink.astype(bool)


def test_no_ink() -> None:
    ink = np.zeros((20, 30), np.bool_)
    result = rectified(ink)
    assert result.skew_deg == 0
    assert result.ink is ink


def test_level_writing_is_not_touched() -> None:
    ink = row_of_blocks(0)
    result = rectified(ink)
    assert result.skew_deg == 0
    assert result.ink is ink
    assert result.to_source.tolist() == result.to_gray.tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize("angle_deg", ANGLES)
def test_tilt_of_rows(angle_deg: float, lines: int) -> None:
    ink = row_of_blocks(angle_deg, lines=lines)
    skew_deg = estimate_skew(find_components(ink)[1], 45)
    assert skew_deg == pytest.approx(angle_deg, abs=1.5)


@pytest.mark.parametrize("angle_deg", ANGLES)
def test_rows_are_level_afterwards(angle_deg: float) -> None:
    result = rectified(row_of_blocks(angle_deg))
    components = find_components(result.ink)[1]
    tops = [component.box.top for component in components]
    assert len(components) == 8
    assert max(tops) - min(tops) < 15
    assert result.ink.sum() == pytest.approx(8 * 30 * 50, rel=0.1)


@pytest.mark.parametrize("angle_deg", [-30, -10, 10, 30])
def test_tilted_handwriting(angle_deg: float) -> None:
    ink = tilted(written("20583"), angle_deg) < 128
    skew_deg = estimate_skew(find_components(ink)[1], 45)
    assert skew_deg == pytest.approx(angle_deg, abs=3)


@pytest.mark.parametrize("text", list("0123456789"))
def test_a_single_digit_is_not_turned(text: str) -> None:
    for angle_deg in (0, 20):
        assert rectified(tilted(written(text), angle_deg) < 128).skew_deg == 0


def test_two_digits_are_too_few_to_tell() -> None:
    assert estimate_skew([block(0, 0, 30, 50), block(60, 30, 30, 50)], 45) == 0


@pytest.mark.parametrize(
    ("tops", "bottoms"),
    [
        pytest.param((20, 45, 70, 90), (120, 120, 120, 120), id="ever smaller digits"),
        pytest.param((40, 40, 40, 40), (80, 100, 120, 140), id="ever longer tails"),
        pytest.param((60, 40, 20, 0), (120, 140, 160, 180), id="ever larger both ways"),
    ],
)
def test_digits_of_unlike_height_on_a_level_line_are_not_turned(
    tops: tuple[int, ...], bottoms: tuple[int, ...]
) -> None:
    ink = np.zeros((200, 400), np.bool_)
    for place, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        ink[top:bottom, 50 + 70 * place : 80 + 70 * place] = True
    assert rectified(ink).skew_deg == 0


def test_columns_are_not_lines() -> None:
    column = [block(100 + 4 * row, 60 * row, 30, 50) for row in range(8)]
    assert estimate_skew(column, 45) == 0


def test_specks_do_not_turn_the_page() -> None:
    row = [block(100 + 60 * number, 100, 30, 50) for number in range(8)]
    specks = [block(90 + 60 * number, 160 + 5 * number, 3, 3) for number in range(8)]
    assert estimate_skew(row + specks, 45) == 0


@pytest.mark.parametrize(("limit_deg", "turned"), [(0, False), (10, True), (45, True)])
def test_max_skew(limit_deg: float, turned: bool) -> None:
    ink = row_of_blocks(8)
    result = rectified(ink, max_skew_deg=limit_deg)
    assert (result.skew_deg != 0) == turned
    assert abs(result.skew_deg) <= limit_deg


def test_tilt_beyond_the_limit_is_never_overdone() -> None:
    assert abs(rectified(row_of_blocks(30), max_skew_deg=10).skew_deg) <= 10


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ANGLES),
    st.sampled_from([1.0, 1.5, 4.0]),
    st.integers(0, 7),
)
def test_to_source_leads_back(angle_deg: float, scale: float, number: int) -> None:
    """The middle of every block, found in the level frame, is its middle in the source."""
    result = rectified(row_of_blocks(angle_deg), scale)
    box = find_components(result.ink)[1][number].box
    x, y = result.to_source @ np.array([*box.center_xy, 1])
    turn = cv2.getRotationMatrix2D((450, 450), -angle_deg, 1.0)
    expected = turn @ np.array([180 + 70 * number + 15, 400 + 25, 1])
    assert (x / scale, y / scale) == pytest.approx(tuple(expected), abs=1.5)


@pytest.mark.parametrize("angle_deg", [0, 20])
def test_scale_of_the_working_frame(angle_deg: float) -> None:
    result = rectified(row_of_blocks(angle_deg), 3.0)
    linear = result.to_source[:, :2]
    assert np.linalg.det(linear) == pytest.approx(9)
    assert np.allclose(linear.T @ linear, 9 * np.eye(2))


@pytest.mark.parametrize("angle_deg", [0, -20, 20])
@pytest.mark.parametrize("scale", [(1.0, 1.0), (3.0, 3.0), (3.0, 2.9)])
def test_the_way_to_the_source_leads_through_the_working_frame(
    angle_deg: float, scale: tuple[float, float]
) -> None:
    ink = row_of_blocks(angle_deg)
    result, _ = rectify(ink, find_components(ink), scale, 45)
    assert np.allclose(result.to_source, np.diag(scale) @ result.to_gray)
    turned = result.to_gray[:, :2]
    assert np.allclose(turned.T @ turned, np.eye(2))
    # Where the level frame has ink, so has the working one.
    down, across = np.nonzero(result.ink)
    x, y = np.rint(result.to_gray @ np.stack([across, down, np.ones_like(down)])).astype(int)
    assert ink[y, x].mean() > 0.95


@pytest.mark.parametrize("angle_deg", [-40, 40])
def test_nothing_is_cut_off_at_the_edges(angle_deg: float) -> None:
    ink = row_of_blocks(angle_deg)
    left, top, right, bottom = bounds(ink)
    tight = ink[top:bottom, left:right]
    assert rectified(tight).ink.sum() == pytest.approx(ink.sum(), rel=0.02)


@pytest.mark.parametrize("angle_deg", [8, 40])
def test_a_very_long_strip_is_not_turned_into_a_giant_square(angle_deg: float) -> None:
    slope = np.tan(np.radians(angle_deg))
    steps = [block(60 + 30 * number, 5 + round(30 * slope * number), 12, 20) for number in range(3)]
    result = rectified(page((100, 30_000), steps))
    assert result.ink.size <= 4 * 100 * 30_000
    assert len(find_components(result.ink)[1]) == 3


@pytest.mark.parametrize("angle_deg", [-8, 8])
def test_corners_of_the_page_stay_on_it(angle_deg: float) -> None:
    ink = row_of_blocks(angle_deg)
    for top, left in ((0, 0), (0, 870), (850, 0), (850, 870)):
        ink[top : top + 50, left : left + 30] = True
    result = rectified(ink)
    assert result.skew_deg == pytest.approx(angle_deg, abs=1.5)
    areas = [component.area_px for component in find_components(result.ink)[1]]
    assert len(areas) == 12
    assert min(areas) > 0.95 * 30 * 50


@pytest.mark.parametrize("angle_deg", [-20, 0, 20])
def test_dots_and_long_bars_do_not_tell_the_tilt(angle_deg: float) -> None:
    ink = row_of_blocks(angle_deg)
    for number in range(24):  # each a little lower than the last
        top, left = 40 + 2 * number, 60 + 9 * number
        ink[top : top + 4, left : left + 4] = True
        ink[top + 760 : top + 764, left : left + 4] = True
    skew_deg = estimate_skew(find_components(ink)[1], 45)
    assert skew_deg == pytest.approx(angle_deg, abs=1.5)
