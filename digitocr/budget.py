"""What a picture may cost to read, spent on what looks most like digits first.

Everything that a line of writing will take is told from boxes alone, before any of it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digitocr.along.strip import STRIP_PX, Surroundings, strip_box
from digitocr.geometry import hull
from digitocr.reasons import DropReason
from digitocr.segments.cuts import most_pieces
from digitocr.segments.lattice import Run, hypotheses, runs
from digitocr.types import (
    Box,
    Dropped,
    Hypothesis,
    LineStrip,
    Piece,
    Segmentation,
    TextLine,
)

MOST_STEPS = 40_000  # columns of strips, as the line reader sees them
LINE_STEPS = 350  # a line costs as much as so many columns, however short it is,
LONG_LINE = 2_000  # and twice as much for each column where it has so many
MOST_ARCS = 2_000  # what the classifier looks at
MOST_ARC_PX = 48_000_000  # of the squares around these
MOST_LINES = 400  # are measured
MOST_DISPUTED = 2_500  # of the line reader's steps, in lines that are looked at again
DIGIT_ASPECT = 0.12, 1.3  # width over height of nearly all digits
USUAL_WIDTH = 0.6  # of a digit's height


def affordable(segmentation: Segmentation) -> tuple[Segmentation, list[Box]]:
    """The lines for which the means reach, and what is cut out for each of them.

    The others are dropped and left out.
    """
    lines = segmentation.lines
    around = Surroundings(segmentation.dropped)
    left = np.ones(3)
    chosen: dict[int, Box] = {}
    likely = sorted(range(len(lines)), key=lambda number: _likeness(lines[number]))
    for index in likely[:MOST_LINES]:
        box = strip_box(lines[index], around)
        price = _price(lines[index], box)
        if (price <= left).all():
            chosen[index] = box
            left -= price
    boxes = [chosen[index] for index in sorted(chosen)]
    if len(chosen) == len(lines):
        return segmentation, boxes
    others = [line for index, line in enumerate(lines) if index not in chosen]
    kept = replace(
        segmentation,
        lines=tuple(lines[index] for index in sorted(chosen)),
        dropped=(
            *segmentation.dropped,
            *(Dropped(part, DropReason.TOO_MUCH) for line in others for part in line.components),
        ),
        left_out=(*segmentation.left_out, *map(_box, others)),
    )
    return kept, boxes


def _likeness(line: TextLine) -> tuple[bool, float]:
    """Smaller for what is likelier a number: shapes like digits first, then taller ones."""
    low, high = DIGIT_ASPECT
    shapes = np.array([(part.box.width, part.box.height) for part in line.components])
    aspects = shapes[:, 0] / shapes[:, 1]
    return bool(((aspects < low) | (aspects > high)).mean() > 0.5), -line.digit_height_px


def _price(line: TextLine, box: Box) -> NDArray[np.float64]:
    """What a line and its strip's box cost, as shares (3,) of steps, arcs and their pixels."""
    steps = max(STRIP_PX, box.width * STRIP_PX / box.height)
    arcs = sum(most_pieces(part, line.digit_height_px) for part in line.components)
    area_px = sum(_square_px(part.box) for part in line.components)
    return np.array(
        [
            (LINE_STEPS + steps * (1 + steps / LONG_LINE)) / MOST_STEPS,
            arcs / MOST_ARCS,
            area_px / MOST_ARC_PX,
        ]
    )


def _square_px(box: Box) -> int:
    """A tile shows a square around its shape."""
    return max(box.width, box.height) ** 2


def _box(line: TextLine) -> Box:
    return hull(part.box for part in line.components)


def hypothesize(
    pieces: Sequence[Sequence[Piece]], lines: Sequence[TextLine]
) -> tuple[list[list[Hypothesis]], list[bool]]:
    """The hypotheses of each line that are worth a look, and whether these are all."""
    every = [runs(parts, line.digit_height_px) for parts, line in zip(pieces, lines, strict=True)]
    worth, are_all = likeliest(every, lines)
    return [
        hypotheses(parts, of_line) for parts, of_line in zip(pieces, worth, strict=True)
    ], are_all


def likeliest(
    every: Sequence[Sequence[Run]], lines: Sequence[TextLine]
) -> tuple[list[list[Run]], list[bool]]:
    """For each line the runs that are worth a look, and whether these are all.

    Single pieces always are, lest a lattice has no path; of longer runs those that are as wide
    as digits usually are come first.
    """
    price = np.array([_square_px(run.box) for line in every for run in line], np.float64)
    length = np.array([run.stop - run.start for line in every for run in line])
    width = np.array([run.box.width for line in every for run in line], np.float64)
    counts = [len(line) for line in every]
    usual = np.repeat([USUAL_WIDTH * line.digit_height_px for line in lines], counts)
    order = np.lexsort((np.abs(np.log(width / usual)), length > 1))
    spent = np.cumsum(price[order])
    kept = np.zeros(len(price), np.bool_)
    kept[order] = (spent <= MOST_ARC_PX) & (np.arange(len(price)) < MOST_ARCS)
    kept |= length == 1
    stops = np.cumsum([0, *counts])
    shares = [kept[start:stop] for start, stop in pairwise(stops)]
    return (
        [
            [run for run, is_kept in zip(line, share, strict=True) if is_kept]
            for line, share in zip(every, shares, strict=True)
        ],
        [bool(share.all()) for share in shares],
    )


def seen_again(
    disputed: Sequence[bool], strips: Sequence[LineStrip], lines: Sequence[TextLine]
) -> list[bool]:
    """Which of the lines that the readers differ on the line reader can look at once more."""
    chosen = [False] * len(lines)
    left = MOST_DISPUTED
    asked = [index for index, is_disputed in enumerate(disputed) if is_disputed]
    for index in sorted(asked, key=lambda number: _likeness(lines[number])):
        if len(strips[index].along) <= left:
            chosen[index] = True
            left -= len(strips[index].along)
    return chosen


def out_of_reach(
    segmentation: Segmentation,
    boxes: Sequence[Box],
    are_all: Sequence[bool],
    disputed: Sequence[bool],
    again: Sequence[bool],
) -> Segmentation:
    """The segmentation, with the lines left out that could not be looked at as was wanted.

    boxes: of the lines' strips; are_all: whether all of a line's hypotheses were looked at;
    disputed, again: whether the readers differ on it, and whether it was seen once more.
    """
    partly = [
        box
        for box, is_whole, is_disputed, is_again in zip(
            boxes, are_all, disputed, again, strict=True
        )
        if not is_whole or (is_disputed and not is_again)
    ]
    return replace(segmentation, left_out=(*segmentation.left_out, *partly))
