"""What the finder learns from: cores, maps, scenes seen anew, batches; and its training."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.find.finder import MAP_PX, STRIDE, USUAL_PX
from digitocr.geometry import Box
from digitocr.networks.runtime import CELLS, MAPS
from digitocr.types import Gray
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import make_studio
from synthesis.scenes.painter import KINDS, paint
from synthesis.scenes.truth import DigitTruth, Number, Scene
from training import finder_batches, finder_scenes
from training.finder_batches import batches
from training.finder_scenes import (
    FORMATS,
    IGNORED,
    LEAST_LENGTH,
    LEAST_PX,
    NOBODY,
    Format,
    Labelled,
    core,
    labelled,
    resized,
    scene_of,
    seen_anew,
)
from training.line_batches import Recipe
from training.manifest import sha256

STUDIO = make_studio([], {})
RECIPE = Recipe(None, (), None, False, Nuisances(), 3)
SMALL = Format((96, 160), 4, 0.6, 0.2, 0.5, 3.0), Format((64, 64), 8, 0.4, 1.0, 0.5, 1.0)
seeds = st.integers(0, 2**32)
scenes = st.builds(
    lambda seed, kind: paint(seed, STUDIO, (160, 240), kind), seeds, st.sampled_from(sorted(KINDS))
)


def upright(number: Number, points: np.ndarray) -> np.ndarray:
    """Points along the writing and down from it, from the number's corner, in its heights."""
    left_top, right_top, _, left_bottom = number.quad.astype(np.float64)
    along = (right_top - left_top) / np.linalg.norm(right_top - left_top)
    down = (left_bottom - left_top) / np.linalg.norm(left_bottom - left_top)
    height = float(np.linalg.norm(left_bottom - left_top))
    return np.asarray((points - left_top) @ np.column_stack([along, down]) / height)


def test_some_scenes_lie_on_their_side_with_no_number_to_find() -> None:
    before = block(slice(90, 110), slice(60, 190))
    seen = [seen_anew(np.random.default_rng(seed), before, 3.0) for seed in range(200)]
    lying = [one for one in seen if not (one.owners == 1).any()]
    assert 0.05 < len(lying) / len(seen) < 0.16
    for one in lying:
        columns = np.flatnonzero((one.gray > 128).any(axis=0) & (one.gray < 128).any(axis=0))
        assert columns.size


@settings(max_examples=25, deadline=None)
@given(scenes)
def test_a_core_lies_in_its_number_but_for_one_that_is_too_narrow(scene: Scene) -> None:
    for number in scene.numbers:
        wide = float(upright(number, number.quad)[1, 0])
        place = upright(number, core(number))
        assert place[:, 1] == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.01)
        left, right = place[[0, 3], 0], place[[1, 2], 0]
        length = max(LEAST_LENGTH, wide - 0.4)
        assert right - left == pytest.approx([length, length], abs=0.01)
        assert left + right == pytest.approx([wide, wide], abs=0.01)


def alone(number: Number, cells: tuple[int, int]) -> np.ndarray:
    """Where the middles of cells lie well within a number's core."""
    shape = cells[0] * MAP_PX, cells[1] * MAP_PX
    inside = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(core(number)).astype(np.int32)], 1)
    return cv2.erode(inside, np.ones((9, 9), np.uint8))[::MAP_PX, ::MAP_PX] > 0


@settings(max_examples=25, deadline=None)
@given(scenes)
def test_maps_say_of_a_number_what_is_true_of_it(scene: Scene) -> None:
    maps = labelled(scene).maps()
    cells = scene.gray.shape[0] // MAP_PX, scene.gray.shape[1] // MAP_PX
    assert maps.shape == (*cells, 4)
    assert maps.dtype == np.float32
    assert np.isfinite(maps).all()
    assert set(np.unique(maps[..., [0, 1, 3]])) <= {0.0, 1.0}
    quads = np.zeros(scene.gray.shape, np.uint8)
    wide = [np.rint(one.quad).astype(np.int32) for one in scene.numbers]
    for corners in [*wide, *(np.rint(core(one)).astype(np.int32) for one in scene.numbers)]:
        cv2.fillPoly(quads, [corners], 1)
    near = cv2.resize(quads * np.float32(1), cells[::-1], interpolation=cv2.INTER_AREA)
    assert not maps[near == 0][:, 0].any()
    assert maps[near == 0][:, 3].all()
    places = [alone(number, cells) for number in scene.numbers]
    for number, there in zip(scene.numbers, places, strict=True):
        if sum(np.logical_and(there, other).any() for other in places) > 1 or not there.any():
            continue
        if number.digit_height_px < LEAST_PX:
            continue
        inside = maps[there]
        assert inside[:, 0].all()
        assert (inside[:, 1] == number.ink_is_dark).mean() > 0.9
        height = np.median(USUAL_PX * 2 ** inside[:, 2])
        assert height == pytest.approx(number.digit_height_px, rel=1e-3)


