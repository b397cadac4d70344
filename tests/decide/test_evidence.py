"""Each digit of an answer stands somewhere, and both readers have an opinion of it there."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import block, component, rows, spelled, steps
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.decide.evidence import standings
from digitocr.segments.lattice import spelled_path
from digitocr.segments.tile import normalize
from digitocr.types import Box, Component, Lattice, LineStrip, LogProbabilities, Look, TextLine

NO_PATH = spelled("")  # spells no digit at all


def strip_of(box: tuple[int, int, int, int], along: LogProbabilities) -> LineStrip:
    return LineStrip(Box(*box), Look(np.zeros((32, 4 * len(along)), np.float32), along))


def line_of(lattice: Lattice) -> TextLine:
    return TextLine(tuple(piece.component for piece in lattice.pieces), 50)


@pytest.mark.parametrize("lattice", [NO_PATH, spelled("25")], ids=["no pieces", "two pieces"])
def test_no_digits_stand_nowhere(lattice: Lattice) -> None:
    assert standings("", line_of(lattice), lattice, strip_of((0, 0, 80, 60), steps("----"))) == []


# By the lattice's path


def test_digits_stand_on_the_shapes_that_spell_them() -> None:
    lattice = spelled("205", 0.9)
    along = steps("-2--0-5-", 0.8)
    found = standings("205", line_of(lattice), lattice, strip_of((-15, 0, 125, 70), along))
    for label, arc, one in zip("205", spelled_path(lattice, "205"), found, strict=True):
        assert one.component is arc.hypothesis.component
        assert one.tile is arc.tile
        assert one.by_segments is not None
        assert one.by_segments.shape == one.by_line.shape == (10,)
        assert one.by_line[int(label)] == pytest.approx(0.8, abs=1e-5)
        assert one.by_segments[int(label)] == pytest.approx(0.9, abs=1e-5)


def test_a_shape_that_is_passed_over_is_no_digit() -> None:
    lattice = spelled("217")
    along = steps("-2-7-")
    found = standings("27", line_of(lattice), lattice, strip_of((-15, 0, 125, 70), along))
    assert [one.component.box.left for one in found] == [0, 80]


def test_the_line_reader_is_asked_where_the_digit_stands() -> None:
    """In both places it takes an 8 for a 3; elsewhere it is sure of others."""
    along = np.exp(steps("-8-8-1-"))
    along[[1, 3]] = 0.01
    along[[1, 3], 3], along[[1, 3], 8] = 0.5, 0.4
    lattice = spelled("881")
    found = standings("881", line_of(lattice), lattice, strip_of((0, 0, 120, 60), np.log(along)))
    for one in found[:2]:
        assert one.by_line[[3, 8, 1]] == pytest.approx([0.5, 0.4, 0.01], abs=1e-5)
    assert found[2].by_line[1] == pytest.approx(0.95, abs=1e-5)


# By forced alignment


def test_ink_that_no_path_parts_is_parted_between_the_digits() -> None:
    touching = component(
        10,
        20,
        "###..###",
        "#.#..#.#",
        "#.####.#",
        "###..###",
    )
    found = standings(
        "00", TextLine((touching,), 4), NO_PATH, strip_of((6, 18, 22, 26), steps("-0--0-"))
    )
    left, right = found
    assert left.component.box == (10, 20, 14, 24)
    assert right.component.box == (14, 20, 18, 24)
    assert rows(left.component.mask) == ("###.", "#.#.", "#.##", "###.")
    assert rows(right.component.mask) == (".###", ".#.#", "##.#", ".###")
    for one in found:
        assert one.by_segments is None
        assert np.array_equal(one.tile, normalize(one.component.mask))
        assert one.by_line[0] == pytest.approx(0.95, abs=1e-5)


def test_ink_of_several_shapes_is_taken_together() -> None:
    shapes = (block(10, 20, 8, 5), block(11, 30, 6, 8), block(60, 20, 8, 18))
    strip = strip_of((0, 15, 80, 45), steps("-5----7-"))
    five, seven = standings("57", TextLine(shapes, 20), NO_PATH, strip)
    assert five.component.box == (10, 20, 18, 38)
    assert five.component.area_px == 8 * 5 + 6 * 8
    assert seven.component.box == (60, 20, 68, 38)


def test_a_digit_without_ink_stands_in_a_bare_box() -> None:
    """A mark that was left out of the line may be a digit to the line reader."""
    strip = strip_of((0, 10, 160, 60), steps("-2-----7"))
    two, seven = standings("27", TextLine((block(10, 15, 30, 40),), 40), NO_PATH, strip)
    assert two.component.box == (10, 15, 40, 55)
    assert seven.component.mask.shape == (50, seven.component.box.width)
    assert not seven.component.mask.any()
    assert not seven.tile.any()
    assert (seven.component.box.top, seven.component.box.bottom) == (10, 60)
    assert 40 < seven.component.box.left < 140
    assert seven.component.box.right == 160


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.text("0123456789", min_size=1, max_size=6),
    st.integers(0, 8),
    st.tuples(st.integers(-20, 50), st.integers(-20, 50), st.integers(1, 200), st.integers(1, 90)),
    st.lists(st.tuples(*[st.integers(0, 120)] * 2, *[st.integers(1, 60)] * 2), max_size=4),
)
def test_every_digit_of_any_answer_has_a_place_in_the_strip(
    seed: int,
    text: str,
    spare: int,
    where: tuple[int, int, int, int],
    shapes: list[tuple[int, int, int, int]],
) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.full(11, 0.3), 2 * len(text) + spare)
    left, top, width, height = where
    strip = strip_of((left, top, left + width, top + height), np.log(shares + 1e-9))
    line = TextLine(tuple(block(*shape) for shape in shapes), 50)
    found = standings(text, line, NO_PATH, strip)
    assert len(found) == len(text)
    for one in found:
        box = one.component.box
        assert box.width >= 1
        assert box.height >= 1
        assert one.component.mask.shape == (box.height, box.width)
        # Where pixels are wider than a step a digit has one of its own.
        assert left <= box.left
        assert box.right <= left + width + 1
        assert ((one.by_line >= 0) & (one.by_line <= 1 + 1e-6)).all()
    lefts = [one.component.box.left for one in found]
    if not shapes:
        assert lefts == sorted(lefts)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(30, 200))
def test_no_ink_belongs_to_two_digits(seed: int, count: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    whole = Component(Box(5, 5, 5 + width, 45), rng.random((40, width)) < 0.5)
    text = "".join(str(label) for label in rng.integers(0, 10, count))
    along = np.log(rng.dirichlet(np.full(11, 0.3), 3 * count) + 1e-9)
    strip = strip_of((0, 0, 10 + width, 50), along)
    counts = np.zeros((50, 10 + width), int)
    for one in standings(text, TextLine((whole,), 40), NO_PATH, strip):
        box = one.component.box
        counts[box.top : box.bottom, box.left : box.right] += one.component.mask
    assert counts.max() <= 1
    assert not counts[5:45, 5 : 5 + width][~whole.mask].any()
