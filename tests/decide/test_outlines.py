"""What no hand drew: ellipses, houses, leaves, blots on a stem; and digits, which are let pass."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import paper, write
from numpy.typing import NDArray

from digitocr.decide.outlines import no_hand
from digitocr.find.components import find_components, join
from digitocr.reasons import Objection
from digitocr.types import Component, Gray


def joined(sheet: Gray) -> Component:
    return join(find_components(sheet < 128).components)


def lines(*points: tuple[int, int], is_closed: bool = False) -> Gray:
    sheet: Gray = paper(300, 300)
    cv2.polylines(sheet, [np.array(points, np.int32)], is_closed, 0, 5)
    return sheet


def ellipse() -> Gray:
    sheet = paper(300, 300)
    cv2.ellipse(sheet, (150, 150), (60, 110), 20, 0, 360, 0, 5)
    return sheet


def house() -> Gray:
    return lines((60, 260), (60, 130), (150, 40), (240, 130), (240, 260), is_closed=True)


def leaf() -> Gray:
    sheet = ellipse()
    for y in range(70, 240, 30):
        cv2.line(sheet, (70, y), (230, y), 0, 3)
    return sheet


def blot() -> Gray:
    sheet = lines((150, 100), (120, 290))
    cv2.circle(sheet, (150, 80), 40, 0, -1)
    return sheet


@pytest.mark.parametrize(
    ("picture", "objection"),
    [
        (ellipse(), Objection.ELLIPSE),
        (house(), Objection.STRAIGHT_LOOP),
        (leaf(), Objection.LOOPS),
        (blot(), Objection.PARTLY_SOLID),
    ],
)
def test_what_no_hand_drew(picture: Gray, objection: Objection) -> None:
    assert no_hand(joined(picture)) is objection


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("height_px", [20, 60, 180])
def test_a_hand_s_digit_may_be_one(digit: str, height_px: int) -> None:
    sheet = paper(300, 300)
    write(sheet, digit, left=60, top=60, height_px=height_px)
    assert no_hand(joined(sheet)) is None


def wavering(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 + 0.03 * np.sin(2 * turns + 1) + 0.02 * np.sin(3 * turns)


def test_a_wavering_loop_may_be_a_zero() -> None:
    turns = np.linspace(0, 2 * np.pi, 60)
    radius = 100 * wavering(turns)
    points = 150 + np.stack([0.6 * radius * np.cos(turns), radius * np.sin(turns)], axis=1)
    assert no_hand(joined(lines(*map(tuple, points.astype(int).tolist()), is_closed=True))) is None
