"""The finder's map of cores -> the cells of each number's core."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.found import FinderMaps

SEEN = 0.15  # of the map of cores: from there on a place belongs to one,
SURE = 0.5  # and its strongest place must have so much
APART = 0.8  # octaves of a digit's height between two numbers in one core, at least

Places = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows and columns of cells


def cores_of(maps: FinderMaps) -> list[Places]:
    """The places of each core; of two where a number stands amid what was taken for a far larger
    one, as gaps between cards may be."""
    octaves = np.log2(maps.height_px)
    return [
        part
        for places in _connected(maps.core > SEEN)
        for part in _parted(places, octaves[places], maps.core[places])
    ]


def _parted(
    places: Places, octaves: NDArray[np.float32], core: NDArray[np.float32]
) -> list[Places]:
    """A core without the parts of it that are surely a number of another height, and these."""
    off = np.abs(octaves - np.median(octaves)) > APART
    if not (off & (core >= SURE)).any():
        return [places]
    corner = [int(at.min()) for at in places]
    inside = tuple(at - first for at, first in zip(places, corner, strict=True))
    rest = np.zeros([int(at.max()) + 1 for at in inside], np.bool_)
    others, sure = rest.copy(), rest.copy()
    rest[inside], others[inside], sure[inside] = True, off, core >= SURE
    apart = [one for one in _connected(others) if sure[one].any()]
    for one in apart:
        rest[one] = False
    return [
        (rows + corner[0], columns + corner[1]) for rows, columns in [*_connected(rest), *apart]
    ]


def _connected(mask: NDArray[np.bool_]) -> list[Places]:
    """Rows and columns of each connected part."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    parts = []
    for number in range(1, count):
        left, top, width, height, _ = stats[number]
        there = labels[top : top + height, left : left + width] == number
        rows, columns = np.nonzero(there)
        parts.append((rows + top, columns + left))
    return parts
