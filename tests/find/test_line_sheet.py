"""Found numbers are set out level, dark on white and in one size, and the map leads back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import bounds, found_line
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitocr.find.line_sheet import ABOVE, BESIDE, DIGIT_PX, GAP_PX, set_out
from digitocr.found import FoundLine, LineSheet
from digitocr.types import Gray, Picture

SIZE = 400, 600  # height and width of the working picture
PAPER, INK = 210, 60
MIDDLE = (300.0, 200.0)


def picture_of(gray: Gray, factor: float = 1) -> Picture:
    size = round(gray.shape[1] * factor), round(gray.shape[0] * factor)
    return Picture(np.dstack([gray] * 3), gray, size)


def directions(tilt_deg: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Along writing that is tilted clockwise so much, and down from it."""
    way = np.array([np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))])
    return way, np.array([-way[1], way[0]])


def bar(
    length_px: float, height_px: float, tilt_deg: float = 0, middle: tuple[float, float] = MIDDLE
) -> tuple[Gray, FoundLine]:
    """The outline of a bar as high as a digit, and where it was found."""
    way, down = directions(tilt_deg)
    pen = max(1, round(0.1 * height_px))
    ends = (length_px - pen) / 2 * way, (height_px - pen) / 2 * down
    corners = [
        middle + along * ends[0] + across * ends[1]
        for along, across in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    gray = np.full(SIZE, PAPER, np.uint8)
    fixed = np.rint(np.array(corners) * 16).astype(np.int32)
    cv2.polylines(gray, [fixed], True, INK, pen, cv2.LINE_AA, 4)
    half = length_px / 2 * way
    return gray, found_line(middle - half, middle + half, height_px)


def test_no_number_gives_a_white_sheet_without_rows() -> None:
    sheet = set_out(picture_of(np.zeros(SIZE, np.uint8)), [])
    assert sheet.rows == ()
    assert sheet.gray.shape == sheet.raw.shape == sheet.inside.shape
    assert sheet.gray.size > 0
    assert (sheet.gray == 255).all()
    assert not sheet.inside.any()


@pytest.mark.parametrize("tilt_deg", [-40, -15, -3, 0, 3, 15, 40])
@pytest.mark.parametrize(("length_px", "height_px"), [(60, 20), (200, 40), (240, 56), (260, 90)])
def test_a_bar_lies_level_in_one_size(length_px: float, height_px: float, tilt_deg: float) -> None:
    gray, line = bar(length_px, height_px, tilt_deg)
    sheet = set_out(picture_of(gray), [line])
    (row,) = sheet.rows
    scale = DIGIT_PX / height_px
    # What was found ends where the bar does; beside it is room.
    assert row.box.height == round((1 + 2 * ABOVE) * DIGIT_PX)
    assert row.box.width == pytest.approx(length_px * scale + 2 * BESIDE * DIGIT_PX, abs=1)
    ink = sheet.gray < 128
    left, top, right, bottom = bounds(ink)
    assert (right - left, bottom - top) == pytest.approx(
        (length_px * scale, DIGIT_PX), abs=2 + 1.5 * scale
    )
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx(row.box.center_xy, abs=1.5)
    # Level: its upper edge is at one height from end to end.
    inner = ink[:, left + 8 : right - 8]
    assert np.ptp(inner.argmax(axis=0)) <= 3


def test_ink_is_black_and_paper_white_whatever_their_tones() -> None:
    gray, line = bar(240, 56)
    pale = np.asarray(np.interp(gray, [INK, PAPER], [120, 160]), np.uint8)
    for one in (gray, pale):
        sheet = set_out(picture_of(one), [line])
        assert 15 <= sheet.gray.min() <= 25
        assert np.median(sheet.gray) == 255


def test_the_raw_sheet_keeps_the_pictures_tones() -> None:
    gray, line = bar(240, 56)
    sheet = set_out(picture_of(gray), [line])
    box = sheet.rows[0].box
    there = sheet.raw[box.top : box.bottom, box.left : box.right]
    assert np.median(there) == PAPER
    assert np.quantile(there, 0.01) == pytest.approx(INK, abs=15)  # cubic: edges overshoot


def test_light_falling_off_leaves_the_paper_white() -> None:
    gray, line = bar(400, 56)
    light = np.linspace(0.6, 1, SIZE[1])
    lit = np.asarray(gray * light, np.uint8)
    even, shaded = (set_out(picture_of(one), [line]) for one in (gray, lit))
    assert (shaded.gray[even.gray == 255] > 230).mean() > 0.99
    assert np.logical_xor(shaded.gray < 128, even.gray < 128).sum() < 0.2 * (even.gray < 128).sum()


@pytest.mark.parametrize("tilt_deg", [0, 20])
def test_light_ink_is_inverted(tilt_deg: float) -> None:
    gray, line = bar(200, 40, tilt_deg)
    ends = line.start, line.stop
    dark = set_out(picture_of(gray), [line])
    light = set_out(picture_of(255 - gray), [found_line(*ends, 40, ink_is_dark=False)])
    assert np.abs(light.raw.astype(int) - dark.raw).max() <= 1
    assert np.abs(light.gray.astype(int) - dark.gray).max() <= 4
    # Taken for the other ink, the bar is paper and what it is on is no ink.
    wrong = set_out(picture_of(255 - gray), [line])
    box = wrong.rows[0].box
    assert np.median(wrong.raw[box.top : box.bottom, box.left : box.right]) == 255 - PAPER


def inked_beyond(sheet: LineSheet) -> bool:
    return bool((sheet.gray[~sheet.inside] < 255).any())


@pytest.mark.parametrize("middle", [(0.0, 200.0), (600.0, 200.0), (300.0, 0.0), (300.0, 399.0)])
@pytest.mark.parametrize("tilt_deg", [0, 25])
def test_beyond_the_picture_the_sheet_is_white(
    middle: tuple[float, float], tilt_deg: float
) -> None:
    gray = np.full(SIZE, PAPER, np.uint8)
    gray[::8] = gray[:, ::8] = INK  # ink all over, up to the very edge
    way, _ = directions(tilt_deg)
    line = found_line(middle - 80 * way, middle + 80 * way, 56)
    sheet = set_out(picture_of(gray), [line])
    (row,) = sheet.rows
    rows, columns = np.indices(sheet.gray.shape)
    x, y = np.tensordot(row.to_gray, np.stack([columns, rows, np.ones(rows.shape)]), 1)
    beyond = (x < -1) | (y < -1) | (x > SIZE[1]) | (y > SIZE[0])
    in_row = np.zeros(beyond.shape, np.bool_)
    in_row[row.box.top : row.box.bottom, row.box.left : row.box.right] = True
    assert (sheet.gray[beyond] == 255).all()
    assert not sheet.inside[beyond | ~in_row].any()
    assert (sheet.gray[~beyond & in_row] < 128).mean() > 0.1
    # Where it is inside nothing is cut off: there is a margin to the edge on every side.
    edge = (x > -0.5) & (x < 1) & in_row
    assert not sheet.inside[edge].any()


def test_what_is_well_within_row_and_picture_is_inside() -> None:
    gray, line = bar(200, 56)
    sheet = set_out(picture_of(gray), [line])
    box = sheet.rows[0].box
    left, top, right, bottom = bounds(sheet.inside)
    assert sheet.inside[top:bottom, left:right].all()
    margins = np.abs(np.subtract((left, top, right, bottom), box))
    assert ((margins >= 1) & (margins <= 5)).all()


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(150, 450), st.floats(120, 280)),
    st.floats(-45, 45),
    st.floats(14, 110),
    st.sampled_from([1.0, 1.7, 4.0]),
    st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
)
def test_to_source_leads_back(
    middle: tuple[float, float],
    tilt_deg: float,
    height_px: float,
    factor: float,
    step: tuple[float, float],
) -> None:
    """A dot in the picture, found on the sheet, is where it was in the source."""
    way, down = directions(tilt_deg)
    x, y = middle + 1.5 * step[0] * height_px * way + step[1] * height_px * down
    rows, columns = np.indices(SIZE)
    spread = max(1.5, 0.08 * height_px)
    dot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * spread**2))
    gray = np.asarray(np.rint(PAPER - (PAPER - INK) * dot), np.uint8)
    line = found_line(middle - height_px * way, middle + height_px * way, height_px)
    sheet = set_out(picture_of(gray, factor), [line])
    (row,) = sheet.rows
    weights = np.clip(PAPER - 8.0 - sheet.raw, 0, None)
    weights[sheet.raw == 255] = 0
    down_px, across_px = np.nonzero(weights)
    seen = np.average(np.stack([across_px, down_px]), axis=1, weights=weights[down_px, across_px])
    assert row.to_gray @ [*seen, 1] == pytest.approx((x, y), abs=max(0.6, 0.02 * height_px))
    scale = np.array(picture_of(gray, factor).source_px_per_px)
    source = (np.array([x, y]) + 0.5) * scale - 0.5
    assert row.to_source @ [*seen, 1] == pytest.approx(
        source, abs=max(1.0, 0.03 * height_px) * factor
    )


