"""Numbers on a picture that lies on its side: found in the turned picture, and told in the
upright one's frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digitocr.find.finder import Network, look_for_numbers
from digitocr.find.numbers import find_numbers
from digitocr.found import Finding, FoundLine
from digitocr.settings import Settings
from digitocr.types import Gray

QUARTER_TURNS = 1, 3  # counterclockwise; upside down, 6 and 9, 0, 1 and 8 are digits all the same
AS_LONG = 0.8  # of the longest number in the picture as it came: turned, one is so long, at least


def find_turned(
    gray: Gray, network: Network, settings: Settings, upright: Finding
) -> list[Finding]:
    """The numbers in those turns in which one may be; gray: (H, W), working frame.

    upright: what was found in the picture as it came. A number that lies on its side falls apart
    into single digits, so its longest one is longer where it is level.
    """
    turned = (_found(gray, turns, network, settings) for turns in QUARTER_TURNS)
    return [one for one in turned if one.lines and _longest(one) >= AS_LONG * _longest(upright)]


def _longest(finding: Finding) -> float:
    """Of its numbers, in digit heights."""
    return max((one.length_px / one.digit_height_px for one in finding.lines), default=0.0)


def _found(gray: Gray, turns: int, network: Network, settings: Settings) -> Finding:
    turned = np.ascontiguousarray(np.rot90(gray, turns))
    finding = find_numbers(look_for_numbers(turned, network), turned, settings)

    def back(line: FoundLine) -> FoundLine:
        start, stop = (_back(point, turns, turned.shape) for point in (line.start, line.stop))
        return replace(line, start=start, stop=stop)

    return Finding(
        finding.maps,
        tuple(back(one) for one in finding.lines),
        tuple(back(one) for one in finding.left_out),
        turns,
    )


def _back(point: NDArray[np.float64], turns: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A point x, y of a picture of this shape that was so often turned, where it was before."""
    height, width = shape[:2]
    x, y = point
    for _ in range(turns):  # one turn clockwise
        x, y = height - 1 - y, x
        height, width = width, height
    return np.array([x, y])
