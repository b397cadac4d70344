"""The answer, and with it every stage that led there: the Reading is the trace."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from digitocr.found import Finding, LineSheet
from digitocr.geometry import Quad
from digitocr.reasons import Objection
from digitocr.settings import Settings
from digitocr.types import (
    Binarization,
    Box,
    Lattice,
    LineStrip,
    Picture,
    Segmentation,
    Standing,
    Tile,
)


@dataclass(frozen=True)
class Proposal:
    """One possible reading of a text line; both readers have scored it."""

    text: str  # digits, or nothing
    line_score: float  # the line reader's log-probability
    lattice_score: float  # log-score of the best path that spells it; -inf where there is none
    posterior: float  # 0..1, its share among the line's proposals


@dataclass(frozen=True)
class Candidate:
    """One possible label of a digit."""

    label: str
    confidence: float  # 0..1


@dataclass(frozen=True, eq=False)
class Digit:
    """A digit that was read."""

    label: str  # the best guess, "0".."9", also when not accepted
    confidence: float  # 0..1, calibrated
    accepted: bool  # shown; else "?" stands for it
    box: Box  # source frame
    alternatives: tuple[Candidate, ...]  # the other labels, best first
    standing: Standing  # its ink, and what both readers say of it

    @property
    def tile(self) -> Tile:
        return self.standing.tile

    @property
    def sheet_box(self) -> Box:
        """Where it stands in the sheet frame."""
        return self.standing.component.box

    @property
    def text(self) -> str:
        """The label, or "?" where the reader cannot be sure."""
        return self.label if self.accepted else "?"


@dataclass(frozen=True, eq=False)
class Line:
    """The digits of one line of writing.

    Its quad runs clockwise from the writing's own upper left corner; where the writing reaches
    the picture's edge it may lie beyond it.
    """

    digits: tuple[Digit, ...]  # left to right
    confidence: float  # 0..1, calibrated: that every digit is right and none is missing
    asked: float  # 0..1: as sure it has to be to be shown without "?"
    proposals: tuple[Proposal, ...]  # best first; what was chosen need not be the first
    by_segments: str  # the segmenting reader's own reading
    by_line: str  # the line reader's own reading
    note: str = ""  # what a constraint changed, or how the number breaks it
    objections: tuple[Objection, ...] = ()  # what speaks against it beside the readers' scores
    quad: Quad | None = None  # tight around its digits, source frame; None where there are none

    @property
    def text(self) -> str:
        return "".join(digit.text for digit in self.digits)

    @property
    def is_in_doubt(self) -> bool:
        """Whether a digit of it is not accepted."""
        return bool(self.digits) and not self.accepted

    @property
    def guess(self) -> str:
        """The best guess, doubts and all."""
        return "".join(digit.label for digit in self.digits)

    @property
    def accepted(self) -> bool:
        """Whether there is a digit, and every digit is accepted: no "?" in the text."""
        return bool(self.digits) and all(digit.accepted for digit in self.digits)


@dataclass(frozen=True)
class LeftOut:
    """A part of the picture that nobody read although digits may stand there."""

    reason: Objection
    box: Box  # source frame


@dataclass(frozen=True, eq=False)
class Reading:
    """A picture's answer and every stage that led to it."""

    settings: Settings
    picture: Picture
    finding: Finding
    sheet: LineSheet
    binarization: Binarization
    segmentation: Segmentation
    lattices: tuple[Lattice, ...]  # one per text line
    strips: tuple[LineStrip, ...]  # one per text line
    lines: tuple[Line, ...]  # one per text line; one without digits is no number
    left_out: tuple[LeftOut, ...] = ()  # where any is, the lines that it may belong to are in doubt
    stage_ms: dict[str, float] = field(default_factory=dict)  # time spent in each stage

    @property
    def text(self) -> str:
        r"""The number; lines of writing are separated by "\n", "?" marks a digit in doubt."""
        return "\n".join(line.text for line in self.lines if line.digits)

    @property
    def guess(self) -> str:
        """As `text`, with the best guess for every digit in doubt."""
        return "\n".join(line.guess for line in self.lines if line.digits)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits, line by line."""
        return tuple(digit for line in self.lines for digit in line.digits)

    @property
    def accepted(self) -> bool:
        """Whether there is a digit, and every digit is accepted: no "?" in the text."""
        return bool(self.digits) and all(digit.accepted for digit in self.digits)

    @property
    def confidence(self) -> float:
        """Probability that every line is right, taking lines as independent; 0 if none."""
        if not self.digits:
            return 0.0
        return float(np.prod([line.confidence for line in self.lines if line.digits]))
