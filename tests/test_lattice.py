"""The best path takes every piece exactly once, and is the best of all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from drawings import block
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.lattice import SHARED, SHARED_COST, WIDEST, build_lattice, hypotheses
from digitocr.types import Hypothesis, Lattice, Piece, Probabilities

HEIGHT_PX = 50
CUT = np.zeros((2, 2), np.int32)


def piece(left: int, width: int = 20, cut: bool = False, height: int = HEIGHT_PX) -> Piece:
    return Piece(block(left, 100 - height, width, height), CUT if cut else None)


def spans(found: list[Hypothesis]) -> list[tuple[int, int]]:
    return [(one.start, one.stop) for one in found]


def certain(label: int, confidence: float) -> np.ndarray:
    row = np.full(10, (1 - confidence) / 9, np.float32)
    row[label] = confidence
    return row


def lattice_of(pieces: list[Piece], certainty: dict[tuple[int, int], float]) -> Lattice:
    """Every hypothesis as certain as the table says, else with p = 0.2."""
    found = hypotheses(pieces, HEIGHT_PX)
    rows = [certain(1, certainty.get((one.start, one.stop), 0.2)) for one in found]
    probabilities = np.array(rows, np.float32).reshape(-1, 10)
    tiles = np.zeros((len(found), 28, 28), np.float32)
    return build_lattice(pieces, found, tiles, probabilities, HEIGHT_PX)


def best_spans(lattice: Lattice) -> list[tuple[int, int]]:
    return [(arc.hypothesis.start, arc.hypothesis.stop) for arc in lattice.best_path]


def test_no_pieces_give_an_empty_lattice() -> None:
    assert hypotheses([], HEIGHT_PX) == []
    lattice = lattice_of([], {})
    assert lattice.pieces == lattice.arcs == lattice.best_path == ()


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        pytest.param([piece(0)], [(0, 1)], id="one piece"),
        pytest.param([piece(0, 200)], [(0, 1)], id="one piece, far too wide"),
        pytest.param([piece(0), piece(60)], [(0, 1), (1, 2)], id="a real gap"),
        pytest.param([piece(0), piece(23)], [(0, 1), (0, 2), (1, 2)], id="a hair's gap"),
        pytest.param([piece(0, cut=True), piece(20)], [(0, 1), (0, 2), (1, 2)], id="cut apart"),
        pytest.param(
            [piece(0, 50, cut=True), piece(50, 50)], [(0, 1), (1, 2)], id="too wide together"
        ),
        pytest.param(
            [piece(0, cut=True), piece(20), piece(90)],
            [(0, 1), (0, 2), (1, 2), (2, 3)],
            id="nothing leaps over a gap",
        ),
    ],
)
def test_hypotheses(pieces: list[Piece], wanted: list[tuple[int, int]]) -> None:
    plain = [one for one in hypotheses(pieces, HEIGHT_PX) if not one.shares_ink]
    assert spans(plain) == wanted


def test_pieces_that_were_cut_apart_may_share_the_ink_at_their_cut() -> None:
    cut_at = np.array([(20, 50), (20, 99)], np.int32)
    left, right = Piece(block(0, 50, 20, 50), cut_at), Piece(block(20, 50, 20, 50), None)
    found = hypotheses([left, right], HEIGHT_PX)
    reach_px = round(SHARED * HEIGHT_PX)
    shared = {(one.start, one.stop): one.component.box for one in found if one.shares_ink}
    assert shared.keys() == {(0, 1), (1, 2)}
    assert abs(shared[0, 1].right - (20 + reach_px)) <= 1
    assert abs(shared[1, 2].left - (20 - reach_px)) <= 1


def test_ink_is_not_shared_without_need() -> None:
    lattice = lattice_of([piece(0, cut=True), piece(20)], {(0, 1): 0.9, (1, 2): 0.9})
    assert not any(arc.hypothesis.shares_ink for arc in lattice.best_path)


def test_hypothesis_holds_the_ink_of_its_pieces() -> None:
    pieces = [piece(0, cut=True), piece(20, height=30)]
    whole = next(one for one in hypotheses(pieces, HEIGHT_PX) if one.stop == 2).component
    assert whole.box == (0, 50, 40, 100)
    assert whole.area_px == 20 * 50 + 20 * 30


THREE = [piece(0, cut=True), piece(20, cut=True), piece(40)]


@pytest.mark.parametrize(
    ("certainty", "wanted"),
    [
        pytest.param({(0, 3): 0.9}, [(0, 3)], id="all one digit"),
        pytest.param({(0, 1): 0.9, (1, 3): 0.9}, [(0, 1), (1, 3)], id="one and two"),
        pytest.param({(0, 2): 0.9, (2, 3): 0.9}, [(0, 2), (2, 3)], id="two and one"),
        pytest.param(
            {(0, 1): 0.99, (1, 2): 0.99, (2, 3): 0.99}, [(0, 1), (1, 2), (2, 3)], id="three"
        ),
        pytest.param(
            {(0, 1): 0.9, (1, 3): 0.3, (0, 2): 0.8, (2, 3): 0.8},
            [(0, 2), (2, 3)],
            id="one bad arc spoils a path",
        ),
    ],
)
def test_best_path(certainty: dict[tuple[int, int], float], wanted: list[tuple[int, int]]) -> None:
    assert best_spans(lattice_of(THREE, certainty)) == wanted


def test_arcs_keep_their_tiles_and_probabilities() -> None:
    found = hypotheses(THREE, HEIGHT_PX)
    rng = np.random.default_rng(0)
    tiles = rng.random((len(found), 28, 28)).astype(np.float32)
    probabilities: Probabilities = rng.dirichlet(np.ones(10), len(found)).astype(np.float32)
    lattice = build_lattice(THREE, found, tiles, probabilities, HEIGHT_PX)
    for arc, one, tile, row in zip(lattice.arcs, found, tiles, probabilities, strict=True):
        assert arc.hypothesis is one
        assert np.array_equal(arc.tile, tile)
        assert np.array_equal(arc.probabilities, row)


def all_paths(found: list[Hypothesis], count: int, start: int = 0) -> list[list[int]]:
    if start == count:
        return [[]]
    return [
        [index, *rest]
        for index, one in enumerate(found)
        if one.start == start
        for rest in all_paths(found, count, one.stop)
    ]


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 7))
def test_best_path_covers_every_piece_once_and_none_is_better(seed: int, count: int) -> None:
    """All heights are equal here, so a path's merit is its certainty alone."""
    rng = np.random.default_rng(seed)
    pieces, left = [], 0
    for _ in range(count):
        cut, width = bool(rng.random() < 0.7), int(rng.integers(5, 40))
        pieces.append(piece(left, width, cut))
        left += width + (0 if cut else int(rng.integers(0, 30)))
    found = hypotheses(pieces, HEIGHT_PX)
    probabilities = rng.dirichlet(np.full(10, 0.3), len(found)).astype(np.float32)
    tiles = np.zeros((len(found), 28, 28), np.float32)
    lattice = build_lattice(pieces, found, tiles, probabilities, HEIGHT_PX)
    chosen = best_spans(lattice)
    assert chosen[0][0] == 0
    assert chosen[-1][1] == count
    assert all(before[1] == after[0] for before, after in pairwise(chosen))

    def merit(path: list[int]) -> float:
        shared = sum(found[index].shares_ink for index in path)
        certainty = sum(np.log(probabilities[index].max()) for index in path)
        return float(certainty - SHARED_COST * shared)

    ours = [index for index, arc in enumerate(lattice.arcs) if arc.on_best_path]
    assert merit(ours) == pytest.approx(max(map(merit, all_paths(found, count))))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_joined_pieces_are_never_wider_than_a_digit(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    widths = rng.integers(3, 60, count)
    lefts = np.cumsum([0, *widths[:-1]])
    pieces = [piece(int(left), int(width), True) for left, width in zip(lefts, widths, strict=True)]
    found = hypotheses(pieces, HEIGHT_PX)
    plain = [one for one in found if not one.shares_ink]
    singles = [one for one in plain if one.stop == one.start + 1]
    assert len(singles) == count
    for one in plain:
        assert one.stop == one.start + 1 or one.component.box.width <= WIDEST * HEIGHT_PX


def test_pieces_that_the_classifier_knows_nothing_of_have_a_path() -> None:
    found = hypotheses(THREE, HEIGHT_PX)
    nothing = np.zeros((len(found), 10), np.float32)
    lattice = build_lattice(
        THREE, found, np.zeros((len(found), 28, 28), np.float32), nothing, HEIGHT_PX
    )
    assert best_spans(lattice)[-1][1] == 3
