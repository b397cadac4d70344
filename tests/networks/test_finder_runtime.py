"""The finder behind LiteRT: its maps lie where they should, and nothing else takes its place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from drawings import written

from digitocr.networks.runtime import (
    CLASSIFIER,
    FINDER,
    LINE_READER,
    Classifier,
    Finder,
    LineReader,
    find_export,
    find_model,
    load_finder,
)
from digitocr.types import Gray, InputError

NETWORKS = {CLASSIFIER: Classifier, LINE_READER: LineReader, FINDER: Finder}


def noise(height: int, width: int, seed: int = 0) -> Gray:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)


@pytest.mark.parametrize("shape", [(8, 64), (32, 8), (40, 896), (896, 40)])
def test_a_narrow_picture_has_a_place_for_every_4_px(shape: tuple[int, int]) -> None:
    maps = load_finder().maps(noise(*shape))
    assert maps.shape == (shape[0] // 4, shape[1] // 4, 3)
    assert np.isfinite(maps).all()


@pytest.mark.parametrize("top", [20, 280])
@pytest.mark.parametrize("left", [20, 460])
def test_a_number_is_seen_where_it_stands(top: int, left: int) -> None:
    number = written("20583")[30:130, 20:340]
    page = np.full((400, 800), 255, np.uint8)
    page[top : top + number.shape[0], left : left + number.shape[1]] = number
    core, dark, _ = np.moveaxis(load_finder().maps(page), -1, 0)
    y, x = np.unravel_index(core.argmax(), core.shape)
    assert core.max() > 0
    assert dark[y, x] > 0
    assert top <= 4 * y < top + number.shape[0]
    assert left <= 4 * x < left + number.shape[1]


def test_beyond_the_picture_its_edge_goes_on() -> None:
    """It takes whole multiples of 16 px; what is added to make them up is not in the maps."""
    finder, picture = load_finder(), noise(40, 72)
    whole = np.pad(picture, ((0, 8), (0, 8)), mode="edge")
    assert np.array_equal(finder.maps(picture), finder.maps(whole)[:10, :18])


@pytest.mark.parametrize("level", [0, 128, 255])
def test_bare_paper_has_no_number(level: int) -> None:
    assert load_finder().maps(np.full((200, 240), level, np.uint8))[..., 0].max() < 0


def test_threads_share_one_finder() -> None:
    finder = Finder(find_export(find_model(FINDER)))
    pictures = [noise(32 + 8 * (number % 5), 64, seed=number) for number in range(20)]
    expected = [finder.maps(one) for one in pictures]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(finder.maps, pictures))
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - other).max() < 1e-4


@pytest.mark.parametrize(
    ("name", "other"), [(name, other) for name in NETWORKS for other in NETWORKS if name != other]
)
def test_a_network_in_anothers_place_is_refused_in_a_sentence(name: str, other: str) -> None:
    network = NETWORKS[other]
    with pytest.raises(InputError, match=rf"is no {network.__name__}: choose another model\.$"):
        network(find_export(find_model(name)))
