"""The last word: what was decided for each line, less what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

from digitocr.decide.answer import Decision, answers
from digitocr.decide.objections import object_to
from digitocr.decide.overlooked import overlooked, source_box_of
from digitocr.found import Finding, LineSheet, SheetRow
from digitocr.reading import LeftOut, Line
from digitocr.reasons import Objection
from digitocr.settings import Settings
from digitocr.types import Picture, Segmentation, TextLine


def conclude(
    decisions: Sequence[Decision],
    segmentation: Segmentation,
    finding: Finding,
    sheet: LineSheet,
    picture: Picture,
    settings: Settings,
) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """The lines of the answer, and what nobody read although digits may stand there."""
    size_px = picture.source_size_px
    objections, left_out = object_to(decisions, segmentation, sheet, size_px)
    numbers = [place for place, decision in enumerate(decisions) if decision.standings]
    read = [_row(segmentation.lines[place], sheet).line for place in numbers]
    for nearest, line in overlooked(finding, read) if read else ():
        objections[numbers[nearest]].append(Objection.UNREAD)
        left_out += (LeftOut(Objection.UNREAD, source_box_of(line, picture)),)
    return answers(decisions, objections, settings, sheet, size_px), left_out


def _row(line: TextLine, sheet: LineSheet) -> SheetRow:
    return sheet.row_at(line.components[0].box.center_xy[1])
