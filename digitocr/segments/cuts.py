"""Over-segmentation: candidate cuts through shapes that may hold more than one digit.

Every cut is a path of least ink from top to bottom, found by dynamic programming as in seam
carving (Avidan, Shamir, 2007) and in the drop-fall cuts of touching digits (Congedo, Dimauro,
Impedovo, Pirlo: "Segmentation of numeric strings", ICDAR 1995). The lattice chooses among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.components import trimmed
from digitocr.types import Box, Component, Piece, TextLine

WIDE = 0.7  # digit heights; what is narrower is one digit
VERY_WIDE = 1.4  # digit heights; what is wider is hardly one digit, whoever says so
GRID_PX = 40  # cuts are sought at this height, whatever the picture's size
SPACING = 0.18  # of a digit's height between two cuts
BAND = 0.25  # of a digit's height to either side that a cut may wander
WANDER_COST = 0.15  # of a pixel of ink, for each step sideways
PAPER_COST = 0.02
STEPS = np.array([0, -1, 1])  # where a cut may come from, the first where they cost the same
WAY_COSTS = np.array([0, WANDER_COST, WANDER_COST], np.float32)
DEEPEST = 0.4  # of a digit's height in ink: a cut through more splits no two digits


def cut(
    components: Sequence[Component], digit_height_px: float, single: Sequence[bool]
) -> list[Piece]:
    """Split a line's components at their candidate cuts; a narrow one stays a single piece.

    single: for each component, whether the line reader is sure that it is one digit; then it
    stays whole too, unless it is very wide.
    """
    grids = {
        index: _Grid.of(component, digit_height_px)
        for index, component in enumerate(components)
        if component.box.width >= (VERY_WIDE if single[index] else WIDE) * digit_height_px
    }
    ways = iter(_cheapest([band for grid in grids.values() for band in grid.bands]))
    pieces: list[Piece] = []
    for index, component in enumerate(components):
        if index not in grids:
            pieces.append(Piece(component, None, single[index]))
            continue
        grid = grids[index]
        paths = [next(ways) for _ in grid.bands]
        pieces += _pieces(component, [_edge(path, component) for path in grid.chosen(paths)])
    return pieces


def cut_lines(
    lines: Sequence[TextLine], single: Sequence[Sequence[bool]], split_touching: bool
) -> list[list[Piece]]:
    """The pieces of each line; unless touching digits are split, its components as they are."""
    if not split_touching:
        return [[Piece(component, None) for component in line.components] for line in lines]
    return [
        cut(line.components, line.digit_height_px, of_line)
        for line, of_line in zip(lines, single, strict=True)
    ]


def most_pieces(component: Component, digit_height_px: float) -> int:
    """Into how many pieces a component may be cut at most, told from its box alone."""
    if component.box.width < WIDE * digit_height_px:
        return 1
    return 1 + int(component.box.width / (SPACING * digit_height_px))


@dataclass(frozen=True, eq=False)
class _Grid:
    """A component scaled to GRID_PX rows, and the bands in which cuts are sought."""

    width: int
    digit_px: float
    starts: NDArray[np.int64]  # the first column of each band, outside the grid where negative
    bands: list[NDArray[np.float32]]  # (GRID_PX, band's width), ink 0 .. 1, infinite outside

    @classmethod
    def of(cls, component: Component, digit_height_px: float) -> _Grid:
        scale = GRID_PX / component.box.height
        width = max(3, round(component.box.width * scale))
        soft = component.mask.astype(np.float32)
        ink = np.asarray(
            cv2.resize(soft, (width, GRID_PX), interpolation=cv2.INTER_AREA), np.float32
        )
        digit_px = digit_height_px * scale
        reach = max(2, round(BAND * digit_px))
        middles = np.arange(_step(digit_px), width - _step(digit_px) + 1, _step(digit_px))
        walled = np.full((GRID_PX, width + 2 * reach), np.inf, np.float32)
        walled[:, reach:-reach] = ink
        bands = [walled[:, middle : middle + 2 * reach + 1] for middle in middles]
        return cls(width, digit_px, middles - reach, bands)

    def chosen(self, paths: Sequence[_Path]) -> list[NDArray[np.int64]]:
        """The cheapest paths that keep their distance, as columns for each row, left to right."""
        step = _step(self.digit_px)
        kept: dict[float, NDArray[np.int64]] = {}  # by their middle
        for index in np.argsort([path.cost for path in paths], kind="stable"):
            if paths[index].cost > DEEPEST * self.digit_px:
                break
            columns = paths[index].columns + self.starts[index]
            middle = float(columns.mean())
            apart = all(abs(middle - other) >= step for other in kept)
            if apart and step <= middle <= self.width - step:
                kept[middle] = columns
        return [kept[middle] for middle in sorted(kept)]


def _step(digit_px: float) -> int:
    return max(2, round(SPACING * digit_px))


class _Path(NamedTuple):
    """A way from the top of a band to its bottom."""

    cost: float
    columns: NDArray[np.int64]  # one for each row, from the band's left


def _cheapest(bands: Sequence[NDArray[np.float32]]) -> list[_Path]:
    """The path of least ink through each band (GRID_PX, W), all bands at once."""
    if not bands:
        return []
    width = max(band.shape[1] for band in bands)
    stack = np.full((len(bands), GRID_PX, width), np.inf, np.float32)
    for index, band in enumerate(bands):
        stack[index, :, : band.shape[1]] = band
    # Each row's costs so far, with walls on either side.
    costs = np.full((GRID_PX, len(bands), width + 2), np.inf, np.float32)
    costs[0, :, 1:-1] = stack[:, 0] + PAPER_COST
    for row, above in enumerate(costs[:-1], 1):
        sideways = np.minimum(above[:, :-2], above[:, 2:])
        sideways += WANDER_COST
        np.minimum(sideways, above[:, 1:-1], out=sideways)
        sideways += stack[:, row]
        np.add(sideways, PAPER_COST, out=costs[row, :, 1:-1])
    columns = np.empty((len(bands), GRID_PX), np.int64)
    columns[:, -1] = costs[-1, :, 1:-1].argmin(axis=1)
    every = np.arange(len(bands))[:, None]
    for row in range(GRID_PX - 1, 0, -1):
        at = columns[:, row]
        ways = costs[row - 1, every, at[:, None] + 1 + STEPS] + WAY_COSTS
        columns[:, row - 1] = at + STEPS[ways.argmin(axis=1)]
    return [
        _Path(float(cost), way) for cost, way in zip(costs[-1].min(axis=1), columns, strict=True)
    ]


def _edge(path: NDArray[np.int64], component: Component) -> NDArray[np.int32]:
    """A cut on the grid -> its x for each row of the component's mask."""
    scale = component.box.width / max(
        3, round(component.box.width * GRID_PX / component.box.height)
    )
    rows = (np.arange(component.box.height) + 0.5) * GRID_PX / component.box.height - 0.5
    return np.rint((np.interp(rows, np.arange(GRID_PX), path) + 0.5) * scale).astype(np.int32)


def _pieces(component: Component, edges: list[NDArray[np.int32]]) -> list[Piece]:
    """What lies between one cut and the next; empty pieces vanish with their cut."""
    left = np.zeros(component.box.height, np.int32)
    pieces: list[Piece] = []
    for edge in [*edges, None]:
        right = np.full_like(left, component.box.width) if edge is None else edge
        start, stop = int(left.min()), min(component.box.width, int(right.max()))
        columns = np.arange(start, stop)
        inside = (columns >= left[:, None]) & (columns < right[:, None])
        around = Box(
            component.box.left + start,
            component.box.top,
            component.box.left + stop,
            component.box.bottom,
        )
        part = trimmed(component.mask[:, start:stop] & inside, around)
        if part is not None:
            line = None
            if edge is not None:
                rows = np.arange(component.box.height)
                line = np.column_stack([edge + component.box.left, rows + component.box.top])
            pieces.append(Piece(part, None if line is None else line.astype(np.int32)))
        if edge is not None:
            left = np.maximum(left, edge)
    # Where all the ink lies left of a cut, that cut parts nothing.
    pieces[-1] = Piece(pieces[-1].component, None)
    return pieces
