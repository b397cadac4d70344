"""Something that is written on: its grey levels, and whose ink is where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.hands.inked_line import Placed
from synthesis.parts.layers import Field, Size, lay
from synthesis.parts.warps import Warp, sources
from synthesis.scenes.truth import Coverage, Owner, Written

CROSSED = 0.03  # of its ink: so much of a number may lie on what stands there
LEAST_CONTRAST = 0.09  # of ink and paper: fainter writing is nobody's to find


@dataclass(frozen=True, eq=False)
class Patch:
    """A line of writing cut out: all its ink, and the digits' apart."""

    ink: NDArray[np.uint8]  # (H, W), 0 paper .. 255 ink
    digits: Coverage
    owner: Owner  # numbered from 1
    labels: str
    baseline: NDArray[np.float64]  # (2, 2) x, y

    @property
    def size_px(self) -> Size:
        return self.ink.shape[0], self.ink.shape[1]


@dataclass(eq=False)
class Surface:
    """Painted on step by step: the functions here change it in place."""

    levels: Field  # 0 black .. 1 white
    ink: Coverage = field(init=False)
    owner: Owner = field(init=False)
    taken: NDArray[np.bool_] = field(init=False)  # where nothing more may be put
    written: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ink = np.zeros((*self.levels.shape, 2), np.uint8)
        self.owner = np.zeros((*self.levels.shape, 2), np.uint16)
        self.taken = np.zeros(self.levels.shape, np.bool_)

    @property
    def size_px(self) -> Size:
        return self.levels.shape[0], self.levels.shape[1]

    def level(self) -> float:
        """The paper's grey level: the median."""
        return float(np.median(self.levels[::4, ::4]))


def patch(placed: Sequence[Placed], base_px: float, slope: float = 0.0) -> Patch:
    """Signs on their canvas as a patch with little around it; `slope` is the baseline's."""
    left, top = min(one.x for one in placed) - 2, min(one.top for one in placed) - 2
    right = max(one.x + one.ink.shape[1] for one in placed) + 2
    bottom = max(one.top + one.ink.shape[0] for one in placed) + 2
    size = bottom - top, right - left
    ink, labels = np.zeros(size, np.uint8), ""
    digits, owner = np.zeros((*size, 2), np.uint8), np.zeros((*size, 2), np.uint16)
    for one in placed:
        y, x = one.top - top, one.x - left
        window = slice(y, y + one.ink.shape[0]), slice(x, x + one.ink.shape[1])
        np.maximum(ink[window], one.ink, out=ink[window])
        if one.digit:
            # Neighbours lie in different layers: where they touch, each keeps all of its ink.
            layer = *window, len(labels) % 2
            labels += one.digit
            owner[layer][one.ink > digits[layer]] = len(labels)
            digits[layer] = np.maximum(digits[layer], one.ink)
    ends = np.array([0.0, right - left])
    baseline = np.column_stack([ends, base_px - top + slope * (ends + left)])
    return Patch(ink, digits, owner, labels, baseline)


def turned(one: Patch, tilt_deg: float) -> Patch:
    """The patch turned clockwise, nothing lost."""
    height, width = one.size_px
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), -tilt_deg, 1.0))
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = (
        int(np.ceil(width * cos + height * sin)) + 2,
        int(np.ceil(width * sin + height * cos)) + 2,
    )
    turn[0, 2] += (size[0] - width) / 2
    turn[1, 2] += (size[1] - height) / 2
    ink, digits = (cv2.warpAffine(layer, turn, size) for layer in (one.ink, one.digits))
    owner = cv2.warpAffine(_spread(one.owner), turn, size, flags=cv2.INTER_NEAREST)
    baseline = one.baseline @ turn[:, :2].T + turn[:, 2]
    return Patch(
        np.asarray(ink, np.uint8), np.asarray(digits, np.uint8), np.asarray(owner, np.uint16),
        one.labels, np.asarray(baseline),
    )  # fmt: skip


