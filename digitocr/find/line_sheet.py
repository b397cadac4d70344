"""Found numbers -> one sheet of them: each level, dark on white, its digits as high as all others.

All that follows looks at this sheet alone, so that no stage need know of size, tilt, light or
polarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import cv2
import numpy as np

from digitocr.find.binarize import paper_under
from digitocr.find.leveled import leveled
from digitocr.found import CORE, SHORTER, FoundLine, LineSheet, SheetRow
from digitocr.types import Box, Component, Gray, Picture

DIGIT_PX = 56  # a digit's height on the sheet
ABOVE = 0.5  # digit heights of the picture above a number and below it,
BESIDE = 0.8  # and on either side
DARKEST_SHARE = 0.03
EDGE_PX = 3  # of a row or the picture: ink that reaches it is cut off
HALF = 127  # of 255: so much of a pixel is ink where the pixel is
WHITE, BLACK = 255.0, 20.0
GAP_PX = 24  # between two numbers, and around them


def set_out(picture: Picture, lines: Sequence[FoundLine]) -> LineSheet:
    """The sheet of a picture's numbers, from the top down; white where none is."""
    cut = [leveled(picture.gray, line, DIGIT_PX, ABOVE, BESIDE) for line in lines]
    width = max([one.gray.shape[1] for one in cut], default=1) + 2 * GAP_PX
    tops = list(accumulate((one.gray.shape[0] + GAP_PX for one in cut), initial=GAP_PX))
    sheet = np.full((tops[-1], width), WHITE, np.uint8)
    raw, inside = sheet.copy(), np.zeros(sheet.shape, np.bool_)
    along_x, along_y = picture.source_px_per_px
    to_source = np.diag([along_x, along_y])
    rows = []
    for line, (dark, shown, to_gray), top in zip(lines, cut, tops, strict=False):
        box = Box(GAP_PX, top, GAP_PX + dark.shape[1], top + dark.shape[0])
        there = slice(box.top, box.bottom), slice(box.left, box.right)
        sheet[there] = np.where(shown, _flattened(dark), np.uint8(WHITE))
        inside[there] = cv2.erode(
            shown.view(np.uint8), np.ones((2 * EDGE_PX + 1,) * 2, np.uint8), borderValue=0
        ).view(np.bool_)
        around = cv2.copyMakeBorder(
            dark, GAP_PX // 2, GAP_PX // 2, GAP_PX, width - box.right, cv2.BORDER_REPLICATE
        )
        raw[box.top - GAP_PX // 2 : box.bottom + GAP_PX // 2] = around
        moved = to_gray.copy()
        moved[:, 2] -= to_gray[:, :2] @ np.array([box.left, box.top])
        source = to_source @ moved
        source[:, 2] += (np.diag(to_source) - 1) / 2  # from a pixel's middle to a pixel's middle
        rows.append(SheetRow(line, box, _core(box, line), moved, np.asarray(source, np.float64)))
    return LineSheet(raw, sheet, inside, tuple(rows))


def _core(box: Box, line: FoundLine) -> Box:
    """The middle of a number's body on the sheet."""
    middle, half = (box.top + box.bottom) / 2, CORE * DIGIT_PX / 2
    beside = round((BESIDE - SHORTER) * DIGIT_PX)
    return Box(box.left + beside, round(middle - half), box.right - beside, round(middle + half))


def _flattened(dark: Gray) -> Gray:
    """The same with its paper white and its ink black; dark: ink darker than paper."""
    # Light and shade dim ink and paper alike.
    depth = 255 - np.minimum(255, dark * (np.float32(255) / np.maximum(paper_under(dark), 1)))
    high, wide = depth.shape
    inner = depth[
        (high - DIGIT_PX) // 2 : (high + DIGIT_PX) // 2, DIGIT_PX // 2 : wide - DIGIT_PX // 2
    ]
    usual = float(np.median(inner))  # grain and patterns of the paper: they are white, too
    darkest = int((1 - DARKEST_SHARE) * (inner.size - 1))
    full = max(usual + 1, float(np.partition(inner, darkest, axis=None)[darkest]))
    share = np.clip((depth - usual) / (full - usual), 0, 1)
    return np.asarray(np.rint(WHITE - (WHITE - BLACK) * share), np.uint8)


def in_picture(component: Component, row: SheetRow, shape: tuple[int, int]) -> Component | None:
    """A component of a row as it lies in a picture of this shape (H, W), working frame.

    None where it lies beyond it; a component without ink has none there either.
    """
    box = component.box
    to_gray = row.to_gray.copy()
    to_gray[:, 2] += to_gray[:, :2] @ np.array([box.left, box.top])
    corners = to_gray @ np.array(
        [(0, box.width, box.width, 0), (0, 0, box.height, box.height), (1,) * 4]
    )
    left, top = np.maximum(np.floor(corners.min(axis=1)), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(corners.max(axis=1)) + 1, shape[::-1]).astype(int).tolist()
    if right <= left or bottom <= top:
        return None
    to_gray[:, 2] -= (left, top)
    soft = component.mask.view(np.uint8) * np.uint8(255)
    mask = cv2.warpAffine(soft, to_gray, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    return Component(Box(left, top, right, bottom), np.asarray(mask > HALF, np.bool_))
