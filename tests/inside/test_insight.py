"""What the layers say of a tile is what the reader goes by, and what is shown is what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitocr import InputError, Reading, read
from digitocr.inside import neighbours, told
from digitocr.inside.insight import PATCH_PX, look_inside
from digitocr.inside.pictures import draw_kernels, draw_neighbours, draw_occlusion
from digitocr.networks.opened import load_open_classifier
from digitocr.networks.runtime import load_classifier
from digitocr.types import NO_DIGIT

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(ROOT / "sample_images" / "ballpoint.jpg")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of Keras' own without MNIST; what was compared with before is forgotten."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    caches = neighbours.known_digits, neighbours._known_features
    for one in caches:
        one.cache_clear()
    yield tmp_path / "datasets" / "mnist.npz"
    for one in caches:
        one.cache_clear()


def test_the_layers_are_those_that_read(reading: Reading) -> None:
    tiles = np.stack([digit.tile for digit in reading.digits])
    layers = load_open_classifier().layers(tiles)
    for digit, shares in zip(reading.digits, layers.probabilities, strict=True):
        assert digit.standing.by_segments is not None
        assert np.array_equal(digit.standing.by_segments, shares[:NO_DIGIT])
    assert layers.features.shape[0] == layers.maps.shape[0] == len(tiles)


def test_many_tiles_give_what_each_gives_alone(reading: Reading) -> None:
    tile = reading.digits[0].tile
    blank = np.zeros_like(tile)
    many = load_open_classifier().layers(np.stack([blank] * 70 + [tile]))
    alone = load_open_classifier().layers(tile[None])
    assert np.array_equal(many.maps[-1], alone.maps[0])
    assert np.allclose(many.features[-1], alone.features[0], atol=1e-5)


def test_a_network_built_in_another_way_is_told(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = load_open_classifier()
    steps = opened._interpreter._get_ops_details()
    others = [one for one in steps if one["op_name"] != "CONV_2D"]
    monkeypatch.setattr(opened._interpreter, "_get_ops_details", lambda: others)
    with pytest.raises(InputError, match="no convolution"):
        opened.layers(reading.digits[0].tile[None])


def test_the_maps_are_what_the_kernels_find(reading: Reading) -> None:
    tile = reading.digits[0].tile
    layers = load_open_classifier().layers(tile[None])
    height, width = layers.kernels.shape[1:]
    around = np.pad(tile, ((height // 2,) * 2, (width // 2,) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(around, (height, width))
    sums = np.einsum("yxhw,khw->yxk", windows, layers.kernels)
    for kernel in range(len(layers.kernels)):
        found = layers.maps[0, ..., kernel]
        bias = (found - sums[..., kernel])[found > 1e-3]
        assert len(bias) > 10
        assert np.ptp(bias) < 1e-3


def test_what_is_lost_is_what_the_reader_would_lose(reading: Reading, known: Path) -> None:
    for digit in reading.digits:
        seen = look_inside(digit.tile, digit.label).occlusion
        x, y = seen.worst_xy
        tile = digit.tile.copy()
        first = [max(0, side - PATCH_PX // 2) for side in (y, x)]
        last = [side - PATCH_PX // 2 + PATCH_PX for side in (y, x)]
        tile[first[0] : last[0], first[1] : last[1]] = 0
        shares = load_classifier().probabilities(tile[None])[0]
        assert shares[int(digit.label)] == pytest.approx(seen.least, abs=1e-4)
        assert int(shares.argmax()) == seen.instead
        assert seen.left.min() == np.float32(seen.least) < seen.whole
        assert seen.left[0, 0] == np.float32(seen.whole)  # there is no ink to cover


def test_a_tile_without_ink_loses_nothing(known: Path) -> None:
    seen = look_inside(np.zeros((28, 28), np.float32), "0").occlusion
    assert (seen.left == np.float32(seen.whole)).all()
    assert seen.least == pytest.approx(seen.whole)


def test_a_known_digit_is_nearest_to_itself(known: Path) -> None:
    digits = neighbours.known_digits()
    assert sorted(np.bincount(digits.labels)) == [120] * 10
    for at in (0, 333, 1199):
        features = load_open_classifier().layers(digits.tiles[at][None]).features[0]
        near = neighbours.nearest(features, load_open_classifier())
        assert near.labels[0] == str(digits.labels[at])
        assert np.array_equal(near.tiles[0], digits.tiles[at])
        assert (np.diff(near.distances) >= 0).all()
        assert near.among == 1200
    assert "stroke models" in digits.whose


def test_the_known_digits_are_of_many_hands_and_right(known: Path) -> None:
    digits = neighbours.known_digits()
    shares = load_classifier().probabilities(digits.tiles)[:, :NO_DIGIT]
    assert (shares.argmax(axis=1) == digits.labels).mean() > 0.97
    assert len(np.unique(digits.tiles, axis=0)) == len(digits.tiles)


def test_mnist_is_taken_where_keras_has_it(known: Path) -> None:
    pictures = np.zeros((20, 28, 28), np.uint8)
    pictures[:, 4:24, 13:15] = np.arange(100, 255, 8, dtype=np.uint8)[:20, None, None]
    np.savez(known, x_train=pictures, y_train=np.ones(20, np.uint8))
    digits = neighbours.known_digits()
    assert "MNIST" in digits.whose
    assert np.array_equal(np.rint(digits.tiles * 255), pictures)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"nothing of the kind"])
def test_a_damaged_mnist_is_passed_over(known: Path, content: bytes) -> None:
    known.write_bytes(content)
    assert "stroke models" in neighbours.known_digits().whose


def test_pictures_and_words(reading: Reading, known: Path) -> None:
    digit = reading.digits[0]
    insight = look_inside(digit.tile, digit.label)
    for draw in (draw_kernels, draw_occlusion, draw_neighbours):
        picture = draw(insight)
        assert picture.mode == "RGB"
        assert picture.width <= 900
        assert len(picture.getcolors(1 << 20) or ()) > 10
    assert "16 kernels of 3 by 3" in told.tell_kernels(insight)
    assert f"a {insight.occlusion.instead}" in told.tell_occlusion(insight) or (
        "no digit at all" in told.tell_occlusion(insight)
    )
    assert "1,200 digits drawn by the stroke models" in told.tell_neighbours(insight)
    assert "of its own" not in told.tell_tile(digit)


def test_the_picture_of_known_digits_is_what_the_painter_draws() -> None:
    from synthesis.look_alikes import SEED, draw_look_alikes

    drawn = draw_look_alikes(np.random.default_rng(SEED))
    kept = np.array(Image.open(neighbours.FILE))
    assert drawn.shape == kept.shape
    assert (drawn == kept).mean() > 0.999  # another version of OpenCV may round otherwise
