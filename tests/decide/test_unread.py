"""Strokes that nobody read: found whatever the light, and nothing else is found."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from drawings import PLAIN, bounds, near, paper, write
from numpy.typing import NDArray

from digitocr.decide.hidden import hidden
from digitocr.decide.survey import survey
from digitocr.decide.unread import unclaimed
from digitocr.decide.unread import unread as find_unread
from digitocr.find.components import find_components
from digitocr.types import Box, Component, Gray, TextLine
from synthesis.hands.strokes import render

HEIGHT_PX = 60


def drawn() -> tuple[Gray, list[Component]]:
    """Five digits, and the ink of the last three, which were read."""
    sheet = paper(520, 200)
    write(sheet, "62974", left=60, top=70, height_px=HEIGHT_PX)
    return sheet, find_components(sheet < 128)[1][-3:]


def unread(gray: Gray, read: list[Component], rules: Sequence[Component] = ()) -> list[Box]:
    return find_unread(survey(gray, read, rules, HEIGHT_PX))


def lit(sheet: Gray, light: NDArray[np.float64]) -> Gray:
    return np.asarray(sheet * light, np.uint8)


DOWN, ALONG = np.linspace(0, 1, 200)[:, None], np.linspace(0, 1, 520)[None]
LIGHTS = {
    "even": np.ones((200, 520)),
    "falling to a quarter": 0.25 + 0.75 * np.broadcast_to(ALONG, (200, 520)),
    "falling to a quarter downwards": 1 - 0.75 * np.broadcast_to(DOWN, (200, 520)),
    "in the shade": np.where(ALONG < 0.35, 0.3, 1) * np.ones((200, 520)),
}


@pytest.mark.parametrize("light", LIGHTS.values(), ids=LIGHTS.keys())
def test_the_digits_that_were_not_read_are_found(light: NDArray[np.float64]) -> None:
    sheet, read = drawn()
    picture = lit(np.clip(sheet, 40, 220), light)
    lost = find_components(sheet < 128)[1][:2]
    found = unread(picture, read)
    assert len(found) == 2
    assert all(near(one, two.box, 6) for one, two in zip(sorted(found), lost, strict=True))


def test_fainter_ink_beside_stronger_is_found() -> None:
    sheet, read = drawn()
    sheet[:, :260] = 255 - (255 - sheet[:, :260]) // 4
    assert len(unread(sheet, read)) == 2


@pytest.mark.parametrize("height_px", [24, 40, 90])
def test_digits_of_any_size_are_found_in_their_own_px(height_px: int) -> None:
    sheet = paper(10 * height_px, 4 * height_px)
    write(sheet, "62974", left=height_px, top=height_px, height_px=height_px)
    *lost, third, fourth, fifth = find_components(sheet < 128)[1]
    seen = survey(sheet, [third, fourth, fifth], [], height_px)
    assert seen.digit_px <= 24
    found = sorted(find_unread(seen))
    assert len(found) == len(lost) == 2
    assert all(near(one, two.box, 0.1 * height_px) for one, two in zip(found, lost, strict=True))


def blots(picture: Gray) -> None:
    cv2.circle(picture, (100, 100), 30, 0, -1)


def dash(picture: Gray) -> None:
    cv2.line(picture, (60, 100), (110, 100), 0, 5)


def dot(picture: Gray) -> None:
    cv2.circle(picture, (100, 128), 5, 0, -1)


def rule(picture: Gray) -> None:
    cv2.line(picture, (0, 150), (519, 150), 0, 3)


def shadow(picture: Gray) -> None:
    picture[:, :200] //= 2


def table(picture: Gray) -> None:
    picture[:, :40] = 60


def frame(picture: Gray) -> None:
    picture[:, :4] = 60


def grain(picture: Gray) -> None:
    noise = np.random.default_rng(0).normal(0, 8, picture.shape)
    picture[:] = np.clip(picture - 20 + noise, 0, 255)


def worn_side(picture: Gray) -> None:
    """A frame's side in a scan in black and white: a bar as high as a digit, and bits of it."""
    for top, bottom in ((45, 60), (70, 125), (140, 155)):
        cv2.line(picture, (200, top), (201, bottom), 0, 3)


