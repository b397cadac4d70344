"""Connected components of ink by their contours.

Contour following after Suzuki, Abe: "Topological structural analysis of digitized binary images
by border following", CVGIP, 1985 (cv2.findContours).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Box, Component, Ink

MOST_SHAPES = 16_000  # ten times what a full page of print has
MOST_MASK_PX = 12_000_000  # of all masks together: shapes lie in each other's boxes in no writing


class Found(NamedTuple):
    """The components of some ink, left to right."""

    contours: list[NDArray[np.int32]]  # their outer borders, each (N, 2) x, y
    components: list[Component]
    left_out: list[Box]  # of others, for which the means do not reach


def find_components(
    ink: Ink, origin: tuple[int, int] = (0, 0), most_px: int = MOST_MASK_PX
) -> Found:
    """Connected components with their contours.

    ink: bool (H, W), its upper left pixel at `origin` x, y. Components are 8-connected; their
    masks leave holes, and whatever lies in the holes, out. Of more than MOST_SHAPES the tallest
    are taken; of masks with more than `most_px` px together, the smallest.
    """
    found, hierarchy = cv2.findContours(ink.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = [
        index
        for index, contour in enumerate(found)
        if len(contour) > 1 and hierarchy[0, index, 3] < 0  # a single pixel is never ink
    ]
    bounds = np.array([cv2.boundingRect(found[index]) for index in outer]).reshape(-1, 4)
    bounds[:, :2] += origin
    taken = _affordable(bounds, most_px)
    contours: list[NDArray[np.int32]] = []
    components: list[Component] = []
    for place in np.flatnonzero(taken)[np.argsort(bounds[taken, 0], kind="stable")]:
        left, top, width, height = bounds[place].tolist()
        index = outer[place]
        mask = np.zeros((height, width), np.uint8)
        # Filled together with its holes the border gives back exactly its own pixels.
        borders = [found[index], *(found[hole] for hole in _holes(hierarchy[0], index))]
        corner = origin[0] - left, origin[1] - top
        cv2.drawContours(mask, borders, -1, 1, cv2.FILLED, cv2.LINE_8, None, 0, corner)
        contours.append(np.asarray(found[index][:, 0] + np.array(origin), np.int32))
        components.append(Component(_box(bounds[place]), mask.view(np.bool_)))
    return Found(contours, components, [_box(one) for one in bounds[~taken]])


def _affordable(bounds: NDArray[np.intp], most_px: int) -> Ink:
    """Which of the shapes, (N, 4) left, top, width, height, may be looked at: bool (N,)."""
    taken = np.zeros(len(bounds), np.bool_)
    tallest = np.argsort(-bounds[:, 3], kind="stable")[:MOST_SHAPES]
    areas = bounds[tallest, 2] * bounds[tallest, 3]
    smallest = np.argsort(areas, kind="stable")
    taken[tallest[smallest]] = np.cumsum(areas[smallest]) <= most_px
    return taken


def _box(bounds: NDArray[np.intp]) -> Box:
    left, top, width, height = bounds.tolist()
    return Box(left, top, left + width, top + height)


def _holes(hierarchy: NDArray[np.int32], index: int) -> Iterator[int]:
    """Numbers of a component's holes; hierarchy rows: next, previous, first child, parent."""
    hole = int(hierarchy[index, 2])
    while hole >= 0:
        yield hole
        hole = int(hierarchy[hole, 0])


def digit_height(components: Sequence[Component]) -> float:
    """Typical height in px: the median over all ink, so that specks weigh little; 0 if none."""
    if not components:
        return 0.0
    heights = np.array([component.box.height for component in components])
    order = np.argsort(heights)
    passed = np.cumsum(np.array([_weight(component) for component in components])[order])
    return float(heights[order][np.searchsorted(passed, passed[-1] / 2)])


def _weight(component: Component) -> int:
    """A component's ink, but a ruled line, however long, counts by its thickness."""
    return min(component.area_px, component.box.height**2)


def join(components: Sequence[Component]) -> Component:
    """Several components as one, on the smallest box that holds them all."""
    box = components[0].box
    for component in components[1:]:
        box = box.union(component.box)
    mask = np.zeros((box.height, box.width), np.bool_)
    for component in components:
        top, left = component.box.top - box.top, component.box.left - box.left
        mask[top : top + component.box.height, left : left + component.box.width] |= component.mask
    return Component(box, mask)


def trimmed(mask: Ink, box: Box) -> Component | None:
    """The ink of a mask that fills box, on the smallest box of its own; None without ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    where = Box(box.left + left, box.top + top, box.left + right, box.top + bottom)
    return Component(where, mask[top:bottom, left:right])
