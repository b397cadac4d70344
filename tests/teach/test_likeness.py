"""Pictures of the same writing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import paper, write
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from digitocr.teach.likeness import Likeness, likeness, near_duplicates
from digitocr.types import Gray


def look(gray: Gray, margin_px: int = 0) -> Likeness:
    strip = cv2.resize((255 - gray) / np.float32(255), None, fx=32 / gray.shape[0], fy=0.2)
    strip = cv2.resize(strip, (round(gray.shape[1] * 32 / gray.shape[0]), 32))
    return likeness([np.asarray(strip, np.float32)], np.pad(gray, margin_px, constant_values=255))


def number(text: str, spacing: float = 0.3) -> Gray:
    sheet = paper(90 + 60 * len(text), 120)
    write(sheet, text, top=30, spacing=spacing)
    return sheet


def smaller(gray: Gray) -> Gray:
    size = gray.shape[1] * 2 // 3, gray.shape[0] * 2 // 3
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def darker(gray: Gray) -> Gray:
    return np.asarray(gray * 0.7, np.uint8)


def squeezed(gray: Gray) -> Gray:
    _, data = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


@pytest.mark.parametrize("change", [smaller, darker, squeezed], ids=lambda one: one.__name__)
@pytest.mark.parametrize("text", ["20745", "3"])
def test_a_changed_copy_is_found(text: str, change: object) -> None:
    assert callable(change)
    original = number(text)
    looks = [look(number("86139")), look(original), look(change(original)), look(number("4"))]
    pairs = near_duplicates(looks, ["86139", text, text, "4"])
    assert [(one.first, one.second) for one in pairs] == [(1, 2)]


def test_writing_is_known_again_in_a_wider_picture() -> None:
    gray = number("20745")
    pairs = near_duplicates([look(gray), look(gray, 60)], ["20745", "20746"])
    assert [(one.first, one.second) for one in pairs] == [(0, 1)]


def test_two_sheets_of_one_form_are_not_the_same() -> None:
    form = np.tile(np.repeat(np.array([255, 90], np.uint8), 9), (100, 12))
    first, second = likeness([], form), likeness([], form)
    assert not near_duplicates([first, second], ["12", "34"])
    assert len(near_duplicates([first, second], ["12", "12"])) == 1


def test_blank_pictures_are_like_no_other() -> None:
    assert not near_duplicates([likeness([], paper()), likeness([], paper())], ["", ""])


@settings(deadline=None, max_examples=50)
@given(st.text("0123456789", min_size=5, max_size=5), st.text("0123456789", min_size=5, max_size=5))
def test_other_numbers_are_not_the_same(one: str, other: str) -> None:
    assume(sum(map(str.__ne__, one, other)) > 2)  # here the same digit is always drawn alike
    assert not near_duplicates([look(number(one)), look(number(other))], [one, other])


def test_none_of_none() -> None:
    assert near_duplicates([], []) == []
