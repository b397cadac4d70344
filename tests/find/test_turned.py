"""Numbers of a picture that lies on its side are told in the frame of the picture as it came."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digitocr.find.finder import look_for_numbers
from digitocr.find.numbers import find_numbers
from digitocr.find.turned import find_turned
from digitocr.found import Finding
from digitocr.settings import Settings
from digitocr.types import Gray

PLACE = 60, 300  # row and column of a number's middle, in the upright picture
UPRIGHT = 200, 480  # its height and width


def upright() -> Gray:
    """A picture that a finder can tell from its turned copies: dark above, a mark where it is."""
    gray = np.full(UPRIGHT, 250, np.uint8)
    gray[:20] = 120
    gray[PLACE[0] - 8 : PLACE[0] + 8, PLACE[1] - 60 : PLACE[1] + 60] = 0
    return gray


def network(gray: Gray) -> NDArray[np.float32]:
    """Sees the mark, if the picture is upright."""
    small = gray[2::4, 2::4]
    maps = np.zeros((*small.shape, 3), np.float32)
    is_upright = gray[2].mean() < 200 < gray[:, 2].mean()
    maps[..., 0] = np.where((small < 60) & is_upright, 8, -8)
    maps[..., 1], maps[..., 2] = 8, 1
    return maps


def found(gray: Gray) -> Finding:
    return find_numbers(look_for_numbers(gray, network), gray, Settings())


@pytest.mark.parametrize("turns", [1, 3])
def test_the_turn_in_which_a_number_is_seen(turns: int) -> None:
    lying = np.ascontiguousarray(np.rot90(upright(), turns))
    (finding,) = find_turned(lying, network, Settings(), found(lying))
    assert (turns + finding.quarter_turns) % 4 == 0
    (line,) = finding.lines
    expected = np.zeros(UPRIGHT, np.uint8)
    expected[PLACE] = 1
    row, column = np.argwhere(np.rot90(expected, turns))[0]
    assert line.middle == pytest.approx([column, row], abs=3)
    ways = {1: (0, -1), 2: (-1, 0), 3: (0, 1)}
    assert line.way == pytest.approx(ways[turns], abs=0.02)


def test_no_turn_shows_a_number_as_long_as_the_upright_picture() -> None:
    gray = upright()
    first = found(gray)
    assert len(first.lines) == 1
    assert find_turned(gray, network, Settings(), first) == []


def test_a_picture_upside_down_is_left_as_it_is() -> None:
    lying = np.ascontiguousarray(np.rot90(upright(), 2))
    assert find_turned(lying, network, Settings(), found(lying)) == []
