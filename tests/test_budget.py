"""However nasty a picture, the work on it is bounded before it begins, and what is left is said."""

from __future__ import annotations

import resource

import numpy as np
import pytest
from drawings import one_row, write
from numpy.typing import NDArray

from benchmarks.growth import page
from benchmarks.hostile import PICTURES
from digitocr import Reading, read
from digitocr.budget import (
    MOST_ARC_PX,
    MOST_ARCS,
    MOST_DISPUTED,
    MOST_STEPS,
    affordable,
    likeliest,
)
from digitocr.find.components import MOST_MASK_PX, MOST_SHAPES, find_components
from digitocr.find.finder import MAP_PX
from digitocr.find.segment import segment
from digitocr.networks import runtime
from digitocr.picture.load import LONGEST, load
from digitocr.reasons import Objection
from digitocr.segments.lattice import runs
from digitocr.types import Component, Gray, InputError, Piece, Segmentation, TextLine
from digitocr.words import doubt

SIDE_PX = 900
STRIPES = [name for name in PICTURES if name.startswith("stripes")]  # these took minutes
MOST_SHEET_PX = 40_000_000
CPU_S = 40  # many times what any of these takes on an idle machine


def work(reading: Reading) -> dict[str, int]:
    """What was done for a picture."""
    found = reading.segmentation
    masks = [one.component for one in found.dropped]
    masks += [part for line in found.lines for part in line.components]
    arcs = [arc.hypothesis.component for lattice in reading.lattices for arc in lattice.arcs]
    return {
        "mask px": sum(one.mask.size for one in masks),
        "steps": sum(one.strip.shape[1] for one in reading.strips),
        "arcs": len(arcs),
        "arc px": sum(max(one.mask.shape) ** 2 for one in arcs),
    }


class Everywhere:
    """A finder that takes all of a picture for rows of numbers, the worst that can come of it."""

    pitch, core = 40, 12  # px of the picture that it sees, from row to row and of each row's core
    octaves = 0.6  # digits 24 px high

    def maps(self, gray: Gray) -> NDArray[np.float32]:
        rows, columns = gray.shape[0] // MAP_PX, gray.shape[1] // MAP_PX
        maps = np.zeros((rows, columns, 3), np.float32)
        is_core = np.arange(rows) * MAP_PX % self.pitch < self.core
        maps[..., 0] = np.where(is_core, 6, -6)[:, None]
        maps[..., 1], maps[..., 2] = 6, self.octaves
        return maps


@pytest.fixture
def found_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "load_finder", Everywhere)


def check_means(name: str, side_px: int) -> Reading:
    """Read a nasty picture; nothing of it may cost more than the means."""
    started = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    reading = read(PICTURES[name]((side_px, side_px)))
    done = work(reading)
    # Rules are taken out of the shapes twice, each time within the means.
    assert done["mask px"] <= 3 * MOST_MASK_PX
    assert done["steps"] <= MOST_STEPS
    # Single pieces are looked at whatever else there is, and lines are chosen by their number.
    assert done["arcs"] <= 2 * MOST_ARCS
    assert done["arc px"] <= 2 * MOST_ARC_PX
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - started < CPU_S
    lines = [line for line in reading.lines if line.digits]
    doubted = [line for line in lines if "?" in line.text and doubt(line)]
    if Objection.TOO_MANY in {one.reason for one in reading.left_out}:
        assert doubted == lines
    assert doubted or not lines or not reading.left_out
    return reading


