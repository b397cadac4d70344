"""Which reading of a picture on its side is the answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from doubts import save_doubtful
from PIL import Image

from digitocr import Reading, pipeline, read
from digitocr.decide.turn import ENOUGH, choose_turn, surest
from digitocr.reasons import Objection

LONG, SHORT = "sample_images/ballpoint.jpg", "sample_images/single-digit.jpg"


def lying(source: str, quarter_turns: int) -> Reading:
    """As if the picture had been turned to be read so."""
    reading = read(source)
    assert reading.accepted
    return replace(reading, finding=replace(reading.finding, quarter_turns=quarter_turns))


def likely(reading: Reading, confidence: float) -> Reading:
    """With lines that are so likely right; those that were not in doubt are not."""
    return replace(
        reading, lines=tuple(replace(one, confidence=confidence) for one in reading.lines)
    )


@pytest.fixture
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    path = tmp_path_factory.mktemp("doubt") / "doubtful.png"
    save_doubtful(path)
    return likely(read(path), 0.3)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_the_one_turn_that_is_sure_is_the_answer_and_says_so(doubtful: Reading, turns: int) -> None:
    sure = lying(LONG, turns)
    chosen = choose_turn(doubtful, [doubtful, sure])
    assert (chosen.text, chosen.accepted) == (sure.text, True)
    assert all("turned" in line.note for line in chosen.lines)


def test_where_two_turns_are_sure_none_is_believed(doubtful: Reading) -> None:
    assert choose_turn(doubtful, [lying(LONG, 1), lying(LONG, 3)]) is doubtful


def test_few_digits_do_not_tell_which_way_up_they_are(doubtful: Reading) -> None:
    few = lying(SHORT, 1)
    assert len(few.digits) < ENOUGH
    first = likely(doubtful, 0.01)
    assert choose_turn(first, [few]) is first


@pytest.mark.parametrize(("confidence", "is_chosen"), [(0.28, False), (0.95, True)])
def test_a_turn_in_doubt_is_the_answer_where_it_is_far_likelier(
    doubtful: Reading, confidence: float, is_chosen: bool
) -> None:
    turned = replace(doubtful, finding=lying(LONG, 2).finding)
    chosen = choose_turn(doubtful, [likely(turned, confidence)])
    assert bool(chosen.finding.quarter_turns) == is_chosen
    assert not chosen.accepted


def test_what_is_sure_is_in_doubt_where_a_turn_shows_more(doubtful: Reading) -> None:
    short = read(SHORT)
    assert short.accepted
    first = choose_turn(short, [doubtful])
    assert first.guess == short.guess
    assert not first.accepted
    assert all(Objection.ON_ITS_SIDE in line.objections for line in first.lines)
    assert first.confidence < 0.5 < short.confidence
    assert choose_turn(short, [likely(doubtful, 0.01)]) is short


def test_without_a_turn_it_stays_as_it_came(doubtful: Reading) -> None:
    assert choose_turn(doubtful, []) is doubtful


@pytest.mark.parametrize(
    ("turns", "way"), [(1, "to the right"), (2, "upside down"), (3, "to the left")]
)
def test_a_photo_on_its_side_is_read_and_told_in_its_own_frame(turns: int, way: str) -> None:
    upright = Image.open(LONG).convert("L")
    reading = read(np.rot90(np.asarray(upright), turns).copy())
    assert reading.text == read(upright).text
    (line,) = (line for line in reading.lines if line.digits)
    assert way in line.note
    (left, top), (right, bottom) = line.quad[0], line.quad[1]  # type: ignore[index]
    along = (abs(right - left), abs(bottom - top))
    assert (along[0] > along[1]) == (turns == 2)
    assert turns != 2 or right < left


def test_what_is_sure_as_it_came_is_not_looked_at_in_other_turns(
    monkeypatch: pytest.MonkeyPatch, doubtful: Reading
) -> None:
    def looked(*_: object) -> None:
        raise AssertionError("looked")

    monkeypatch.setattr(pipeline, "find_turned", looked)
    assert read(LONG).accepted
    with pytest.raises(AssertionError, match="looked"):
        read(doubtful.picture.gray)


def test_of_two_looks_the_one_with_more_digits_that_are_likely_right_counts(
    doubtful: Reading,
) -> None:
    fewer = replace(doubtful, lines=())
    assert surest([fewer, doubtful]) is doubtful
    assert surest([doubtful, fewer]) is doubtful
    assert surest([doubtful, replace(doubtful)]) is doubtful


def test_a_blank_picture_is_not_turned_for_what_is_hardly_a_number(doubtful: Reading) -> None:
    blank = replace(doubtful, lines=())
    turned = replace(doubtful, finding=lying(LONG, 2).finding)
    assert choose_turn(blank, [likely(turned, 0.1)]) is blank
    assert choose_turn(blank, [turned]).finding.quarter_turns == 2
