"""Candidate cuts: where touching digits may be parted, and that no ink is lost by it."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from drawings import block, component, page, random_ink, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.find.components import find_components, join
from digitocr.segments.cuts import VERY_WIDE, cut
from digitocr.types import Box, Component, Ink, Piece


def pieces_of(components: list[Component], digit_height_px: float) -> list[Piece]:
    """The pieces where no other reader knows better."""
    return cut(components, digit_height_px, [False] * len(components))


def rings(count: int, step: int = 40) -> Component:
    """Circles in a row, 46 px high, that touch their neighbours."""
    drawn = np.zeros((60, 60 + step * count), np.uint8)
    for number in range(count):
        cv2.circle(drawn, (30 + step * number, 30), 20, 1, 6)
    found = find_components(drawn.astype(bool))[1]
    assert len(found) == 1
    return found[0]


def covered(shape: tuple[int, int], pieces: list[Piece]) -> np.ndarray:
    """How many pieces each pixel lies in."""
    counts = np.zeros(shape, int)
    for piece in pieces:
        box = piece.component.box
        counts[box.top : box.bottom, box.left : box.right] += piece.component.mask
    return counts


def test_no_components_give_no_pieces() -> None:
    assert pieces_of([], 50) == []


@pytest.mark.parametrize(
    "narrow",
    [
        pytest.param(component(5, 7, "##"), id="two pixels"),
        pytest.param(block(0, 0, 4, 60), id="a 1"),
        pytest.param(block(10, 10, 34, 50), id="a digit"),
    ],
)
def test_a_narrow_component_is_one_piece(narrow: Component) -> None:
    pieces = pieces_of([narrow], 50)
    assert len(pieces) == 1
    assert pieces[0].component is narrow
    assert pieces[0].cut_after is None


def boxes(pieces: list[Piece]) -> list[Box]:
    return [piece.component.box for piece in pieces]


def test_what_is_surely_one_digit_stays_whole() -> None:
    ring = rings(1)
    assert len(pieces_of([ring], 46)) > 1
    (piece,) = cut([ring], 46, [True])
    assert piece.component is ring
    assert piece.cut_after is None
    assert piece.is_single
    assert not any(one.is_single for one in pieces_of([ring, block(80, 7, 4, 46)], 46))


def test_what_is_very_wide_is_cut_all_the_same() -> None:
    wide = rings(2)
    assert wide.box.width > VERY_WIDE * 46
    pieces = cut([wide], 46, [True])
    assert boxes(pieces) == boxes(pieces_of([wide], 46))
    assert not any(piece.is_single for piece in pieces)


@pytest.mark.parametrize("single", [(True, False), (False, True), (False, False), (True, True)])
def test_each_component_is_judged_by_itself(single: tuple[bool, bool]) -> None:
    line = [rings(1), Component(Box(*np.add(rings(1).box, (90, 0, 90, 0))), rings(1).mask)]
    alone = [cut([one], 46, [known]) for one, known in zip(line, single, strict=True)]
    together = cut(line, 46, single)
    assert boxes(together) == [*boxes(alone[0]), *boxes(alone[1])]
    assert [piece.is_single for piece in together if piece.is_single] == [True] * sum(single)


def test_solid_ink_is_not_cut() -> None:
    assert len(pieces_of([block(0, 0, 120, 50)], 50)) == 1


@pytest.mark.parametrize("count", [2, 3, 4])
def test_touching_rings_are_parted_between_them(count: int) -> None:
    touching = rings(count)
    pieces = pieces_of([touching], 46)
    middles = [
        float(piece.cut_after[:, 0].mean()) for piece in pieces if piece.cut_after is not None
    ]
    for number in range(1, count):
        assert min(abs(middle - (10 + 40 * number)) for middle in middles) < 5
    assert len(pieces) > count - 1


def test_a_cut_goes_from_top_to_bottom() -> None:
    touching = rings(2)
    pieces = pieces_of([touching], 46)
    for piece in pieces[:-1]:
        line = piece.cut_after
        assert line is not None
        assert line.dtype == np.int32
        assert line[:, 1].tolist() == list(range(touching.box.top, touching.box.bottom))
        assert (np.abs(np.diff(line[:, 0])) <= 3).all()
        assert line[:, 0].min() >= touching.box.left
        assert line[:, 0].max() <= touching.box.right


def test_pieces_lie_between_their_cuts() -> None:
    pieces = pieces_of([rings(3)], 46)
    shape = (60, 200)
    for before, after in pairwise(pieces):
        assert before.cut_after is not None
        edge = dict(before.cut_after[:, ::-1].tolist())
        for y, x in np.argwhere(covered(shape, [before])).tolist():
            assert x < edge[y]
        for y, x in np.argwhere(covered(shape, [after])).tolist():
            assert x >= edge[y]


def check_partition(whole: Component, digit_height_px: float) -> None:
    pieces = pieces_of([whole], digit_height_px)
    shape = (whole.box.bottom, whole.box.right)
    assert np.array_equal(covered(shape, pieces), page(shape, [whole]))
    for piece in pieces:
        # The box fits the ink tightly, so none is empty.
        mask = piece.component.mask
        assert mask[0].any()
        assert mask[-1].any()
        assert mask[:, 0].any()
        assert mask[:, -1].any()
    assert all(piece.cut_after is not None for piece in pieces[:-1])
    assert pieces[-1].cut_after is None


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(3, 60),
    st.integers(3, 120),
    st.sampled_from([0.3, 0.6, 1.0, 2.0]),
)
def test_cuts_partition_the_ink(seed: int, height: int, width: int, share: float) -> None:
    ink = random_ink(np.random.default_rng(seed), height, width)
    for whole in find_components(ink)[1]:
        check_partition(whole, max(1.0, share * height))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_cuts_partition_strokes(seed: int, count: int) -> None:
    """Wandering pen strokes, with the overhangs and bays that digits have."""
    rng = np.random.default_rng(seed)
    drawn = np.zeros((60, 160), np.uint8)
    knots = rng.integers((5, 5), (155, 55), (3 * count, 2))
    cv2.polylines(drawn, [knots.astype(np.int32)], False, 1, int(rng.integers(1, 7)))
    for whole in find_components(drawn.astype(bool))[1]:
        check_partition(whole, 45)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), st.integers(0, 300), st.integers(0, 300))
def test_translation_moves_the_pieces_alone(count: int, right: int, down: int) -> None:
    here = rings(count)
    box = Box(*np.add(here.box, (right, down, right, down)).tolist())
    moved = pieces_of([Component(box, here.mask)], 46)
    for one, other in zip(pieces_of([here], 46), moved, strict=True):
        shifted = np.add(one.component.box, (right, down, right, down)).tolist()
        assert shifted == list(other.component.box)
        assert rows(one.component.mask) == rows(other.component.mask)


@pytest.mark.parametrize("scale", [2, 3, 5])
def test_number_of_pieces_does_not_depend_on_the_resolution(scale: int) -> None:
    small = rings(3)
    grown: Ink = np.kron(small.mask, np.ones((scale, scale))).astype(bool)
    large = Component(Box(0, 0, grown.shape[1], grown.shape[0]), grown)
    assert len(pieces_of([large], 46 * scale)) == len(pieces_of([small], 46))


def test_joined_pieces_are_the_component_again() -> None:
    whole = rings(4)
    again = join([piece.component for piece in pieces_of([whole], 46)])
    assert again.box == whole.box
    assert rows(again.mask) == rows(whole.mask)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_a_line_is_cut_as_its_components_are_alone(counts: list[int]) -> None:
    line, left = [], 0
    for count in counts:
        one = rings(count)
        line.append(Component(Box(left, 0, left + one.box.width, one.box.height), one.mask))
        left = line[-1].box.right + 12
    together = pieces_of(line, 46)
    alone = [piece for whole in line for piece in pieces_of([whole], 46)]
    for mine, other in zip(together, alone, strict=True):
        assert mine.component.box == other.component.box
        assert rows(mine.component.mask) == rows(other.component.mask)
        assert (mine.cut_after is None) == (other.cut_after is None)
