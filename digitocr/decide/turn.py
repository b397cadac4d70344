"""A picture that lies on its side, or was looked at closer: which of its readings is the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digitocr.decide.reject import OBJECTED
from digitocr.reading import Line, Reading
from digitocr.reasons import Objection
from digitocr.words import turned

TELLING = 4  # digits of a number that is sure: so many tell which way up a picture is
ENOUGH = 3  # digits of a turned picture, at least
LIKELIER = 1.5  # times as much of it is likely right, where so many are sure,
FAR_LIKELIER = 3.0  # and where they are not, but
LEAST = 1.0  # digits, at least, are likely right


def surest(readings: Sequence[Reading]) -> Reading:
    """The one of which most digits are likely to be right; the first of those alike."""
    return max(readings, key=lambda one: sum(digit.confidence for digit in one.digits))


def tells_turn(reading: Reading) -> bool:
    """Whether it is sure of a number that is long enough to tell which way up the picture is."""
    return any(line.accepted and len(line.digits) >= TELLING for line in reading.lines)


def choose_turn(first: Reading, others: Sequence[Reading]) -> Reading:
    """The reading of the picture as it came, or in the one turn in which it reads far better.

    others: those of the turned picture. A few digits can be read either way up: 0, 1 and 8, or 6
    for 9. The note of every line says by how much the picture was turned. What was sure as it
    came is in doubt where more is likely to be right in a turn that is not chosen.
    """
    chosen = [one for one in others if _sure(one) >= ENOUGH and _is_likelier(one, first, LIKELIER)]
    if not chosen:
        best = max(others, key=_likely, default=first)
        is_likely = _is_likelier(best, first, FAR_LIKELIER) and _likely(best) >= LEAST
        chosen = [best] if len(best.digits) >= ENOUGH and is_likely else []
    if len(chosen) != 1:
        doubt = any(_is_likelier(one, first, 1.0) for one in others) and first.accepted
        return replace(first, lines=tuple(map(_doubted, first.lines))) if doubt else first
    said = turned(chosen[0].finding.quarter_turns)
    lines = (
        replace(line, note=" ".join(filter(None, (said, line.note)))) for line in chosen[0].lines
    )
    return replace(chosen[0], lines=tuple(lines))


def _sure(reading: Reading) -> int:
    """How many digits are in lines without a doubt."""
    return sum(len(line.digits) for line in reading.lines if line.accepted)


def _likely(reading: Reading) -> float:
    """How many digits are in lines that are right, as far as can be foretold."""
    return sum(line.confidence * len(line.digits) for line in reading.lines)


def _is_likelier(one: Reading, other: Reading, times: float) -> bool:
    return _likely(one) > times * _likely(other)


def _doubted(line: Line) -> Line:
    """A line that may lie on its side; one without digits says nothing."""
    if not line.digits:
        return line
    digits = (
        replace(digit, confidence=OBJECTED * digit.confidence, accepted=False)
        for digit in line.digits
    )
    return replace(
        line,
        digits=tuple(digits),
        confidence=OBJECTED * line.confidence,
        objections=(*line.objections, Objection.ON_ITS_SIDE),
    )
