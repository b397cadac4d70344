"""Where are numbers? A network's maps of the whole picture, small."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.shrink import resized
from digitocr.found import FinderMaps
from digitocr.types import Gray

AREA_PX = 200_000  # of the picture that the network looks at
LONGEST_PX = 896  # side of it
MOST_ENLARGED = 3.0  # so many times at most
SMALL_PX = 192  # unless the longer side stays below this
STRIDE = 8  # the network takes whole multiples of so many px
MAP_PX = 4  # of that picture to a cell of its maps
USUAL_PX = 16.0  # of a digit's height: 0 on the map of heights,
OCTAVES = -2.0, 5.0  # whose values lie between these

Network = Callable[[Gray], NDArray[np.float32]]  # (H, W) -> (H / 4, W / 4, 3), as `Finder.maps`


def look_for_numbers(
    gray: Gray, network: Network, area_px: int = AREA_PX, margin_px: int = 0
) -> FinderMaps:
    """The network's maps of a picture, gray: uint8 (H, W), working frame.

    area_px: about so many pixels of it the network looks at. margin_px: a multiple of STRIDE; so
    much white paper it sees around it.
    """
    width, height = size_seen(gray.shape, area_px)
    if width > gray.shape[1]:
        small = np.asarray(cv2.resize(gray, (width, height), interpolation=cv2.INTER_LINEAR), "u1")
    else:
        small = resized(gray, (width, height))
    sides = (margin_px,) * 4
    framed = cv2.copyMakeBorder(small, *sides, cv2.BORDER_CONSTANT, value=(255,))
    cells = margin_px // MAP_PX
    maps = network(np.asarray(framed, np.uint8))[
        cells : cells + height // MAP_PX, cells : cells + width // MAP_PX
    ]
    core, dark, octaves = np.moveaxis(maps, -1, 0)
    return FinderMaps(
        gray=small,
        core=np.asarray(1 / (1 + np.exp(-core)), np.float32),
        dark=np.asarray(1 / (1 + np.exp(-dark)), np.float32),
        height_px=np.asarray(USUAL_PX * np.exp2(np.clip(octaves, *OCTAVES)), np.float32),
        px=MAP_PX,
    )


def size_seen(shape: tuple[int, int], area_px: int) -> tuple[int, int]:
    """Width and height at which the network looks at a picture of this shape (H, W)."""
    area = shape[0] * shape[1]
    finer = math.sqrt(area_px / AREA_PX)
    scale = min(math.sqrt(area_px / area), finer * LONGEST_PX / max(shape))
    if area_px > AREA_PX:
        scale = min(1.0, scale)  # more pixels than there are show no more
    scale = min(scale, max(MOST_ENLARGED, SMALL_PX / max(shape)))
    height, width = (max(4, round(side * scale / STRIDE)) * STRIDE for side in shape)
    return width, height