def test_a_number_too_small_does_not_count() -> None:
    found = 0
    for seed in range(200):
        scene = paint(seed, STUDIO, (80, 120), "columns")
        one = labelled(scene)
        small = [n for n in scene.numbers if n.digit_height_px < LEAST_PX]
        assert len(one.dark) == len(one.octaves) == len(scene.numbers) - len(small)
        assert bool(small) == bool((one.owners == IGNORED).any())
        found += bool(small)
    assert found


def block(rows: slice, columns: slice) -> Labelled:
    """A number whose core is what is white in the picture, its ink dark on the record."""
    owners = np.full((160, 240), NOBODY, np.uint8)
    owners[rows, columns] = 1
    gray: Gray = np.where(owners > 0, 255, 0).astype(np.uint8)
    return Labelled(gray, owners, np.array([True]), np.array([1.0], np.float32), np.array([False]))


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_seen_anew_truth_and_picture_move_together(seed: int) -> None:
    before = block(slice(50, 110), slice(60, 190))
    after = seen_anew(np.random.default_rng(seed), before, 3.0)
    assert after.gray.shape == after.owners.shape == before.gray.shape
    shown = after.owners != IGNORED
    white = after.gray > (int(after.gray.max()) + int(after.gray.min())) / 2
    core_is_white = bool(after.dark[0])  # a negative has black for white and light for dark ink
    inside = after.owners == 1
    if not inside.any():  # it lies on its side, see below
        return
    agree = (white == core_is_white)[shown] == inside[shown]
    assert agree.mean() > 0.98
    if not inside[[0, -1]].any() and not inside[:, [0, -1]].any():
        scale = np.sqrt(inside.sum() / (before.owners == 1).sum())
        assert after.octaves[0] - before.octaves[0] == pytest.approx(np.log2(scale), abs=0.05)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_seen_anew_the_ink_of_a_painted_number_stays_at_its_core(seed: int) -> None:
    scene = paint(seed, STUDIO, (160, 240), "filled")
    one = labelled(scene)
    white = np.where(scene.mask, 255, 0).astype(np.uint8)
    masked = replace(one, gray=white)
    again = seen_anew(np.random.default_rng(seed), masked, 3.0)
    turned = bool((again.dark != masked.dark).any())
    ink = (again.gray > (int(again.gray.max()) + int(again.gray.min())) / 2) != turned
    for number in range(1, len(one.dark) + 1):
        before, after = masked.owners == number, again.owners == number
        if before.sum() < 400 or after.sum() < 0.4 * before.sum():
            continue
        assert ink[after].mean() == pytest.approx(scene.mask[before].mean(), abs=0.12)


@pytest.mark.parametrize("either_way", [False, True])
def test_of_what_reads_either_way_up_nothing_is_learnt(
    monkeypatch: pytest.MonkeyPatch, either_way: bool
) -> None:
    monkeypatch.setattr(finder_scenes, "TURNED", 1.0)
    one = replace(block(slice(50, 110), slice(60, 190)), either_way=np.array([either_way]))
    again = seen_anew(np.random.default_rng(1), one, 0.0)
    middle = again.owners[70:90, 110:130]
    assert set(middle.ravel()) == {IGNORED if either_way else NOBODY}


@pytest.mark.parametrize(("text", "either_way"), [("1", True), ("8610", True), ("120", False)])
def test_digits_that_are_some_upside_down(text: str, either_way: bool) -> None:
    scene = paint(3, STUDIO, (160, 240), "filled")
    digits = tuple(DigitTruth(label, Box(0, 0, 9, 9)) for label in text)
    (number,) = scene.numbers
    one = labelled(replace(scene, numbers=(replace(number, digits=digits),)))
    assert one.either_way.tolist() == [either_way]


def test_the_same_seed_sees_the_same() -> None:
    one = block(slice(50, 110), slice(60, 190))
    first, again, other = (seen_anew(np.random.default_rng(seed), one, 3.0) for seed in (5, 5, 6))
    assert np.array_equal(first.gray, again.gray)
    assert np.array_equal(first.owners, again.owners)
    assert not np.array_equal(first.owners, other.owners)


def test_resized_heights_go_with_the_picture() -> None:
    one = resized(block(slice(50, 110), slice(60, 190)), (80, 120))
    assert one.gray.shape == one.owners.shape == (80, 120)
    assert one.octaves.tolist() == [0.0]
    assert one.maps()[..., 0].sum() == pytest.approx(30 * 65 / MAP_PX**2, rel=0.15)


