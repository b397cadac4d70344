"""Connected components of ink by their contours.

Contour following after Suzuki, Abe: "Topological structural analysis of digitized binary images
by border following", CVGIP, 1985 (cv2.findContours).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Box, Component, Ink

HOLLOW = 0.25  # a frame's ink covers less than this share of its box
SURROUNDED = 0.1  # and the ink inside it comes to more than this share of its own
FAR_TALLER = 3.0  # times what is inside: a sheet's edge on a table, with
FAR_SURROUNDED = 0.02  # at least so much of its own ink inside,
WRITING_PX = 20  # some of it so tall


def find_components(
    ink: Ink, origin: tuple[int, int] = (0, 0)
) -> tuple[list[NDArray[np.int32]], list[Component]]:
    """Outer contours, each (N, 2) x, y, and the components inside them, left to right.

    ink: bool (H, W), its upper left pixel at `origin` x, y. Components are 8-connected; their
    masks leave holes, and whatever lies in the holes, out.
    """
    found, hierarchy = cv2.findContours(ink.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    contours: list[NDArray[np.int32]] = []
    components: list[Component] = []
    for index, contour in enumerate(found):
        is_hole = hierarchy[0, index, 3] >= 0
        if is_hole or len(contour) == 1:  # a single pixel is never ink
            continue
        x, y, width, height = cv2.boundingRect(contour)
        mask = np.zeros((height, width), np.uint8)
        # Filled together with its holes the border gives back exactly its own pixels.
        borders = [contour, *(found[hole] for hole in _holes(hierarchy[0], index))]
        cv2.drawContours(mask, borders, -1, 1, cv2.FILLED, cv2.LINE_8, None, 0, (-x, -y))
        left, top = x + origin[0], y + origin[1]
        box = Box(left, top, left + width, top + height)
        contours.append(np.asarray(contour[:, 0] + np.array(origin), np.int32))
        components.append(Component(box, mask.astype(bool)))
    order = sorted(range(len(components)), key=lambda index: components[index].box.left)
    return [contours[index] for index in order], [components[index] for index in order]


def _holes(hierarchy: NDArray[np.int32], index: int) -> Iterator[int]:
    """Numbers of a component's holes; hierarchy rows: next, previous, first child, parent."""
    hole = int(hierarchy[index, 2])
    while hole >= 0:
        yield hole
        hole = int(hierarchy[hole, 0])


def digit_height(components: Sequence[Component]) -> float:
    """Typical height in px: the median over all ink, so that specks weigh little; 0 if none.

    Frames do not count: they hold more ink than the writing in them.
    """
    writing = [
        part for part, frame in zip(components, frames(components), strict=True) if not frame
    ]
    if not writing:
        return 0.0
    heights = np.array([component.box.height for component in writing])
    order = np.argsort(heights)
    passed = np.cumsum(np.array([_weight(component) for component in writing])[order])
    return float(heights[order][np.searchsorted(passed, passed[-1] / 2)])


def _weight(component: Component) -> int:
    """A component's ink, but a ruled line, however long, counts by its thickness."""
    return min(component.area_px, component.box.height**2)


def frames(components: Sequence[Component]) -> list[bool]:
    """For each component, whether it is hollow and surrounds other ink, as a table's lines do."""
    left, top, right, bottom = np.array([one.box for one in components]).reshape(-1, 4).T
    areas = np.array([component.area_px for component in components])
    found = [False] * len(components)
    for index in np.flatnonzero(areas < HOLLOW * (right - left) * (bottom - top)):
        inside = (left > left[index]) & (right < right[index])
        inside &= (top > top[index]) & (bottom < bottom[index])
        tallest = (bottom - top)[inside].max(initial=0)
        is_far_taller = bottom[index] - top[index] > FAR_TALLER * tallest
        least = FAR_SURROUNDED if is_far_taller and tallest >= WRITING_PX else SURROUNDED
        found[index] = bool(areas[inside].sum() > least * areas[index])
    return found


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
