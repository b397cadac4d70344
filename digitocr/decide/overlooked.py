"""Numbers that the finder hardly saw, or that too many others crowd out: nobody read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitocr.found import Finding, FoundLine
from digitocr.geometry import Box
from digitocr.types import Picture

HARDLY = 0.35  # the finder's score from which on it may be a number after all
ALIKE = 2.0  # times as high as what was read, at most, or as low
BODY = 0.7  # digit heights from a core: what is so close belongs to that number


def overlooked(finding: Finding, read: Sequence[FoundLine]) -> list[tuple[int, FoundLine]]:
    """What may be a number and was not read, each with the place in `read` of the nearest one.

    read: the found numbers in which digits were read, at least one.
    """
    middles = np.array([one.middle for one in read])
    overlooked = []
    for one in finding.left_out:
        if one.score < HARDLY:
            continue
        nearest = int(np.argmin(np.linalg.norm(middles - one.middle, axis=1)))
        ratio = one.digit_height_px / read[nearest].digit_height_px
        if 1 / ALIKE <= ratio <= ALIKE and not any(one.lies_on(other, BODY) for other in read):
            overlooked.append((nearest, one))
    return overlooked


def source_box_of(line: FoundLine, picture: Picture) -> Box:
    """The smallest box in the source frame that holds a found number."""
    corners = (line.corners + 0.5) * picture.source_px_per_px
    width, height = picture.source_size_px
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(
        np.ceil(corners.max(axis=0)), (left + 1, top + 1), (width, height)
    ).astype(int)
    return Box(int(left), int(top), int(right), int(bottom))
