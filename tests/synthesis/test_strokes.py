"""Stroke models: hands, digits, numbers and their ink."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.hands.allographs import ALLOGRAPHS, spline
from synthesis.hands.strokes import (
    Hand,
    Strokes,
    draw_digit,
    random_hand,
    render,
    stroke_digits,
    write_number,
)

WAYS = [(label, way) for label, ways in enumerate(ALLOGRAPHS) for way in range(len(ways))]
NAMES = [f"{label} {ALLOGRAPHS[label][way].name}" for label, way in WAYS]
HEIGHT_PX = 100
PLAIN = Hand(allographs=(0,) * 10, constancy=1.0)


def components(digits: list[Strokes], hand: Hand) -> int:
    """Connected pieces of ink of a number."""
    strokes = [stroke for digit in digits for stroke in digit]
    points = np.concatenate(strokes)
    width, height = (int(side) + 40 for side in np.ptp(points, axis=0))
    placed = [stroke - points.min(axis=0) + 20 for stroke in strokes]
    ink = render(placed, (height, width), hand.pen_width * HEIGHT_PX) > 0.5
    return cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)[0] - 1


def test_every_digit_has_several_allographs() -> None:
    assert len(ALLOGRAPHS) == 10
    assert all(len({way.name for way in ways}) == len(ways) >= 4 for ways in ALLOGRAPHS)


@pytest.mark.parametrize(("label", "way"), WAYS, ids=NAMES)
def test_the_pen_runs_through_every_point_of_the_path(label: int, way: int) -> None:
    path = spline(label, way)
    for weights in (path.straight, path.smooth):
        assert weights.sum(axis=1) == pytest.approx(1)  # moving the path moves the digit
        drawn = weights @ path.controls
        away = np.linalg.norm(drawn[:, None] - path.controls[None], axis=2).min(axis=0)
        assert away.max() < 1e-9


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32), st.sampled_from(WAYS))
def test_every_hand_fills_the_height_from_the_left(
    seed: int, label_and_way: tuple[int, int]
) -> None:
    rng = np.random.default_rng(seed)
    label, way = label_and_way
    hand = random_hand(rng)
    assert -25 <= hand.slant_deg <= 40
    assert 0.6 <= hand.aspect <= 1.4
    assert 0.04 <= hand.pen_width <= 0.16
    strokes = draw_digit(rng, label, hand, way)
    points = np.concatenate(strokes)
    assert points.dtype == np.float32
    assert points.min(axis=0) == pytest.approx([0, 0], abs=1e-5)
    assert points[:, 1].max() == pytest.approx(1, abs=1e-5)
    assert points[:, 0].max() < 3


def test_who_writes_the_1_with_an_upstroke_bars_the_7() -> None:
    rng = np.random.default_rng(0)
    barred: dict[bool, list[bool]] = {True: [], False: []}
    for _ in range(1500):
        hand = random_hand(rng)
        one, seven = (ALLOGRAPHS[label][hand.allographs[label]] for label in (1, 7))
        barred["upstroke" in one.name].append("/" in seven.path)
    assert len(barred[True]) > 100
    assert np.mean(barred[True]) > 0.8
    assert np.mean(barred[True]) > np.mean(barred[False])


def test_whose_7_is_a_roof_and_a_stem_writes_a_plain_1() -> None:
    rng = np.random.default_rng(0)
    plain: dict[bool, list[bool]] = {True: [], False: []}
    for _ in range(1500):
        hand = random_hand(rng)
        one, seven = (ALLOGRAPHS[label][hand.allographs[label]] for label in (1, 7))
        plain["roof" in seven.name and "/" not in seven.path].append(one.name == "bar")
    assert len(plain[True]) > 50
    assert np.mean(plain[True]) > 0.75
    assert np.mean(plain[True]) > np.mean(plain[False])


def test_slant_leans_to_the_right() -> None:
    def lean(slant_deg: float) -> float:
        hand = replace(PLAIN, slant_deg=slant_deg, jitter=0.0)
        (bar,) = draw_digit(np.random.default_rng(0), 1, hand)
        return float(bar[0, 0] - bar[-1, 0])

    assert lean(-20) < 0 < lean(20)


def test_render_covers_what_the_pen_touches() -> None:
    line = np.array([[10, 20], [50, 20]], np.float32)
    ink = render([line], (40, 60), 6)
    assert ink.shape == (40, 60)
    assert ink.dtype == np.float32
    assert ink.min() == 0
    assert ink.max() == 1
    assert ink.sum() == pytest.approx(40 * 6 + np.pi * 9, rel=0.2)
    thick = render([line], (40, 60), 6, [np.full(2, 2.0, np.float32)])
    assert thick.sum() > 1.6 * ink.sum()


@pytest.mark.parametrize(
    ("text", "spacing"), [("0123456789", 0.2), ("86420", 0.1), ("1 1 1", 0.05)]
)
def test_spacing_leaves_clear_paper(text: str, spacing: float) -> None:
    digits = write_number(np.random.default_rng(4), PLAIN, text, HEIGHT_PX, spacing)
    assert len(digits) == len(text.replace(" ", ""))
    lefts = [min(float(stroke[:, 0].min()) for stroke in digit) for digit in digits]
    assert lefts == sorted(lefts)
    alone = sum(components([digit], PLAIN) for digit in digits)
    assert components(digits, PLAIN) == alone


@pytest.mark.parametrize("text", ["00", "26", "583", "9090", "3333"])
@pytest.mark.parametrize("seed", range(4))
def test_negative_spacing_makes_digits_touch(text: str, seed: int) -> None:
    digits = write_number(np.random.default_rng(seed), PLAIN, text, HEIGHT_PX, -0.035)
    assert components(digits, PLAIN) == 1


def test_an_empty_number_is_no_digits() -> None:
    assert write_number(np.random.default_rng(0), PLAIN, " ", HEIGHT_PX) == []


def test_training_digits_are_tiles_and_depend_on_the_seed_alone() -> None:
    tiles, labels = stroke_digits(np.random.default_rng(7), 300)
    again, same_labels = stroke_digits(np.random.default_rng(7), 300)
    other, _ = stroke_digits(np.random.default_rng(8), 300)
    assert tiles.shape == (300, 28, 28)
    assert tiles.dtype == labels.dtype == np.uint8
    assert set(labels) == set(range(10))
    assert tiles.max(axis=(1, 2)).min() > 200
    assert np.array_equal(tiles, again)
    assert np.array_equal(labels, same_labels)
    assert not np.array_equal(tiles, other)
