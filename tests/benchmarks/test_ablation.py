"""Each reader alone: what the other network says makes no difference to it."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import steps, written

from benchmarks import ablation
from benchmarks.ablation import by_line, by_segments, together
from digitocr import read
from digitocr.networks import runtime
from digitocr.types import LogProbabilities, Probabilities, Strip, Tiles


class Blank:
    """A network that says the same of whatever it sees."""

    def probabilities(self, tiles: Tiles) -> Probabilities:
        return np.full((len(tiles), 11), 1 / 11, np.float32)

    def along(self, strip: Strip) -> LogProbabilities:
        return steps("8" * (strip.shape[1] // 2), 0.99)  # surely one digit, everywhere


@pytest.mark.parametrize("text", ["7", "205", "31846"])
def test_all_read_what_is_written_plainly(text: str) -> None:
    reading = read(written(text))
    assert by_segments(reading) == by_line(reading) == together(reading) == [text]


@pytest.mark.parametrize("text", ["00", "205", "8888", "31415"])
def test_alone_a_reader_has_only_its_own_network(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = written(text, spacing=-0.05)  # neighbours touch
    whole = read(sheet)
    segments, line = by_segments(whole), by_line(whole)
    assert all(segments)
    assert all(line)
    with monkeypatch.context() as patched:
        patched.setattr(runtime, "load_line_reader", lambda model: Blank())
        blind = read(sheet)
        assert by_segments(blind) == segments
        assert by_line(blind) != line
    with monkeypatch.context() as patched:
        patched.setattr(runtime, "load_classifier", lambda model: Blank())
        patched.setattr(ablation, "load_classifier", Blank)
        blind = read(sheet)
        assert by_line(blind) == line
        assert by_segments(blind) != segments


def test_alone_every_wide_shape_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "load_line_reader", lambda model: Blank())
    misled = read(written("00", spacing=-0.05))
    (lattice,) = misled.lattices
    assert len(lattice.pieces) == 1  # the line reader says that it is one digit
    assert len(by_segments(misled)[0]) == 2


def test_a_picture_without_writing_has_no_lines() -> None:
    blank = read(np.full((60, 80), 255, np.uint8))
    assert by_segments(blank) == by_line(blank) == together(blank) == []
