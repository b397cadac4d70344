"""Strokes that nobody read and that stand on the line of a found number: the number goes on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digitocr.find.numbers import ALIKE, ON_LINE, in_order, joined
from digitocr.find.parted import parted
from digitocr.found import SHORTER, FinderMaps, Finding, FoundLine
from digitocr.geometry import Box
from digitocr.types import Gray

FAINTEST = 0.06  # of the map of cores: so much is on a digit, and on no frame
REACH = 3.0  # digit heights from a number's end to a stroke that belongs to it, at most


def extended(finding: Finding, strokes: Sequence[Box], gray: Gray) -> Finding | None:
    """The finding with its numbers made as long as the strokes ask for; None if none do.

    strokes: boxes, in the working frame of a picture, gray: uint8 (H, W).
    """
    lines = list(finding.lines)
    strokes = [box for box in strokes if _seen(finding.maps, box, gray.shape) >= FAINTEST]
    left = list(strokes)
    while True:
        offers = [
            (gap, place, box)
            for box in left
            for place, line in enumerate(lines)
            if (gap := _gap(line, box)) is not None
        ]
        if not offers:
            break
        _, place, box = min(offers, key=lambda offer: offer[0])
        lines[place] = _with(lines[place], box)
        left.remove(box)
    if len(left) == len(strokes):
        return None
    return replace(finding, lines=tuple(in_order(parted(gray, joined(lines)))))


def _seen(maps: FinderMaps, box: Box, shape: tuple[int, ...]) -> float:
    """The most that the finder's map of cores has on a stroke."""
    rows, columns = maps.core.shape
    along, down = columns / shape[1], rows / shape[0]
    left, top = int(box.left * along), int(box.top * down)
    there = maps.core[top : math.ceil(box.bottom * down), left : math.ceil(box.right * along)]
    return float(there.max()) if there.size else 0.0


def _gap(line: FoundLine, box: Box) -> float | None:
    """How far beyond a number's ends a stroke stands, px; None where it is not one of its own."""
    high = line.digit_height_px
    along, across = (np.array(box.center_xy) - line.middle) @ np.column_stack(
        [line.way, line.across]
    )
    gap = abs(float(along)) - line.length_px / 2 - SHORTER * high
    fits = ALIKE <= box.height / high <= 1 / ALIKE and abs(float(across)) < ON_LINE * high
    return gap if fits and -SHORTER * high < gap <= REACH * high else None


def _with(line: FoundLine, box: Box) -> FoundLine:
    """A number that goes on to a stroke."""
    middle = np.array(box.center_xy)
    along = float((middle - line.middle) @ line.way)
    if along < 0:
        return replace(line, start=line.stop + line.way * float((middle - line.stop) @ line.way))
    return replace(line, stop=line.start + line.way * float((middle - line.start) @ line.way))
