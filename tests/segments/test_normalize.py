"""Tiles are MNIST's: 20 px boxes around the centre of mass, strokes that stay visible."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import bounds, written
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from digitocr.segments.tile import normalize
from synthesis.hands.strokes import draw_digit, random_hand, render

DIGITS = list("0123456789")


def center_of_mass(tile: np.ndarray) -> tuple[float, float]:
    y, x = np.mgrid[:28, :28]
    return float((tile * x).sum() / tile.sum()), float((tile * y).sum() / tile.sum())


def digit(text: str, height_px: int = 60) -> np.ndarray:
    return np.asarray(written(text, height_px=height_px) < 128)


@pytest.mark.parametrize(
    "ink",
    [
        pytest.param(np.zeros((5, 7), np.bool_), id="paper"),
        pytest.param(np.zeros((5, 7), np.float32), id="soft paper"),
        pytest.param(np.zeros((0, 0), np.bool_), id="nothing"),
        pytest.param(np.full((5, 7), 0.01, np.float32), id="a breath of ink"),
    ],
)
def test_no_ink_gives_a_blank_tile(ink: np.ndarray) -> None:
    tile = normalize(ink)
    assert tile.shape == (28, 28)
    assert tile.dtype == np.float32
    assert not tile.any()


@settings(max_examples=120, deadline=None)
@given(npst.arrays(np.bool_, npst.array_shapes(min_dims=2, max_dims=2, max_side=70)))
def test_any_ink_gives_a_tile(ink: np.ndarray) -> None:
    for source in (ink, ink.astype(np.float32)):
        tile = normalize(source)
        assert tile.shape == (28, 28)
        assert tile.dtype == np.float32
        assert tile.min() >= 0
        assert tile.max() == (pytest.approx(1) if ink.any() else 0)


@pytest.mark.parametrize("text", DIGITS)
@pytest.mark.parametrize("height_px", [12, 28, 60, 100])
def test_digits_fill_the_box_about_their_centre_of_mass(text: str, height_px: int) -> None:
    tile = normalize(digit(text, height_px))
    assert center_of_mass(tile) == pytest.approx((14, 14), abs=1)
    left, top, right, bottom = bounds(tile > 0.02)
    assert max(right - left, bottom - top) in (19, 20)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_normalize_is_idempotent_for_any_hand(seed: int, label: int) -> None:
    rng = np.random.default_rng(seed)
    hand = random_hand(rng)
    strokes = [np.asarray((one + 0.3) * 50, np.float32) for one in draw_digit(rng, label, hand)]
    ink = render(strokes, (80, 140), 50 * hand.pen_width) > 0.5
    once = normalize(ink)
    assert np.abs(normalize(once) - once).max() < 1e-5
    assert center_of_mass(once) == pytest.approx((14, 14), abs=1)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(DIGITS), st.tuples(*[st.integers(0, 40)] * 4))
def test_margins_change_nothing(text: str, margins: tuple[int, int, int, int]) -> None:
    ink = digit(text)
    top, bottom, left, right = margins
    padded = np.pad(ink, ((top, bottom), (left, right)))
    assert np.array_equal(normalize(padded), normalize(ink))


@pytest.mark.parametrize("text", DIGITS)
def test_hard_and_soft_ink_give_the_same_tile(text: str) -> None:
    ink = digit(text)
    assert np.array_equal(normalize(ink), normalize(ink.astype(np.float32)))


@pytest.mark.parametrize("text", DIGITS)
def test_size_does_not_matter_much(text: str) -> None:
    small, large = normalize(digit(text, 40)), normalize(digit(text, 90))
    shifts = [np.roll(large, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    assert min(np.abs(small - shifted).mean() for shifted in shifts) < 0.05


@pytest.mark.parametrize("pen_px", [1, 2, 3, 5])
@pytest.mark.parametrize("height_px", [60, 200, 600])
def test_hair_lines_stay_visible(pen_px: int, height_px: int) -> None:
    """A ring drawn with any pen is an unbroken dark ring in the tile."""
    drawn = np.zeros((height_px + 20, height_px + 20), np.uint8)
    middle, radius = height_px // 2 + 10, height_px // 2
    cv2.circle(drawn, (middle, middle), radius, 1, pen_px)
    tile = normalize(drawn.astype(bool))
    around = np.radians(np.arange(0, 360, 5))
    y, x = 14 + 9 * np.sin(around), 14 + 9 * np.cos(around)
    dilated = cv2.dilate(tile, np.ones((3, 3), np.uint8))
    assert dilated[np.rint(y).astype(int), np.rint(x).astype(int)].min() > 0.4
    assert tile[13:16, 13:16].max() < 0.05


@pytest.mark.parametrize(
    ("width", "height"),
    [pytest.param(1, 400, id="a standing hair"), pytest.param(400, 1, id="a lying hair")],
)
def test_a_single_straight_hair_stays_visible(width: int, height: int) -> None:
    tile = normalize(np.ones((height, width), np.bool_))
    assert (tile > 0.5).sum() >= 18
    assert center_of_mass(tile) == pytest.approx((14, 14), abs=1)


@pytest.mark.parametrize("pen_px", [8, 14])
def test_thick_strokes_are_not_thickened(pen_px: int) -> None:
    drawn = np.zeros((80, 80), np.uint8)
    cv2.line(drawn, (40, 10), (40, 70), 1, pen_px)
    share = (normalize(drawn.astype(bool)) > 0.5).sum() / 20
    assert share == pytest.approx(pen_px * 20 / (60 + pen_px), abs=1.2)


@pytest.mark.parametrize(("width", "height"), [(40, 20), (20, 40), (60, 6)])
def test_aspect_ratio_is_kept(width: int, height: int) -> None:
    left, top, right, bottom = bounds(normalize(np.ones((height, width), np.bool_)) > 0.5)
    scale = 20 / max(width, height)
    assert right - left == pytest.approx(width * scale, abs=1)
    assert bottom - top == pytest.approx(height * scale, abs=1)
