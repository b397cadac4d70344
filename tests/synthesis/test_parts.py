"""Each part paints what it says, in small drawings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.hands.studio import make_studio
from synthesis.hands.writers import row
from synthesis.parts import camera, grounds, layers, lettering, lighting, paper, rulings
from synthesis.parts.figures import FIGURES
from synthesis.parts.layers import Field, Size
from synthesis.parts.rulings import Line
from synthesis.parts.things import THINGS, finger, rod
from synthesis.scenes import pages, photos
from synthesis.scenes.surface import Surface, put
from synthesis.scenes.writing import PLAIN, Scribe, number, print_at, spread, words

STUDIO = make_studio([], {})
SIZE = 60, 80


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def canvas() -> np.ndarray:
    return np.zeros(SIZE, np.uint8)


def runs(line: np.ndarray) -> int:
    """How many separate marks there are along a line."""
    return int((np.diff(np.concatenate([[0], line > 100])) > 0).sum())


def test_what_is_laid_covers_by_its_share() -> None:
    half = np.full((2, 3), 0.5, np.float32)
    assert np.allclose(layers.lay(np.ones((2, 3), np.float32), half, 0.2), 0.6)
    white = np.ones((2, 3, 3), np.float32)
    assert np.allclose(layers.lay(white, half, (0, 0.5, 1)), [0.5, 0.75, 1])
    assert np.allclose(layers.light(white, half), 0.5)


@pytest.mark.parametrize(
    ("look", "least", "most"),
    [(Line(), 1, 1), (Line(1, 10, 0.5), 6, 9), (Line(1, 5, 0.25), 12, 16), (Line(3), 1, 1)],
    ids=["solid", "dashed", "dotted", "broad"],
)
def test_lines_are_solid_dashed_or_dotted(look: Line, least: int, most: int) -> None:
    drawn = canvas()
    rulings.ruler(rng(), drawn, [(2, 30), (77, 30)], look)
    assert least <= runs(drawn[30]) <= most
    assert (drawn[29].max() > 200) == (look.width_px == 3)


def test_worn_lines_have_gaps() -> None:
    drawn = canvas()
    rulings.ruler(rng(1), drawn, [(2, 30), (77, 30)], Line(gaps=8))
    assert runs(drawn[30]) > 2


def test_a_table_has_its_lines() -> None:
    for seed in range(6):
        field = rulings.table(rng(seed), SIZE, [10.0, 40.0, 70.0], [10.0, 30.0, 50.0], Line())
        assert (field[[10, 30, 50], 20] > 0.5).all()
        assert field[20, 40] > 0.5
        assert field[20, 25] == field[40, 55] == 0


def test_a_comb_parts_its_digits_and_leaves_them_room() -> None:
    kinds = set()
    at_ends: set[int] = set()
    bars = framed = 0
    for seed in range(96):
        places = [10.0, 25.0, 40.0, 55.0]
        field = rulings.comb(rng(seed), SIZE, places, 10, 40, Line())
        assert not field[14:36, 16:19].any()
        if not field[:, 16:19].any():  # nothing but what parts neighbours, more or less worn
            bars += 1
            inked = np.flatnonzero((field > 0.4).any(axis=1))
            assert inked[0] < 20
            assert inked[-1] > 25
            standing = {x for x in (10, 25, 40, 55) if field[:, x - 5 : x + 6].any()}
            assert {25, 40} & standing
            at_ends |= standing & {10, 55}
            continue
        assert (field[38:42, 16:19] > 0.5).any()
        teeth = [bool(field[row, 22:28].max() > 0.4) for row in (14, 36)]
        closed = bool(field[10, 17] > 0.4)
        if closed and not teeth[1]:  # worn bars in a frame
            framed += 1
            continue
        kinds.add((closed, *teeth))
        assert teeth[1]
    assert kinds == {(False, False, True), (True, False, True), (True, True, True)}
    assert bars
    assert framed
    assert at_ends == {10, 55}


def test_a_frame_is_whole_or_has_lost_sides() -> None:
    sides = set()
    for seed in range(30):
        field = rulings.frame_around(rng(seed), SIZE, (10, 10, 70, 50), Line())
        assert not field[20:40, 20:60].any()
        sides.add(tuple(bool(field[at] > 0.4) for at in ((10, 40), (50, 40), (30, 10), (30, 70))))
    assert (True, True, True, True) in sides
    assert len(sides) > 4


def test_folds_and_crumples_change_the_light_alone() -> None:
    factors = paper.crease(SIZE, (40.0, 30.0), 0.0, 0.2)
    assert factors[10, 5] == pytest.approx(1)
    assert factors[10, 40] < 0.72
    assert factors[10, 45] == pytest.approx(0.8, abs=0.05)
    assert factors[10, 38] > 1.05
    assert paper.crease(SIZE, (40.0, 30.0), 0.0, 0.2, rim=0).max() <= 1
    assert np.ptp(paper.crumples(rng(), SIZE, 0.2)) > 0.1


def test_light_falls_off_to_the_side_it_is_told() -> None:
    for side in range(4):
        factors = lighting.falling(SIZE, 0.25, side)
        assert factors.shape == SIZE
        ends = factors[30, 0], factors[0, 40], factors[30, -1], factors[-1, 40]
        assert ends[side] == pytest.approx(1)
        assert ends[(side + 2) % 4] == pytest.approx(0.25)
    assert lighting.slope(SIZE, 0.3, 0.0)[30, -1] < lighting.slope(SIZE, 0.3, 0.0)[30, 0]


def test_a_band_and_a_glare_lie_where_they_are_told() -> None:
    shade = lighting.band(SIZE, 0.5, 0.25, 0.0, 0.01)
    assert shade[:, 40].min() == 1
    assert not shade[:, [10, 70]].any()
    spot = lighting.glare(SIZE, (0.25, 0.5), 0.2)
    assert int(spot.argmax()) in (29 * 80 + 20, 30 * 80 + 20)
    assert spot[0, -1] < 0.01


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_shadows_and_grounds_and_things_are_in_range(seed: int) -> None:
    fields: list[Field] = [lighting.cast(rng(seed), SIZE), grounds.random_ground(rng(seed), SIZE)]
    for thing in THINGS:
        fields += thing(rng(seed), SIZE)
    for field in fields:
        assert field.shape == SIZE
        assert field.dtype == np.float32
        assert field.min() >= -0.3
        assert field.max() <= 1.3
    assert all(field.min() >= 0 for field in fields[::2])


@pytest.mark.parametrize("thing", THINGS, ids=[thing.__name__ for thing in THINGS])
def test_a_thing_covers_something_and_not_all(thing: Callable[..., tuple[Field, Field]]) -> None:
    shares = [float(thing(rng(seed), (120, 160))[0].mean()) for seed in range(12)]
    assert max(shares) > 0.003
    assert max(shares) < 0.6


def test_a_rod_and_a_finger_lie_where_they_are_told() -> None:
    ends = np.array([[10.0, 30.0], [70.0, 30.0]])
    for is_round in (True, False):
        field = rod(SIZE, ends, 6, is_round)
        assert field[28:32, 15:65].min() == 1
        assert not field[:24].any()
    tip = finger(SIZE, (0.0, 30.0), 10, 2.0)
    assert tip[30, 15] == 1
    assert not tip[30, 25:].any()
    assert not tip[45:].any()


def test_what_lies_on_a_table() -> None:
    table, sheet = np.full(SIZE, 50, np.float32), np.full(SIZE, 200, np.float32)
    lying = grounds.turned_on(table, sheet, (20, 15, 60, 45), 0.0)
    assert (lying[16:44, 21:59] == 200).all()
    assert (lying[:14] == 50).all()
    turned = grounds.turned_on(table, sheet, (20, 15, 60, 45), 20.0)
    assert turned[24, 57] == 200  # clockwise: the right end goes down
    assert turned[17, 57] == 50
    assert (grounds.turned_on(table, sheet, (0, 0, 80, 60), 10.0) == 200).all()
    assert set(np.unique(grounds.checks(SIZE, 10))) == {-0.5, 0.5}


def test_a_camera_makes_pictures_coarse_and_soft() -> None:
    sharp: Field = np.asarray(np.indices(SIZE).sum(axis=0) % 2, np.float32)
    assert camera.coarse(sharp, 0.3).shape == SIZE
    assert np.ptp(camera.coarse(sharp, 0.3)) < 0.5
    assert camera.photograph(rng(), sharp, 1.5, 0.0).std() < 0.1
    assert camera.photograph(rng(), np.full(SIZE, 0.5, np.float32), 0.5, 0.02).std() > 0.01
    step = np.full(SIZE, 200, np.uint8)
    step[:, 41:] = 40
    assert 3 < np.abs(camera.jpeg(step, 20).astype(int) - step).max() < 200


@pytest.mark.parametrize("screen", [camera.diffused, camera.ordered])
def test_a_screen_has_as_many_dots_as_the_paper_is_dark(screen: Callable[..., np.ndarray]) -> None:
    for level in (0.0, 0.25, 0.7, 1.0):
        assert screen(np.full(SIZE, level, np.float32)).mean() == pytest.approx(1 - level, abs=0.06)


def test_scans_have_two_levels_and_keep_the_writing() -> None:
    picture = np.full(SIZE, 0.97, np.float32)
    picture[20:40, 30:36] = 0.1
    for seed in range(30):
        shown = camera.two_level(rng(seed), picture)
        assert set(np.unique(shown)) <= {0.0, 1.0}
        assert shown[22:38, 31:35].mean() < 0.35
        assert shown[:15].mean() > 0.6


def test_figures_are_pictures() -> None:
    for figure in FIGURES:
        drawn = figure(rng(1))
        assert drawn.dtype == np.uint8
        assert drawn.shape[2] == 3


def test_print_is_cropped_to_its_ink() -> None:
    field = lettering.line_of_print(rng(), "Total", 20)
    assert 8 < field.shape[0] < 30
    assert field[:, 0].any()
    assert field[0].any()
    phrases = [lettering.phrase(rng(seed)) for seed in range(40)]
    assert all(phrases)
    assert len(set(phrases)) > 30


def test_print_stands_where_there_is_room() -> None:
    surface = Surface(np.ones(SIZE, np.float32))
    field = np.ones((10, 30), np.float32)
    assert print_at(surface, field, 60, 5, 0.2)  # its end is cut off
    assert (surface.levels[5:15, 60:] == np.float32(0.2)).all()
    assert not print_at(surface, field, 50, 10, 0.2)
    assert not print_at(surface, field, 5, 55, 0.2)
    assert (surface.levels[:, :60] == 1).all()
    assert not surface.written


def test_pictures_of_digits_in_a_row() -> None:
    field = row([np.full((10, 5), 255, np.uint8), np.full((40, 20), 255, np.uint8)], 20)
    assert field.shape == (20, 10 + 3 + 10)
    assert field[:, 10:13].max() == 0
    assert field[:, :10].min() == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.floats(8, 90))
def test_numbers_have_the_height_that_was_asked_for(seed: int, height_px: float) -> None:
    scribe = Scribe.anybody(rng(seed), STUDIO)
    one = number(rng(seed), scribe, height_px, 6 * height_px, PLAIN)
    assert set(one.labels) <= set("0123456789")
    assert one.labels
    assert set(np.unique(one.owner)) == set(range(len(one.labels) + 1))
    assert 0.3 * height_px < one.size_px[0] - 4 < 3 * height_px
    assert not ((one.digits.max(axis=2) > 0) & (one.ink == 0)).any()


def test_digits_in_a_comb_stand_in_their_places() -> None:
    scribe = Scribe.anybody(rng(2), STUDIO)
    one = spread(rng(2), scribe, 5, 20, 40)
    assert len(one.labels) == 5
    middles = [np.nonzero(one.owner == index)[1].mean() for index in range(1, 6)]
    assert np.diff(middles) == pytest.approx([40] * 4, abs=14)


def test_words_are_no_numbers() -> None:
    for seed in range(8):
        one = words(rng(seed), Scribe.anybody(rng(seed), STUDIO), 20)
        assert one.ink.any()
        assert not one.labels
        assert not one.digits.any()


def test_bleed_through_is_no_number_of_the_page() -> None:
    surface = Surface(np.full((120, 160), 0.9, np.float32))
    pages.bleed_through(rng(), surface, STUDIO)
    assert np.ptp(surface.levels) > 0.03
    assert not surface.written
    assert not surface.ink.any()


def test_things_are_strewn_beside_the_numbers() -> None:
    size: Size = (120, 160)
    covered = []
    for seed in range(25):
        surface = Surface(np.full(size, 0.9, np.float32))
        one = number(rng(seed), Scribe.anybody(rng(seed), STUDIO), 30, 100, PLAIN)
        put(surface, one, 30, 40, 0.1, np.asarray(one.ink > 100, np.float32))
        before = surface.levels.copy()
        photos.strewn(rng(seed), surface)
        core = one.digits.max(axis=2) > 250
        window = slice(40, 40 + one.size_px[0]), slice(30, 30 + one.size_px[1])
        assert (surface.levels[window][core[:80, :130]] < 0.12).all()
        covered.append(np.abs(surface.levels - before).max() > 0.05)
    assert sum(covered) > 12