@pytest.mark.parametrize("name", list(PICTURES)[::3])
def test_no_picture_costs_more_than_the_means(name: str) -> None:
    check_means(name, SIDE_PX // 2)


@pytest.mark.parametrize(
    ("name", "side_px"),
    [*((name, SIDE_PX // 2) for name in PICTURES), *((name, SIDE_PX) for name in STRIPES)],
)
@pytest.mark.usefixtures("found_everywhere")
def test_no_picture_costs_more_were_numbers_seen_everywhere(name: str, side_px: int) -> None:
    assert check_means(name, side_px).sheet.rows


@pytest.mark.usefixtures("found_everywhere")
def test_what_was_left_out_is_said() -> None:
    reading = read(PICTURES["crumbs of 4 px"]((SIDE_PX, SIDE_PX)))
    (too_many,) = (one for one in reading.left_out if one.reason is Objection.TOO_MANY)
    assert 0 <= too_many.box.left < too_many.box.right <= SIDE_PX
    assert 0 <= too_many.box.top < too_many.box.bottom <= SIDE_PX


class OneLongAndManyShort(Everywhere):
    """A line of tiny writing from side to side, and hundreds of short numbers below it."""

    def maps(self, gray: Gray) -> NDArray[np.float32]:
        maps = super().maps(gray)
        maps[..., 0], maps[..., 2] = -6, -2
        maps[1, :, 0] = 6
        maps[4::4, 2::6, 0] = 6
        return maps


def test_a_sheet_of_unlike_numbers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "load_finder", OneLongAndManyShort)
    assert read(np.full((SIDE_PX, SIDE_PX), 230, np.uint8)).sheet.gray.size <= MOST_SHEET_PX


def test_a_number_is_read_above_stripes() -> None:
    sheet = np.full((1500, 1500), 255, np.uint8)
    for top in range(300, 1400, 110):
        sheet[top : top + 50, 20:1480] = np.where(np.arange(1460) // 3 % 2 == 0, 0, 255)
    write(sheet, "20345", 300, 100)
    assert read(sheet).guess.split("\n")[0] == "20345"


def test_the_tallest_and_smallest_shapes_are_taken_first() -> None:
    dots = np.zeros((1200, 1200), np.bool_)
    dots[2::6, 2::6] = dots[3::6, 2::6] = True
    dots[1197, 10:12] = True  # flatter than all others
    found = find_components(dots)
    assert len(found.components) == MOST_SHAPES
    assert len(found.components) + len(found.left_out) == 200**2 + 1
    assert (10, 1197, 12, 1198) in found.left_out
    one_in_another = np.zeros((100, 100), np.bool_)
    one_in_another[[5, 94], 5:95] = one_in_another[5:95, [5, 94]] = True
    one_in_another[40:60, 40:60] = True
    found = find_components(one_in_another, most_px=1000)
    assert [one.box for one in found.components] == [(40, 40, 60, 60)]
    assert found.left_out == [(5, 5, 95, 95)]


def test_shapes_cost_no_more_than_their_means() -> None:
    y, x = np.indices((1200, 1200))
    angles = np.minimum(y, x) // 3 % 2 == 0
    found = find_components(angles)
    assert sum(one.mask.size for one in found.components) <= MOST_MASK_PX
    assert found.left_out
    segmentation = segment(found, one_row((1200, 1200)))
    assert set(found.left_out) <= set(segmentation.left_out)


def blocks(count: int, width: int, height: int) -> list[Component]:
    drawn = np.zeros((height + 10, count * (width + 3) + 10), np.bool_)
    for place in range(count):
        left = 5 + place * (width + 3)
        drawn[5 : 5 + height, left : left + width] = True
    return find_components(drawn).components


def test_lines_like_digits_are_chosen_first() -> None:
    textures = [TextLine(tuple(blocks(400, 3, 40)), 40.0) for _ in range(8)]
    number = TextLine(tuple(blocks(6, 15, 30)), 30.0)
    chosen, boxes = affordable(Segmentation((), (*textures, number), ()))
    assert len(boxes) == len(chosen.lines)
    assert number in chosen.lines
    assert len(chosen.lines) + len(chosen.left_out) == 9
    assert len(chosen.left_out) >= 3
    parts = [part for line in textures for part in line.components]
    assert {one.component for one in chosen.dropped} < set(parts)


def test_all_lines_are_chosen_where_the_means_reach() -> None:
    segmentation = Segmentation((), (TextLine(tuple(blocks(6, 15, 30)), 30.0),) * 3, ())
    kept, boxes = affordable(segmentation)
    assert kept is segmentation
    assert len(boxes) == 3


def test_single_pieces_are_always_looked_at() -> None:
    line = TextLine(tuple(blocks(700, 2, 60)), 60.0)
    pieces = [Piece(part, None) for part in line.components]
    every = runs(pieces, line.digit_height_px)
    (kept,), (is_all,) = likeliest([every], [line])
    assert len(every) > 2 * MOST_ARCS
    assert not is_all
    assert {run.start for run in kept if run.stop == run.start + 1} == set(range(700))
    assert len(kept) <= MOST_ARCS
    assert likeliest([every[:50]], [line]) == ([every[:50]], [True])


@pytest.mark.parametrize("shape", [(1, LONGEST + 1), (LONGEST + 1, 1), (9, 9 * LONGEST + 1)])
def test_a_line_of_pixels_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="cut out the number"):
        load(np.full(shape, 255, np.uint8))
    assert load(np.full((1, LONGEST), 255, np.uint8)).gray.shape == (1, LONGEST)


def test_a_page_that_the_readers_differ_on_is_not_all_looked_at_again() -> None:
    reading = read(PICTURES["crumbs of 4 px"]((SIDE_PX, SIDE_PX)))
    again = sum(len(one.along) for one in reading.strips if one.again)
    assert 0 < again <= MOST_DISPUTED


def test_a_thousand_digits_are_read_whole() -> None:
    reading = read(page(1000))
    assert len(reading.digits) == 1000
    assert not reading.left_out
