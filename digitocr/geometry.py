"""Rectangles and corners of pixels.

Both are told in a continuous frame: a picture's upper left corner is 0, 0, and the pixel in column
x and row y covers x..x + 1, y..y + 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Point = tuple[float, float]  # x, y
Shape = tuple[int, ...]  # height and width
Quad = tuple[Point, Point, Point, Point]


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

    def moved(self, right: int, down: int) -> Box:
        """The same box so many pixels further on."""
        return Box(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def shared(self, other: Box) -> Box | None:
        """What lies in both, if anything."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box(left, top, right, bottom) if left < right and top < bottom else None


def hull(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them; there must be one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def turned_shape(shape: Shape, quarter_turns: int) -> Shape:
    """Of a picture that was turned by so many quarters."""
    return shape if quarter_turns % 2 == 0 else shape[::-1]


def boxes_turned(boxes: Sequence[Box], quarter_turns: int, shape: Shape) -> list[Box]:
    """Boxes of a picture of that shape, where they are when it is turned so often to the left."""
    for turns in range(quarter_turns % 4):
        _, width = turned_shape(shape, turns)
        boxes = [Box(box.top, width - box.right, box.bottom, width - box.left) for box in boxes]
    return list(boxes)
