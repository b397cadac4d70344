"""A line's answer: its digits, how sure each is, and what else they might be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from drawings import block, component, one_row, spelled, steps
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.along.ctc import BEAM
from digitocr.decide.answer import answer, decide, source_box, source_quad
from digitocr.found import LineSheet
from digitocr.networks.model_folder import CALIBRATION, load_calibration
from digitocr.networks.runtime import EXPORTS
from digitocr.reading import Line
from digitocr.reasons import Objection
from digitocr.settings import Settings
from digitocr.types import Box, Component, Lattice, LineStrip, LogProbabilities, Look, TextLine

LEVEL = np.array([[1.0, 0, 0], [0, 1, 0]])
SIZE_PX = (300, 80)


def sheet_at(corners: np.ndarray) -> LineSheet:
    """A row of the sheet whose corners of pixels lie in the source as this map (2, 3) says."""
    middles = np.array(corners, np.float64)
    middles[:, 2] += middles[:, :2] @ (0.5, 0.5) - 0.5
    return one_row((80, 300), to_source=middles)


SHEET = sheet_at(LEVEL)
SHIPPED = load_calibration(EXPORTS / CALIBRATION)


def answered(
    lattice: Lattice,
    along: LogProbabilities,
    objections: Sequence[Objection] = (),
    **chosen: object,
) -> Line:
    """The answer for a lattice's own line of writing, its strip 15 px wider on either side."""
    line = TextLine(tuple(piece.component for piece in lattice.pieces), 50)
    width = max((one.box.right for one in line.components), default=0)
    strip = LineStrip(Box(-15, 4, width + 15, 66), Look(np.zeros((32, 32), np.float32), along))
    wanted = Settings(**chosen)  # type: ignore[arg-type]
    (decision,) = decide([line], [lattice], [strip], wanted.constraint)
    return answer(decision, objections, wanted, SHIPPED, SHEET, SIZE_PX)


def check_laws(line: Line) -> None:
    assert 0 <= line.confidence <= 1
    assert line.guess == "".join(digit.label for digit in line.digits)
    assert len(line.text) == len(line.guess)
    for digit in line.digits:
        shares = [other.confidence for other in digit.alternatives]
        assert shares == sorted(shares, reverse=True)
        assert min(shares) >= 0
        assert digit.confidence + sum(shares) == pytest.approx(1)
        assert sorted([digit.label, *(other.label for other in digit.alternatives)]) == list(
            "0123456789"
        )
        assert digit.text == (digit.label if digit.accepted else "?")
        assert 0 <= digit.box.left < digit.box.right <= SIZE_PX[0]
        assert 0 <= digit.box.top < digit.box.bottom <= SIZE_PX[1]
        assert digit.tile.shape == (28, 28)
    if line.digits:
        assert ("?" in line.text) == (line.confidence < line.asked)
    assert line.guess in {one.text for one in line.proposals}
    assert sum(one.posterior for one in line.proposals) <= 1 + 1e-9


@pytest.mark.parametrize("one_wrong_in", [1, 200])
def test_nothing_written_has_no_digits(one_wrong_in: int) -> None:
    line = answered(spelled(""), steps("-----", 0.999), one_wrong_in=one_wrong_in)
    assert line.digits == ()
    assert (line.text, line.guess, line.by_segments, line.by_line) == ("", "", "", "")
    assert line.note == ""
    check_laws(line)


def test_both_readers_are_heard() -> None:
    along = np.exp(steps("-2-0-5-", 0.99))
    along[5] = 0.001
    along[5, 5], along[5, 6] = 0.6, 0.391
    line = answered(spelled("206", 0.9), np.log(along))
    assert (line.guess, line.by_segments, line.by_line) == ("206", "206", "205")
    assert line.digits[2].alternatives[0].label == "5"
    check_laws(line)


