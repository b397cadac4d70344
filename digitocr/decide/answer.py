"""What was decided for a line -> its digits with boxes, confidences and doubts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitocr.along.ctc import BEAM, best_path
from digitocr.calibration import Calibration
from digitocr.constraints import Constraint
from digitocr.decide.beside import beside
from digitocr.decide.evidence import standings
from digitocr.decide.fuse import choose, propose
from digitocr.decide.reject import (
    OBJECTED,
    accepted,
    asked,
    digit_evidence,
    log_odds,
    number_evidence,
    probability,
)
from digitocr.found import LineSheet
from digitocr.geometry import Quad, hull
from digitocr.reading import Candidate, Digit, Line, Proposal
from digitocr.reasons import Objection
from digitocr.settings import Settings
from digitocr.types import Affine, Box, Component, Lattice, LineStrip, Standing, TextLine

SHORT = 2  # digits: so few among much that is in doubt are letters, or stains
CONSTRAINED_BEAM = 64  # what is known in advance may point at a less likely reading

Places = NDArray[np.intp]  # (N,) px


@dataclass(frozen=True, eq=False)
class Decision:
    """What both readers together make of a line, before anything is shown."""

    chosen: Proposal
    proposals: tuple[Proposal, ...]  # best first
    note: str
    standings: tuple[Standing, ...]  # one per digit of what was chosen
    by_segments: str


def disputed(strips: Sequence[LineStrip], lattices: Sequence[Lattice]) -> list[bool]:
    """Whether the two readers differ on each line, each at its first and best guess."""
    return [
        best_path(strip.along) != lattice.text
        for strip, lattice in zip(strips, lattices, strict=True)
    ]


def decide(
    lines: Sequence[TextLine],
    lattices: Sequence[Lattice],
    strips: Sequence[LineStrip],
    constraint: Constraint,
) -> list[Decision]:
    """Decide between the readers' proposals for each line of writing."""

    def decision(line: TextLine, lattice: Lattice, strip: LineStrip) -> Decision:
        looks = [along for look in strip.looks for along in look.said]
        proposals = propose(lattice, looks, BEAM if constraint.is_empty else CONSTRAINED_BEAM)
        chosen, note = choose(proposals, constraint)
        placed = standings(chosen.text, line, lattice, strip)
        return Decision(chosen, proposals, note, tuple(placed), lattice.text)

    return [decision(*of_line) for of_line in zip(lines, lattices, strips, strict=True)]


def answers(
    decisions: Sequence[Decision],
    objections: Sequence[Sequence[Objection]],
    settings: Settings,
    calibration: Calibration,
    sheet: LineSheet,
    source_size_px: tuple[int, int],
) -> tuple[Line, ...]:
    """Every line of a picture; objections: for each line what speaks against it.

    What speaks against lines by how they stand to each other is added here.
    """

    def given(decision: Decision, against: Sequence[Objection]) -> Line:
        return answer(decision, against, settings, calibration, sheet, source_size_px)

    lines = [given(*parts) for parts in zip(decisions, objections, strict=True)]
    for place, more in enumerate(beside(lines)):
        if more:
            lines[place] = given(decisions[place], [*lines[place].objections, *more])
    shown = [digit.accepted for line in lines for digit in line.digits]
    if 2 * sum(shown) >= len(shown):
        return tuple(lines)
    return tuple(
        given(decision, [*line.objections, Objection.ALONE]) if len(line.digits) <= SHORT else line
        for line, decision in zip(lines, decisions, strict=True)
    )


