"""What a user does to a picture before it is read: turn it, choose a region, draw it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageOps

from digitocr.load import load
from digitocr.types import InputError

Region = tuple[float, float, float, float]  # left, top, right, bottom as shares of the sides, 0..1
Stroke = tuple[float, Sequence[tuple[float, float]]]  # pen width, points x, y; all in drawing px

DRAWING_SCALE = 2  # picture px per px of the drawing: thin pens keep their shape
LONGEST_DRAWING_PX = 4000
SHIFT_BITS = 4  # cv2 draws at 1/16 px


@dataclass(frozen=True)
class Edit:
    """Quarter turns clockwise, then a region of the turned picture."""

    quarter_turns: int = 0
    region: Region | None = None


def edited(data: bytes, edit: Edit) -> Image.Image:
    """The upright picture, turned and cropped at full resolution.

    data: an encoded picture that `load` accepts; anything else raises InputError there.
    """
    load(data)
    with Image.open(io.BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened)
    turns = (None, *(Image.Transpose[name] for name in ("ROTATE_270", "ROTATE_180", "ROTATE_90")))
    turn = turns[edit.quarter_turns % 4]
    if turn is not None:
        image = image.transpose(turn)
    if edit.region is None:
        return image
    width, height = image.size
    left, top = (
        min(int(share * side), side - 1)
        for share, side in zip(edit.region[:2], (width, height), strict=True)
    )
    right, bottom = round(edit.region[2] * width), round(edit.region[3] * height)
    return image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))


def drawn(size_px: tuple[float, float], strokes: Sequence[Stroke]) -> Image.Image:
    """Pen strokes as dark ink on white paper. size_px: width, height of the drawing."""
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


def thumbnail(data: bytes, longest_px: int) -> bytes:
    """A small JPEG of an encoded picture. Raises InputError like `load`."""
    image = Image.fromarray(load(data).rgb)
    image.thumbnail((longest_px, longest_px))
    return encoded(image, "JPEG")


def encoded(image: Image.Image, file_format: str = "PNG") -> bytes:
    """The picture as the bytes of a PNG or JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format)
    return buffer.getvalue()
