"""The records that flow through the reader, one per stage.

Frames: *source* is the upright original picture in its own pixels; *working* the same picture
scaled down to what reading needs; *sheet* the sheet of lines, on which each number that was found
is set out level and in one size. Boxes are half-open integer pixels, x to the right, y down.
`found` has the finder's own records; `reading` gathers them all into a Reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.geometry import Box as Box
from digitocr.reasons import DropReason, MethodReason
from digitocr.settings import ThresholdMethod

Gray = NDArray[np.uint8]  # (H, W), 0 black .. 255 white
Rgb = NDArray[np.uint8]  # (H, W, 3)
Ink = NDArray[np.bool_]  # (H, W), True = ink
Tile = NDArray[np.float32]  # (28, 28), 0 paper .. 1 ink
Tiles = NDArray[np.float32]  # (N, 28, 28)
Probabilities = NDArray[np.float32]  # (11,) or (N, 11): ten digits, no digit; rows sum to 1
Strip = NDArray[np.float32]  # (32, W), 0 paper .. 1 ink
NO_DIGIT = 10  # the class after the ten digits: not one digit, whatever else it is
LogProbabilities = NDArray[np.float32]  # (T, 11) along a strip: ten digits, then the blank
Affine = NDArray[np.float64]  # (2, 3), maps (x, y, 1) to (x, y)


class InputError(ValueError):
    """A picture that cannot be read; its text is one sentence that tells a user what to do."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, upright, on white, in the working frame."""

    rgb: Rgb
    gray: Gray
    source_size_px: tuple[int, int]  # width, height

    @property
    def source_px_per_px(self) -> tuple[float, float]:
        """How many source pixels a working pixel spans along x and y; 1 unless scaled down."""
        (width, height), (rows, columns) = self.source_size_px, self.gray.shape
        return width / columns, height / rows


class Light(NamedTuple):
    """What the method was chosen by, in gray levels."""

    paper_spread: float  # how much the paper's brightness varies
    ink_contrast: float  # how much darker the ink is than its paper


@dataclass(frozen=True, eq=False)
class Binarization:
    """Paper and ink told apart on the sheet of lines.

    Otsu compares the blurred picture with `level` itself; the adaptive method compares it with
    `surface`, the local paper's brightness lowered by `level`.
    `histogram` counts the very values that `level` was chosen from: the blurred picture for
    Otsu, its distance from the local paper for the adaptive method.
    """

    blurred: Gray
    method: ThresholdMethod
    reason: MethodReason
    light: Light | None  # None where the method was chosen by hand
    level: int  # 0..255
    histogram: NDArray[np.int64]  # (256,)
    window_px: int  # side of the square that the local paper was estimated from
    surface: Gray | None  # the threshold at each pixel; None for one level
    ink: Ink


@dataclass(frozen=True, eq=False)
class Component:
    """One connected component of ink, or several that belong to one digit, in the sheet frame."""

    box: Box
    mask: Ink  # (box.height, box.width)

    @cached_property
    def area_px(self) -> int:
        return int(np.count_nonzero(self.mask))


@dataclass(frozen=True, eq=False)
class Dropped:
    """Ink that is not part of a number, with the reason why it was left out."""

    component: Component
    reason: DropReason


@dataclass(frozen=True, eq=False)
class TextLine:
    """One line of writing: its components from left to right."""

    components: tuple[Component, ...]
    digit_height_px: float  # typical height of a digit on this line


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Every component of the sheet frame, single pixels apart: on a text line, or dropped.

    Or left out, where a picture has too many.
    """

    contours: tuple[NDArray[np.int32], ...]  # outer borders of all the ink, each (N, 2) x, y
    lines: tuple[TextLine, ...]  # top to bottom
    dropped: tuple[Dropped, ...]
    left_out: tuple[Box, ...] = ()  # what may be writing, but would cost too much to read


@dataclass(frozen=True, eq=False)
class Piece:
    """A primitive segment: a component, or what lies between two candidate cuts of one."""

    component: Component
    cut_after: NDArray[np.int32] | None  # (N, 2) polyline x, y, sheet frame; None = paper follows
    is_single: bool = False  # the line reader is sure that this very shape is one digit


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """The pieces start <= i < stop of a line, joined, might be one digit."""

    start: int
    stop: int
    component: Component  # sheet frame


@dataclass(frozen=True, eq=False)
class Arc:
    """A hypothesis with what the classifier says of it."""

    hypothesis: Hypothesis
    tile: Tile
    probabilities: Probabilities  # (11,)
    scores: NDArray[np.float64]  # (11,) log-probabilities; a digit's less what its shape costs
    on_best_path: bool

    @property
    def label(self) -> str:
        """The digit that scores best, or nothing."""
        best = int(self.scores.argmax())
        return "" if best == NO_DIGIT else str(best)


@dataclass(frozen=True, eq=False)
class Lattice:
    """One text line's recognition lattice."""

    pieces: tuple[Piece, ...]  # left to right
    arcs: tuple[Arc, ...]

    @property
    def best_path(self) -> tuple[Arc, ...]:
        """The arcs that were chosen, left to right."""
        return tuple(arc for arc in self.arcs if arc.on_best_path)

    @property
    def text(self) -> str:
        """The segmenting reader's own reading."""
        return "".join(arc.label for arc in self.best_path)


@dataclass(frozen=True, eq=False)
class Look:
    """One view of a text line, and what the line reader's network says of it, step by step."""

    strip: Strip
    along: LogProbabilities
    stretched: tuple[LogProbabilities, ...] = ()  # the same of this view made narrower and wider

    @property
    def said(self) -> tuple[LogProbabilities, ...]:
        """All that it says of the view, as it is first."""
        return self.along, *self.stretched


@dataclass(frozen=True, eq=False)
class LineStrip:
    """One text line as the line reader meets it."""

    box: Box  # what was cut out, sheet frame
    first: Look
    again: tuple[Look, ...] = ()  # other views of it, where the readers differ

    @property
    def strip(self) -> Strip:
        return self.first.strip

    @property
    def along(self) -> LogProbabilities:
        return self.first.along

    @property
    def looks(self) -> tuple[Look, ...]:
        return self.first, *self.again


@dataclass(frozen=True, eq=False)
class Standing:
    """One digit of an answer: its ink, and both readers' opinion of it."""

    component: Component  # sheet frame
    tile: Tile
    by_line: NDArray[np.float64]  # (10,) the line reader's probabilities where the digit stands
    by_segments: NDArray[np.float64] | None  # (10,) the classifier's; None: not one shape to it
