"""The last word: what was decided for each line, less what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

from digitocr.decide.answer import Decision, answers
from digitocr.decide.objections import object_to
from digitocr.found import LineSheet
from digitocr.reading import LeftOut, Line
from digitocr.settings import Settings
from digitocr.types import Picture, Segmentation


def conclude(
    decisions: Sequence[Decision],
    segmentation: Segmentation,
    sheet: LineSheet,
    picture: Picture,
    settings: Settings,
) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """The lines of the answer, and what nobody read although digits may stand there."""
    size_px = picture.source_size_px
    objections, left_out = object_to(decisions, segmentation, sheet, size_px)
    return answers(decisions, objections, settings, sheet, size_px), left_out
