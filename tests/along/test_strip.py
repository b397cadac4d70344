"""The strip of a line: what is cut out, and that light, polarity and size leave it alike."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawings import block, one_row, paper, write
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.along.strip import (
    FAINTEST,
    NO_WRITING,
    STRIP_PX,
    USUAL_SLANT,
    WIDE,
    Surroundings,
    cut_out,
    strip,
    strip_box,
    upright,
)
from digitocr.find.components import Found, find_components
from digitocr.find.segment import segment
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, Gray, Strip, TextLine

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.tuples(st.integers(1, 90), st.integers(1, 300))


def tight(text: str, value: int = 40, height_px: int = 60) -> Gray:
    """A line of dark digits on white with a narrow margin."""
    sheet = paper(80 + 2 * height_px * len(text), 100 + height_px)
    boxes = write(sheet, text, height_px=height_px)
    sheet = np.where(sheet < 128, value, 235).astype(np.uint8)
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return sheet[top - 7 : bottom + 7, boxes[0].left - 15 : boxes[-1].right + 15]


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (32, 32), (60, 200)])
@pytest.mark.parametrize("value", [0, 128, 255])
@pytest.mark.parametrize("ink_is_dark", [True, False])
def test_bare_paper_is_empty(shape: tuple[int, int], value: int, ink_is_dark: bool) -> None:
    assert not strip(np.full(shape, value, np.uint8), ink_is_dark).any()


@settings(max_examples=80, deadline=None)
@given(SEEDS, SIZES, st.booleans())
def test_a_strip_of_any_picture(seed: int, shape: tuple[int, int], ink_is_dark: bool) -> None:
    gray = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    before = gray.copy()
    found = strip(gray, ink_is_dark)
    assert found.dtype == np.float32
    assert found.shape[0] == STRIP_PX
    assert found.min() >= 0
    assert found.max() <= 1
    assert np.array_equal(gray, before)


@pytest.mark.parametrize(
    ("shape", "width"),
    [
        ((32, 32), 32),
        ((32, 100), 100),
        ((64, 200), 100),
        ((16, 50), 100),
        ((100, 75), 32),
        ((90, 1), 32),
        ((1, 1), 32),
        ((1, 20), 640),
    ],
)
def test_width_follows_the_aspect_and_is_never_less_than_the_height(
    shape: tuple[int, int], width: int
) -> None:
    assert strip(np.full(shape, 200, np.uint8), True).shape == (STRIP_PX, width)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_light_ink_on_dark_is_dark_ink_on_light(seed: int, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    grain = rng.integers(0, 256, shape).astype(np.uint8)
    gray = np.asarray(cv2.GaussianBlur(grain, (0, 0), 1.5), np.uint8)
    # Scaling rounds, and the two may round to either side.
    assert np.abs(strip(gray, True) - strip(255 - gray, False)).max() <= 2.5 / FAINTEST


@pytest.mark.parametrize("text", ["7", "2045", "8675309"])
@pytest.mark.parametrize("height_px", [20, 60, 100])
def test_ink_is_one_and_paper_nought(text: str, height_px: int) -> None:
    gray = tight(text, height_px=height_px)
    found = strip(gray, True)
    wanted = cv2.resize(
        (gray < 128).astype(np.float32), found.shape[::-1], interpolation=cv2.INTER_AREA
    )
    assert found[wanted > 0.99].mean() > 0.95
    assert found[wanted < 0.01].mean() < 0.03


@pytest.mark.parametrize("value", [0, 90, 150, 200])
def test_pale_ink_is_as_dark_as_black(value: int) -> None:
    assert np.abs(strip(tight("2045", value), True) - strip(tight("2045", 20), True)).max() < 0.1


def test_what_is_hardly_darker_than_the_paper_stays_faint() -> None:
    assert 0 < strip(tight("2045", 229), True).max() < 0.5


@pytest.mark.parametrize("ink_is_dark", [True, False])
@pytest.mark.parametrize(("across", "down"), [(-60, 0), (60, 0), (0, -30), (-50, -20), (50, -20)])
def test_a_slope_of_light_is_taken_out(ink_is_dark: bool, across: int, down: int) -> None:
    even = tight("2045") if ink_is_dark else 255 - tight("2045")
    even = np.clip(even, 90, 165)
    height, width = even.shape
    slope = np.linspace(0, across, width) + np.linspace(0, down, height)[:, None]
    shaded = np.rint(even + slope).astype(np.uint8)
    assert np.abs(strip(shaded, ink_is_dark) - strip(even, ink_is_dark)).max() < 0.15


@pytest.mark.parametrize("ink_is_dark", [True, False])
def test_a_lamp_on_one_side_leaves_the_paper_bare(ink_is_dark: bool) -> None:
    even = tight("2045") if ink_is_dark else 255 - tight("2045")
    light = np.linspace(0.5, 1, even.shape[1])
    shaded = strip(np.rint(even * light).astype(np.uint8), ink_is_dark)
    bare = strip(even, ink_is_dark) < 0.02
    assert shaded[bare].mean() < 0.05


# What is cut out


def line(*components: Component, height_px: float = 50) -> TextLine:
    return TextLine(components, height_px)


def mark(
    left: int, top: int, width: int, height: int, reason: DropReason = DropReason.DASH
) -> Dropped:
    return Dropped(block(left, top, width, height), reason)


TWO = line(block(100, 100, 30, 50), block(150, 102, 30, 48))
NOTHING = Surroundings([])
AROUND_TWO = Box(85, 94, 195, 156)  # 0.12 digit heights above, 0.3 beside


@pytest.mark.parametrize(
    ("dropped", "wanted"),
    [
        pytest.param([], AROUND_TWO, id="nothing"),
        pytest.param([mark(200, 120, 20, 5)], (85, 94, 235, 156), id="on the right"),
        pytest.param([mark(70, 120, 20, 5)], (55, 94, 195, 156), id="on the left"),
        pytest.param([mark(135, 120, 10, 5)], AROUND_TWO, id="in between"),
        pytest.param([mark(229, 120, 5, 5)], (85, 94, 249, 156), id="just near enough"),
        pytest.param([mark(230, 120, 20, 5)], AROUND_TWO, id="too far away"),
        pytest.param([mark(200, 30, 10, 20)], AROUND_TWO, id="far above"),
        pytest.param([mark(200, 170, 10, 20)], AROUND_TWO, id="far below"),
        pytest.param([mark(200, 100, 10, 300)], AROUND_TWO, id="mostly below"),
        pytest.param(
            [mark(270, 120, 20, 5), mark(210, 120, 20, 5)], (85, 94, 305, 156), id="one by one"
        ),
        pytest.param(
            [mark(70, 120, 20, 5), mark(200, 120, 20, 5)], (55, 94, 235, 156), id="on both sides"
        ),
    ],
)
def test_marks_that_follow_the_line_are_cut_out_with_it(
    dropped: list[Dropped], wanted: tuple[int, ...]
) -> None:
    assert strip_box(TWO, Surroundings(dropped)) == wanted


@pytest.mark.parametrize("reason", sorted(NO_WRITING, key=str))
def test_what_is_surely_no_digit_is_not(reason: DropReason) -> None:
    assert strip_box(TWO, Surroundings([mark(200, 120, 20, 5, reason)])) == AROUND_TWO


def test_these_are_the_reasons_that_the_lines_give() -> None:
    digits = [block(100 + 50 * number, 100, 30, 50) for number in range(9)]
    odd = [block(60, 180, 540, 2)]
    dropped = segment(Found([], [*digits, *odd], []), one_row((600, 700))).dropped
    # The other is for pages of thousands of shapes.
    assert {one.reason for one in dropped} == NO_WRITING - {DropReason.TOO_MUCH}


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ((AROUND_TWO.left + 3, 60, 2, 200), AROUND_TWO._replace(left=AROUND_TWO.left + 5)),
        ((AROUND_TWO.right - 4, 60, 2, 200), AROUND_TWO._replace(right=AROUND_TWO.right - 4)),
        ((AROUND_TWO.left - 9, 60, 2, 200), AROUND_TWO),
        ((AROUND_TWO.left + 3, 60, 2, 60), AROUND_TWO),  # it ends beside the digits' heads
    ],
    ids=["left", "right", "too far", "too short"],
)
def test_a_rule_beside_the_line_is_left_out(rule: tuple[int, int, int, int], wanted: Box) -> None:
    assert strip_box(TWO, Surroundings([mark(*rule, DropReason.RULE)])) == wanted


def test_a_stray_stroke_is_cut_off() -> None:
    digits = [block(100 + 50 * number, 100, 30, 50) for number in range(3)]
    found = strip_box(line(*digits, block(250, 0, 9, 300)), NOTHING)
    assert (found.top, found.bottom) == (80, 170)  # 0.9 digit heights from the middle
    assert (found.left, found.right) == (85, 274)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 200)] * 2, *[st.integers(1, 80)] * 2), min_size=1, max_size=5
    ),
    st.lists(st.tuples(*[st.integers(-50, 300)] * 2, *[st.integers(1, 80)] * 2), max_size=5),
    st.floats(1, 90),
)
def test_the_box_is_never_empty_and_as_wide_as_its_line(
    shapes: list[tuple[int, ...]], marks: list[tuple[int, ...]], height_px: float
) -> None:
    written_line = line(*(block(*shape) for shape in shapes), height_px=height_px)
    bare = strip_box(written_line, NOTHING)
    assert bare.left <= min(left for left, *_ in shapes)
    assert bare.right >= max(left + width for left, _, width, _ in shapes)
    assert bare.height >= 1
    found = strip_box(
        written_line, Surroundings([Dropped(block(*one), DropReason.DASH) for one in marks])
    )
    assert found.left <= bare.left
    assert found.right >= bare.right
    assert (found.top, found.bottom) == (bare.top, bare.bottom)


def test_a_wider_look_holds_the_close_one() -> None:
    close, wide = strip_box(TWO, NOTHING), strip_box(TWO, NOTHING, WIDE)
    assert wide.left < close.left
    assert wide.top < close.top
    assert wide.right > close.right
    assert wide.bottom > close.bottom


# Slant


def leaning(tangent: float) -> tuple[TextLine, Strip]:
    """Four strokes of a pen that leans so much, as a line and as its strip."""
    field = np.zeros((STRIP_PX, 160), np.uint8)
    for x in (35, 65, 95, 125):
        reach = round(12 * tangent)
        cv2.line(field, (x - reach, 28), (x + reach, 4), 255, 3, cv2.LINE_AA)
    components = find_components(field > 127)[1]
    return line(*components, height_px=24), np.asarray(field / 255, np.float32)


def lean(ready: Strip) -> float:
    """The tangent of the ink's slant, stroke by stroke."""
    moments = [
        cv2.moments(one.mask.astype(np.uint8), True) for one in find_components(ready > 0.5)[1]
    ]
    return float(np.mean([-one["mu11"] / one["mu02"] for one in moments]))


