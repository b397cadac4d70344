"""Paths take every piece exactly once; the best one, and the best that spells a reading."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from drawings import block, certain, spelled
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.segments.lattice import (
    LEAST,
    PASSING_COST,
    WIDEST,
    build_lattice,
    hypotheses,
    runs,
    spelled_path,
    spelling_scores,
)
from digitocr.types import NO_DIGIT, Arc, Hypothesis, Lattice, Piece, Probabilities

HEIGHT_PX = 50
CUT = np.zeros((2, 2), np.int32)


def piece(
    left: int, width: int = 20, cut: bool = False, height: int = HEIGHT_PX, single: bool = False
) -> Piece:
    return Piece(block(left, 100 - height, width, height), CUT if cut else None, single)


def spans(found: list[Hypothesis]) -> list[tuple[int, int]]:
    return [(one.start, one.stop) for one in found]


def built(pieces: list[Piece], found: list[Hypothesis], probabilities: Probabilities) -> Lattice:
    tiles = np.zeros((len(found), 28, 28), np.float32)
    return build_lattice(pieces, found, tiles, probabilities, HEIGHT_PX)


def lattice_of(pieces: list[Piece], certainty: dict[tuple[int, int], float]) -> Lattice:
    """Every hypothesis a 1 as certainly as the table says, else with p = 0.2."""
    found = hypotheses(pieces, runs(pieces, HEIGHT_PX))
    rows = [certain(1, certainty.get((one.start, one.stop), 0.2)) for one in found]
    return built(pieces, found, np.array(rows, np.float32).reshape(-1, 11))


def random_pieces(rng: np.random.Generator, count: int) -> list[Piece]:
    """Pieces of one height, some cut apart and some with paper in between."""
    pieces, left = [], 0
    for _ in range(count):
        cut, width = bool(rng.random() < 0.7), int(rng.integers(5, 40))
        pieces.append(piece(left, width, cut))
        left += width + (0 if cut else int(rng.integers(0, 30)))
    return pieces


def random_lattice(seed: int, count: int) -> Lattice:
    rng = np.random.default_rng(seed)
    pieces = random_pieces(rng, count)
    found = hypotheses(pieces, runs(pieces, HEIGHT_PX))
    return built(pieces, found, rng.dirichlet(np.full(11, 0.3), len(found)).astype(np.float32))


def best_spans(lattice: Lattice) -> list[tuple[int, int]]:
    return [(arc.hypothesis.start, arc.hypothesis.stop) for arc in lattice.best_path]


def test_no_pieces_give_an_empty_lattice() -> None:
    assert hypotheses([], runs([], HEIGHT_PX)) == []
    lattice = lattice_of([], {})
    assert (lattice.pieces, lattice.arcs, lattice.best_path) == ((), (), ())
    assert lattice.text == ""


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        pytest.param([piece(0)], [(0, 1)], id="one piece"),
        pytest.param([piece(0, 200)], [(0, 1)], id="one piece, far too wide"),
        pytest.param([piece(0), piece(60)], [(0, 1), (1, 2)], id="a real gap"),
        pytest.param([piece(0), piece(23)], [(0, 1), (0, 2), (1, 2)], id="a hair's gap"),
        pytest.param([piece(0, cut=True), piece(20)], [(0, 1), (0, 2), (1, 2)], id="cut apart"),
        pytest.param(
            [piece(0), piece(23, single=True), piece(46), piece(69)],
            [(0, 1), (1, 2), (2, 3), (2, 4), (3, 4)],
            id="what is surely one digit is joined with nothing",
        ),
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
    assert spans(hypotheses(pieces, runs(pieces, HEIGHT_PX))) == wanted


def test_hypothesis_holds_the_ink_of_its_pieces() -> None:
    pieces = [piece(0, cut=True), piece(20, height=30)]
    whole = next(
        one for one in hypotheses(pieces, runs(pieces, HEIGHT_PX)) if one.stop == 2
    ).component
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
    found = hypotheses(THREE, runs(THREE, HEIGHT_PX))
    rng = np.random.default_rng(0)
    tiles = rng.random((len(found), 28, 28)).astype(np.float32)
    probabilities: Probabilities = rng.dirichlet(np.ones(11), len(found)).astype(np.float32)
    lattice = build_lattice(THREE, found, tiles, probabilities, HEIGHT_PX)
    for arc, one, tile, row in zip(lattice.arcs, found, tiles, probabilities, strict=True):
        assert arc.hypothesis is one
        assert np.array_equal(arc.tile, tile)
        assert np.array_equal(arc.probabilities, row)


def test_scores_are_log_probabilities_less_what_a_digits_shape_costs() -> None:
    lattice = lattice_of([piece(0, cut=True), piece(20, height=25)], {})
    for arc in lattice.arcs:
        costs = np.log(np.maximum(arc.probabilities, LEAST)) - arc.scores
        assert costs[NO_DIGIT] == pytest.approx(PASSING_COST, abs=1e-6)
        assert costs[:NO_DIGIT] == pytest.approx(costs[0], abs=1e-6)
        assert (costs[0] > 0.1) == (arc.hypothesis.start == 1)  # the short one alone


def test_what_is_no_digit_is_passed_over() -> None:
    pieces = [piece(0), piece(60), piece(120)]
    rows = np.array([certain(2, 0.9), certain(NO_DIGIT, 0.9), certain(5, 0.9)], np.float32)
    lattice = built(pieces, hypotheses(pieces, runs(pieces, HEIGHT_PX)), rows)
    assert best_spans(lattice) == [(0, 1), (1, 2), (2, 3)]
    assert [arc.label for arc in lattice.best_path] == ["2", "", "5"]
    assert lattice.text == "25"


def test_a_line_that_holds_no_digit_reads_as_nothing() -> None:
    pieces = [piece(0), piece(60)]
    rows = np.array([certain(NO_DIGIT, 0.9)] * 2, np.float32)
    assert built(pieces, hypotheses(pieces, runs(pieces, HEIGHT_PX)), rows).text == ""


def all_paths(lattice: Lattice, start: int = 0) -> list[list[Arc]]:
    """Every way from a node to the end."""
    if start == len(lattice.pieces):
        return [[]]
    return [
        [arc, *rest]
        for arc in lattice.arcs
        if arc.hypothesis.start == start
        for rest in all_paths(lattice, arc.hypothesis.stop)
    ]


def merit(arc: Arc, label: int) -> float:
    """What a label says for itself, where all heights are equal."""
    passing = PASSING_COST if label == NO_DIGIT else 0.0
    return float(np.log(max(arc.probabilities[label], LEAST))) - passing


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_best_path_covers_every_piece_once_and_none_is_better(seed: int, count: int) -> None:
    lattice = random_lattice(seed, count)
    chosen = best_spans(lattice)
    assert chosen[0][0] == 0
    assert chosen[-1][1] == count
    assert all(before[1] == after[0] for before, after in pairwise(chosen))

    def best(path: list[Arc]) -> float:
        return sum(max(merit(arc, label) for label in range(11)) for arc in path)

    ours = best(list(lattice.best_path))
    assert ours == pytest.approx(max(map(best, all_paths(lattice))), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_joined_pieces_are_never_wider_than_a_digit(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    widths = rng.integers(3, 60, count)
    lefts = np.cumsum([0, *widths[:-1]])
    pieces = [piece(int(left), int(width), True) for left, width in zip(lefts, widths, strict=True)]
    found = hypotheses(pieces, runs(pieces, HEIGHT_PX))
    singles = [one for one in found if one.stop == one.start + 1]
    assert len(singles) == count
    for one in found:
        assert one.stop == one.start + 1 or one.component.box.width <= WIDEST * HEIGHT_PX


def test_pieces_that_the_classifier_knows_nothing_of_have_a_path() -> None:
    found = hypotheses(THREE, runs(THREE, HEIGHT_PX))
    lattice = built(THREE, found, np.zeros((len(found), 11), np.float32))
    assert best_spans(lattice)[-1][1] == 3


# Spelling


def test_an_empty_lattice_spells_nothing() -> None:
    lattice = lattice_of([], {})
    assert spelling_scores(lattice, []).shape == (0,)
    assert spelling_scores(lattice, ["", "1"]).tolist() == [0, -np.inf]
    assert spelled_path(lattice, "") == ()
    assert spelled_path(lattice, "1") == ()


@pytest.mark.parametrize("text", ["7", "205", "0011"])
def test_a_clear_lattice_spells_its_text_best(text: str) -> None:
    lattice = spelled(text)
    assert lattice.text == text
    others = ["", text[:-1], text + "1", text[:-1] + "9", text[::-1] + "6"]
    scores = spelling_scores(lattice, [text, *others])
    assert (scores[0] > scores[1:]).all()
    assert spelled_path(lattice, text) == lattice.best_path


def test_more_digits_than_pieces_cannot_be_spelled() -> None:
    assert spelling_scores(spelled("25"), ["25", "255"])[1] == -np.inf
    assert spelled_path(spelled("25"), "255") == ()


def test_a_piece_is_passed_over_where_that_spells_the_reading() -> None:
    lattice = spelled("215")
    path = spelled_path(lattice, "25")
    assert [arc.hypothesis.start for arc in path] == [0, 2]
    passed = lattice.arcs[1].scores[NO_DIGIT]
    kept = lattice.arcs[0].scores[2] + lattice.arcs[2].scores[5]
    assert spelling_scores(lattice, ["25"])[0] == pytest.approx(passed + kept)


def slow_spelling(path: list[Arc], reading: str) -> float:
    """The best way to spell a reading along one path, whichever arcs are passed over."""
    found = -np.inf
    for kept in combinations(range(len(path)), len(reading)):
        labels = [NO_DIGIT] * len(path)
        for place, digit in zip(kept, reading, strict=True):
            labels[place] = int(digit)
        score = sum(merit(arc, label) for arc, label in zip(path, labels, strict=True))
        found = max(found, score)
    return found


READINGS = st.lists(st.text("0123456789", max_size=6), max_size=5)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), READINGS)
def test_a_spelling_score_is_that_of_the_best_of_all_paths(
    seed: int, count: int, readings: list[str]
) -> None:
    lattice = random_lattice(seed, count)
    paths = all_paths(lattice)
    wanted = [max(slow_spelling(path, reading) for path in paths) for reading in readings]
    assert spelling_scores(lattice, readings) == pytest.approx(wanted, abs=1e-5)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), READINGS)
def test_the_spelled_path_has_the_spelling_score(
    seed: int, count: int, readings: list[str]
) -> None:
    lattice = random_lattice(seed, count)
    for reading, score in zip(readings, spelling_scores(lattice, readings), strict=True):
        path = spelled_path(lattice, reading)
        if np.isneginf(score):
            assert path == ()
            continue
        assert len(path) == len(reading)
        spans = [(arc.hypothesis.start, arc.hypothesis.stop) for arc in path]
        edges = [0, *(edge for span in spans for edge in span), count]
        assert edges == sorted(edges)
        spelled_out = sum(merit(arc, int(digit)) for arc, digit in zip(path, reading, strict=True))
        gaps = zip(edges[::2], edges[1::2], strict=True)
        passed = sum(best_passing(lattice, start, stop) for start, stop in gaps)
        assert spelled_out + passed == pytest.approx(score, abs=1e-5)


def best_passing(lattice: Lattice, start: int, stop: int) -> float:
    """The score of the best way from node to node that spells nothing."""
    best = {start: 0.0}
    for arc in lattice.arcs:
        if arc.hypothesis.start in best and arc.hypothesis.stop <= stop:
            score = best[arc.hypothesis.start] + merit(arc, NO_DIGIT)
            best[arc.hypothesis.stop] = max(score, best.get(arc.hypothesis.stop, -np.inf))
    return best[stop]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_no_reading_is_spelled_better_than_the_best_path(seed: int, count: int) -> None:
    lattice = random_lattice(seed, count)
    best = sum(float(arc.scores.max()) for arc in lattice.best_path)
    assert spelling_scores(lattice, [lattice.text])[0] == pytest.approx(best)
    assert spelling_scores(lattice, ["", "1", "47", "470"]).max() <= best + 1e-9
