"""The sheet's components -> lines of writing: ruled lines and bars go first, then marks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, groupby

from digitocr.find.combs import find_bars
from digitocr.find.components import MOST_MASK_PX, Found, find_components
from digitocr.find.lines import sort_out
from digitocr.find.rules import find_rule
from digitocr.found import LineSheet, SheetRow
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, Ink, Segmentation, TextLine


def segment(found: Found, sheet: LineSheet) -> Segmentation:
    """Take ruled lines and bars out of each row's components, then sort the others.

    found: sheet frame.
    """
    lines: list[TextLine] = []
    dropped: list[Dropped] = []
    unread = list(found.left_out)
    for row, components in _by_row(found.components, sheet):
        kept, rules, beyond = _without(components, list(map(find_rule, components)))
        bars = find_bars(kept)
        rules += compress(kept, bars)
        kept = [part for part, is_bar in zip(kept, bars, strict=True) if not is_bar]
        line, marks = sort_out(kept, row, sheet.inside)
        lines += [line] if line else []
        dropped += [*(Dropped(part, DropReason.RULE) for part in rules), *marks]
        unread += beyond
    return Segmentation(tuple(found.contours), tuple(lines), tuple(dropped), tuple(unread))


def _by_row(
    components: Sequence[Component], sheet: LineSheet
) -> list[tuple[SheetRow, list[Component]]]:
    """The rows that hold ink, from the top down, and their components from left to right."""

    def top(component: Component) -> int:
        return sheet.row_at(component.box.center_xy[1]).box.top

    ordered = sorted(components, key=lambda one: (top(one), one.box.left))
    return [(sheet.row_at(y), list(parts)) for y, parts in groupby(ordered, key=top)]


def _without(
    components: Sequence[Component], rules: Sequence[Ink]
) -> tuple[list[Component], list[Component], list[Box]]:
    """What is left of the components when their rules are taken out, these rules, and the boxes
    of what is left out."""
    kept: list[Component] = []
    taken: list[Component] = []
    left_out: list[Box] = []
    most_px = MOST_MASK_PX
    for component, rule in zip(components, rules, strict=True):
        if not rule.any():
            kept.append(component)
            continue
        origin = component.box.left, component.box.top
        parts = find_components(rule, origin, most_px)
        rest = find_components(component.mask & ~rule, origin, most_px)
        taken += parts.components
        kept += rest.components
        left_out += rest.left_out
        most_px -= sum(part.mask.size for part in (*parts.components, *rest.components))
    return kept, taken, left_out
