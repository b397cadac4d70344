"""The line reader's looks at lines of writing: one at each, and two more where readers differ.

Each look is at a strip as it is, and made narrower and wider: what is read of all three alike is
oftener right (Simonyan, Zisserman: "Very deep convolutional networks", 2015, on test-time
augmentation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from digitocr.along.ctc import single_digits
from digitocr.along.strip import WIDE, Surroundings, cut_out, strip, strip_box, upright
from digitocr.arrays import padded
from digitocr.found import LineSheet
from digitocr.reasons import DropReason
from digitocr.types import (
    Box,
    Dropped,
    Gray,
    LineStrip,
    LogProbabilities,
    Look,
    Segmentation,
    Strip,
    TextLine,
)

WIDTHS = 0.88, 1.15  # times a strip's own
NOT_ITS_OWN = {DropReason.CUT_OFF, DropReason.RULE}  # ink of what is around a number
EDGE_PX = 2  # of ink that the threshold leaves to the paper
SOFT = np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8)

PAPER_PX = 31  # no stroke on the sheet is broader
SMOOTH_PX = 9

Network = Callable[[Strip], LogProbabilities]  # (32, W) -> (T, 11)


def cut_strips(boxes: Sequence[Box], sheet: LineSheet, dropped: Sequence[Dropped]) -> list[Strip]:
    """The strip of each box, sheet frame, as the picture has it but for what is around."""
    gray = bare(sheet.raw, dropped, _paper(sheet.raw))
    return [strip(cut_out(gray, box)) for box in boxes]


def bare(gray: Gray, dropped: Sequence[Dropped], paper: Gray) -> Gray:
    """Gray (H, W), and paper (H, W) where ink of what is around a number, or its soft edge, is."""
    gray = gray.copy()
    for part in (one.component for one in dropped if one.reason in NOT_ITS_OWN):
        mask = cv2.dilate(padded(part.mask.view(np.uint8), EDGE_PX), SOFT) > 0
        top, left = part.box.top - EDGE_PX, part.box.left - EDGE_PX
        bottom, right = top + mask.shape[0], left + mask.shape[1]
        there = slice(max(0, top), bottom), slice(max(0, left), right)
        high, wide = gray[there].shape
        inner = mask[max(0, -top) :, max(0, -left) :][:high, :wide]
        gray[there][inner] = paper[there][inner]
    return gray


def _paper(gray: Gray) -> Gray:
    """The paper under the ink: a closing broader than strokes, smoothed."""
    closed = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((PAPER_PX, PAPER_PX), np.uint8))
    return np.asarray(cv2.blur(closed, (SMOOTH_PX, SMOOTH_PX)), np.uint8)


def look(boxes: Sequence[Box], strips: Sequence[Strip], network: Network) -> tuple[LineStrip, ...]:
    """What the line reader says of each line's strip."""
    return tuple(
        LineStrip(box, _look_at(ready, network)) for box, ready in zip(boxes, strips, strict=True)
    )


def _look_at(ready: Strip, network: Network) -> Look:
    height, width = ready.shape
    others = (cv2.resize(ready, (max(1, round(share * width)), height)) for share in WIDTHS)
    return Look(ready, network(ready), tuple(network(np.asarray(one, "f4")) for one in others))


def look_again(
    strips: Sequence[LineStrip],
    chosen: Sequence[bool],
    segmentation: Segmentation,
    sheet: LineSheet,
    network: Network,
) -> tuple[LineStrip, ...]:
    """The lines' strips; the chosen ones with two other views, more around it, and upright.

    These show the flattened sheet: where a pattern of the paper misleads the reader in one view,
    it does not in the other.
    """
    around = Surroundings(segmentation.dropped)
    gray = bare(sheet.gray, segmentation.dropped, np.full_like(sheet.gray, 255))

    def other_views(line_strip: LineStrip, line: TextLine) -> tuple[Look, ...]:
        wide = strip(cut_out(gray, strip_box(line, around, WIDE)))
        straight = upright(strip(cut_out(gray, line_strip.box)), line)
        return _look_at(wide, network), _look_at(straight, network)

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