@pytest.mark.parametrize("tangent", [-0.4, -0.1, 0.1, 0.4, 0.8])
def test_slant_is_taken_out(tangent: float) -> None:
    written_line, ready = leaning(tangent)
    assert lean(ready) == pytest.approx(tangent, abs=0.08)
    stood = upright(ready, written_line)
    assert lean(stood) == pytest.approx(USUAL_SLANT, abs=0.08)
    assert stood.shape[0] == STRIP_PX
    assert stood.sum() == pytest.approx(ready.sum(), rel=0.03)  # nothing is cut off
    assert 0 <= stood.min() <= stood.max() <= 1


def test_a_line_without_height_is_left_as_it_is() -> None:
    ready = np.zeros((STRIP_PX, 50), np.float32)
    assert np.array_equal(upright(ready, line(block(0, 0, 9, 1))), ready)


# Cutting out


def test_a_box_inside_is_its_pixels() -> None:
    gray = np.random.default_rng(0).integers(0, 256, (40, 60)).astype(np.uint8)
    assert np.array_equal(cut_out(gray, Box(7, 5, 30, 21)), gray[5:21, 7:30])


@pytest.mark.parametrize(
    "box",
    [(-9, -4, 70, 50), (-9, 5, 20, 20), (50, 30, 75, 49), (0, 0, 60, 40), (-30, 3, -10, 20)],
)
def test_the_edge_goes_on_past_the_picture(box: tuple[int, int, int, int]) -> None:
    gray = np.random.default_rng(0).integers(0, 256, (40, 60)).astype(np.uint8)
    wide = np.pad(gray, 50, mode="edge")
    left, top, right, bottom = np.add(box, 50).tolist()
    assert np.array_equal(cut_out(gray, Box(*box)), wide[top:bottom, left:right])
