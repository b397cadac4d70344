"""A row's components -> its line of writing, from left to right; marks go, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitocr.find.components import digit_height, join
from digitocr.found import SHORTER, SheetRow
from digitocr.geometry import hull
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, Ink, TextLine

DIGIT_SHARE = 0.45  # of its line's digits: what is shorter is a mark or part of a digit
POST_INSIDE = 0.3  # digit heights: the middle of a 1 lies further within its number's ends
POST_WIDTH, POST_ASPECT = 0.2, 3.0  # of a digit's height; times as high as broad
ONE = 0.72, 1.18  # of the digits' height: a 1; of lower ones that are cut off too much is gone
PART_OVERLAP = 0.5  # of the part's width lies over or under its digit
DASH_ASPECT = 1.8


def sort_out(
    components: Sequence[Component], row: SheetRow, inside: Ink
) -> tuple[TextLine | None, list[Dropped]]:
    """The line of writing of a row, if any, of its components from left to right, sheet frame.

    inside: where on the sheet nothing is cut off.
    """
    kept: list[Component] = []
    dropped: list[Dropped] = []
    usual_px = digit_height(components)
    near = round(SHORTER * 2 * row.core.height)  # a number may end a little beyond where it is seen
    body = row.core._replace(left=row.core.left - near, right=row.core.right + near)
    for component in components:
        box, is_cut_off = component.box, _is_cut_off(component, inside)
        is_within = body.left <= box.center_xy[0] < body.right and box.shared(body)
        if is_cut_off and not is_within:
            dropped.append(Dropped(component, DropReason.CUT_OFF))
        elif _is_dash_beyond(box, row.core) or (
            _is_post(box, row.core) and not _is_one(box, usual_px)
        ):
            dropped.append(Dropped(component, DropReason.RULE))
        else:
            kept.append(component)
    if not kept:
        return None, dropped
    row_px = digit_height(kept)
    digits, marks = _settle(kept, row_px)
    if _is_next_row(digits, row, inside, row_px):
        return None, [*dropped, *marks, *(Dropped(part, DropReason.CUT_OFF) for part in digits)]
    return TextLine(tuple(digits), row_px), [*dropped, *marks]


def _is_post(box: Box, core: Box) -> bool:
    """Whether it is a thin upright bar at a number's end.

    One that is not as high as its digits is the side of a frame, or what a scan leaves of it.
    """
    inside = POST_INSIDE * 2 * core.height
    is_at_end = not core.left + inside <= box.center_xy[0] <= core.right - inside
    is_thin = box.width <= POST_WIDTH * 2 * core.height and box.height >= POST_ASPECT * box.width
    return is_at_end and is_thin


def _is_one(box: Box, digit_px: float) -> bool:
    """Whether it is as high as the row's digits, which are so high."""
    low, tall = ONE
    return low * digit_px <= box.height <= tall * digit_px


def _is_dash_beyond(box: Box, core: Box) -> bool:
    """Whether it is a flat stroke above the digits or below them, as a broken frame has."""
    half = core.height / 2
    is_beyond = box.bottom <= core.top - half or box.top >= core.bottom + half
    return is_beyond and box.width >= DASH_ASPECT * box.height


def _is_cut_off(component: Component, inside: Ink) -> bool:
    box = component.box
    return not inside[box.top : box.bottom, box.left : box.right][component.mask].all()


def _is_next_row(digits: Sequence[Component], row: SheetRow, inside: Ink, row_px: float) -> bool:
    """Whether the edge leaves only the tops or the feet of digits, too little to be read."""
    return row_px < ONE[0] * 2 * row.core.height and all(
        _is_cut_off(digit, inside) for digit in digits
    )


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
