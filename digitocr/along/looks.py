"""The line reader's looks at lines of writing: one at each, and two more where readers differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from digitocr.along.ctc import single_digits
from digitocr.along.strip import WIDE, Surroundings, cut_out, strip, strip_box, upright
from digitocr.types import (
    Binarization,
    Box,
    LineStrip,
    LogProbabilities,
    Look,
    Rectification,
    Segmentation,
    Strip,
    TextLine,
)

Network = Callable[[Strip], LogProbabilities]  # (32, W) -> (T, 11)


def cut_strips(
    boxes: Sequence[Box], rectification: Rectification, binarization: Binarization
) -> list[Strip]:
    """The strip of each box, level frame."""
    return [
        strip(cut_out(binarization.gray, box, rectification.to_gray), binarization.ink_is_dark)
        for box in boxes
    ]


def look(boxes: Sequence[Box], strips: Sequence[Strip], network: Network) -> tuple[LineStrip, ...]:
    """What the line reader says of each line's strip."""
    return tuple(
        LineStrip(box, Look(ready, network(ready)))
        for box, ready in zip(boxes, strips, strict=True)
    )


def look_again(
    strips: Sequence[LineStrip],
    chosen: Sequence[bool],
    segmentation: Segmentation,
    rectification: Rectification,
    binarization: Binarization,
    network: Network,
) -> tuple[LineStrip, ...]:
    """The lines' strips; the chosen ones with two other views, more around it, and upright."""
    around = Surroundings(segmentation.dropped)

    def other_views(line_strip: LineStrip, line: TextLine) -> tuple[Look, ...]:
        (wide,) = cut_strips([strip_box(line, around, WIDE)], rectification, binarization)
        straight = upright(line_strip.strip, line)
        return Look(wide, network(wide)), Look(straight, network(straight))

    return tuple(
        replace(line_strip, again=other_views(line_strip, line)) if is_chosen else line_strip
        for line_strip, line, is_chosen in zip(strips, segmentation.lines, chosen, strict=True)
    )


def sure_singles(lines: Sequence[TextLine], strips: Sequence[LineStrip]) -> list[list[bool]]:
    """For each component of each line, whether the line reader is sure that it is one digit."""
    return [
        single_digits(line_strip.along, _spans(line, line_strip.box))
        for line, line_strip in zip(lines, strips, strict=True)
    ]


def _spans(line: TextLine, box: Box) -> list[tuple[float, float]]:
    """From where to where each component of a line stands in its strip, as shares of its width."""
    sides = np.array([(part.box.left, part.box.right) for part in line.components], np.float64)
    return [(start, stop) for start, stop in ((sides - box.left) / box.width).tolist()]