@pytest.mark.parametrize("shape", FORMATS, ids=lambda shape: f"{shape.size_px}")
def test_scenes_have_their_formats_size(shape: Format) -> None:
    assert not np.mod(shape.size_px, STRIDE).any()
    assert MAP_PX * CELLS == STRIDE
    for seed in range(3):
        one = scene_of((seed,), STUDIO, shape)
        assert one.gray.shape == one.owners.shape == shape.size_px
        again = scene_of((seed,), STUDIO, shape)
        assert np.array_equal(one.gray, again.gray)
        assert np.array_equal(one.owners, again.owners)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small scenes by the stroke models alone, painted by threads in place of processes."""

    class Threads(ThreadPoolExecutor):
        def __init__(self, workers: int, _: object, start: Any, given: tuple[Recipe]) -> None:
            super().__init__(workers, "painter", start, given)

    monkeypatch.setattr(finder_batches, "FORMATS", SMALL)
    monkeypatch.setattr(finder_batches, "MADE_AHEAD", 4)
    monkeypatch.setattr(finder_batches, "ProcessPoolExecutor", Threads)
    monkeypatch.setattr(Recipe, "studios", lambda self: (STUDIO, STUDIO))


@pytest.mark.usefixtures("small_batches")
def test_batches_hold_one_format_each_and_scenes_seen_anew() -> None:
    found = list(batches(RECIPE, 0, 12))
    assert len(found) == 12
    sizes = [pictures.shape[1:3] for pictures, _ in found]
    assert set(sizes) == {shape.size_px for shape in SMALL}
    counts = {shape.size_px: shape.batch for shape in SMALL}
    for (rows, columns), (pictures, maps) in zip(sizes, found, strict=True):
        count = counts[rows, columns]
        assert pictures.shape == (count, rows, columns, 1)
        assert maps.shape == (count, rows // MAP_PX, columns // MAP_PX, 4)
        assert [pictures.dtype, maps.dtype] == [np.dtype(np.uint8), np.dtype(np.float32)]
        assert len({one.tobytes() for one in pictures}) > 1
    shown = [one.tobytes() for pictures, _ in found for one in pictures]
    assert len(set(shown)) == len(shown)  # nothing is shown twice as it was


@pytest.mark.usefixtures("small_batches")
def test_batches_are_the_seeds_and_the_first_steps() -> None:
    def pictures(recipe: Recipe, first: int) -> bytes:
        return next(batches(recipe, first, 20))[0].tobytes()

    assert pictures(RECIPE, 4) == pictures(RECIPE, 4)
    assert pictures(RECIPE, 4) != pictures(RECIPE, 5)
    assert pictures(RECIPE, 4) != pictures(replace(RECIPE, seed=4), 4)
    assert list(batches(RECIPE, 20, 20)) == []


@pytest.fixture(scope="module")
def trainer() -> Any:
    pytest.importorskip("tensorflow")
    pytest.importorskip("keras")
    from training import train_finder

    return train_finder


def test_the_finder_is_small_and_takes_pictures_of_any_size(trainer: Any) -> None:
    network = trainer.build_finder()
    assert network.count_params() < 400_000
    for rows, columns in ((16, 16), (64, 112)):
        maps = np.asarray(network(np.zeros((2, rows, columns, 1), np.float32)))
        assert maps.shape == (2, rows // STRIDE, columns // STRIDE, CELLS**2 * MAPS)


def test_a_place_sees_far_around_it(trainer: Any) -> None:
    import tensorflow as tf

    trainer.keras.utils.set_random_seed(0)
    network = trainer.build_finder()
    for layer in network.layers:  # the coarse ones tell nothing before they are trained
        if layer.weights and not np.any(layer.get_weights()[0]):
            layer.set_weights([np.ones_like(one) for one in layer.get_weights()])
    picture = tf.Variable(np.random.default_rng(0).normal(0, 1, (1, 1280, 1280, 1)).astype("f4"))
    with tf.GradientTape() as tape:
        middle = tf.reduce_sum(network(picture)[0, 80, 80] ** 2)
    sees = np.asarray(tape.gradient(middle, picture))[0, ..., 0] != 0
    rows, columns = np.flatnonzero(sees.any(axis=1)), np.flatnonzero(sees.any(axis=0))
    for places in (rows, columns):
        assert 900 < np.ptp(places) < 1200
        assert places.mean() == pytest.approx(80.5 * STRIDE, abs=2 * STRIDE)


def wanted_maps(core_is: slice) -> np.ndarray:
    maps = np.zeros((1, 8, 16, 4), np.float32)
    maps[..., 3] = 1
    maps[:, 2:5, core_is, :3] = 1, 1, 0.5
    return maps


def network_maps(maps: np.ndarray, sure: float) -> np.ndarray:
    """What a network would have to give for these maps."""
    import tensorflow as tf

    logits = np.concatenate([sure * (2 * maps[..., :2] - 1), maps[..., 2:3]], axis=-1)
    return np.asarray(tf.nn.space_to_depth(logits, CELLS))


def test_losses_are_least_for_what_is_wanted(trainer: Any) -> None:
    wanted = wanted_maps(slice(4, 9))
    best = np.asarray(trainer.losses(network_maps(wanted, 12.0), wanted))
    assert best == pytest.approx(np.zeros(len(trainer.LOSSES)), abs=0.01)
    undecided = np.asarray(trainer.losses(network_maps(wanted, 0.0), wanted))
    elsewhere = np.asarray(trainer.losses(network_maps(wanted_maps(slice(10, 15)), 12.0), wanted))
    assert (undecided[:3] > 0.1).all()
    assert (elsewhere > undecided).all()


def test_losses_do_not_care_for_what_does_not_count(trainer: Any) -> None:
    wanted = wanted_maps(slice(4, 9))
    given = network_maps(wanted, 12.0)
    wrong = wanted_maps(slice(4, 9))
    wrong[:, :, 11:, 0] = 1  # a core is seen where nothing is known
    wanted[:, :, 11:, 3] = 0
    told = [np.asarray(trainer.losses(one, wanted)) for one in (given, network_maps(wrong, 12.0))]
    assert told[0] == pytest.approx(told[1], abs=1e-3)


@pytest.fixture
def small_trainer(trainer: Any, small_batches: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from training import finder_network

    monkeypatch.setattr(finder_network, "WIDTHS", (4, 4, 8))
    monkeypatch.setattr(finder_network, "DILATIONS", (1, 2))
    monkeypatch.setattr(trainer, "FORMATS", SMALL)
    monkeypatch.setattr(trainer, "VALIDATION_BATCHES", 2)
    return trainer


def test_a_run_is_saved_goes_on_where_it_was_and_ships(
    small_trainer: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import keras

    folder = tmp_path / "runs" / "seed-3-no-research"
    out = tmp_path / "Own.keras"

    def run(steps: int) -> list[int]:
        small_trainer.train(out=out, steps=steps, seed=3, research=False, runs=tmp_path / "runs")
        *printed, shipped = capsys.readouterr().out.splitlines()
        assert "Own.keras and Own" in shipped
        records = [json.loads(text) for text in printed]
        for record in records:
            for told in (record["losses"], record["held back"]):
                assert list(told) == list(small_trainer.LOSSES)
                assert np.isfinite(list(told.values())).all()
        return [record["step"] for record in records]

    def saved_alone(model: Any, out: Path, made: object) -> Path:
        model.save(out)
        return out

    def weights() -> list[np.ndarray]:
        return list(keras.models.load_model(out, compile=False).get_weights())

    ship = small_trainer.ship
    monkeypatch.setattr(small_trainer, "ship", saved_alone)  # an export takes its time
    assert run(2) == [2]
    first = weights()
    restored = small_trainer.Trainer(3, folder / "checkpoints")
    assert int(restored.step) == int(restored.optimizer.iterations) == 2
    for one, saved in zip(restored.model.get_weights(), first, strict=True):
        assert np.array_equal(one, saved)
    assert run(3) == [3]
    second = weights()
    assert any(not np.array_equal(*pair) for pair in zip(first, second, strict=True))
    out.unlink()
    monkeypatch.setattr(small_trainer, "ship", ship)
    assert run(3) == []  # one that is at its end ships what it has
    for one, saved in zip(weights(), second, strict=True):
        assert np.array_equal(one, saved)
    noted = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["Own.keras"]
    assert noted["command"].endswith("training.train_finder --no-research --steps 3 --seed 3")
    assert (noted["sha256"], noted["export_sha256"]) == (
        sha256(out),
        sha256(tmp_path / noted["export"]),
    )


def test_held_back_scenes_are_of_every_format_and_no_training_scenes(
    small_trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def remembered(seed: tuple[int, ...], hands: object, shape: Format) -> Labelled:
        asked.append((seed, shape))
        return scene_of(seed, STUDIO, shape)

    monkeypatch.setattr(small_trainer, "scene_of", remembered)
    held_back = small_trainer.held_back_scenes(RECIPE)
    assert [len(pictures) for pictures, _ in held_back] == [shape.batch for shape in FORMATS[:2]]
    told = [seed for seed, _ in asked]
    assert len(set(told)) == len(told)
    assert all(number > 1_000_000 for _, number, *_ in told)
    assert {shape for _, shape in asked} == set(SMALL)
