"""A number that lost digits, or a shape that no pen drew, is never shown as certain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import paper, write, written

from digitocr import Reading, read
from digitocr.reasons import Objection
from digitocr.types import Gray


def is_sure(reading: Reading) -> bool:
    return bool(reading.digits) and all(digit.accepted for digit in reading.digits)


def beside_stronger_ink() -> Gray:
    """A number that begins pale and ends black."""
    sheet = paper(800, 200)
    write(sheet, "4628", left=40, top=70)
    sheet[:] = 255 - (255 - sheet) // 6
    write(sheet, "35", left=330, top=70)
    return sheet


def in_falling_light() -> Gray:
    """Light falls off to a tenth in the middle of a number."""
    light = 1 - 0.9 / (1 + np.exp(-(np.arange(430) - 240) / 14))
    return np.asarray(written("62974")[:, :430] * light, np.uint8)


def disc() -> Gray:
    sheet = paper(300, 300)
    cv2.circle(sheet, (150, 150), 70, 30, -1)
    return sheet


def ellipse() -> Gray:
    sheet = paper(300, 300)
    cv2.ellipse(sheet, (150, 150), (50, 90), 0, 0, 360, 30, 4)
    return sheet


@pytest.mark.parametrize("picture", [beside_stronger_ink(), in_falling_light(), disc(), ellipse()])
def test_what_lost_digits_is_not_shown_as_certain(picture: Gray) -> None:
    assert not is_sure(read(picture))


def test_the_answer_says_why_and_where() -> None:
    reading = read(beside_stronger_ink())
    assert reading.guess == "35"
    assert reading.text == "??"
    (line,) = [one for one in reading.lines if one.digits]
    assert Objection.UNREAD in line.objections
    assert reading.left_out
    assert all(part.box.right < 330 for part in reading.left_out)
    assert line.confidence < 0.5


@pytest.mark.parametrize("text", ["7", "62974", "105"])
def test_a_clean_number_stays_certain(text: str) -> None:
    reading = read(written(text))
    assert is_sure(reading)
    assert reading.left_out == ()