def is_free(surface: Surface, box: tuple[int, int, int, int], margin_px: int = 0) -> bool:
    """Whether nothing stands in a box (left, top, right, bottom) that lies on the surface."""
    left, top, right, bottom = box
    height, width = surface.size_px
    if left < 0 or top < 0 or right > width or bottom > height:
        return False
    rows = slice(max(top - margin_px, 0), bottom + margin_px)
    return not surface.taken[rows, max(left - margin_px, 0) : right + margin_px].any()


def put(surface: Surface, one: Patch, x: int, y: int, tone: float, look: Field) -> bool:
    """Write a patch with its upper left corner at x, y; what is beyond the edge is lost.

    Nothing is written, and False returned, where it would do more than touch what stands there.
    tone: the ink's grey level. look: the patch's ink as the pen left it, (H, W) 0..1.
    """
    height, width = surface.size_px
    rows, columns = one.size_px
    there = slice(max(y, 0), min(y + rows, height)), slice(max(x, 0), min(x + columns, width))
    if there[0].start >= there[0].stop or there[1].start >= there[1].stop:
        return False
    here = tuple(slice(s.start - at, s.stop - at) for s, at in zip(there, (y, x), strict=True))
    drawn = one.ink[here] > 0
    if (surface.taken[there] & drawn).sum() > CROSSED * drawn.sum():
        return False
    paper = float(np.median(surface.levels[there]))
    surface.levels[there] = lay(surface.levels[there], look[here], tone)
    surface.taken[there] |= drawn
    if not one.labels:
        return True
    first = 1 + max((old.first + len(old.labels) - 1 for old in surface.written), default=0)
    more = one.digits[here] > surface.ink[there]
    surface.owner[there][more] = (one.owner[here] + np.uint16(first - 1))[more]
    surface.ink[there] = np.maximum(surface.ink[there], one.digits[here])
    baseline = one.baseline + np.array([x, y])
    is_whole = int(drawn.sum()) == int((one.ink > 0).sum())
    surface.written.append(Written(first, one.labels, baseline, tone < paper, is_whole))
    return True


def warped(surface: Surface, warp: Warp, size_px: Size) -> tuple[Surface, Field]:
    """A picture of a surface, and how far each of its pixels shows the surface, 0..1."""
    at = sources(warp, size_px)
    x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    edge = cv2.BORDER_REPLICATE
    seen = cv2.remap(surface.levels, x, y, cv2.INTER_LINEAR, borderMode=edge)
    result = Surface(np.asarray(seen, np.float32))
    result.ink = np.asarray(cv2.remap(surface.ink, x, y, cv2.INTER_LINEAR), np.uint8)
    nearest = cv2.remap(_spread(surface.owner), x, y, cv2.INTER_NEAREST)
    result.owner = np.asarray(nearest, np.uint16)
    # Half a pixel beyond the middle of the outermost pixels the page ends.
    height, width = surface.size_px
    inside = np.minimum(np.minimum(x + 0.5, width - 0.5 - x), np.minimum(y + 0.5, height - 0.5 - y))
    result.written = [
        replace(one, baseline=warp.to_picture(one.baseline)) for one in surface.written
    ]
    return result, np.asarray(np.clip(inside + 0.5, 0, 1), np.float32)


def laid_on(ground: Surface, page: Surface, cover: Field) -> Surface:
    """A page over a ground of the same size; cover: where it lies, 0..1."""
    both = Surface(np.asarray(ground.levels * (1 - cover) + page.levels * cover, np.float32))
    hides = (cover > 0.5)[..., None]
    later = max((old.first + len(old.labels) - 1 for old in ground.written), default=0)
    moved = np.where(page.owner > 0, page.owner + np.uint16(later), 0)
    both.owner = np.where(hides, moved, ground.owner).astype(np.uint16)
    both.ink = np.where(hides, page.ink, ground.ink).astype(np.uint8)
    both.written = ground.written + [replace(one, first=one.first + later) for one in page.written]
    return both


def _spread(owner: Owner) -> Owner:
    """Owners of the pixels around their ink as well, whose soft edge may come to lie there."""
    return np.asarray(cv2.dilate(owner, np.ones((3, 3), np.uint8)), np.uint16)
