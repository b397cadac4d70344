"""Numbers on a picture that lies on its side or its head: found where it is turned to be level,
and told in its own frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digitocr.find.finder import AREA_PX, Network, look_for_numbers, size_seen
from digitocr.find.look import CLOSER
from digitocr.find.numbers import find_numbers
from digitocr.found import Finding, FoundLine, SheetRow
from digitocr.geometry import Shape, turned_shape
from digitocr.settings import Settings
from digitocr.types import Affine, Gray

AS_LONG = 0.8  # of the longest number in the picture as it came: turned, one is so long, at least
LONG = 3.0  # digit heights: what is shorter may be a digit and what stands beside it


def find_turned(
    gray: Gray, network: Network, settings: Settings, upright: Finding, is_sure: bool
) -> list[Finding]:
    """The numbers in those of the other three ways up in which one may be, from a single look.

    gray: (H, W), working frame. upright: what was found in the picture as it came, and is_sure
    whether all of it was read surely. A number that lies on its side falls apart into single
    digits, so its longest one is longer where it is level; where it stands on its head it is
    found all the same.
    """
    turned = level(gray, 1)
    is_closer = upright.maps.gray.shape[1] > size_seen(gray.shape, AREA_PX)[0]
    seen = look_for_numbers(turned, network, CLOSER * AREA_PX if is_closer else AREA_PX)
    on_side = as_it_came(find_numbers(seen, turned, settings), 1, gray.shape)
    least = max(LONG, _longest(upright)) if is_sure else AS_LONG * _longest(upright)
    found = [] if is_sure else [_upside_down(upright)]
    if _longest(on_side) >= least:
        found += [on_side, _upside_down(on_side)]
    return [one for one in found if one.lines]


def level(gray: Gray, quarter_turns: int) -> Gray:
    """A picture turned so often counterclockwise."""
    return np.ascontiguousarray(np.rot90(gray, quarter_turns))


def as_it_came(finding: Finding, quarter_turns: int, shape: Shape) -> Finding:
    """What was found in a picture that had been turned so often, in its frame before."""
    if not quarter_turns:
        return finding
    lines, left_out = (
        lines_turned(some, -quarter_turns, turned_shape(shape, quarter_turns))
        for some in (finding.lines, finding.left_out)
    )
    return Finding(finding.maps, lines, left_out, quarter_turns)


def lines_turned(
    lines: Sequence[FoundLine], quarter_turns: int, shape: Shape
) -> tuple[FoundLine, ...]:
    """Numbers of a picture as it came, where they are when it is turned so often."""
    turn = _turn(quarter_turns, shape)
    return tuple(
        replace(one, start=turn @ (*one.start, 1), stop=turn @ (*one.stop, 1)) for one in lines
    )


def row_turned(row: SheetRow, quarter_turns: int, shape: Shape) -> SheetRow:
    """A number's row, as if its picture, which is of that shape, had been turned so often."""
    if not quarter_turns:
        return row
    (line,) = lines_turned([row.line], quarter_turns, shape)
    to_gray = _turn(quarter_turns, shape) @ np.vstack([row.to_gray, (0, 0, 1)])
    return replace(row, line=line, to_gray=to_gray)


def _upside_down(finding: Finding) -> Finding:
    """The same numbers, to be read from their other ends."""

    def other_way(line: FoundLine) -> FoundLine:
        return replace(line, start=line.stop, stop=line.start)

    lines = tuple(map(other_way, reversed(finding.lines)))
    left_out = tuple(map(other_way, finding.left_out))
    return Finding(finding.maps, lines, left_out, (finding.quarter_turns + 2) % 4)


def _longest(finding: Finding) -> float:
    """Of its numbers, in digit heights."""
    return max((one.length_px / one.digit_height_px for one in finding.lines), default=0.0)


def _turn(quarter_turns: int, shape: Shape) -> Affine:
    """From the frame of a picture to where its pixels are when it is turned so often."""
    turn = np.eye(3)
    for turns in range(quarter_turns % 4):
        _, width = turned_shape(shape, turns)
        turn = np.array([[0, 1, 0], [-1, 0, width - 1], [0, 0, 1]]) @ turn
    return np.asarray(turn[:2])
