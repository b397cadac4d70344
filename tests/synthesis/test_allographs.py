"""The table of allographs: every way of writing a digit can be read as such."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthesis.hands import allographs
from synthesis.hands.allographs import ALLOGRAPHS, STEP, spline

TABLE = Path(allographs.__file__).with_suffix(".txt").read_text("utf-8")
WAYS = [(label, way) for label, ways in enumerate(ALLOGRAPHS) for way in range(len(ways))]


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


def named(label: int, way: int) -> str:
    """What a failed assertion says it is about."""
    return f"{label} {ALLOGRAPHS[label][way].name}"


def test_weights_widths_and_heights_are_sound() -> None:
    for label, way in WAYS:
        one = ALLOGRAPHS[label][way]
        assert one.weight > 0, named(label, way)
        assert 0 <= one.widths[0] < one.widths[1], named(label, way)
        assert 0.4 <= one.height <= 1, named(label, way)


def test_every_way_fills_a_digits_height() -> None:
    for label, way in WAYS:
        x, y = spline(label, way).controls.T
        assert x.min() >= -0.2, named(label, way)
        assert y.min() == pytest.approx(0, abs=0.15), named(label, way)
        assert y.max() == pytest.approx(1, abs=0.15), named(label, way)


def test_the_pen_is_lifted_only_where_said() -> None:
    for label, way in WAYS:
        path = spline(label, way)
        strokes = ALLOGRAPHS[label][way].path.count("/") + 1
        assert set(path.stroke_of) == set(range(strokes)), named(label, way)
        assert len(path.starts) == strokes - 1, named(label, way)


def test_the_pen_goes_in_small_steps() -> None:
    for label, way in WAYS:
        path = spline(label, way)
        for weights in (path.straight, path.smooth):
            for stroke in np.split(weights @ path.controls, path.starts):
                steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
                assert steps.max() < 3 * STEP, named(label, way)
