"""Components -> lines of writing, each from left to right; marks are dropped with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from digitocr.find.components import digit_height, join
from digitocr.geometry import hull
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, TextLine

SPECK_SHARE = 0.13  # of a digit's height, both ways: dust, grain, crumbs of a threshold
DIGIT_SHARE = 0.45  # of its line's digits: what is shorter is a mark or part of a digit
FAINT_LINE_SHARE = 0.35  # of the page's digits: a line of such small writing is no number
SAME_LINE_OVERLAP = 0.35  # of the shorter one's height
BESIDE = 0.6  # of the lower one's height: two rows beside each other are one line
ONE_LINE = 1.85  # digit heights: two lines take two, or nearly so
LOOK_BACK = 3  # components: a broken digit's halves share no height, so the last is not enough
MOST_SHAPES = 4000  # a page of digits has 1,000 or two; far more is a texture, not writing
PART_OVERLAP = 0.5  # of the part's width lies over or under its digit
DASH_ASPECT = 1.8


def group_lines(
    components: Sequence[Component], shape: tuple[int, int]
) -> tuple[list[TextLine], list[Dropped]]:
    """Sort components (level frame, picture of this shape) into text lines, top to bottom."""
    typical_px = digit_height(components)
    kept: list[Component] = []
    dropped: list[Dropped] = []
    for component in components:
        reason = _not_writing(component, typical_px, shape)
        if reason is not None:
            dropped.append(Dropped(component, reason))
        else:
            kept.append(component)
    if len(kept) > MOST_SHAPES:
        dropped += [Dropped(part, DropReason.TEXTURE) for part in kept]
        kept = []
    lines: list[TextLine] = []
    for row in _rows(kept, typical_px):
        row_px = digit_height(row)
        if row_px < FAINT_LINE_SHARE * typical_px:
            dropped += [Dropped(part, DropReason.FAINT_LINE) for part in row]
            continue
        digits, marks = _settle(row, row_px)
        dropped += marks
        lines.append(TextLine(tuple(digits), row_px))
    lines.sort(key=lambda line: float(np.mean([part.box.top for part in line.components])))
    return lines, dropped


def _not_writing(
    component: Component, typical_px: float, shape: tuple[int, int]
) -> DropReason | None:
    """The reason why a component cannot be part of a number, or None."""
    box = component.box
    if max(box.width, box.height) < SPECK_SHARE * typical_px:
        return DropReason.SPECK
    if box.height > 3 * typical_px or box.width > 12 * typical_px:
        return DropReason.TOO_LARGE
    touches = box.left == 0 or box.top == 0 or box.right == shape[1] or box.bottom == shape[0]
    if touches and box.height < DIGIT_SHARE * typical_px:
        return DropReason.CUT_OFF
    return None


def _rows(components: Sequence[Component], typical_px: float) -> list[list[Component]]:
    """Follow each line from left to right; small components join the row they lie in."""
    rows: list[list[Component]] = []
    small: list[Component] = []
    ends = np.zeros((0, LOOK_BACK, 2))  # top and bottom of each row's latest components
    for component in sorted(components, key=lambda one: one.box.left):
        box = component.box
        if box.height < DIGIT_SHARE * typical_px:
            small.append(component)
            continue
        shared = np.minimum(ends[..., 1], box.bottom) - np.maximum(ends[..., 0], box.top)
        overlap = shared / np.minimum(ends[..., 1] - ends[..., 0], box.height)
        fit = overlap.max(axis=1, initial=-np.inf)
        if rows and fit.max() >= SAME_LINE_OVERLAP:
            best = int(fit.argmax())
            rows[best].append(component)
            ends[best] = [*ends[best][1:], (box.top, box.bottom)]
        else:
            rows.append([component])
            ends = np.concatenate([ends, [[(box.top, box.bottom)] * LOOK_BACK]])
    rows = _rejoined(rows)
    return _with_small(rows, small) if rows else [small] * bool(small)


def _rejoined(rows: list[list[Component]]) -> list[list[Component]]:
    """Join rows that are parts of one line.

    Either their shapes stand beside each other at the same height (a step in the baseline parted
    them), or both together are hardly higher than one of them, and so no two lines (a rule taken
    out of the writing left the digits' heads above it and the rest below).
    """
    joined: list[_Row] = []
    reach = np.zeros((len(rows), 2))  # top and bottom of each that was joined
    for row in map(_Row, rows):
        tops, bottoms = reach[: len(joined)].T
        shared = np.minimum(bottoms, row.bottom) - np.maximum(tops, row.top)
        both = np.maximum(bottoms, row.bottom) - np.minimum(tops, row.top)
        beside = shared >= BESIDE * np.minimum(bottoms - tops, row.bottom - row.top)
        for index, (both_px, may_be_beside) in enumerate(zip(both, beside, strict=True)):
            other = joined[index]
            is_beside = may_be_beside and not row.has_shapes_above(other)
            if is_beside or both_px <= ONE_LINE * max(row.height_px, other.height_px):
                joined[index] = _Row(other.parts + row.parts)
                reach[index] = joined[index].top, joined[index].bottom
                break
        else:
            reach[len(joined)] = row.top, row.bottom
            joined.append(row)
    return [row.parts for row in joined]


class _Row:
    """Components of one line; what they measure is taken once."""

    def __init__(self, parts: list[Component]) -> None:
        self.parts = parts
        self.left, tops, self.right, bottoms = np.array([part.box for part in parts]).T
        self.top, self.bottom = int(tops.min()), int(bottoms.max())

    @cached_property
    def height_px(self) -> float:
        return digit_height(self.parts)

    def has_shapes_above(self, other: _Row) -> bool:
        """Whether two shapes share a third of the wider one's width: one stands over the other."""
        shared = np.minimum(self.right[:, None], other.right)
        shared -= np.maximum(self.left[:, None], other.left)
        widest = np.maximum((self.right - self.left)[:, None], other.right - other.left)
        return bool((shared > widest / 3).any())


def _with_small(rows: list[list[Component]], small: Sequence[Component]) -> list[list[Component]]:
    """Add each small component to the row of the nearest one; steps up and down count double."""
    numbers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    centers = np.array([component.box.center_xy for row in rows for component in row])
    for component in small:
        away = np.abs(centers - component.box.center_xy) @ np.array([1.0, 2.0])
        rows[numbers[away.argmin()]].append(component)
    return rows


def _overlap(left: Box, right: Box) -> float:
    """Shared height as a share of the shorter one's."""
    shared = min(left.bottom, right.bottom) - max(left.top, right.top)
    return shared / min(left.height, right.height)


def _settle(row: Sequence[Component], row_px: float) -> tuple[list[Component], list[Dropped]]:
    """Give parts to their digits; what is left of the small components are marks."""
    digits = [part for part in row if part.box.height >= DIGIT_SHARE * row_px]
    groups = _stacked(sorted(digits, key=lambda part: part.box.left), row_px)
    boxes = np.array([hull(part.box for part in group) for group in groups])
    marks: list[Dropped] = []
    for part in row:
        if part.box.height >= DIGIT_SHARE * row_px:
            continue
        left, _, right, _ = part.box
        shared = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
        owner = int((shared / np.minimum(boxes[:, 2] - boxes[:, 0], part.box.width)).argmax())
        digit = Box(*boxes[owner].tolist())
        if _belongs(part.box, digit, row_px):
            groups[owner].append(part)
            boxes[owner] = digit.union(part.box)
        else:
            marks.append(Dropped(part, _kind_of_mark(part, row_px)))
    return sorted(map(join, groups), key=lambda part: part.box.left), marks


def _stacked(digits: list[Component], row_px: float) -> list[list[Component]]:
    """The parts of each digit: those of a broken one lie one above the other."""
    groups: list[list[Component]] = []
    last = Box(0, 0, 0, 0)
    for part in digits:
        if groups and _share_over(part.box, last) >= PART_OVERLAP:
            both = last.union(part.box)
            if both.height <= 1.35 * row_px or _overlap(last, part.box) > 0.8:
                groups[-1].append(part)
                last = both
                continue
        groups.append([part])
        last = part.box
    return groups


def _share_over(part: Box, digit: Box) -> float:
    """Share of the narrower one's width that lies over or under the other."""
    shared = min(part.right, digit.right) - max(part.left, digit.left)
    return shared / min(part.width, digit.width)


def _belongs(part: Box, digit: Box, row_px: float) -> bool:
    """Whether a small component is a part of this digit, as the bar of a 5 often is."""
    gap = max(part.top - digit.bottom, digit.top - part.bottom)
    if gap > 0.3 * row_px:
        return False
    over = _share_over(part, digit)
    is_high = part.center_xy[1] < digit.center_xy[1]
    return over >= PART_OVERLAP or (is_high and over > 0.15)


def _kind_of_mark(part: Component, row_px: float) -> DropReason:
    if part.box.width >= DASH_ASPECT * part.box.height:
        return DropReason.DASH
    if max(part.box.width, part.box.height) < DIGIT_SHARE * row_px:
        return DropReason.DOT
    return DropReason.TOO_SMALL
