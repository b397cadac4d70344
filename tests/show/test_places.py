"""Where a digit stands on a stage's picture: what lies there is that digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from test_draw import CASES, number_page

from digitocr import Reading, read
from digitocr.reading import LeftOut
from digitocr.reasons import Objection
from digitocr.show.annotate import annotate
from digitocr.show.canvas import DOUBT, MOST_LINES, display_scale
from digitocr.show.charts import TILE_SIDE_PX, tile_image
from digitocr.show.places import as_shares, in_finders_frame, left_out_places, working_box
from digitocr.show.stages import STAGES, drawn_stages, idle_stages
from digitocr.types import Box, Component

WRITTEN = ("one line", "two lines", "tilted", "light ink", "large")


@pytest.fixture(scope="module", params=WRITTEN)
def reading(request: pytest.FixtureRequest) -> Reading:
    return read(CASES[request.param])


def crops(title: str, reading: Reading) -> list[Image.Image]:
    """What lies where each digit is said to stand on a stage's picture."""
    stage, picture = next(one for one in drawn_stages(reading) if one[0].title == title)
    rounded = [tuple(map(round, rect)) for rects in stage.places(reading) for rect in rects]
    return [picture.crop((left, top, right, bottom)) for left, top, right, bottom in rounded]


def test_every_digit_has_its_place_on_every_stage(reading: Reading) -> None:
    for stage, picture in drawn_stages(reading):
        places = stage.places(reading)
        assert len(places) == len(reading.digits)
        if stage.title in ("Threshold", "Further looks"):  # all the pixels; other views of lines
            assert not any(places)
            continue
        for rects in places:
            assert rects, stage.title
            for rect in rects:
                left, top, right, bottom = as_shares(rect, picture)
                assert -0.02 < left < right < 1.02, stage.title
                assert -0.02 < top < bottom < 1.02, stage.title


@pytest.mark.parametrize(
    "title",
    [
        "Numbers found",
        "Set out",
        "Ink",
        "Recognition lattice",
        "Strip",
        "Two readers",
        "Chosen boxes",
    ],
)
def test_places_follow_the_digits_from_left_to_right(reading: Reading, title: str) -> None:
    stage = next(one for one in STAGES if one.title == title)
    places = iter(stage.places(reading))
    for line in reading.lines:
        middles = [sum(next(places)[0][::2]) for _ in line.digits]
        assert middles == sorted(middles)


@pytest.mark.parametrize(
    "title", ["Grayscale", "Set out", "Paper made white", "Ink", "Lines of writing", "Strip"]
)
def test_there_is_ink_where_a_digit_stands(reading: Reading, title: str) -> None:
    for crop in crops(title, reading):
        assert (np.array(crop.convert("L")) < 160).mean() > 0.03


@pytest.mark.parametrize("title", ["Tiles", "Probabilities"])
def test_a_digits_tile_is_its_own(reading: Reading, title: str) -> None:
    for crop, digit in zip(crops(title, reading), reading.digits, strict=True):
        shown = crop.crop((1, 1, TILE_SIDE_PX - 1, TILE_SIDE_PX - 1)).convert("L")
        own = tile_image(digit.tile).crop((1, 1, TILE_SIDE_PX - 1, TILE_SIDE_PX - 1))
        np.testing.assert_array_equal(np.array(shown), np.array(own))


def test_the_column_of_a_shape_is_its_own(reading: Reading) -> None:
    for crop, digit in zip(crops("Shapes judged", reading), reading.digits, strict=True):
        side = crop.width - 6
        shown = crop.crop((3, 3, 3 + side, 3 + side)).convert("L")
        np.testing.assert_array_equal(np.array(shown), np.array(tile_image(digit.tile, side)))


def test_a_digit_that_is_no_shape_is_marked_on_the_pieces_it_covers() -> None:
    reading = read(CASES["one line"])
    line = reading.lines[0]
    moved = line.digits[1].sheet_box
    wider = Box(moved.left - 1, moved.top, moved.right + 1, moved.bottom)
    ink = Component(wider, np.ones((wider.height, wider.width), np.bool_))
    standing = replace(line.digits[1].standing, component=ink)
    digits = (line.digits[0], replace(line.digits[1], standing=standing), *line.digits[2:])
    other = replace(reading, lines=(replace(line, digits=digits),))
    stages = {stage.title: stage for stage in STAGES}
    assert not stages["Tiles"].places(other)[1]
    lattice = stages["Recognition lattice"]
    assert lattice.places(other)[1] == lattice.places(reading)[1]


def test_lines_that_are_not_shown_have_no_place() -> None:
    reading = read(number_page(("41", "52", "60", "72", "84")))
    for stage in STAGES:
        if stage.title in ("Recognition lattice", "Strip", "Along the line", "Two readers"):
            shown = [bool(rects) for rects in stage.places(reading)]
            first = sum(len(line.digits) for line in reading.lines[:MOST_LINES])
            assert shown == [True] * first + [False] * (len(shown) - first), stage.title


@pytest.mark.parametrize(("name", "first"), [("blank", "Set out"), ("one line", None)])
def test_stages_without_anything_to_work_on_come_last(name: str, first: str | None) -> None:
    reading = read(CASES[name])
    idle = [stage.title for stage in idle_stages(reading)]
    assert idle[:1] == ([first] if first else [])
    drawn = [stage.title for stage, _ in drawn_stages(reading)]
    seldom = {"Local threshold", "Further looks"}
    assert drawn + idle == [stage.title for stage in STAGES if stage.title not in seldom]


def test_what_nobody_read_is_boxed() -> None:
    reading = read(CASES["one line"])
    box = Box(10, 120, 60, 200)
    more = replace(reading, left_out=(LeftOut(Objection.UNREAD, box),))
    assert annotate(more).tobytes() != annotate(reading).tobytes()
    [(left, top, right, bottom)] = left_out_places(more)
    around = annotate(more).crop((round(left), round(top), round(right), round(bottom)))
    assert (np.array(around) == DOUBT).all(axis=2).sum() > 100
    assert working_box(reading, box) == box


@pytest.mark.parametrize("turns", range(4))
def test_in_the_finder_s_picture_the_places_are_where_its_maps_are(turns: int) -> None:
    """A picture that was turned to be read is drawn as the finder saw it."""
    page = np.rot90(np.asarray(Image.open("sample_images/ballpoint.jpg").convert("L")), turns)
    reading = read(page.copy())
    assert (turns + reading.finding.quarter_turns) % 4 == 0
    core = reading.finding.maps.core
    scale = display_scale(reading.finding.maps.gray.shape) * reading.finding.maps.px
    for (place,) in in_finders_frame(reading):
        left, top, right, bottom = (max(0, round(side / scale)) for side in place)
        assert core[top:bottom, left:right].max() > 0.8
    (stage,) = (one for one in STAGES if one.title == "Where numbers are")
    assert ("was turned" in stage.explain(reading)) == bool(turns)