def worn_rule(picture: Gray) -> None:
    for left in range(0, 230, 60):
        cv2.line(picture, (left, 100), (left + 42, 101), 0, 3)


@pytest.mark.parametrize(
    "spoil", [blots, dash, dot, rule, shadow, table, frame, grain, worn_side, worn_rule]
)
def test_what_is_no_stroke_of_a_digits_size_is_not_found(spoil: object) -> None:
    sheet, _ = drawn()
    sheet[:, :240] = 255
    read = find_components(sheet < 128)[1]
    spoil(sheet)  # type: ignore[operator]
    assert unread(sheet, read) == []


@pytest.mark.parametrize("pen_px", [3, 8])
def test_a_plain_stroke_as_high_as_a_digit_is_found(pen_px: int) -> None:
    sheet, _ = drawn()
    sheet[:, :240] = 255
    read = find_components(sheet < 128)[1]
    cv2.line(sheet, (200, 72), (202, 128), 0, pen_px)
    assert len(unread(sheet, read)) == 1


def test_plain_strokes_below_each_other_are_found() -> None:
    """A column of 1s has wider gaps than a worn rule."""
    sheet = paper(520, 400)
    write(sheet, "974", left=250, top=170, height_px=HEIGHT_PX)
    read = find_components(sheet < 128)[1]
    for top in (70, 160, 250):
        cv2.line(sheet, (200, top), (201, top + HEIGHT_PX), 0, 4)
    assert len(unread(sheet, read)) == 3


def test_where_all_was_read_nothing_is_found() -> None:
    sheet, _ = drawn()
    assert unread(sheet, find_components(sheet < 128)[1]) == []


def test_a_rule_that_was_taken_out_is_not_found() -> None:
    sheet, read = drawn()
    sheet[:, :240] = 255
    stroke = render(
        [np.array([[100, 70], [100, 130]], np.float32)], sheet.shape, PLAIN.pen_width * 60
    )
    rule = find_components(stroke > 0.5)[1]
    sheet[:] = np.minimum(sheet, np.round(255 * (1 - stroke)))
    assert len(unread(sheet, read)) == 1
    assert unread(sheet, read, rules=rule) == []
    assert near(unread(sheet, read)[0], bounds(stroke > 0.5), 6)


# What hides the paper where a number may go on


def concealed(sheet: Gray, read: list[Component], rules: Sequence[Component] = ()) -> list[Box]:
    return hidden(survey(sheet, read, rules, HEIGHT_PX), [read])


def test_glare_and_a_crease_beside_a_number_are_found_and_clean_paper_is_not() -> None:
    sheet, read = drawn()
    sheet[:, : read[0].box.left - 8] = 255
    gray = np.asarray(np.minimum(sheet, 220), np.uint8)
    assert concealed(gray, read) == []
    burnt, creased = gray.copy(), gray.copy()
    cv2.circle(burnt, (read[0].box.left - 40, 100), 30, 255, -1)
    cv2.line(creased, (read[0].box.left - 30, 0), (read[0].box.left - 20, 199), 90, 5)
    assert len(concealed(burnt, read)) == 1
    assert len(concealed(creased, read)) == 1


def test_glare_far_from_a_number_hides_nothing_of_it() -> None:
    sheet, read = drawn()
    sheet[:, : read[0].box.left - 8] = 255
    gray = np.asarray(np.minimum(sheet, 220), np.uint8)
    cv2.circle(gray, (30, 100), 25, 255, -1)
    assert concealed(gray, read) == []


def test_shapes_of_a_letters_size_that_no_digit_accounts_for() -> None:
    sheet, read = drawn()
    cv2.line(sheet, (440, 100), (470, 100), 0, 5)  # a dash
    line = TextLine(tuple(find_components(sheet < 128).components), HEIGHT_PX)
    assert unclaimed(line, read) == [one.box for one in line.components[:2]]
    assert unclaimed(line, line.components) == []
    assert unclaimed(line, []) == []
