"""The last word: what was decided for each line, less what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from digitocr.calibration import Calibration
from digitocr.decide.answer import Decision, answers
from digitocr.decide.objections import object_to
from digitocr.decide.overlooked import overlooked
from digitocr.find.turned import level, lines_turned, row_turned
from digitocr.found import Finding, LineSheet, SheetRow
from digitocr.geometry import boxes_turned
from digitocr.reading import LeftOut, Line, Reading
from digitocr.reasons import DropReason, Objection
from digitocr.settings import Settings
from digitocr.types import Box, Component, Picture, Segmentation


def conclude(
    decisions: Sequence[Decision],
    segmentation: Segmentation,
    finding: Finding,
    sheet: LineSheet,
    picture: Picture,
    settings: Settings,
    calibration: Calibration,
) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """The lines of the answer, and what nobody read although digits may stand there."""
    size_px = picture.source_size_px
    objections, left_out = object_to(decisions, segmentation, sheet, size_px)
    numbers = [place for place, decision in enumerate(decisions) if decision.standings]
    turns, shape = finding.quarter_turns, picture.gray.shape
    gray = level(picture.gray, turns)
    hardly = lines_turned(finding.left_out, turns, shape)

    def row(component: Component) -> SheetRow:
        return row_turned(sheet.row_at(component.box.center_xy[1]), turns, shape)

    read = [
        (
            row(segmentation.lines[place].components[0]),
            [one.component for one in decisions[place].standings],
        )
        for place in numbers
    ]
    rules = [
        (row(one.component), one.component)
        for one in segmentation.dropped
        if one.reason is DropReason.RULE
    ]
    for nearest, box in overlooked(gray, hardly, read, rules) if read else ():
        objections[numbers[nearest]].append(Objection.UNREAD)
        (upright,) = boxes_turned([box], -turns, gray.shape)
        left_out += (LeftOut(Objection.UNREAD, in_source(upright, picture)),)
    return answers(decisions, objections, settings, calibration, sheet, size_px), left_out


def in_source(box: Box, picture: Picture) -> Box:
    """A box in the working frame, in the source frame, and within the picture."""
    (along_x, along_y), (width, height) = picture.source_px_per_px, picture.source_size_px
    left, top = (
        min(max(0, int(box.left * along_x)), width - 1),
        min(max(0, int(box.top * along_y)), height - 1),
    )
    right, bottom = math.ceil(box.right * along_x), math.ceil(box.bottom * along_y)
    return Box(left, top, min(max(right, left + 1), width), min(max(bottom, top + 1), height))


def unread_strokes(reading: Reading) -> list[Box]:
    """Strokes of a digit's size that nobody read, working frame."""
    along_x, along_y = reading.picture.source_px_per_px
    return [
        Box(
            round(part.box.left / along_x),
            round(part.box.top / along_y),
            round(part.box.right / along_x),
            round(part.box.bottom / along_y),
        )
        for part in reading.left_out
        if part.reason is Objection.UNREAD
    ]
