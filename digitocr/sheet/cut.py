"""A photo of a filled sheet -> its fields, upright and level, those without writing left out."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from digitocr.sheet.layout import Page, Rect, fields
from digitocr.sheet.marks import Located, locate, mapped
from digitocr.types import Gray, Rgb

INSET_MM = 0.8  # the box itself is left out, also where the paper is not quite flat
FINEST = 12.0  # px to a mm that are cut out at most: more shows no more of a pen's stroke
LOOKED_AT = 5.0  # px to a mm, where it is asked whether anything is written
WIDEST_STROKE_MM = 4.0  # what is dark and wider is a shadow
FAINTEST = 22  # gray levels that ink is darker than its paper, after a blur
LOWEST_MM = 2.5  # of a digit; what is lower is a dot or a dash
EDGE_MM = 1.0  # not asked about: where the paper is not flat, a piece of the box may stand there


class Written(NamedTuple):
    """A field in which something is written."""

    place: int  # among the page's fields, counted from 1
    label: str
    picture: Rgb


class Filled(NamedTuple):
    """What a photo of a sheet shows."""

    page: Page
    written: list[Written]
    empty: int  # fields without writing
    outside: int  # fields that are not wholly on the photo


def cut_fields(rgb: Rgb) -> Filled:
    """Find the sheet in a photo, (H, W, 3), and cut its fields. Raises InputError as `locate`."""
    located = locate(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8))
    written, empty, outside = [], 0, 0
    for place, field in enumerate(fields(located.page), 1):
        inner = Rect(
            field.box.left + INSET_MM,
            field.box.top + INSET_MM,
            field.box.width - 2 * INSET_MM,
            field.box.height - 2 * INSET_MM,
        )
        if not _is_inside(inner, located, rgb):
            outside += 1
            continue
        scale = min(located.px_per_mm, FINEST)
        picture = _cut(rgb, inner, located, scale)
        if has_writing(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), scale):
            written.append(Written(place, field.number, picture))
        else:
            empty += 1
    return Filled(located.page, written, empty, outside)


def has_writing(gray: Gray, px_per_mm: float) -> bool:
    """Whether anything as high as a digit is written in a field (H, W)."""
    scale = LOOKED_AT / px_per_mm
    size = [max(1, round(side * scale)) for side in gray.shape[::-1]]
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.8)
    window = 2 * round(WIDEST_STROKE_MM * LOOKED_AT / 2) + 1
    paper = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    ink = (cv2.subtract(paper, soft) > FAINTEST).astype(np.uint8)
    edge = round(EDGE_MM * LOOKED_AT)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink[edge:-edge, edge:-edge], connectivity=8)
    return bool((stats[1:, cv2.CC_STAT_HEIGHT] >= LOWEST_MM * LOOKED_AT).any())


def _is_inside(box: Rect, located: Located, rgb: Rgb) -> bool:
    right, bottom = box.left + box.width, box.top + box.height
    ends = [(box.left, box.top), (right, box.top), (right, bottom), (box.left, bottom)]
    there = mapped(located.to_photo, np.array(ends))
    return bool((there >= 0).all() and (there <= np.array(rgb.shape[1::-1]) - 1).all())


def _cut(rgb: Rgb, box: Rect, located: Located, px_per_mm: float) -> Rgb:
    """The pixels of a box, so many to a mm."""
    to_mm = np.array(
        [[1 / px_per_mm, 0, box.left], [0, 1 / px_per_mm, box.top], [0, 0, 1]], np.float64
    )
    size = round(box.width * px_per_mm), round(box.height * px_per_mm)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(rgb, located.to_photo @ to_mm, size, flags=how), np.uint8)
