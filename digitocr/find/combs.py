"""Combs: the bars that a form prints between the places of a number's digits.

A bar may look just like a 1, and of another a scan leaves two dots. But bars stand at one pitch,
and a digit between each two of them, as no hand writes its 1s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.find.line_sheet import DIGIT_PX
from digitocr.types import Component

LEAST = 5  # bars that are whole tell of a comb,
FARTHEST = 3  # each so many places from the last, at most: those between are worn
PITCH = 0.55, 1.6  # digit heights from bar to bar
OFF = 0.06  # of the pitch: so far beside its place a bar may stand
WIDEST = 0.35  # digit heights: a bar, and what is left of one
SHORTEST = 0.35  # the same: a whole bar
UPRIGHT = 0.6  # of the box around it is ink

Places = NDArray[np.float64]  # (N,) x, px


class Comb(NamedTuple):
    """Where bars stand: at `first`, x in px, and at whole pitches from there, so many in all."""

    first: float
    pitch: float
    bars: int

    def has(self, x: Places) -> NDArray[np.bool_]:
        """Whether each of x is the place of a bar; a worn comb may go on at either end."""
        place = (x - self.first) / self.pitch
        nearest = np.rint(place).clip(-FARTHEST, self.bars - 1 + FARTHEST)
        return np.asarray(np.abs(place - nearest) <= OFF)


def find_bars(components: Sequence[Component]) -> list[bool]:
    """Whether each component of a row, sheet frame, is a bar of a comb, or what is left of one."""
    if len(components) <= LEAST:
        return [False] * len(components)
    x = np.array([one.box.left + np.nonzero(one.mask)[1].mean() + 0.5 for one in components])
    width, height = np.array([(one.box.width, one.box.height) for one in components]).T / DIGIT_PX
    narrow, tall = width <= WIDEST, height >= SHORTEST
    bars = narrow & tall & np.array([one.mask.mean() >= UPRIGHT for one in components])
    upright = np.sort(x[bars])
    # Of a bar that is broken one piece tells where it stands.
    upright = upright[np.diff(upright, prepend=-np.inf) > WIDEST * DIGIT_PX / 2]
    comb = _comb(upright, x[tall])
    return [False] * len(components) if comb is None else (narrow & comb.has(x)).tolist()


def _comb(bars: Places, shapes: Places) -> Comb | None:
    """The comb with most bars, if there is any; shapes: where bars, digits and the like are."""
    best, most = None, LEAST - 1
    for at, first in enumerate(bars[:-most]):
        for second in bars[at + 1 : at + 3]:
            for pitch in (second - first, (second - first) / 2):
                if not PITCH[0] <= pitch / DIGIT_PX <= PITCH[1]:
                    continue
                near = _near(bars, first, pitch)
                if near.size <= most:
                    continue
                comb = _fitted(near, np.rint((near - first) / pitch))
                count = int(comb.has(bars).sum())
                if count > most and _is_filled(comb, shapes):
                    best, most = comb, count
    return best


def _near(bars: Places, first: float, pitch: float) -> Places:
    """A bar and those that follow at about whole pitches, none too far from the one before."""
    place = (bars - first) / pitch
    whole = np.rint(place)
    near = np.flatnonzero((whole >= 0) & (np.abs(place - whole) <= 2 * OFF))
    ends = np.flatnonzero(np.diff(whole[near]) > FARTHEST)
    return np.asarray(bars[near[: ends[0] + 1] if ends.size else near])


def _fitted(bars: Places, numbers: Places) -> Comb:
    """The comb through bars, by least squares; numbers: of their places, from 0."""
    pitch, first = np.polyfit(numbers, bars, 1).tolist()
    return Comb(first, pitch, int(numbers[-1]) + 1)


def _is_filled(comb: Comb, shapes: Places) -> bool:
    """Whether a shape stands between each two places of bars, or between all but one pair."""
    others = shapes[~comb.has(shapes)]
    between = np.floor((others - comb.first) / comb.pitch)
    inner = np.unique(between[(between >= 0) & (between < comb.bars - 1)])
    return inner.size >= comb.bars - 2