def test_digits_stand_in_the_source() -> None:
    lattice = spelled("205")
    line = answered(lattice, steps("-2-0-5-"))
    boxes = [digit.box for digit in line.digits]
    assert boxes == [piece.component.box for piece in lattice.pieces]


def test_where_both_agree_the_answer_is_surer() -> None:
    along = steps("-2-0-5-", 0.9)
    agreed = answered(spelled("205", 0.9), along)
    alone = answered(spelled("20", 0.9), along)
    assert agreed.guess == "205"
    assert agreed.confidence > alone.confidence


def test_where_nothing_is_asked_no_digit_is_in_doubt() -> None:
    line = answered(spelled("205", 0.3), steps("-2-0-5-", 0.4), one_wrong_in=1)
    assert line.text == line.guess != ""


def test_the_more_is_asked_the_more_is_in_doubt() -> None:
    doubts = [
        answered(spelled("2058", 0.8), steps("-2-0-5-8-", 0.8), one_wrong_in=many).text.count("?")
        for many in (1, 2, 10, 200, 10_000, 1_000_000)
    ]
    assert doubts == sorted(doubts)
    assert doubts[0] == 0


# What speaks against an answer


def test_what_is_objected_to_is_in_doubt_and_says_why() -> None:
    along = steps("-2-0-5-", 0.999)
    plain = answered(spelled("205", 0.999), along)
    against = [Objection.HIDDEN, Objection.SOLID, Objection.HIDDEN]
    line = answered(spelled("205", 0.999), along, against)
    assert (plain.text, plain.objections, plain.is_in_doubt) == ("205", (), False)
    assert (line.text, line.guess, line.is_in_doubt) == ("???", "205", True)
    assert line.objections == (Objection.HIDDEN, Objection.SOLID)
    assert line.confidence < 0.5 < plain.confidence
    check_laws(line)


def test_who_never_wants_doubt_has_none_for_objections_either() -> None:
    against = [Objection.HIDDEN]
    line = answered(spelled("205"), steps("-2-0-5-", 0.999), against, one_wrong_in=1)
    assert (line.text, line.is_in_doubt) == ("205", False)


# What is known in advance


def test_what_is_known_decides_between_the_proposals() -> None:
    along = np.exp(steps("-2-0-5-", 0.99))
    along[5] = 0.001
    along[5, 5], along[5, 6] = 0.7, 0.291
    plain = answered(spelled("205"), np.log(along))
    known = answered(spelled("205"), np.log(along), pattern="##6")
    assert (plain.guess, plain.note) == ("205", "")
    assert known.guess == "206"
    assert "205" in known.note
    assert known.by_segments == known.by_line == "205"
    check_laws(known)


def test_what_is_plainly_written_stays_and_the_note_says_why_it_does_not_fit() -> None:
    line = answered(spelled("20", 0.999), steps("-2-0-", 0.9999), length=3)
    assert line.guess == "20"
    assert line.note == "3 digits were expected, 2 are written."
    check_laws(line)


def test_what_is_known_finds_a_reading_that_is_not_among_the_first() -> None:
    """Two digits with five likely labels each: 25 readings, the wanted one the last of them."""
    along = np.exp(steps("-0-0-", 0.999))
    along[[1, 3]] = 1e-4
    for step in (1, 3):
        along[step, :5] = [0.25, 0.22, 0.2, 0.18, 0.14]
    lattice = spelled("00", 0.3)
    plain = answered(lattice, np.log(along))
    assert "44" not in {one.text for one in plain.proposals}
    known = answered(lattice, np.log(along), pattern="44")
    assert known.guess == "44"
    assert "00" in known.note
    assert len(known.proposals) <= BEAM + 3
    check_laws(known)


