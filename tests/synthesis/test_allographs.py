"""The table of allographs: every way of writing a digit can be read as such."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from synthesis import allographs
from synthesis.allographs import ALLOGRAPHS, STEP, Allograph, spline

TABLE = Path(allographs.__file__).with_suffix(".txt").read_text("utf-8")
WAYS = [(label, way) for label, ways in enumerate(ALLOGRAPHS) for way in range(len(ways))]
NAMES = [f"{label} {ALLOGRAPHS[label][way].name}" for label, way in WAYS]


def test_every_line_of_the_table_is_read() -> None:
    heads = [line.split() for line in TABLE.splitlines() if line[:1].isdigit()]
    assert len(heads) == len(WAYS)
    assert {head[5] for head in heads} == {"clear", "loose"}
    for label, ways in enumerate(ALLOGRAPHS):
        own = [head for head in heads if head[0] == str(label)]
        assert [way.name.split() for way in ways] == [head[6:] for head in own]
        assert [way.clear for way in ways] == [head[5] == "clear" for head in own]


def test_a_careful_writer_can_write_every_digit() -> None:
    assert all(any(way.clear for way in ways) for ways in ALLOGRAPHS)


def test_a_hand_that_gives_the_1_an_upstroke_can_bar_the_7() -> None:
    assert any("upstroke" in way.name for way in ALLOGRAPHS[1])
    assert any("/" in way.path for way in ALLOGRAPHS[7])


@pytest.mark.parametrize(("label", "way"), WAYS, ids=NAMES)
def test_a_way_of_writing_is_sound(label: int, way: int) -> None:
    one: Allograph = ALLOGRAPHS[label][way]
    assert one.weight > 0
    assert 0 <= one.widths[0] < one.widths[1]
    assert 0.4 <= one.height <= 1
    path = spline(label, way)
    x, y = path.controls.T
    assert x.min() >= -0.2
    assert y.min() == pytest.approx(0, abs=0.15)
    assert y.max() == pytest.approx(1, abs=0.15)
    assert set(path.stroke_of) == set(range(len(path.starts) + 1))


@pytest.mark.parametrize(("label", "way"), WAYS, ids=NAMES)
def test_the_pen_goes_in_small_steps_and_is_lifted_only_where_said(label: int, way: int) -> None:
    path = spline(label, way)
    for weights in (path.straight, path.smooth):
        drawn = weights @ path.controls
        strokes = np.split(drawn, path.starts)
        assert len(strokes) == ALLOGRAPHS[label][way].path.count("/") + 1
        for stroke in strokes:
            steps = [float(np.linalg.norm(after - before)) for before, after in pairwise(stroke)]
            assert max(steps) < 3 * STEP
