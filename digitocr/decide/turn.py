"""A picture that lies on its side: which of its two readings is the answer."""

from __future__ import annotations

from dataclasses import replace

from digitocr.reading import Reading
from digitocr.words import turned

ENOUGH = 4  # digits that are sure together tell which way up they are


def choose_turn(first: Reading, other: Reading) -> Reading:
    """The reading of the picture as it came, or of the turned one, where that alone is sure.

    A few digits can be read either way up: 0, 1 and 8, or 6 for 9.

    The note of every line says by how much the picture was turned.
    """
    longest = max((len(line.digits) for line in other.lines if line.accepted), default=0)
    if not other.accepted or longest < ENOUGH:
        return first
    said = turned(other.finding.quarter_turns)
    lines = (replace(line, note=" ".join(filter(None, (said, line.note)))) for line in other.lines)
    return replace(other, lines=tuple(lines))