def log_shares(seed: int, count: int) -> LogProbabilities:
    shares = np.random.default_rng(seed).dirichlet(np.full(11, 0.3), count)
    return np.log(shares + 1e-9).astype(np.float32)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 16),
    st.text("0123456789", max_size=5),
    st.sampled_from([1, 2, 200, 1_000_000]),
    st.integers(0, 4),
)
def test_laws_of_any_answer(
    seed: int, count: int, by_segments: str, one_wrong_in: int, length: int
) -> None:
    along = log_shares(seed, count)
    lattice = spelled(by_segments, 0.5)
    line = answered(lattice, along, one_wrong_in=one_wrong_in, length=length)
    assert line.by_segments == by_segments
    assert len(line.proposals) <= BEAM + 3
    assert not line.note or line.note.endswith(".")
    assert not line.note or length
    check_laws(line)


# Boxes in the source


@pytest.mark.parametrize(
    ("to_source", "wanted"),
    [
        pytest.param(LEVEL, (3, 2, 6, 4), id="the same frame"),
        pytest.param(LEVEL * 4, (12, 8, 24, 16), id="scaled"),
        pytest.param(LEVEL * 1.5, (4, 3, 9, 6), id="half pixels are taken in"),
        pytest.param(np.array([[1, 0, 10], [0, 1, 5.5]]), (13, 7, 16, 10), id="moved"),
        pytest.param(np.array([[0, -1, 20], [1, 0, 0.0]]), (16, 3, 18, 6), id="turned"),
        pytest.param(np.array([[1, 0, -4], [0, 1, -3.0]]), (0, 0, 2, 1), id="over the corner"),
        pytest.param(np.array([[1, 0, 296], [0, 1, 77.0]]), (299, 79, 300, 80), id="at the end"),
        pytest.param(np.array([[1, 0, -900], [0, 1, 900.0]]), (0, 79, 1, 80), id="far outside"),
    ],
)
def test_source_box(to_source: np.ndarray, wanted: tuple[int, ...]) -> None:
    assert source_box(component(3, 2, ".##", "###"), sheet_at(to_source), SIZE_PX) == wanted


def test_a_turned_digit_has_the_box_of_its_ink_not_of_its_boxs_corners() -> None:
    """A slanting stroke, turned by 45 degrees, stands upright and narrow."""
    stroke = Component(Box(0, 0, 40, 40), np.eye(40, dtype=bool))
    turn = np.sqrt(0.5) * np.array([[1, -1, 100], [1, 1, 0.0]])
    box = source_box(stroke, sheet_at(turn), SIZE_PX)
    assert box.width <= 4
    assert box.height == pytest.approx(40 * np.sqrt(2), abs=2)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12), st.floats(0.05, 1))
def test_a_source_box_is_the_smallest_that_holds_the_ink(
    seed: int, height: int, width: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((height, width)) < share
    mask[rng.integers(height), rng.integers(width)] = True
    to_source = np.column_stack([rng.normal(0, 2, (2, 2)), [500, 500]])
    pixels = np.argwhere(mask)[:, ::-1] + (7, 3)
    corners = np.concatenate([pixels + step for step in ((0, 0), (0, 1), (1, 0), (1, 1))])
    mapped = corners @ to_source[:, :2].T + to_source[:, 2]
    where = Component(Box(7, 3, 7 + width, 3 + height), mask)
    found = np.reshape(source_box(where, sheet_at(to_source), (1000, 1000)), (2, 2))
    # Where a side is a whole number, rounding may take in one pixel more.
    assert (found[0] <= np.floor(mapped.min(axis=0) + 1e-6)).all()
    assert (found[1] >= np.ceil(mapped.max(axis=0) - 1e-6)).all()
    assert (found[0] >= np.floor(mapped.min(axis=0) - 1e-6)).all()
    assert (found[1] <= np.ceil(mapped.max(axis=0) + 1e-6)).all()


def test_a_box_without_ink_is_mapped_whole() -> None:
    bare = Component(Box(3, 2, 9, 7), np.zeros((5, 6), bool))
    assert source_box(bare, SHEET, SIZE_PX) == bare.box


@given(
    st.tuples(*[st.integers(-400, 400)] * 2, *[st.integers(1, 60)] * 2),
    st.floats(-np.pi, np.pi),
    st.floats(0.3, 8),
    st.tuples(*[st.integers(1, 400)] * 2),
)
def test_a_source_box_is_never_empty_and_inside_the_picture(
    shape: tuple[int, ...], angle: float, scale: float, size_px: tuple[int, int]
) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle), 7], [np.sin(angle), np.cos(angle), 3]])
    box = source_box(block(*shape), sheet_at(turn), size_px)
    assert 0 <= box.left < box.right <= size_px[0]
    assert 0 <= box.top < box.bottom <= size_px[1]


