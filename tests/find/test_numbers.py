"""The finder's maps, drawn by hand -> the numbers that stand there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st

from digitocr.find.cores import LEVELS, SURE
from digitocr.find.numbers import MOST_SHEET, find_numbers
from digitocr.found import FinderMaps, Finding, FoundLine
from digitocr.settings import Settings
from digitocr.types import Gray

CELL_PX = 4
SIZE = 320, 480  # px that the network saw, height and width
PAPER = 16.0  # the map of heights where nothing is written


@dataclass(frozen=True)
class Core:
    """A number's core as the finder is trained to see it; px of the picture that it saw."""

    x: float  # of its middle
    y: float
    length_px: float
    height_px: float = 32  # of a digit; the core is half as thick
    tilt_deg: float = 0
    dark: float = 1
    score: float = 1


def maps_of(*cores: Core, shape: tuple[int, int] = SIZE) -> FinderMaps:
    rows, columns = (np.indices((shape[0] // CELL_PX, shape[1] // CELL_PX)) + 0.5) * CELL_PX - 0.5
    core, dark = np.zeros(rows.shape, np.float32), np.full(rows.shape, 0.5, np.float32)
    height_px = np.full(rows.shape, PAPER, np.float32)
    for one in cores:
        tilt = np.radians(one.tilt_deg)
        along = (columns - one.x) * np.cos(tilt) + (rows - one.y) * np.sin(tilt)
        across = (rows - one.y) * np.cos(tilt) - (columns - one.x) * np.sin(tilt)
        inside = (abs(along) <= one.length_px / 2) & (abs(across) <= one.height_px / 4)
        core[inside], dark[inside], height_px[inside] = one.score, one.dark, one.height_px
    return FinderMaps(np.full(shape, 200, np.uint8), core, dark, height_px, CELL_PX)


def blank(shape: tuple[int, int]) -> Gray:
    return np.full(shape, 200, np.uint8)


def found(*cores: Core, scale: float = 1, **chosen: object) -> Finding:
    shape = round(SIZE[0] * scale), round(SIZE[1] * scale)
    return find_numbers(maps_of(*cores), blank(shape), Settings(**chosen))  # type: ignore[arg-type]


def lines(*cores: Core, scale: float = 1, **chosen: object) -> tuple[FoundLine, ...]:
    return found(*cores, scale=scale, **chosen).lines


def places(lines: tuple[FoundLine, ...]) -> list[tuple[int, int]]:
    """Where their middles are, in tens of px."""
    return [(round(one.middle[0] / 10), round(one.middle[1] / 10)) for one in lines]


def test_bare_maps_have_no_number() -> None:
    finding = found()
    assert finding.lines == finding.left_out == ()


@pytest.mark.parametrize("scale", [0.5, 1, 3])
@pytest.mark.parametrize("tilt_deg", [-40, -15, -3, 0, 3, 15, 40])
def test_one_core(tilt_deg: float, scale: float) -> None:
    core = Core(238, 161, 160, tilt_deg=tilt_deg)
    (line,) = lines(core, scale=scale)
    rises = abs(tilt_deg) > 5  # else by less than a digit's body: it is taken for level
    assert line.tilt_deg == pytest.approx(tilt_deg if rises else 0, abs=2)
    assert line.tells_tilt or not rises
    # From the middle of a pixel to that of another, of the picture in its own size.
    middle = (np.array([core.x, core.y]) + 0.5) * scale - 0.5
    assert line.middle == pytest.approx(middle, abs=CELL_PX * scale / 2)
    assert line.length_px == pytest.approx(160 * scale, abs=2 * CELL_PX * scale)
    assert line.digit_height_px == pytest.approx(32 * scale, rel=0.01)
    assert line.ink_is_dark
    assert line.score == pytest.approx(1, abs=0.03)


def test_a_picture_may_be_shrunk_a_little_more_one_way() -> None:
    finding = find_numbers(maps_of(Core(240, 160, 160)), blank((640, 1000)), Settings())
    (line,) = finding.lines
    assert line.middle == pytest.approx((240.5 * 1000 / 480 - 0.5, 320.5), abs=5)
    assert line.length_px == pytest.approx(160 * 1000 / 480, abs=20)


@pytest.mark.parametrize(("limit_deg", "tilt_deg"), [(0, 0), (8, 0), (12, 10), (45, 10)])
def test_writing_is_levelled_no_further_than_asked(limit_deg: float, tilt_deg: float) -> None:
    (line,) = lines(Core(240, 160, 200, tilt_deg=10), max_skew_deg=limit_deg)
    assert line.tilt_deg == pytest.approx(tilt_deg, abs=1.5)
    assert line.tells_tilt == (tilt_deg != 0)
    assert line.middle == pytest.approx((240, 160), abs=4)


def test_no_tilt_is_taken_from_others_beyond_the_limit() -> None:
    short, long = Core(60, 60, 20), Core(240, 200, 200, tilt_deg=20)
    assert {one.tilt_deg for one in lines(short, long, max_skew_deg=10)} == {0}


def test_a_short_core_does_not_tell_its_tilt() -> None:
    (line,) = lines(Core(240, 160, 30, tilt_deg=20))
    assert not line.tells_tilt
    assert line.tilt_deg == 0
    assert line.middle == pytest.approx((240, 160), abs=4)


def test_short_numbers_take_the_tilt_of_the_long_ones() -> None:
    long, longer = Core(150, 60, 120, tilt_deg=14), Core(240, 140, 240, tilt_deg=20)
    found_lines = lines(long, longer, Core(240, 280, 20))
    tilts = [one.tilt_deg for one in found_lines]
    assert tilts == pytest.approx([14, 20, 20], abs=2)
    assert tilts[2] == pytest.approx(tilts[1])
    assert found_lines[2].middle == pytest.approx((240, 280), abs=4)


def test_a_long_level_number_stays_level_beside_a_tilted_one() -> None:
    level, tilted = Core(240, 40, 400), Core(240, 180, 200, tilt_deg=20)
    tilts = [one.tilt_deg for one in lines(level, tilted)]
    assert tilts == pytest.approx([0, 20], abs=2)


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        pytest.param(Core(130, 160, 120), Core(278, 160, 120), 1, id="a wide gap in a number"),
        pytest.param(Core(130, 160, 120), Core(290, 160, 120), 2, id="two columns"),
        pytest.param(Core(130, 160, 120), Core(280, 168, 120), 1, id="a little lower"),
        pytest.param(Core(130, 160, 120), Core(280, 184, 120), 2, id="another line"),
        pytest.param(Core(130, 160, 120), Core(280, 160, 120, 24), 1, id="a little smaller"),
        pytest.param(Core(130, 160, 120), Core(280, 160, 120, 16), 2, id="far smaller"),
        pytest.param(Core(130, 160, 120), Core(280, 160, 120, dark=0), 2, id="other ink"),
        pytest.param(Core(130, 160, 120), Core(210, 160, 16), 1, id="a last digit"),
        pytest.param(Core(130, 160, 16), Core(210, 160, 120), 1, id="a first digit"),
        pytest.param(Core(130, 160, 16), Core(170, 160, 16), 1, id="two digits"),
        pytest.param(Core(130, 100, 120), Core(130, 160, 120), 2, id="one below the other"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_cores_of_one_number_are_joined(
    first: Core, second: Core, count: int, swapped: bool
) -> None:
    assert len(lines(*((second, first) if swapped else (first, second)))) == count


@pytest.mark.parametrize("tilt_deg", [-20, 0, 20])
def test_joined_cores_reach_from_end_to_end(tilt_deg: float) -> None:
    way = np.array([np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))])
    middle = np.array([240, 160])
    cores = [
        Core(240 + step * way[0], 160 + step * way[1], 120, height_px, tilt_deg, score=score)
        for step, height_px, score in ((-72, 32, 0.7), (72, 28, 0.9))
    ]
    (line,) = lines(*cores)
    assert line.start == pytest.approx(middle - 132 * way, abs=6)
    assert line.stop == pytest.approx(middle + 132 * way, abs=6)
    assert line.digit_height_px == pytest.approx(30, abs=1)
    assert line.score == pytest.approx(0.9, abs=0.03)
    assert line.tilt_deg == pytest.approx(tilt_deg, abs=2)


@pytest.mark.parametrize(
    ("chosen", "dark", "ink_is_dark"),
    [
        *(("auto", dark, dark >= 0.5) for dark in (0.0, 0.4, 0.6, 1.0)),
        *(("dark", dark, True) for dark in (0.0, 1.0)),
        *(("light", dark, False) for dark in (0.0, 1.0)),
    ],
)
def test_the_users_polarity_is_not_overruled(chosen: str, dark: float, ink_is_dark: bool) -> None:
    (line,) = lines(Core(240, 160, 160, dark=dark), polarity=chosen)
    assert line.ink_is_dark is ink_is_dark


def test_the_order_of_reading() -> None:
    """Rows from the top down, each from left to right; the right column stands a little lower."""
    upper, middle, lower = ([Core(100, y, 80), Core(360, y + 8, 120)] for y in (60, 150, 240))
    shuffled = [lower[1], middle[0], upper[1], lower[0], upper[0], middle[1]]
    wanted = [(10, 6), (36, 7), (10, 15), (36, 16), (10, 24), (36, 25)]
    assert places(lines(*shuffled)) == wanted


@pytest.mark.parametrize("tilt_deg", [-10, 10])
def test_a_tilted_row_is_read_along_itself(tilt_deg: float) -> None:
    """Its right number stands far higher, or lower, than its left one."""
    slope = np.tan(np.radians(tilt_deg))
    row = [Core(x, 100 + slope * (x - 240), 100, 24, tilt_deg) for x in (80, 240, 400)]
    below = replace(row[2], y=row[2].y + 60)
    middles = [one.middle[0] for one in lines(below, *row[::-1])]
    assert middles == pytest.approx([80, 240, 400, 400], abs=4)


@pytest.mark.parametrize(
    ("score", "is_found", "is_left_out"),
    [
        (LEVELS[0] - 0.03, False, False),
        (LEVELS[0] + 0.03, False, True),
        (SURE - 0.03, False, True),
        (SURE + 0.03, True, False),
    ],
)
def test_what_is_hardly_a_number_is_left_out(
    score: float, is_found: bool, is_left_out: bool
) -> None:
    finding = found(Core(120, 80, 120), Core(300, 240, 120, score=score))
    assert len(finding.lines) == 1 + is_found
    assert [one.score for one in finding.left_out] == [pytest.approx(score, abs=0.01)] * is_left_out


def test_a_sure_place_alone_is_no_number() -> None:
    maps = maps_of(Core(240, 160, 160, score=LEVELS[0] + 0.03))
    maps.core[40, 60] = 0.9
    finding = find_numbers(maps, blank(SIZE), Settings())
    assert finding.lines == ()
    assert [one.score for one in finding.left_out] == [pytest.approx(LEVELS[0] + 0.03, abs=0.02)]


def test_of_too_many_the_surest_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = 896, 896
    assert MOST_SHEET > 1000
    monkeypatch.setattr("digitocr.find.numbers.MOST_SHEET", 400 * 3.0)
    cores = [
        Core(20 + 40 * (number % 22), 16 + 32 * (number // 22), 12, 12, score=0.7 + number / 2000)
        for number in range(460)
    ]
    finding = find_numbers(maps_of(*cores, shape=shape), blank(shape), Settings())
    assert len(finding.lines) == 400
    assert len(finding.left_out) == 60
    assert max(one.score for one in finding.left_out) < min(one.score for one in finding.lines)


def test_a_rising_row_is_read_from_left_to_right() -> None:
    row = [Core(60 + 120 * place, 160 - 9 * place, 40) for place in range(4)]
    assert [place[0] for place in places(lines(*row))] == [6, 18, 30, 42]


@checks(max_examples=40, deadline=None)
@given(
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(st.integers(-4, 4), min_size=12, max_size=12),
    st.sampled_from([1.0, 2.5]),
)
def test_every_number_of_a_table_is_found_once_and_in_order(
    are_there: list[bool], steps: list[int], scale: float
) -> None:
    cores = [
        Core(90 + 150 * (number % 3), 50 + 72 * (number // 3) + step, 72, 24)
        for number, (is_there, step) in enumerate(zip(are_there, steps, strict=True))
        if is_there
    ]
    finding = found(*cores, scale=scale)
    assert finding.left_out == ()
    assert len(finding.lines) == len(cores)
    for line, core in zip(finding.lines, cores, strict=True):
        assert line.middle == pytest.approx(np.array([core.x, core.y]) * scale, abs=5 * scale)


def test_a_number_may_be_cut_by_the_edge() -> None:
    assert len(lines(Core(240, 6, 200))) == 1


def test_numbers_of_all_sizes_are_found() -> None:
    sizes = [12, 32, 120]
    seen = lines(*(Core(240, y, 160, high) for y, high in zip((20, 70, 200), sizes, strict=True)))
    assert [round(one.digit_height_px) for one in seen] == sizes


def test_numbers_that_a_faint_giant_swallows_are_found() -> None:
    """The gaps between three rows of cards pass for a giant, whose core covers the middle row."""
    giant = Core(240, 160, 400, 280, score=0.45)
    cards = [Core(x, y, 60, 30) for y in (50, 160, 270) for x in (80, 240, 400)]
    assert len(lines(giant, *cards)) == len(cards)
