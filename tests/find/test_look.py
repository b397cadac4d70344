"""Looks at a picture, until something is seen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digitocr.find.finder import MAP_PX
from digitocr.find.look import MARGIN_PX, look_and_find, look_closer
from digitocr.settings import Settings
from digitocr.types import Gray

SIZE = 400, 496


@pytest.mark.parametrize("ink", [100, 150])
def test_where_nothing_is_seen_levels_are_drawn_apart(ink: int) -> None:
    """A network that sees black alone is shown grey ink on grey paper."""
    shown = []

    def network(small: Gray) -> NDArray[np.float32]:
        shown.append(small)
        cells = np.where(small[::MAP_PX, ::MAP_PX] < 20, 9.0, -9.0)
        return np.stack([cells, cells, np.full(cells.shape, 2.0)], axis=-1).astype(np.float32)

    gray = np.full(SIZE, 200, np.uint8)
    gray[180:230, 120:320] = ink
    (line,) = look_and_find(gray, network, Settings()).lines
    assert line.middle == pytest.approx((219.5, 204.5), abs=3)
    assert [one.shape for one in shown] == [SIZE, tuple(side + 2 * MARGIN_PX for side in SIZE)]


@pytest.mark.parametrize("level", [0, 90, 255])
def test_an_even_picture_has_no_number(level: int) -> None:
    def network(small: Gray) -> NDArray[np.float32]:
        assert set(np.unique(small)) <= {0, level, 255}
        return np.full((small.shape[0] // MAP_PX, small.shape[1] // MAP_PX, 3), -9, np.float32)

    assert not look_and_find(np.full(SIZE, level, np.uint8), network, Settings()).lines


@pytest.mark.parametrize(
    ("side_px", "closer"),
    [
        pytest.param(400, False, id="seen as it is"),
        pytest.param(1000, True, id="seen smaller"),
    ],
)
def test_a_closer_look_is_taken_where_it_shows_more(side_px: int, closer: bool) -> None:
    shown = []

    def network(small: Gray) -> NDArray[np.float32]:
        shown.append(small.shape)
        cells = np.where(small[::MAP_PX, ::MAP_PX] < 50, 9.0, -9.0)
        return np.stack([cells, cells, np.full(cells.shape, 2.0)], axis=-1).astype(np.float32)

    gray = np.full((side_px, side_px), 200, np.uint8)
    gray[180:230, 120:320] = 0
    first = look_and_find(gray, network, Settings())
    assert len(first.lines) == 1
    seen = len(shown)
    again = look_closer(gray, network, Settings(), first)
    assert len(again) == len(shown) - seen == closer
    assert all(one.maps.gray.shape == gray.shape for one in again)
    # Nothing more is to be seen then.
    assert not any(look_closer(gray, network, Settings(), one) for one in again)