# Quadrilaterals in the source


def test_a_line_without_digits_has_no_quad() -> None:
    assert answered(spelled(""), steps("-----", 0.999)).quad is None
    assert source_quad([], SHEET) is None


def test_a_lines_quad_is_around_all_its_digits() -> None:
    lattice = spelled("205")
    line = answered(lattice, steps("-2-0-5-"))
    boxes = [piece.component.box for piece in lattice.pieces]
    (left, top), (right, bottom) = boxes[0][:2], boxes[-1][2:]
    assert line.quad == ((left, top), (right, top), (right, bottom), (left, bottom))


@pytest.mark.parametrize(
    ("to_source", "wanted"),
    [
        pytest.param(LEVEL, ((3, 2), (9, 2), (9, 6), (3, 6)), id="the same frame"),
        pytest.param(LEVEL * 1.5, ((4.5, 3), (13.5, 3), (13.5, 9), (4.5, 9)), id="scaled"),
        pytest.param(
            np.array([[0, -1, 20], [1, 0, 0.0]]), ((18, 3), (18, 9), (14, 9), (14, 3)), id="turned"
        ),
        pytest.param(
            np.array([[-1, 0, 20], [0, -1, 20.0]]),
            ((17, 18), (11, 18), (11, 14), (17, 14)),
            id="upside down",
        ),
        pytest.param(
            np.array([[1, 0, -5], [0, 1, 900.0]]),
            ((-2, 902), (4, 902), (4, 906), (-2, 906)),
            id="beyond the picture",
        ),
    ],
)
def test_source_quad(to_source: np.ndarray, wanted: tuple[tuple[float, float], ...]) -> None:
    digits = [component(3, 2, ".##", "###"), block(8, 4, 1, 2)]
    assert source_quad(digits, sheet_at(to_source)) == wanted


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 250)] * 2, *[st.integers(1, 60)] * 2), min_size=1, max_size=5
    ),
    st.floats(-np.pi, np.pi),
    st.floats(0.1, 8),
    st.tuples(*[st.floats(-500, 500)] * 2),
)
def test_a_quad_is_a_rectangle_that_touches_the_digits_on_every_side(
    shapes: list[tuple[int, ...]], angle: float, scale: float, shift: tuple[float, float]
) -> None:
    way = np.array([np.cos(angle), np.sin(angle)])
    down = np.array([-way[1], way[0]])
    digits = [block(*shape) for shape in shapes]
    quad = np.array(
        source_quad(digits, sheet_at(np.column_stack([scale * way, scale * down, shift])))
    )
    # Clockwise from the writing's upper left: along it, down, back and up again.
    right, below = (quad[1] - quad[0]) @ way, (quad[3] - quad[0]) @ down
    assert min(right, below) > 0
    assert quad == pytest.approx(
        quad[0] + np.array([0 * way, right * way, right * way + below * down, below * down]),
        abs=1e-6 * (1 + scale * 300),
    )
    corners = np.array([(side, top) for one in digits for side, top in (one.box[:2], one.box[2:])])
    back = (quad - shift) @ np.column_stack([way, down]) / scale
    assert back[0] == pytest.approx(corners.min(axis=0), abs=1e-6)
    assert back[2] == pytest.approx(corners.max(axis=0), abs=1e-6)