def answer(
    decision: Decision,
    objections: Sequence[Objection],
    settings: Settings,
    calibration: Calibration,
    sheet: LineSheet,
    source_size_px: tuple[int, int],
) -> Line:
    """The digits of one line of writing, and how sure they are.

    objections: what speaks against the line beside the readers' own scores.
    """
    chosen, proposals = decision.chosen, decision.proposals
    odds = log_odds(calibration.number, number_evidence(chosen, proposals))
    share = OBJECTED if objections else 1.0
    number = share * probability(odds)
    sure = [
        share * probability(log_odds(calibration.digit, digit_evidence(int(label), standing, odds)))
        for label, standing in zip(chosen.text, decision.standings, strict=True)
    ]
    number_asked = asked(calibration, settings.one_wrong_in)
    shown = accepted(number, sure, number_asked, settings.one_wrong_in)
    digits = tuple(
        Digit(
            label=label,
            confidence=confidence,
            accepted=is_shown,
            box=source_box(standing.component, sheet, source_size_px),
            alternatives=_alternatives(label, confidence, standing),
            standing=standing,
        )
        for label, confidence, is_shown, standing in zip(
            chosen.text, sure, shown, decision.standings, strict=True
        )
    )
    by_line = max(proposals, key=lambda one: one.line_score).text
    shown_proposals = tuple(
        one
        for place, one in enumerate(proposals)
        if place < BEAM or one is chosen or one.text in (decision.by_segments, by_line)
    )
    return Line(
        digits,
        number,
        number_asked,
        shown_proposals,
        decision.by_segments,
        by_line,
        decision.note,
        tuple(dict.fromkeys(objections)),
        source_quad([standing.component for standing in decision.standings], sheet),
    )


def _alternatives(label: str, confidence: float, standing: Standing) -> tuple[Candidate, ...]:
    """The other labels share what the answer's confidence leaves, as both readers see them."""
    shares: NDArray[np.float64] = standing.by_line + 1e-6
    if standing.by_segments is not None:
        shares = shares * (standing.by_segments + 1e-6)
    shares[int(label)] = 0
    shares *= (1 - confidence) / shares.sum()
    order = np.argsort(-shares, kind="stable")
    return tuple(Candidate(str(one), float(shares[one])) for one in order if str(one) != label)


def source_box(component: Component, sheet: LineSheet, size_px: tuple[int, int]) -> Box:
    """The smallest box in the source frame, (width, height) px, that holds a component's ink."""
    to_source = _to_source(sheet, component.box)
    x, y = _outermost(component, is_turned=bool(to_source[0, 1]))
    (left, right), (top, bottom) = (
        _reach(along_x * x + along_y * y + shift, along_x, along_y)
        for along_x, along_y, shift in to_source.tolist()
    )
    width, height = size_px
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    right, bottom = max(min(right, width), left + 1), max(min(bottom, height), top + 1)
    return Box(left, top, right, bottom)


def source_quad(components: Sequence[Component], sheet: LineSheet) -> Quad | None:
    """The level rectangle around these components' ink, sheet frame, as it lies in the source.

    Clockwise from its upper left corner as the writing runs; not clamped to the picture.
    """
    if not components:
        return None
    around = hull(one.box for one in components)
    left, top, right, bottom = around
    to_source = _to_source(sheet, around)
    corners = np.array([[left, right, right, left], [top, top, bottom, bottom], [1, 1, 1, 1]])
    upper_left, upper_right, lower_right, lower_left = (to_source @ corners).T.tolist()
    return tuple(upper_left), tuple(upper_right), tuple(lower_right), tuple(lower_left)


def _to_source(sheet: LineSheet, box: Box) -> Affine:
    """The way to the source from where a box lies on the sheet, from corners to corners of px."""
    middles = sheet.row_at(box.center_xy[1]).to_source
    moved = middles.copy()
    moved[:, 2] += 0.5 - middles[:, :2] @ (0.5, 0.5)
    return moved


def _outermost(component: Component, is_turned: bool) -> tuple[Places, Places]:
    """x and y of pixels among which are the outermost of a component's ink in an affine image."""
    box = component.box
    if not is_turned:
        return np.array([box.left, box.right - 1]), np.array([box.top, box.bottom - 1])
    mask = component.mask if component.mask.any() else ~component.mask
    rows = np.flatnonzero(mask.any(axis=1))
    ends = mask[rows].argmax(axis=1), mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    return np.concatenate(ends) + box.left, np.concatenate([rows, rows]) + box.top


def _reach(places: NDArray[np.float64], *steps: float) -> tuple[int, int]:
    """From where to where pixels at these places reach: each ends a step, either way, further."""
    low = float(places.min()) + sum(min(step, 0.0) for step in steps)
    high = float(places.max()) + sum(max(step, 0.0) for step in steps)
    return math.floor(low), math.ceil(high)
