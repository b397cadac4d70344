"""The records that flow through the reader, one per stage.

Frames: *source* is the upright original picture in its own pixels; *working* the same picture
scaled down to what reading needs; *level* the working picture after deskewing. Boxes are
half-open integer pixels, x to the right, y down. The Reading holds every stage: it is the trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.settings import Settings, ThresholdMethod

Gray = NDArray[np.uint8]  # (H, W), 0 black .. 255 white
Rgb = NDArray[np.uint8]  # (H, W, 3)
Ink = NDArray[np.bool_]  # (H, W), True = ink
Tile = NDArray[np.float32]  # (28, 28), 0 paper .. 1 ink
Tiles = NDArray[np.float32]  # (N, 28, 28)
Probabilities = NDArray[np.float32]  # (10,) or (N, 10), each row sums to 1
Affine = NDArray[np.float64]  # (2, 3), maps (x, y, 1) to (x, y)


class InputError(ValueError):
    """A picture that cannot be read; its text is one sentence that tells a user what to do."""


class Box(NamedTuple):
    """Half-open pixel rectangle: left <= x < right, top <= y < bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def center_xy(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


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


@dataclass(frozen=True, eq=False)
class Binarization:
    """Paper and ink told apart, in the working frame.

    Otsu compares the blurred picture with `level` itself; the adaptive method compares it with
    `surface`, the local paper's brightness lowered by `level`.
    `histogram` counts the very values that `level` was chosen from: the blurred picture for
    Otsu, its distance from the local paper for the adaptive method.
    """

    gray: Gray
    blurred: Gray
    method: ThresholdMethod
    reason: str  # why this method, a plain sentence
    level: int  # 0..255
    histogram: NDArray[np.int64]  # (256,)
    surface: Gray | None  # the threshold at each pixel; None for Otsu
    ink_is_dark: bool
    ink: Ink


@dataclass(frozen=True, eq=False)
class Rectification:
    """The ink turned so that lines of writing run horizontally: working frame to level frame."""

    skew_deg: float  # clockwise tilt of the writing that was taken out; 0 = nothing was turned
    ink: Ink  # level frame
    to_source: Affine  # level frame to source frame


@dataclass(frozen=True, eq=False)
class Component:
    """One connected component of ink, or several that belong to one digit, in the level frame."""

    box: Box
    mask: Ink  # (box.height, box.width)

    @cached_property
    def area_px(self) -> int:
        return int(np.count_nonzero(self.mask))


@dataclass(frozen=True, eq=False)
class Dropped:
    """Ink that is not part of a number, with the reason it was left out, in a user's words."""

    component: Component
    reason: str


@dataclass(frozen=True, eq=False)
class TextLine:
    """One line of writing: its components from left to right."""

    components: tuple[Component, ...]
    digit_height_px: float  # typical height of a digit on this line


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Every component of the level frame, single pixels apart: on a text line, or dropped."""

    contours: tuple[NDArray[np.int32], ...]  # outer borders of all the ink, each (N, 2) x, y
    lines: tuple[TextLine, ...]  # top to bottom
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, eq=False)
class Piece:
    """A primitive segment: a component, or what lies between two candidate cuts of one."""

    component: Component
    cut_after: NDArray[np.int32] | None  # (N, 2) polyline x, y, level frame; None = paper follows


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """The pieces start <= i < stop of a line, joined, might be one digit."""

    start: int
    stop: int
    component: Component  # level frame
    shares_ink: bool = False  # with a neighbour it touches, beyond their cut


@dataclass(frozen=True, eq=False)
class Arc:
    """A hypothesis with what the classifier says of it."""

    hypothesis: Hypothesis
    tile: Tile
    probabilities: Probabilities  # (10,)
    on_best_path: bool


@dataclass(frozen=True, eq=False)
class Lattice:
    """One text line's recognition lattice."""

    pieces: tuple[Piece, ...]  # left to right
    arcs: tuple[Arc, ...]

    @property
    def best_path(self) -> tuple[Arc, ...]:
        """The arcs that were chosen, left to right."""
        return tuple(arc for arc in self.arcs if arc.on_best_path)


@dataclass(frozen=True)
class Candidate:
    """One possible label of a digit."""

    label: str
    confidence: float  # 0..1


@dataclass(frozen=True, eq=False)
class Digit:
    """A digit that was read."""

    label: str  # the best guess, "0".."9", also when not accepted
    confidence: float  # 0..1
    accepted: bool
    box: Box  # source frame
    alternatives: tuple[Candidate, ...]  # the other labels, best first
    tile: Tile
    probabilities: Probabilities  # (10,)

    @property
    def text(self) -> str:
        """The label, or "?" where the reader cannot be sure."""
        return self.label if self.accepted else "?"


@dataclass(frozen=True, eq=False)
class Line:
    """The digits of one line of writing."""

    digits: tuple[Digit, ...]  # left to right

    @property
    def text(self) -> str:
        return "".join(digit.text for digit in self.digits)


@dataclass(frozen=True, eq=False)
class Reading:
    """A picture's answer and every stage that led to it."""

    settings: Settings
    picture: Picture
    binarization: Binarization
    rectification: Rectification
    segmentation: Segmentation
    lattices: tuple[Lattice, ...]  # one per text line, in the order of `lines`
    lines: tuple[Line, ...]
    stage_ms: dict[str, float] = field(default_factory=dict)  # time spent in each stage

    @property
    def text(self) -> str:
        r"""The number; lines of writing are separated by "\n", "?" marks a digit in doubt."""
        return "\n".join(line.text for line in self.lines)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits, line by line."""
        return tuple(digit for line in self.lines for digit in line.digits)

    @property
    def confidence(self) -> float:
        """Probability that every digit is right, taking digits as independent; 0 if none."""
        if not self.digits:
            return 0.0
        return float(np.prod([digit.confidence for digit in self.digits]))
