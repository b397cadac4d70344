"""Numbers side by side in a table, seen as one: parted where a rule runs down between them.

A table's rule goes on above the row or below it, over other rows; a field's bars, between the
digits of one number, end with the field, and squared paper has its rules too close, or as far from
each other one way as the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.cores import SHORTEST
from digitocr.find.leveled import leveled
from digitocr.found import CORE, SHORTER, FoundLine
from digitocr.types import Gray, Ink

FINE_PX = 20  # a digit's height, where rules are looked for
FAR = 2.0  # digit heights above the digits or below them: so far a table's rule goes on
ON = (
    0.8  # of it has paper on both sides where there might be a rule; of the row, too, where one is,
)
INKED = 0.97  # and this share of both is inked: digits one below the other leave gaps
STANDS_OUT = 5  # gray levels: so much darker than the paper,
ASIDE_PX = 3  # beside it,
THICK_PX = 9  # and around it
LEANS = np.linspace(-0.12, 0.12, 7)  # tangents: rules need not be upright
CLOSE = 1.2  # digit heights between two rules: what is between them is a single digit's place
BESIDE = CLOSE + CORE  # digit heights on either side of a row: there are its neighbours' rules
SQUARE = 1.25  # times as wide as high, or as high as wide, at most


def parted(gray: Gray, lines: Sequence[FoundLine]) -> list[FoundLine]:
    """The same numbers, those that a table's rules cross as the parts between these.

    gray: uint8 (H, W), working frame.
    """
    return [part for line in lines for part in _parts(gray, line)]


def _parts(gray: Gray, line: FoundLine) -> list[FoundLine]:
    high = line.digit_height_px
    beside, least = SHORTER * high, SHORTEST * high
    if line.length_px < 2 * (least + beside):
        return [line]
    rules = _columns(gray, line) * high
    rules = rules[(rules >= least + beside) & (rules <= line.length_px - least - beside)]
    starts = [0.0, *(rules + beside)]
    stops = [*(rules - beside), line.length_px]
    return [
        replace(line, start=line.start + line.way * start, stop=line.start + line.way * stop)
        for start, stop in zip(starts, stops, strict=True)
        if stop - start >= least or len(starts) == 1
    ]


def _columns(gray: Gray, line: FoundLine) -> NDArray[np.float64]:
    """(N,) where a table's upright rules cross a number, digit heights from its core's start."""
    dark, shown, _ = leveled(gray, line, FINE_PX, FAR, BESIDE)
    upright, hinted = _upright(dark, shown, FAR)
    if not len(upright):
        return upright
    across = _upright(dark.T, shown.T, BESIDE)[0]
    is_table = len(upright) + len(across) >= 2  # else a crease, or a margin's line
    if not is_table or any(_are_squares(one, across) for one in (upright, hinted)):
        return upright[:0]
    return upright - BESIDE


def _are_squares(upright: NDArray[np.float64], across: NDArray[np.float64]) -> bool:
    """Whether rules are as close as in combs and squares, of which not each is seen, or columns as
    wide as rows are high."""
    columns, rows = np.diff(upright), np.diff(across)
    if not len(columns):
        return False
    if np.quantile(columns, 0.25) < CLOSE:
        return True
    return bool(len(rows) and 1 / SQUARE < np.median(columns) / np.median(rows) < SQUARE)


def _upright(dark: Gray, shown: Ink, far: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N,) where rules run down, digit heights from the left, through what is so many of them from
    the upper end and from the lower one, and on to one of these; and (M,) where some might."""
    high, wide = dark.shape
    top, bottom = round(far * FINE_PX), high - round(far * FINE_PX)
    if not shown[[top // 2, -top // 2]].any():
        return np.zeros(0), np.zeros(0)
    marked = _marked(dark, shown)
    runs, hints = np.zeros(wide, np.bool_), np.zeros(wide, np.bool_)
    for lean in LEANS:
        upright = np.array([[1, lean, -lean * (high - 1) / 2], [0, 1, 0]])
        how = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        stands_out, inked = cv2.split(cv2.warpAffine(marked, upright, (wide, high), flags=how))
        above, between, beneath = (
            zone.mean(axis=0) for zone in np.split(stands_out, [top, bottom])
        )
        hints |= np.maximum(above, beneath) >= ON
        for end, zone in ((above, inked[:bottom]), (beneath, inked[top:])):
            runs |= (np.minimum(end, between) >= ON) & (zone.mean(axis=0) >= INKED)
    return _middles(runs), _middles(hints)


def _middles(runs: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(N,) the middle of each run, digit heights from the left."""
    steps = np.flatnonzero(np.diff(np.r_[False, runs, False]))
    return np.asarray((steps[::2] + steps[1::2] - 1) / 2 / FINE_PX, np.float64)


def _marked(dark: Gray, shown: Ink) -> NDArray[np.uint8]:
    """(H, W, 2), 0 or 1: whether a place, or one next to it, stands out from the paper on both its
    sides, and from that around it, as it does where a rule across runs through it, too; 0 beyond
    the picture."""
    level = np.asarray(cv2.blur(np.ascontiguousarray(dark), (1, 3)), np.uint8)
    beside = np.pad(level, ((0, 0), (ASIDE_PX, ASIDE_PX)), "edge")
    paper = np.minimum(beside[:, : -2 * ASIDE_PX], beside[:, 2 * ASIDE_PX :])
    hole = np.ones((THICK_PX, THICK_PX), np.uint8)
    depths = cv2.subtract(paper, level), cv2.morphologyEx(level, cv2.MORPH_BLACKHAT, hole)
    marked = cv2.merge([((one > STANDS_OUT) & shown).view(np.uint8) for one in depths])
    return np.asarray(cv2.dilate(marked, np.ones((1, 3), np.uint8)), np.uint8)
