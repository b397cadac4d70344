"""The level frame's components -> lines of writing: ruled lines go first, then marks."""

from __future__ import annotations

from collections.abc import Sequence

from digitocr.find.components import MOST_MASK_PX, Found, digit_height, find_components, frames
from digitocr.find.lines import group_lines
from digitocr.find.rules import find_edge_rules, find_rule
from digitocr.reasons import DropReason
from digitocr.types import Box, Component, Dropped, Ink, Segmentation


def segment(found: Found, shape: tuple[int, int]) -> Segmentation:
    """Take ruled lines out of the components, then sort them into lines of writing.

    found: level frame, a picture of this shape (H, W).
    """
    inner, edges, beyond = _without(found.components, find_edge_rules(found.components, shape))
    are_frames = frames(inner)
    typical_px = digit_height(inner, are_frames)
    kept, rules, beyond_too = _without(
        inner,
        [
            find_rule(component, typical_px, is_frame)
            for component, is_frame in zip(inner, are_frames, strict=True)
        ],
    )
    dropped = [Dropped(part, DropReason.RULE) for part in (*edges, *rules)]
    lines, marks = group_lines(kept, shape)
    texture = [mark.component.box for mark in marks if mark.reason is DropReason.TEXTURE]
    unread = *found.left_out, *beyond, *beyond_too, *texture
    return Segmentation(tuple(found.contours), tuple(lines), (*dropped, *marks), unread)


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
