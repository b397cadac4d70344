"""Which step lost the number, told without the truth; what is no number but a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawings import block, printed
from PIL import Image, ImageDraw

from digitocr import Settings, read
from digitocr.measure.blame import diagnose, is_page
from digitocr.reading import Line, Reading
from digitocr.reasons import Loss
from digitocr.show.stages import STAGES
from digitocr.types import TextLine

SAMPLES = Path(__file__).parents[2] / "sample_images"
PAPER = Image.new("L", (400, 300), 240)


def ruled() -> Image.Image:
    page = PAPER.copy()
    for y in range(40, 300, 40):
        ImageDraw.Draw(page).line((0, y, 400, y), 80, 2)
    return page


def without_digits(reading: Reading, by_line: str = "") -> Reading:
    empty = (Line((), 0.9, (), "", by_line) for _ in reading.lines)
    return replace(reading, lines=tuple(empty))


def flooded(reading: Reading) -> Reading:
    ink = np.ones_like(reading.binarization.ink)
    return without_digits(replace(reading, binarization=replace(reading.binarization, ink=ink)))


def stacked(reading: Reading) -> Reading:
    lines = tuple(TextLine((block(40, 60 * row, 30, 50),), 50) for row in range(3))
    found = replace(reading.segmentation, lines=lines)
    return without_digits(replace(reading, segmentation=found, lines=reading.lines * 3))


WRITTEN = read(SAMPLES / "single-digit.jpg")
CASES = {
    "blank": (read(PAPER), Loss.NO_INK, "Nothing stands out", "ink"),
    "flooded": (flooded(WRITTEN), Loss.FLOODED, "100 %", "ink"),
    "rules": (read(ruled()), Loss.ALL_DROPPED, "a ruled line or frame", "region"),
    "stacked": (stacked(WRITTEN), Loss.SIDEWAYS, "3 shapes", "turn"),
    "no reader": (without_digits(WRITTEN), Loss.NO_READER, "Neither", "turn"),
    "one reader": (without_digits(WRITTEN, "7"), Loss.ONE_READER, "number here, 7,", "turn"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_step_that_lost_the_number_is_named(name: str) -> None:
    reading, loss, words, first = CASES[name]
    found = diagnose(reading)
    assert found.loss is loss
    assert found.stage == next(stage.title for stage in STAGES if loss in stage.losses)
    assert words in found.sentence
    assert found.sentence.endswith(".")
    assert found.remedies[0] == first
    assert sorted(found.remedies) == ["ink", "region", "turn"]


def test_every_loss_can_be_seen_at_one_stage() -> None:
    assert sorted(one.name for stage in STAGES for one in stage.losses) == sorted(
        one.name for one in Loss
    )


def test_an_ink_that_was_chosen_by_hand_is_doubted_first() -> None:
    found = diagnose(read(ruled(), Settings(polarity="dark")))
    assert found.remedies[0] == "ink"
    assert "darker than its paper" in found.sentence


def test_a_page_of_print_is_no_number() -> None:
    assert is_page(read(printed(4)))
    assert is_page(read(printed(4), Settings(one_wrong_in=1)))


@pytest.mark.parametrize("name", ["several-lines.jpg", "mark-sheet.png", "phone-number.jpg"])
def test_handwritten_numbers_are_no_page(name: str) -> None:
    assert not is_page(read(SAMPLES / name, Settings(one_wrong_in=1_000_000)))
