"""What the finder's network is shown, and what its answers are taken for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitocr.find.finder import (
    AREA_PX,
    LONGEST_PX,
    MAP_PX,
    MOST_ENLARGED,
    STRIDE,
    USUAL_PX,
    look_for_numbers,
)
from digitocr.found import FinderMaps
from digitocr.types import Gray


def looked_at(gray: Gray, *logits: float) -> FinderMaps:
    """The maps of a picture by a network that says the same everywhere."""

    def network(small: Gray) -> NDArray[np.float32]:
        shape = small.shape[0] // MAP_PX, small.shape[1] // MAP_PX, 3
        return np.broadcast_to(np.array(logits or (0, 0, 0), np.float32), shape)

    return look_for_numbers(gray, network)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        pytest.param((400, 496), (400, 496), id="as it is"),
        pytest.param((396, 500), (400, 504), id="to whole multiples"),
        pytest.param((800, 1000), (400, 496), id="smaller, by its area"),
        pytest.param((200, 4000), (48, 896), id="smaller, by its longer side"),
        pytest.param((104, 64), (312, 192), id="enlarged"),
        pytest.param((20, 30), (128, 192), id="a tiny one: to a fair size"),
        pytest.param((1, 1), (192, 192), id="one pixel"),
        pytest.param((1, 3000), (32, 896), id="one row"),
        pytest.param((3000, 1), (896, 32), id="one column"),
    ],
)
def test_the_size_that_the_network_looks_at(
    shape: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert looked_at(np.full(shape, 200, np.uint8)).gray.shape == wanted


@given(st.integers(1, 1500), st.integers(1, 1500))
def test_sizes_are_whole_multiples_and_bounded(height: int, width: int) -> None:
    maps = looked_at(np.full((height, width), 90, np.uint8))
    rows, columns = maps.gray.shape
    assert rows % STRIDE == columns % STRIDE == 0
    assert min(rows, columns) >= 4 * STRIDE
    assert max(rows, columns) <= LONGEST_PX
    thin = 4 * STRIDE * LONGEST_PX  # a strip is as high as the network needs, whatever its length
    assert rows * columns <= max(1.1 * AREA_PX, thin)
    if min(height, width) >= 64:
        assert rows / height == pytest.approx(columns / width, rel=0.13)  # hardly distorted
        assert columns / width <= MOST_ENLARGED * 1.1
    assert (maps.gray == 90).all()
    assert maps.core.shape == maps.dark.shape == maps.height_px.shape == (rows // 4, columns // 4)


@pytest.mark.parametrize("shape", [(60, 90), (400, 496), (1200, 1800)])
def test_the_network_sees_the_picture(shape: tuple[int, int]) -> None:
    gray = np.full(shape, 230, np.uint8)
    gray[: shape[0] // 2, : shape[1] // 3] = 20
    small = looked_at(gray).gray
    rows, columns = small.shape
    assert (small[: rows // 2 - 2, : columns // 3 - 2] == 20).all()
    assert (small[rows // 2 + 2 :] == 230).all()
    assert (small[:, columns // 3 + 2 :] == 230).all()


def test_logits_become_shares_and_octaves_heights() -> None:
    maps = looked_at(np.zeros((80, 80), np.uint8), 0.0, 2.0, 1.0)
    assert maps.px == MAP_PX
    assert maps.core == pytest.approx(0.5)
    assert maps.dark == pytest.approx(1 / (1 + np.exp(-2)), rel=1e-5)
    assert maps.height_px == pytest.approx(2 * USUAL_PX)
    for one in (maps.core, maps.dark, maps.height_px):
        assert one.dtype == np.float32


@pytest.mark.parametrize("octaves", [-50.0, 50.0])
def test_heights_stay_bounded_whatever_the_network_says(octaves: float) -> None:
    maps = looked_at(np.zeros((80, 80), np.uint8), 0.0, 0.0, octaves)
    assert 1 <= maps.height_px.min() <= maps.height_px.max() <= 2 * LONGEST_PX


def test_a_margin_is_white_and_no_part_of_the_maps() -> None:
    """The network says of each place how light it is."""

    def network(small: Gray) -> NDArray[np.float32]:
        cells = small[::MAP_PX, ::MAP_PX].astype(np.float32)
        assert cells[0].min() == cells[:, -1].min() == 255
        return np.repeat(cells[..., None] - 100, 3, axis=-1)

    gray = np.full((400, 496), 100, np.uint8)
    gray[:200, :248] = 60
    maps = look_for_numbers(gray, network, margin_px=2 * STRIDE)
    assert maps.gray.shape == gray.shape
    assert maps.core.shape == (100, 124)
    assert (maps.core[:50, :62] < 0.1).all()
    assert (maps.core[50:] == 0.5).all()