def test_the_way_to_the_source_leads_through_the_working_frame() -> None:
    gray, line = bar(200, 40, 20)
    (row,) = set_out(picture_of(gray, 3), [line]).rows
    corners = np.array([(0, 30, 200), (0, 50, 10), (1, 1, 1)])
    assert row.to_source @ corners == pytest.approx((row.to_gray @ corners + 0.5) * 3 - 0.5)
    turned = row.to_gray[:, :2] * DIGIT_PX / 40
    assert np.allclose(turned.T @ turned, np.eye(2))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-50, 650),
            st.floats(-50, 450),
            st.floats(0, 500),
            st.floats(3, 300),
            st.floats(-90, 90),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rows_stand_one_below_the_other(places: list[tuple[float, ...]]) -> None:
    lines = []
    for x, y, length_px, height_px, tilt_deg in places:
        half = directions(tilt_deg)[0] * length_px / 2
        lines.append(found_line(np.array([x, y]) - half, np.array([x, y]) + half, height_px))
    gray, _ = bar(240, 56)
    sheet = set_out(picture_of(gray), lines)
    assert [row.line for row in sheet.rows] == lines
    bottom = 0
    in_rows = np.zeros(sheet.gray.shape, np.bool_)
    for row in sheet.rows:
        box, core = row.box, row.core
        assert box.top - bottom == GAP_PX
        assert box.left == GAP_PX
        assert box.left < core.left <= core.right < box.right <= sheet.gray.shape[1] - GAP_PX
        assert box.top < core.top < core.bottom < box.bottom
        in_rows[box.top : box.bottom, box.left : box.right] = True
        for y in (box.top, box.center_xy[1], box.bottom - 1):
            assert sheet.row_at(y) is row
        bottom = box.bottom
    assert sheet.gray.shape[0] == bottom + GAP_PX
    assert (sheet.gray[~in_rows] == 255).all()
    assert sheet.row_at(1e9) is sheet.rows[-1]
    assert sheet.row_at(-5) is sheet.rows[0]
