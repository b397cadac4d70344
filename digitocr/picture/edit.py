"""What a user does to a picture before it is read: turn it, choose a region, draw it.

The *upright* picture is the original as `decode` gives it; the *edited* one is what is left of it
after an Edit, in as many pixels. Boxes and corners are found in the edited picture, and
`original_box` and `original_quad` take them back to the upright one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitocr.geometry import Point, Quad
from digitocr.picture.load import Readable, load
from digitocr.types import Box, InputError

Region = tuple[float, float, float, float]  # left, top, right, bottom as shares of the sides, 0..1
Stroke = tuple[float, Sequence[tuple[float, float]]]  # pen width, points x, y; all in drawing px

DRAWING_SCALE = 2  # picture px per px of the drawing: thin pens keep their shape
LONGEST_DRAWING_PX = 4000
SHIFT_BITS = 4  # cv2 draws at 1/16 px
TURNS = (None, *(Image.Transpose[name] for name in ("ROTATE_270", "ROTATE_180", "ROTATE_90")))


@dataclass(frozen=True)
class Edit:
    """Quarter turns clockwise, then a region of the turned picture."""

    quarter_turns: int = 0
    region: Region | None = None


def edited(upright: Image.Image, edit: Edit) -> Image.Image:
    """The upright picture, turned and cropped at full resolution."""
    turn = TURNS[edit.quarter_turns % 4]
    turned = upright if turn is None else upright.transpose(turn)
    return turned if edit.region is None else turned.crop(_region_box(edit.region, turned.size))


def original_box(box: Box, edit: Edit, size_px: tuple[int, int]) -> Box:
    """A box in the edited picture, in the frame of the upright one. size_px: its width, height."""
    ends = (_original_point(end, edit, size_px) for end in (box[:2], box[2:]))
    (left, right), (top, bottom) = (sorted(map(round, sides)) for sides in zip(*ends, strict=True))
    return Box(left, top, right, bottom)


def original_quad(quad: Quad, edit: Edit, size_px: tuple[int, int]) -> Quad:
    """As `original_box`, of four corners, which keep their order."""
    first, second, third, fourth = (_original_point(corner, edit, size_px) for corner in quad)
    return first, second, third, fourth


def _original_point(point: Point, edit: Edit, size_px: tuple[int, int]) -> Point:
    """A point x, y between the edited picture's pixels, in the frame of the upright one."""
    width, height = size_px if edit.quarter_turns % 2 == 0 else size_px[::-1]
    x, y = point
    if edit.region is not None:
        region = _region_box(edit.region, (width, height))
        x, y = x + region.left, y + region.top
    for _ in range(edit.quarter_turns % 4):  # counterclockwise
        x, y = y, width - x
        width, height = height, width
    return x, y


def _region_box(region: Region, size_px: tuple[int, int]) -> Box:
    """A region of a picture of this width and height in its px; one px at least."""
    width, height = size_px
    left, top = min(int(region[0] * width), width - 1), min(int(region[1] * height), height - 1)
    right, bottom = round(region[2] * width), round(region[3] * height)
    return Box(left, top, max(left + 1, right), max(top + 1, bottom))


def drawn(size_px: tuple[float, float], strokes: Sequence[Stroke]) -> Image.Image:
    """Pen strokes as dark ink on white paper: mode L, DRAWING_SCALE px for each drawing px.

    size_px: width, height of the drawing, in drawing px like the strokes. Raises InputError for
    a drawing of no size or beyond LONGEST_DRAWING_PX.
    """
    if not 1 <= max(size_px) <= LONGEST_DRAWING_PX:
        raise InputError("The drawing is too large: clear it and write smaller.")
    width, height = (max(1, round(side * DRAWING_SCALE)) for side in size_px)
    paper = np.full((height, width), 255, np.uint8)
    for pen_px, points in strokes:
        path = np.array(points, np.float64).reshape(-1, 2) * DRAWING_SCALE - 0.5
        fixed = np.rint(path * 2**SHIFT_BITS).astype(np.int32)
        thickness = max(1, round(pen_px * DRAWING_SCALE))
        cv2.polylines(paper, [fixed], False, 0, thickness, cv2.LINE_AA, SHIFT_BITS)
    return Image.fromarray(paper)


def thumbnail(source: Readable, longest_px: int) -> bytes:
    """A JPEG, upright, on white, its longer side at most longest_px. InputError as in `load`."""
    return small(load(source).rgb, longest_px)


def small(rgb: NDArray[np.uint8], longest_px: int) -> bytes:
    """A loaded picture, (H, W, 3), as a JPEG, its longer side at most longest_px."""
    image = Image.fromarray(rgb)
    image.thumbnail((longest_px, longest_px), reducing_gap=1.0)
    return encoded(image, "JPEG")


def encoded(image: Image.Image, file_format: str = "PNG") -> bytes:
    """The picture, in its own size, as the bytes of a PNG or JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format)
    return buffer.getvalue()
