"""Which step lost the number, told without the truth; what is no number but a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawings import block

from digitocr import Settings, read
from digitocr.found import FoundLine
from digitocr.measure.blame import diagnose, is_page
from digitocr.reading import Line, Reading
from digitocr.reasons import DropReason, Loss
from digitocr.show.stages import STAGES
from digitocr.types import Dropped, Segmentation

SAMPLES = Path(__file__).parents[2] / "sample_images"


def without_digits(reading: Reading, by_line: str = "") -> Reading:
    empty = (Line((), 0.9, 0.98, (), "", by_line) for _ in reading.lines)
    return replace(reading, lines=tuple(empty))


def inked(reading: Reading, share: int) -> Reading:
    """All of the sheet is ink, or none."""
    ink = np.full_like(reading.binarization.ink, share)
    return without_digits(replace(reading, binarization=replace(reading.binarization, ink=ink)))


def ruled(reading: Reading) -> Reading:
    """Nothing is there but a ruled line."""
    rule = Dropped(block(30, 60, 100, 2), DropReason.RULE)
    segmentation = Segmentation((), (), (rule,))
    return replace(reading, segmentation=segmentation, lattices=(), strips=(), lines=())


def unseen(reading: Reading, *scores: float) -> Reading:
    """No number was found; what might be one has these scores."""
    start, stop = np.array([10.0, 10.0]), np.array([60.0, 10.0])
    others = tuple(FoundLine(start, stop, 20, True, score, False) for score in scores)
    finding = replace(reading.finding, lines=(), left_out=others)
    return replace(without_digits(reading), finding=finding)


WRITTEN = read(SAMPLES / "single-digit.jpg")
CASES = {
    "blank": (unseen(WRITTEN), Loss.NO_NUMBER_SEEN, "anywhere in the picture.", "region"),
    "unseen": (unseen(WRITTEN, 0.4, 0.3), Loss.NO_NUMBER_SEEN, "is 40 % sure", "region"),
    "no ink": (inked(WRITTEN, 0), Loss.NO_INK, "Nothing stands out", "ink"),
    "flooded": (inked(WRITTEN, 1), Loss.FLOODED, "100 %", "ink"),
    "rules": (ruled(WRITTEN), Loss.ALL_DROPPED, "a ruled line, a frame", "region"),
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
    # Where nothing was seen, it makes no difference which ink is looked for.
    assert ("ink" in found.remedies) == (loss is not Loss.NO_NUMBER_SEEN)
    assert sorted({*found.remedies, "ink"}) == ["ink", "region", "turn"]


def test_every_loss_can_be_seen_at_one_stage() -> None:
    assert sorted(one.name for stage in STAGES for one in stage.losses) == sorted(
        one.name for one in Loss
    )


def test_an_ink_that_was_chosen_by_hand_is_doubted_first() -> None:
    by_hand = Settings(polarity="dark")
    found = diagnose(replace(ruled(WRITTEN), settings=by_hand))
    assert found.remedies[0] == "ink"
    assert "darker than its paper" in found.sentence
    nowhere = diagnose(replace(unseen(WRITTEN), settings=by_hand))
    assert "ink" not in nowhere.remedies
    assert "darker" not in nowhere.sentence


@pytest.mark.parametrize(
    ("digits", "confidence", "is_one"), [(40, 0.3, True), (39, 0.3, False), (40, 0.6, False)]
)
def test_many_weak_digits_are_no_number(digits: int, confidence: float, is_one: bool) -> None:
    line = replace(WRITTEN.lines[0], digits=WRITTEN.digits[:1] * digits, confidence=confidence)
    assert is_page(replace(WRITTEN, lines=(line,))) is is_one


@pytest.mark.parametrize("name", ["several-lines.jpg", "mark-sheet.png", "phone-number.jpg"])
def test_handwritten_numbers_are_no_page(name: str) -> None:
    assert not is_page(read(SAMPLES / name, Settings(one_wrong_in=1_000_000)))
