"""The finder's map of cores -> the cells of each number's core.

A core is a connected part of the map above some level. A low one takes a number's faint ends in,
and may run neighbours into one; so a part that is no single line of writing is cut at the next
level, and so on, as in a component tree (Matas and others: "Robust wide baseline stereo from
maximally stable extremal regions", BMVC 2002).
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.found import CORE, FinderMaps

SURE = 0.5  # certainty of a core: there is a number
LEVELS = 0.15, 0.3, 0.5, 0.7, 0.85  # of the map of cores
EDGE = 0.4  # of it: so far reaches a number that had to be cut from others
THICK = 0.9  # digit heights: the core of one line is thinner
SPREAD = 1.5  # octaves between the heights in it, at most; half of it from those of its surest part
TAIL = 0.05  # of them, at either end, do not count
SHORTEST = 0.35  # digit heights: so long is the core of a single digit

Places = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows and columns of cells


class Axes(NamedTuple):
    """How some points (N, 2) lie about their middle, in their own unit."""

    length: float  # both as of a rectangle with as much spread
    thickness: float
    way: NDArray[np.float64]  # (2,) along the length, to the right


def axes_of(points: NDArray[np.float64]) -> Axes:
    """The principal axes of points (N, 2) x, y."""
    off = points - points.mean(axis=0)
    spread, ways = np.linalg.eigh(off.T @ off / max(len(points) - 1, 1))
    thickness, length = np.sqrt(12 * np.maximum(spread, 0)).tolist()
    return Axes(length, thickness, ways[:, 1] * (1 if ways[0, 1] >= 0 else -1))


def cores_of(maps: FinderMaps) -> list[Places]:
    """The places of each core, and of what is left of the map where numbers were cut apart."""
    cores = []
    for places in _connected(maps.core > LEVELS[0]):
        seeds = _lines(maps, places, LEVELS[1:])
        cores += seeds if seeds[0] is places else _grown(maps, places, seeds)
    return cores


def certainty(maps: FinderMaps, places: Places) -> float:
    """How surely there is a core, 0..1: where it is not sure as a whole, as its surest part.

    So a row whose digits stand far apart is sure where some of them are.
    """
    whole = _wholeness(maps, places)
    if whole >= SURE:
        return whole
    parts = [part for level in LEVELS[1:] for part in _above(maps, places, level)]
    return max([whole, *(_wholeness(maps, part) for part in parts)])


def _wholeness(maps: FinderMaps, places: Places) -> float:
    """The mean of the map over as many places as a core of their length and height has, 0..1:
    what there is too little of is no core."""
    high = float(np.median(maps.height_px[places])) / maps.px
    lies = _axes(places)
    # A single digit's core may be higher than it is long.
    length = lies.length if abs(lies.way[0]) >= abs(lies.way[1]) else lies.thickness
    least = CORE * high * max(length, SHORTEST * high)
    return float(maps.core[places].sum()) / max(len(places[0]), least)


def _lines(maps: FinderMaps, places: Places, levels: tuple[float, ...]) -> list[Places]:
    """A part of the map if it is one line of writing, else what it falls into at higher levels.

    Where nothing sure comes out of that it stays whole.
    """
    if not levels or _is_one_line(maps, places):
        return [places]
    higher = _above(maps, places, levels[0])
    lines = [line for part in higher for line in _lines(maps, part, levels[1:])]
    return lines if any(certainty(maps, line) >= SURE for line in lines) else [places]


def _is_one_line(maps: FinderMaps, places: Places) -> bool:
    """Whether it is as thin as a core of its height, and equally high all along."""
    heights = np.sort(maps.height_px[places])
    low, usual, high = (heights[int(share * (heights.size - 1))] for share in (TAIL, 0.5, 1 - TAIL))
    thickness = (_axes(places).thickness + 1) * maps.px
    return bool(np.log2(high / low) <= SPREAD and thickness <= THICK * usual)


def _axes(places: Places) -> Axes:
    return axes_of(np.column_stack(places[::-1]).astype(np.float64))


def _grown(maps: FinderMaps, places: Places, seeds: list[Places]) -> list[Places]:
    """Seeds with what is next to them and alike high; then what else is above EDGE."""
    corner, size = _window(places)
    free, owner = np.zeros(size, np.bool_), np.zeros(size, np.uint16)
    octaves = np.zeros(size, np.float32)
    there = _moved(places, -corner)
    free[there], octaves[there] = maps.core[places] > EDGE, np.log2(maps.height_px[places])
    usual = np.zeros(len(seeds) + 1, np.float32)
    for number, seed in enumerate(seeds, 1):
        own = _moved(seed, -corner)
        owner[own], usual[number] = number, np.median(octaves[own])
    cross = np.asarray(cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    while True:
        next_to = cv2.dilate(owner, cross)
        new = free & (owner == 0) & (next_to > 0) & (abs(octaves - usual[next_to]) <= SPREAD / 2)
        if not new.any():
            break
        owner[new] = next_to[new]
    grown = [_moved(_places(owner == number), corner) for number in range(1, len(seeds) + 1)]
    return [*grown, *(_moved(one, corner) for one in _connected(free & (owner == 0)))]


def _above(maps: FinderMaps, places: Places, level: float) -> list[Places]:
    """The connected parts of some places where the map of cores is above a level."""
    is_above = maps.core[places] > level
    if not is_above.any():
        return []
    corner, size = _window(places)
    mask = np.zeros(size, np.bool_)
    mask[_moved(places, -corner)] = is_above
    return [_moved(one, corner) for one in _connected(mask)]


def _places(mask: NDArray[np.bool_]) -> Places:
    rows, columns = np.nonzero(mask)
    return rows, columns


def _window(places: Places) -> tuple[NDArray[np.intp], tuple[int, int]]:
    """Row and column where the places begin, and how many rows and columns they take."""
    corner = np.array([at.min() for at in places])
    rows, columns = (int(at.max() - at.min()) + 1 for at in places)
    return corner, (rows, columns)


def _moved(places: Places, by: NDArray[np.intp]) -> Places:
    return places[0] + by[0], places[1] + by[1]


def _connected(mask: NDArray[np.bool_]) -> list[Places]:
    """Rows and columns of each connected part."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    parts = []
    for number in range(1, count):
        left, top, width, height, _ = stats[number]
        there = labels[top : top + height, left : left + width] == number
        parts.append(_moved(_places(there), np.array([top, left])))
    return parts
