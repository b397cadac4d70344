"""A picture that lies on its side: which of its two readings is the answer."""

from __future__ import annotations

from dataclasses import replace

from digitocr.reading import Reading
from digitocr.words import turned


def choose_turn(first: Reading, other: Reading) -> Reading:
    """The reading of the picture as it came, or of the turned one, where that says more.

    The note of every line says by how much the picture was turned.
    """
    is_better = any(line.accepted for line in other.lines) or not first.digits
    if not is_better:
        return first
    said = turned(other.finding.quarter_turns)
    lines = (replace(line, note=" ".join(filter(None, (said, line.note)))) for line in other.lines)
    return replace(other, lines=tuple(lines))
