"""Over-segmentation: candidate cuts through shapes that may hold more than one digit.

Every cut is a path of least ink from top to bottom, found by dynamic programming as in seam
carving (Avidan, Shamir, 2007) and in the drop-fall cuts of touching digits (Congedo, Dimauro,
Impedovo, Pirlo: "Segmentation of numeric strings", ICDAR 1995). All cuts are kept: the lattice
chooses.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Box, Component, Piece

WIDE = 0.7  # digit heights; what is narrower is one digit
GRID_PX = 40  # cuts are sought at this height, whatever the picture's size
SPACING = 0.18  # of a digit's height between two cuts
BAND = 0.25  # of a digit's height to either side that a cut may wander
WANDER_COST = 0.15  # of a pixel of ink, for each step sideways
PAPER_COST = 0.02
DEEPEST = 0.4  # of a digit's height in ink: a cut through more splits no two digits


def cut(component: Component, digit_height_px: float) -> list[Piece]:
    """Split a component at its candidate cuts; a narrow one comes back as a single piece."""
    if component.box.width < WIDE * digit_height_px:
        return [Piece(component, None)]
    scale = GRID_PX / component.box.height
    size = (max(3, round(component.box.width * scale)), GRID_PX)
    soft = cv2.resize(component.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    paths = _paths(np.asarray(soft, np.float32), digit_height_px * scale)
    edges = [_to_component(path, component) for path in paths]
    return _pieces(component, edges)


def _paths(ink: NDArray[np.float32], digit_px: float) -> list[NDArray[np.int64]]:
    """Cuts as an x for each row of the grid, left to right, none crossing another."""
    step = max(2, round(SPACING * digit_px))
    reach = max(2, round(BAND * digit_px))
    starts = np.arange(step, ink.shape[1] - step + 1, step) - reach
    if not starts.size:
        return []
    # Outside the component no path may run: there the ink is infinitely deep.
    walled = np.pad(ink, ((0, 0), (reach, reach)), constant_values=np.inf)
    bands = np.stack([walled[:, start + reach : start + 3 * reach + 1] for start in starts])
    costs, paths = _cheapest(bands)
    paths += starts[:, None]
    chosen: list[NDArray[np.int64]] = []
    for index in np.argsort(costs, kind="stable"):
        path, middle = paths[index], paths[index].mean()
        if costs[index] > DEEPEST * digit_px or not step <= middle <= ink.shape[1] - step:
            continue
        if all(abs(middle - other.mean()) >= step for other in chosen):
            chosen.append(path)
    return sorted(chosen, key=lambda path: float(path.mean()))


def _cheapest(bands: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The path of least ink through each band (N, H, W): costs (N,), an x for each row (N, H)."""
    count, height, width = bands.shape
    total = bands[:, 0] + PAPER_COST
    came = np.zeros((height, count, width), np.int64)
    for row in range(1, height):
        padded = np.pad(total, ((0, 0), (1, 1)), constant_values=np.inf)
        straight, from_left, from_right = padded[:, 1:-1], padded[:, :-2], padded[:, 2:]
        sideways = np.minimum(from_left, from_right) + WANDER_COST
        step = np.where(from_left <= from_right, -1, 1)
        came[row] = np.where(straight <= sideways, 0, step)
        total = np.minimum(straight, sideways) + bands[:, row] + PAPER_COST
    paths = np.empty((count, height), np.int64)
    paths[:, -1] = total.argmin(axis=1)
    for row in range(height - 1, 0, -1):
        at = paths[:, row]
        paths[:, row - 1] = at + came[row, np.arange(count), at]
    return total.min(axis=1), paths


def _to_component(path: NDArray[np.int64], component: Component) -> NDArray[np.int32]:
    """A cut on the grid -> its x for each row of the component's mask."""
    scale = component.box.width / max(
        3, round(component.box.width * GRID_PX / component.box.height)
    )
    rows = (np.arange(component.box.height) + 0.5) * GRID_PX / component.box.height - 0.5
    return np.rint((np.interp(rows, np.arange(GRID_PX), path) + 0.5) * scale).astype(np.int32)


def _pieces(component: Component, edges: list[NDArray[np.int32]]) -> list[Piece]:
    """What lies between one cut and the next; empty pieces vanish with their cut."""
    columns = np.arange(component.box.width)
    left = np.zeros(component.box.height, np.int32)
    pieces: list[Piece] = []
    for edge in [*edges, None]:
        inside = columns >= left[:, None]
        if edge is not None:
            inside &= columns < edge[:, None]
        part = _crop(component.mask & inside, component.box)
        if part is not None:
            line = None
            if edge is not None:
                rows = np.arange(component.box.height)
                line = np.column_stack([edge + component.box.left, rows + component.box.top])
            pieces.append(Piece(part, None if line is None else line.astype(np.int32)))
        if edge is not None:
            left = np.maximum(left, edge)
    return pieces


def _crop(mask: NDArray[np.bool_], box: Box) -> Component | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    where = Box(
        int(box.left + left), int(box.top + top), int(box.left + right), int(box.top + bottom)
    )
    return Component(where, mask[top:bottom, left:right])
