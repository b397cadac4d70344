"""A picture that lies on its side, or was looked at closer: which of its readings is the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digitocr.reading import Reading
from digitocr.words import turned

ENOUGH = 4  # digits that are sure together tell which way up they are


def surest(readings: Sequence[Reading]) -> Reading:
    """The one of which most digits are likely to be right; the first of those alike."""
    return max(readings, key=lambda one: sum(digit.confidence for digit in one.digits))


def tells_turn(reading: Reading) -> bool:
    """Whether it is sure of a number that is long enough to tell which way up the picture is."""
    return any(line.accepted and len(line.digits) >= ENOUGH for line in reading.lines)


def choose_turn(first: Reading, others: Sequence[Reading]) -> Reading:
    """The reading of the picture as it came, or in the one turn in which it is sure.

    others: those of the turned picture. A few digits can be read either way up: 0, 1 and 8, or 6
    for 9. The note of every line says by how much the picture was turned.
    """
    sure = [other for other in others if other.accepted and tells_turn(other)]
    if len(sure) != 1:
        return first
    said = turned(sure[0].finding.quarter_turns)
    lines = (
        replace(line, note=" ".join(filter(None, (said, line.note)))) for line in sure[0].lines
    )
    return replace(sure[0], lines=tuple(lines))
