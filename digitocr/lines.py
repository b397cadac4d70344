"""Components -> lines of writing, each from left to right; marks are dropped with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitocr.components import digit_height, join
from digitocr.geometry import hull
from digitocr.types import Component, Dropped, TextLine

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
        if reason:
            dropped.append(Dropped(component, reason))
        else:
            kept.append(component)
    if len(kept) > MOST_SHAPES:
        dropped += [
            Dropped(part, "one of too many shapes: a texture, not writing") for part in kept
        ]
        kept = []
    lines: list[TextLine] = []
    for row in _rows(kept, typical_px):
        row_px = digit_height(row)
        if row_px < FAINT_LINE_SHARE * typical_px:
            dropped += [Dropped(part, "much smaller than the rest of the writing") for part in row]
            continue
        digits, marks = _settle(row, row_px)
        dropped += marks
        lines.append(TextLine(tuple(digits), row_px))
    lines.sort(key=lambda line: float(np.mean([part.box.top for part in line.components])))
    return lines, dropped


def _not_writing(component: Component, typical_px: float, shape: tuple[int, int]) -> str:
    """The reason why a component cannot be part of a number, or nothing."""
    box = component.box
    if max(box.width, box.height) < SPECK_SHARE * typical_px:
        return "a speck"
    if box.height > 3 * typical_px or box.width > 12 * typical_px:
        return "far larger than the writing"
    touches = box.left == 0 or box.top == 0 or box.right == shape[1] or box.bottom == shape[0]
    if touches and box.height < DIGIT_SHARE * typical_px:
        return "cut off by the picture's edge"
    return ""


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
    joined: list[list[Component]] = []
    for row in rows:
        for parts in joined:
            one, other = hull(part.box for part in parts), hull(part.box for part in row)
            shared = min(one.bottom, other.bottom) - max(one.top, other.top)
            is_beside = shared >= BESIDE * min(one.height, other.height) and not any(
                _is_above(part, above) for part in row for above in parts
            )
            higher_px = max(digit_height(parts), digit_height(row))
            if is_beside or one.union(other).height <= ONE_LINE * higher_px:
                parts += row
                break
        else:
            joined.append(list(row))
    return joined


def _is_above(one: Component, other: Component) -> bool:
    """Whether the two share a third of the wider one's width, so that one stands over the other."""
    shared = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    return shared > max(one.box.width, other.box.width) / 3


def _with_small(rows: list[list[Component]], small: Sequence[Component]) -> list[list[Component]]:
    """Add each small component to the row of the nearest one; steps up and down count double."""
    numbers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    centers = np.array([component.box.center_xy for row in rows for component in row])
    for component in small:
        away = np.abs(centers - component.box.center_xy) @ np.array([1.0, 2.0])
        rows[numbers[away.argmin()]].append(component)
    return rows


def _overlap(left: Component, right: Component) -> float:
    """Shared height as a share of the shorter one's."""
    shared = min(left.box.bottom, right.box.bottom) - max(left.box.top, right.box.top)
    return shared / min(left.box.height, right.box.height)


def _settle(row: Sequence[Component], row_px: float) -> tuple[list[Component], list[Dropped]]:
    """Give parts to their digits; what is left of the small components are marks."""
    digits = [part for part in row if part.box.height >= DIGIT_SHARE * row_px]
    digits = _stacked(sorted(digits, key=lambda part: part.box.left), row_px)
    marks: list[Dropped] = []
    for part in row:
        if part.box.height >= DIGIT_SHARE * row_px:
            continue
        owner = max(range(len(digits)), key=lambda index: _share_over(part, digits[index]))
        if _belongs(part, digits[owner], row_px):
            digits[owner] = join([digits[owner], part])
        else:
            marks.append(Dropped(part, _mark_name(part, row_px)))
    digits.sort(key=lambda part: part.box.left)
    return digits, marks


def _stacked(digits: list[Component], row_px: float) -> list[Component]:
    """Join broken digits whose parts lie one above the other."""
    joined: list[Component] = []
    for part in digits:
        if joined and _share_over(part, joined[-1]) >= PART_OVERLAP:
            both = joined[-1].box.union(part.box)
            if both.height <= 1.35 * row_px or _overlap(joined[-1], part) > 0.8:
                joined[-1] = join([joined[-1], part])
                continue
        joined.append(part)
    return joined


def _share_over(part: Component, digit: Component) -> float:
    """Share of the narrower one's width that lies over or under the other."""
    shared = min(part.box.right, digit.box.right) - max(part.box.left, digit.box.left)
    return shared / min(part.box.width, digit.box.width)


def _belongs(part: Component, digit: Component, row_px: float) -> bool:
    """Whether a small component is a part of this digit, as the bar of a 5 often is."""
    gap = max(part.box.top - digit.box.bottom, digit.box.top - part.box.bottom)
    if gap > 0.3 * row_px:
        return False
    over = _share_over(part, digit)
    is_high = part.box.center_xy[1] < digit.box.center_xy[1]
    return over >= PART_OVERLAP or (is_high and over > 0.15)


def _mark_name(part: Component, row_px: float) -> str:
    if part.box.width >= DASH_ASPECT * part.box.height:
        return "a dash"
    if max(part.box.width, part.box.height) < DIGIT_SHARE * row_px:
        return "a dot or comma"
    return "too small beside its neighbours"
