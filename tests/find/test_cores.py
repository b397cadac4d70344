"""The map of cores -> each number's own, where they run into one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitocr.find.cores import EDGE, LEVELS, axes_of, certainty, cores_of
from digitocr.found import FinderMaps

CELL_PX = 4
HIGH = 8  # cells: a digit's height; a core is half as thick


def maps_of(core: object, high: object = HIGH) -> FinderMaps:
    """core: (H, W), the map; high: digits' height in cells, one or a map as well."""
    there = np.asarray(core, np.float32)
    height_px = np.broadcast_to(np.asarray(high, np.float32) * CELL_PX, there.shape)
    gray = np.full((there.shape[0] * CELL_PX, there.shape[1] * CELL_PX), 200, np.uint8)
    return FinderMaps(gray, there, np.ones_like(there), height_px, CELL_PX)


def boxes(maps: FinderMaps) -> set[tuple[int, int, int, int]]:
    """First and last row and column of each core."""
    return {
        (int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max()))
        for rows, columns in cores_of(maps)
    }


def test_rows_that_run_into_each_other_are_cut_apart() -> None:
    core = np.zeros((24, 60))
    core[4:8, 10:50] = core[12:16, 10:50] = 0.9
    core[8:12, 20:30] = 0.35
    assert boxes(maps_of(core)) == {(4, 7, 10, 49), (12, 15, 10, 49)}


def test_a_cut_number_keeps_what_is_next_to_it() -> None:
    """Where two rows are cut apart, each goes on as far as the map is above EDGE."""
    core = np.zeros((24, 60))
    core[4:8, 10:50] = core[12:16, 10:50] = 0.9
    core[4:8, 50:54] = EDGE + 0.05
    core[8:12, 20:30] = 0.35
    assert (4, 7, 10, 53) in boxes(maps_of(core))


def test_the_faint_end_of_a_number_belongs_to_it() -> None:
    core = np.zeros((16, 60))
    core[6:10, 10:40], core[6:10, 40:50] = 0.9, LEVELS[0] + 0.03
    assert boxes(maps_of(core)) == {(6, 9, 10, 49)}


def test_a_number_amid_a_faint_giant_is_its_own() -> None:
    core, high = np.full((40, 60), 0.6), np.full((40, 60), 40.0)
    core[18:22, 20:40], high[18:22, 20:40] = 0.95, HIGH
    assert (18, 21, 20, 39) in boxes(maps_of(core, high))


def test_a_broad_core_without_a_surer_part_stays_whole() -> None:
    core = np.zeros((40, 60))
    core[5:35, 10:50] = 0.4
    assert boxes(maps_of(core)) == {(5, 34, 10, 49)}


@pytest.mark.parametrize(
    ("rows", "columns", "share"),
    [
        pytest.param(4, 24, 1.0, id="whole"),
        pytest.param(1, 24, 0.25, id="a hairline"),
        pytest.param(4, 3, 1.0, id="a single digit"),
        pytest.param(1, 1, 0.09, id="a speck"),
    ],
)
def test_only_a_whole_core_is_certain(rows: int, columns: int, share: float) -> None:
    core = np.zeros((16, 40))
    core[4 : 4 + rows, 4 : 4 + columns] = 0.8
    maps = maps_of(core)
    (places,) = cores_of(maps)
    assert certainty(maps, places) == pytest.approx(0.8 * share, abs=0.02)


@checks(max_examples=60, deadline=None)
@given(
    arrays(np.float32, (12, 16), elements=st.floats(0, 1, width=32)),
    arrays(np.float32, (12, 16), elements=st.floats(1, 40, width=32)),
)
def test_every_place_is_in_one_core_at_most(
    core: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    high: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> None:
    counts = np.zeros(core.shape, int)
    for places in cores_of(maps_of(core, high)):
        counts[places] += 1
    assert (counts <= (core > LEVELS[0])).all()
    assert (counts >= (core > LEVELS[-1])).all()


@pytest.mark.parametrize("tilt_deg", [-60, -20, 0, 30, 80])
def test_the_axes_of_a_bar(tilt_deg: float) -> None:
    along, across = np.meshgrid(np.linspace(-10, 10, 81), np.linspace(-2, 2, 17))
    tilt = np.radians(tilt_deg)
    points = np.column_stack(
        [
            (along * np.cos(tilt) - across * np.sin(tilt)).ravel(),
            (along * np.sin(tilt) + across * np.cos(tilt)).ravel(),
        ]
    )
    length, thickness, way = axes_of(points)
    assert (length, thickness) == pytest.approx((20, 4), rel=0.1)
    assert way == pytest.approx([np.cos(tilt), np.sin(tilt)], abs=1e-6)
