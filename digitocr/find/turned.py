"""Numbers on a picture that lies on its side or upside down: found in the turned picture, and
told in the upright one's frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digitocr.find.finder import Network, look_for_numbers
from digitocr.find.look import seen
from digitocr.find.numbers import find_numbers
from digitocr.found import Finding, FoundLine
from digitocr.settings import Settings
from digitocr.types import Gray

MORE = 1.3  # times as much must be seen in the turned picture


def find_turned(gray: Gray, network: Network, settings: Settings) -> Finding:
    """The numbers in the turn in which the finder sees most; gray: (H, W), working frame."""
    quarter_turns = range(1, 4)  # counterclockwise, as `Finding` has them
    return max((_found(gray, turns, network, settings) for turns in quarter_turns), key=seen)


def is_surer(turned: Finding, upright: Finding) -> bool:
    """Whether the finder sees so much more in the turned picture that it must be read."""
    return seen(turned) > MORE * seen(upright)


def _found(gray: Gray, turns: int, network: Network, settings: Settings) -> Finding:
    turned = np.ascontiguousarray(np.rot90(gray, turns))
    finding = find_numbers(look_for_numbers(turned, network), turned.shape, settings)

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
