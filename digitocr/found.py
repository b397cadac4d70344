"""The finder's records: where numbers are, and the sheet on which they are set out.

Frames as in `types`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digitocr.types import Affine, Box, Gray, Ink

CORE = 0.5  # digit heights: so high is a core, the middle of a number's body,
SHORTER = 0.2  # and it ends so much before the number on either side


@dataclass(frozen=True, eq=False)
class FinderMaps:
    """What the finder says of a picture, place by place: maps (H', W')."""

    gray: Gray  # the picture as the finder saw it
    core: NDArray[np.float32]  # 0..1, how likely a number's body is here
    dark: NDArray[np.float32]  # 0..1, how likely its ink is darker than its paper
    height_px: NDArray[np.float32]  # of its digits, in px of `gray`
    px: int  # of `gray` to a place of the maps


@dataclass(frozen=True, eq=False)
class FoundLine:
    """A number where the finder saw one, in the working frame."""

    start: NDArray[np.float64]  # (2,) x, y: the left end of its core's middle line,
    stop: NDArray[np.float64]  # and the right one
    digit_height_px: float
    ink_is_dark: bool
    score: float  # 0..1, how surely its core is there, and whole
    tells_tilt: bool  # else it has the tilt of others, or none

    @cached_property
    def length_px(self) -> float:
        return float(np.linalg.norm(self.stop - self.start))

    @cached_property
    def way(self) -> NDArray[np.float64]:
        """(2,) the direction of writing, of length 1."""
        step = (self.stop - self.start) / max(self.length_px, 1e-9)
        return np.asarray(step if self.length_px > 0 else np.array([1.0, 0.0]), np.float64)

    @cached_property
    def across(self) -> NDArray[np.float64]:
        """(2,) at right angles to it, downwards."""
        return np.array([-self.way[1], self.way[0]])

    @cached_property
    def middle(self) -> NDArray[np.float64]:
        return np.asarray((self.start + self.stop) / 2, np.float64)

    def lies_on(self, other: FoundLine, body: float) -> bool:
        """Whether its middle is on another's body, so many digit heights around that core."""
        along, across = other.steps_to(self.middle, other.middle)
        reach = body * other.digit_height_px
        return abs(along) < other.length_px / 2 + reach and abs(across) < reach

    def steps_to(
        self, place: NDArray[np.float64], start: NDArray[np.float64]
    ) -> tuple[float, float]:
        """How far a place (2,) lies from a start, along the writing and across it, px."""
        # Plain numbers: thousands of pairs are asked, and for so few NumPy is slow.
        (x, y), (right, down) = (place - start).tolist(), self.way.tolist()
        return x * right + y * down, y * right - x * down

    @property
    def corners(self) -> NDArray[np.float64]:
        """(4, 2) of the number, clockwise from where its first digit begins at the top."""
        beside, above = SHORTER * self.digit_height_px, self.digit_height_px / 2
        start, stop = self.start - beside * self.way, self.stop + beside * self.way
        up = above * self.across
        return np.array([start - up, stop - up, stop + up, start + up])

    @property
    def tilt_deg(self) -> float:
        """Of the writing, clockwise from level."""
        return float(np.degrees(np.arctan2(self.way[1], self.way[0])))


@dataclass(frozen=True, eq=False)
class Finding:
    """Where the numbers of a picture are."""

    maps: FinderMaps
    lines: tuple[FoundLine, ...]  # in the order of reading
    left_out: tuple[FoundLine, ...]  # what might be a number too, but hardly
    quarter_turns: int = 0  # counterclockwise, by which the picture was turned to find them


@dataclass(frozen=True, eq=False)
class SheetRow:
    """A number's place on the sheet of lines."""

    line: FoundLine
    box: Box
    core: Box  # the middle of the number's body
    to_gray: Affine  # sheet frame to working frame
    to_source: Affine  # sheet frame to source frame


@dataclass(frozen=True, eq=False)
class LineSheet:
    """The found numbers one below the other: level, dark on white, their digits equally high."""

    raw: Gray  # as the picture has them, of light ink its negative
    gray: Gray  # the same with their paper white and their ink black, white beyond the picture
    inside: Ink  # what is not at the very edge of a row or of the picture, nor beyond it
    rows: tuple[SheetRow, ...]  # top to bottom

    def row_at(self, y: float) -> SheetRow:
        """The row at a height; the nearest one, if there is any."""
        bottoms = [row.box.bottom for row in self.rows]
        return self.rows[min(bisect_right(bottoms, y), len(self.rows) - 1)]
