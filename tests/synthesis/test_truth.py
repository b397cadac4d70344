"""The truth about a painted scene fits its picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.geometry import Box
from synthesis.hands.inked_line import Placed
from synthesis.hands.pens import Recorded, Signs
from synthesis.hands.strokes import draw_digit, random_hand
from synthesis.hands.studio import make_studio
from synthesis.parts.warps import Bow, Chain, Fold, Lens, Perspective, Points, Warp, sources
from synthesis.scenes.painter import KINDS, paint
from synthesis.scenes.surface import Patch, Surface, laid_on, patch, put, turned, warped
from synthesis.scenes.truth import Number, Scene, inked, numbers

STUDIO = make_studio([], {})
SMALL = 180, 240
scenes = st.builds(
    lambda seed, kind: paint(seed, STUDIO, SMALL, kind),
    st.integers(0, 2**32),
    st.sampled_from(sorted(KINDS)),
)


def within(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left < inner.right <= outer.right
        and outer.top <= inner.top < inner.bottom <= outer.bottom
    )


def area(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)


def block(left: int, top: int, width: int, height: int, digit: str) -> Placed:
    """A sign that fills its box."""
    return Placed(left, top, np.full((height, width), 255, np.uint8), digit)


def page(*rows: Patch, size: tuple[int, int] = (120, 200), level: float = 0.9) -> Surface:
    """A page with patches from the top down."""
    surface = Surface(np.full(size, level, np.float32))
    y = 10
    for one in rows:
        assert put(surface, one, 20, y, 0.1, np.asarray(one.ink / np.float32(255), np.float32))
        y += one.size_px[0] + 6
    return surface


def found(surface: Surface) -> tuple[Number, ...]:
    return numbers(inked(surface.ink, surface.owner), surface.written)


@settings(max_examples=25, deadline=None)
@given(scenes)
def test_boxes_are_tight_around_the_ink_of_their_digits(scene: Scene) -> None:
    height, width = SMALL
    assert scene.gray.shape == scene.mask.shape == SMALL
    assert scene.gray.dtype == np.uint8
    outside = scene.mask.copy()
    for number in scene.numbers:
        assert number.text
        assert number.text == "".join(digit.label for digit in number.digits)
        assert set(number.text) <= set("0123456789")
        assert number.digit_height_px > 0
        for digit in number.digits:
            assert within(digit.box, number.box)
            assert within(digit.box, Box(0, 0, width, height))
            ink = scene.mask[area(digit.box)]
            # Each side of a tight box has ink on it.
            assert ink[0].any()
            assert ink[-1].any()
            assert ink[:, 0].any()
            assert ink[:, -1].any()
            outside[area(digit.box)] = False
        boxes = np.array([digit.box for digit in number.digits])
        hull = *boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)
        assert tuple(number.box) == hull
    assert not outside.any()


@settings(max_examples=15, deadline=None)
@given(scenes)
def test_a_quad_is_tight_around_its_number(scene: Scene) -> None:
    rows, columns = np.indices(SMALL, np.float32) + 0.5
    for number in scene.numbers:
        along, down = number.quad[1] - number.quad[0], number.quad[3] - number.quad[0]
        assert abs(np.dot(along, down)) < 0.01 * np.linalg.norm(along) * np.linalg.norm(down) + 0.1
        tilt = np.rad2deg(np.arctan2(along[1], along[0]))
        assert tilt == pytest.approx(number.tilt_deg, abs=0.5)
        lone = np.zeros(SMALL, np.bool_)
        for digit in number.digits:
            lone[area(digit.box)] = scene.mask[area(digit.box)]
        for side, reach in ((along, np.linalg.norm(along)), (down, np.linalg.norm(down))):
            way = side / reach
            at = (columns - number.quad[0][0]) * way[0] + (rows - number.quad[0][1]) * way[1]
            inside = at[lone]
            # A neighbour's ink may reach into a digit's box, so that only this holds of all.
            assert inside.min() < 1.5
            assert inside.max() > reach - 1.5


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_same_seed_paints_the_same_scene(kind: str) -> None:
    one, same = (paint((4, 2), STUDIO, SMALL, kind) for _ in range(2))
    assert one.kind == kind
    assert np.array_equal(one.gray, same.gray)
    assert np.array_equal(one.mask, same.mask)
    assert [n.digits for n in one.numbers] == [n.digits for n in same.numbers]
    assert not np.array_equal(one.gray, paint((4, 3), STUDIO, SMALL, kind).gray)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"nothing"}))
def test_a_kind_with_numbers_shows_some(kind: str) -> None:
    assert sum(bool(paint(seed, STUDIO, SMALL, kind).numbers) for seed in range(8)) >= 4


def test_a_scene_with_no_number_has_an_empty_truth() -> None:
    for seed in range(40):
        scene = paint(seed, STUDIO, SMALL, "nothing")
        assert not scene.numbers
        assert not scene.mask.any()
        assert np.ptp(scene.gray) > 3


def test_every_kind_comes_and_an_unknown_one_does_not() -> None:
    assert {paint(seed, STUDIO, (40, 60)).kind for seed in range(100)} == set(KINDS)
    with pytest.raises(KeyError):
        paint(0, STUDIO, kind="tapestry")


def test_ink_is_as_dark_or_light_as_the_truth_says() -> None:
    agree = []
    for seed in range(36):
        scene = paint(seed, STUDIO, SMALL)
        levels = scene.gray.astype(float)
        if scene.kind == "scan":
            continue
        for number in scene.numbers:
            window, ink = levels[area(number.box)], scene.mask[area(number.box)]
            paper = window[~cv2.dilate(ink.astype(np.uint8), np.ones((3, 3))).astype(bool)]
            if paper.size > 20:
                agree.append((window[ink].mean() < np.median(paper)) == number.ink_is_dark)
    assert len(agree) > 30
    assert np.mean(agree) > 0.95


def test_other_hands_write_too() -> None:
    rng = np.random.default_rng(0)
    signs: Signs = {
        str(label): [draw_digit(rng, label, random_hand(rng)) for _ in range(3)]
        for label in range(10)
    }
    recorded = make_studio([], {"pendigits": Recorded(signs, [])})
    shown = [paint(seed, recorded, SMALL, "note") for seed in range(6)]
    assert any(scene.numbers for scene in shown)
    plain = [paint(seed, STUDIO, SMALL, "note") for seed in range(6)]
    assert any(not np.array_equal(a.mask, b.mask) for a, b in zip(shown, plain, strict=True))


def test_signs_that_are_no_digits_are_ink_and_not_in_the_mask() -> None:
    dash = block(14, 28, 8, 3, "")
    one = patch([block(0, 20, 10, 20, "4"), dash, block(26, 20, 10, 20, "1")], 40)
    surface = page(one)
    (number,) = found(surface)
    assert number.text == "41"
    assert [tuple(digit.box) for digit in number.digits] == [(22, 12, 32, 32), (48, 12, 58, 32)]
    assert tuple(number.box) == (22, 12, 58, 32)
    assert np.allclose(number.quad, [(22, 12), (58, 12), (58, 32), (22, 32)])
    assert (number.tilt_deg, number.digit_height_px, number.ink_is_dark) == (0, 20, True)
    assert surface.levels[21, 40] == pytest.approx(0.1)
    assert not inked(surface.ink, surface.owner)[21, 40].any()


def test_digits_that_overlap_keep_all_of_their_ink() -> None:
    one = patch([block(0, 0, 12, 20, "8"), block(9, 0, 12, 20, "0"), block(18, 0, 12, 20, "8")], 20)
    (number,) = found(page(one))
    assert [digit.box.width for digit in number.digits] == [12, 12, 12]


def test_writing_may_touch_writing_and_never_crosses_it() -> None:
    one = patch([block(0, 0, 12, 20, "8")], 20)
    surface = page(one)
    look = np.asarray(one.ink / np.float32(255), np.float32)
    assert not put(surface, one, 25, 15, 0.1, look)
    assert put(surface, one, 60, 15, 0.1, look)
    tall = patch([block(0, 0, 12, 40, "1")], 40)
    look = np.asarray(tall.ink / np.float32(255), np.float32)
    assert not put(surface, tall, 60, 33, 0.1, look)  # two of its forty rows
    assert put(surface, tall, 60, 34, 0.1, look)  # one
    look = np.asarray(one.ink / np.float32(255), np.float32)
    assert not put(surface, one, 400, 15, 0.1, look)
    assert len(found(surface)) == 3


def test_what_is_cut_off_is_not_whole() -> None:
    one = patch([block(0, 0, 12, 20, "8"), block(20, 0, 12, 20, "3")], 20)
    surface = Surface(np.full((60, 60), 0.9, np.float32))
    look = np.asarray(one.ink / np.float32(255), np.float32)
    put(surface, one, 30, 10, 0.1, look)
    (number,) = found(surface)
    assert (number.text, number.is_whole) == ("83", False)
    beyond = Surface(np.full((60, 48), 0.9, np.float32))
    put(beyond, one, 30, 10, 0.1, look)
    (number,) = found(beyond)
    assert (number.text, number.is_whole) == ("8", False)
    (number,) = found(page(one))
    assert number.is_whole


@pytest.mark.parametrize("tilt_deg", [-30.0, -4.0, 12.0, 45.0])
def test_a_turned_number_has_its_tilt_and_keeps_its_height(tilt_deg: float) -> None:
    straight = patch([block(30 * i, 0, 20, 40, "5") for i in range(4)], 40)
    (number,) = found(page(turned(straight, tilt_deg), size=(220, 260)))
    assert number.tilt_deg == pytest.approx(tilt_deg, abs=0.5)
    assert number.digit_height_px == pytest.approx(40, abs=1.6)
    assert np.linalg.norm(number.quad[1] - number.quad[0]) == pytest.approx(110, abs=2)


CORNERS = np.array([(0, 0), (199, 0), (199, 119), (0, 119)], float)
ASKEW = np.array([(9, 4), (-12, 0), (0, -7), (5, 3)])
WARPS: dict[str, Warp] = {
    "perspective": Perspective.between(CORNERS, CORNERS + ASKEW),
    "bow": Bow(5.0, 150.0, 0.4),
    "fold": Fold((90.0, 60.0), 8.0, 0.85, 0.05),
    "lens": Lens((99.5, 59.5), 116.0, 0.12),
}
WARPS["all of them"] = Chain([WARPS["fold"], WARPS["bow"], WARPS["lens"], WARPS["perspective"]])


@pytest.mark.parametrize("warp", WARPS.values(), ids=WARPS)
def test_a_warp_and_its_way_back_meet(warp: Warp) -> None:
    grid: Points = np.argwhere(np.ones((20, 12))).astype(float) * (10.5, 10.9)
    there = warp.to_picture(grid)
    assert np.abs(there - grid).max() > 2
    assert np.abs(warp.to_page(there) - grid).max() < 0.01


@pytest.mark.parametrize("warp", WARPS.values(), ids=WARPS)
def test_truth_is_warped_as_the_ink_is(warp: Warp) -> None:
    rows = [patch([block(24 * i, 0, 14, 30, str(i + 3)) for i in range(6)], 30) for _ in range(2)]
    surface = page(*rows)
    seen, cover = warped(surface, warp, surface.size_px)
    assert sources(warp, surface.size_px).shape == (120, 200, 2)
    mask = inked(seen.ink, seen.owner).any(axis=2)
    drawn = (seen.levels < 0.5) & (cover > 0.9)
    # Half a pixel of soft edge apart, what is dark is the ink that the truth knows.
    assert (mask & drawn).sum() > 0.97 * drawn.sum()
    core = cv2.erode(np.asarray(mask, np.uint8), np.ones((3, 3)))
    assert drawn[np.asarray(core) > 0].all()
    before, after = found(surface), found(seen)
    assert [one.text for one in after] == [one.text for one in before] == ["345678"] * 2
    for old, new in zip(before, after, strict=True):
        ends = warp.to_picture(np.array([one.box.center_xy for one in old.digits]) - 0.5) + 0.5
        assert np.abs(ends - [one.box.center_xy for one in new.digits]).max() < 2.5
        level = ends[-1] - ends[0]
        assert new.tilt_deg == pytest.approx(np.rad2deg(np.arctan2(level[1], level[0])), abs=3)


def test_a_page_on_a_page_hides_what_is_below() -> None:
    one = patch([block(0, 0, 12, 20, "8"), block(40, 0, 12, 20, "3")], 20)
    ground, sheet = page(one), page(patch([block(0, 0, 12, 20, "7")], 20))
    cover = np.zeros(ground.size_px, np.float32)
    cover[:, :45] = 1
    below, above = found(laid_on(ground, sheet, cover))
    assert (below.text, below.is_whole) == ("3", False)
    assert (above.text, above.is_whole) == ("7", True)


def test_a_negative_is_the_same_scene_in_other_ink() -> None:
    scene = paint(1, STUDIO, SMALL, "note")
    turned_over = scene.negative()
    assert (turned_over.gray.astype(int) + scene.gray == 255).all()
    assert [one.ink_is_dark for one in turned_over.numbers] == [
        not one.ink_is_dark for one in scene.numbers
    ]
    assert [one.text for one in turned_over.numbers] == [one.text for one in scene.numbers]


@pytest.mark.parametrize("size_px", [(24, 24), (26, 128), (64, 160)])
def test_a_tiny_picture_can_be_painted(size_px: tuple[int, int]) -> None:
    for seed in range(12):
        for kind in sorted(KINDS):
            assert paint((seed, 5), STUDIO, size_px, kind).gray.shape == size_px
