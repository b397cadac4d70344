"""What speaks against an answer beside the readers' scores: ink nobody read, shapes no pen drew."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from digitocr.along.strip import cut_out
from digitocr.arrays import median
from digitocr.decide.answer import Decision, source_box
from digitocr.decide.hidden import hidden
from digitocr.decide.outlines import no_hand
from digitocr.decide.pen import no_stroke
from digitocr.decide.survey import survey
from digitocr.decide.unread import unclaimed
from digitocr.found import LineSheet
from digitocr.geometry import hull
from digitocr.reading import LeftOut
from digitocr.reasons import DropReason, Objection
from digitocr.types import Box, Component, Gray, Segmentation


def object_to(
    decisions: Sequence[Decision],
    segmentation: Segmentation,
    sheet: LineSheet,
    source_size_px: tuple[int, int],
) -> tuple[list[list[Objection]], tuple[LeftOut, ...]]:
    """What speaks against each line's decision, and what nobody read.

    What `segmentation` had to leave out speaks against every line. Where no digit was read
    nothing is objected to.
    """
    against = [
        [
            reason
            for standing in decision.standings
            if (reason := _shape(standing.component, sheet.raw))
        ]
        for decision in decisions
    ]
    heights = [
        line.digit_height_px
        for line, decision in zip(segmentation.lines, decisions, strict=True)
        if decision.standings
    ]
    skipped = [(Objection.TOO_MANY, hull(segmentation.left_out))] if segmentation.left_out else []
    if not heights:
        return against, _left_out(skipped, sheet, source_size_px)
    digits = [[standing.component for standing in decision.standings] for decision in decisions]
    rules = [one.component for one in segmentation.dropped if one.reason is DropReason.RULE]
    seen = survey(sheet.raw, [*chain(*digits)], rules, median(np.array(heights)))
    passed = [
        box
        for line, parts in zip(segmentation.lines, digits, strict=True)
        for box in unclaimed(line, parts)
    ]
    lost = [(Objection.UNREAD, box) for box in passed]
    lost += [(Objection.HIDDEN, box) for box in hidden(seen, digits)]
    for number, (reason, _) in zip(_nearest([box for _, box in lost], digits), lost, strict=True):
        against[number].append(reason)
    if skipped:
        against = [[*reasons, Objection.TOO_MANY] for reasons in against]
    return against, _left_out([*skipped, *lost], sheet, source_size_px)


def _left_out(
    lost: Sequence[tuple[Objection, Box]],
    sheet: LineSheet,
    source_size_px: tuple[int, int],
) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(reason, source_box(_full(box), sheet, source_size_px)) for reason, box in lost
    )


def _shape(component: Component, dark: Gray) -> Objection | None:
    """Why a digit's ink is no pen's stroke; a digit without ink of its own says nothing."""
    if not component.mask.any():
        return None
    return no_hand(component) or no_stroke(component, lambda box: cut_out(dark, box))


def _nearest(boxes: Sequence[Box], lines: Sequence[Sequence[Component]]) -> list[int]:
    """The line of the digit that is nearest to each box; a step up or down counts double."""
    centers = np.array([one.box.center_xy for line in lines for one in line])
    line_of = [number for number, line in enumerate(lines) for _ in line]
    # One box at a time: a page of print has thousands of both.
    return [line_of[int(np.argmin(np.abs(centers - box.center_xy) @ (1, 2)))] for box in boxes]


def _full(box: Box) -> Component:
    return Component(box, np.ones((box.height, box.width), np.bool_))
