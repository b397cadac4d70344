"""What speaks against numbers by how they stand to each other: one that may be two, two that may
be one, and ink that was read twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.arrays import median
from digitocr.find.numbers import ALIKE, ON_LINE
from digitocr.geometry import hull
from digitocr.reading import Line
from digitocr.reasons import Objection

WIDER = 0.9  # digit heights: a gap so much wider than all others of a number has room for a digit
NEARER = 1.2  # times the widest gap within two numbers: so near each other they may be one
TWICE = 0.6  # of the smaller one's box: so much of a digit lies in another number's digit


def beside(lines: Sequence[Line]) -> list[list[Objection]]:
    """What speaks against each line of a picture by where its digits and its neighbours stand."""
    numbers = [place for place, line in enumerate(lines) if line.quad is not None]
    against: list[list[Objection]] = [[] for _ in lines]
    if not numbers:
        return against
    laid = _laid([lines[place] for place in numbers])
    for reason, hit in (
        (Objection.GAP, laid.apart_px > WIDER * laid.digit_px),
        (Objection.GOES_ON, _goes_on(laid)),
        (Objection.TWICE, _read_twice([lines[place] for place in numbers])),
    ):
        for index in np.flatnonzero(hit):
            against[numbers[index]].append(reason)
    return against


class _Laid(NamedTuple):
    """Numbers as they lie in the source; px."""

    starts: NDArray[np.float64]  # (N, 2) x, y of the middle of each one's left end,
    ends: NDArray[np.float64]  # and of its right one
    digit_px: NDArray[np.float64]  # (N,) a digit's height
    widest_px: NDArray[np.float64]  # (N,) gap between digits; 0 at least
    apart_px: NDArray[np.float64]  # (N,) how much wider than the others; 0 where it is the only one


def _laid(lines: Sequence[Line]) -> _Laid:
    corners = np.array([line.quad for line in lines], np.float64)  # clockwise from upper left
    starts, ends = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
    sizes = []
    for line, long_px in zip(lines, np.hypot(*(ends - starts).T).tolist(), strict=True):
        boxes = [digit.standing.component.box for digit in line.digits]
        gaps = sorted(max(0, right.left - left.right) for left, right in pairwise(boxes))
        widest = max(gaps, default=0)
        apart = widest - gaps[-2] if len(gaps) > 1 else 0
        high = median(np.array([box.height for box in boxes]))
        to_source = long_px / max(hull(boxes).width, 1)
        sizes.append([to_source * size for size in (high, widest, apart)])
    return _Laid(starts, ends, *np.array(sizes).T)


def _goes_on(laid: _Laid) -> NDArray[np.bool_]:
    """Whether beside each number is another, on its line, as high, and near."""
    ways = (laid.ends - laid.starts) / np.hypot(*(laid.ends - laid.starts).T)[:, None].clip(1e-9)
    goes_on = np.zeros(len(ways), np.bool_)
    for left, (way, end) in enumerate(zip(ways, laid.ends, strict=True)):
        along, across = np.array([way, (-way[1], way[0])]) @ (laid.starts - end).T
        low = np.minimum(laid.digit_px, laid.digit_px[left])
        alike = low >= ALIKE * np.maximum(laid.digit_px, laid.digit_px[left])
        widest = np.maximum(laid.widest_px, laid.widest_px[left])
        near = (-low < along) & (along <= NEARER * widest) & (np.abs(across) < ON_LINE * low)
        near[left] = False
        goes_on |= alike & near
        goes_on[left] |= bool((alike & near).any())
    return goes_on


def _read_twice(lines: Sequence[Line]) -> NDArray[np.bool_]:
    """Whether a digit of each line lies on a digit of another."""
    line_of = np.array([number for number, line in enumerate(lines) for _ in line.digits])
    boxes = np.array([digit.box for line in lines for digit in line.digits])
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    twice = np.zeros(len(lines), np.bool_)
    # One digit at a time: a page has a thousand.
    for box, area, number in zip(boxes, areas, line_of, strict=True):
        sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
        shared = np.maximum(sides, 0).prod(axis=1)
        twice[number] |= ((shared > TWICE * np.minimum(areas, area)) & (line_of != number)).any()
    return twice
