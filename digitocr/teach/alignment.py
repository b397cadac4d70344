"""A label laid along what the reader found in its picture: line to line, and digit to place.

Which found line a label's line belongs to is decided for all of them together, in their order,
by connectionist temporal classification (Graves and others, ICML 2006); so is where its digits
stand (forced alignment). How likely the label is, is judged by both readers, as in reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitocr.along.ctc import DIGITS, align, reading_scores
from digitocr.decide.fuse import LATTICE_WEIGHT, NO_PATH
from digitocr.reading import Line, Reading
from digitocr.segments.lattice import spelling_scores
from digitocr.teach.examples import Aside
from digitocr.types import Box, Lattice, LineStrip, LogProbabilities, Strip

# Natural log, for each digit of a label, of how much likelier another reading is: of right labels
# on unfamiliar forms 4 in 1,000 are past it, of those of other pictures 19 in 20. A single digit
# says nothing of its place, so it is left to people.
UNLIKELY = 5.0


@dataclass(frozen=True, eq=False)
class LabelledLine:
    """One line of a label on the line of writing that it belongs to."""

    label: str
    guess: str  # the reader's own answer; may be empty
    confidence: float  # 0..1, of that answer
    strip: Strip  # what the line reader saw at its first look
    along: LogProbabilities  # and said of it
    spans: tuple[tuple[int, int], ...]  # steps of `along`, half-open, that each digit takes
    box: Box  # of the strip, sheet frame
    lattice: Lattice
    log_odds: float  # natural log, >= 0: how much likelier the readers hold their best reading
    posteriors: NDArray[np.float64]  # (L, 10) of each place of the label, the rest of it given


@dataclass(frozen=True, eq=False)
class Alignment:
    """A picture's label on what was found in it."""

    lines: tuple[LabelledLine, ...]  # one for each of the label's; empty where none could be laid
    aside: Aside | None  # why it should not be learnt from

    @property
    def log_odds_per_digit(self) -> float:
        """How much likelier other readings are than the label, natural log, >= 0."""
        count = sum(len(line.label) for line in self.lines)
        return sum(line.log_odds for line in self.lines) / max(count, 1)


def aligned(reading: Reading, label: str) -> Alignment:
    r"""Lay a label on a Reading of its picture.

    label: digits, "\n" between lines of writing.
    """
    if not label:
        return Alignment((), Aside.NO_LABEL)
    if "?" in label:
        return Alignment((), Aside.ILLEGIBLE)
    texts = label.split("\n")
    if not reading.lines:
        return Alignment((), Aside.NOTHING_FOUND)
    if len(reading.lines) < len(texts):
        return Alignment((), Aside.LINES_DIFFER)
    scores = np.array([_label_scores(strip, texts) for strip in reading.strips])
    if np.isneginf(scores[:, :-1]).all(axis=0).any():
        return Alignment((), Aside.TOO_LONG)
    places = in_order(scores[:, :-1] - scores[:, -1:])
    if places is None:
        return Alignment((), Aside.TOO_LONG)
    beside = set(range(len(reading.lines))) - set(places)
    if any(reading.lines[place].accepted for place in beside):
        return Alignment((), Aside.LINES_DIFFER)
    lines = tuple(
        _labelled(text, reading.lines[place], reading.strips[place], reading.lattices[place])
        for text, place in zip(texts, places, strict=True)
    )
    whole = Alignment(lines, None)
    if len(label) > 1 and whole.log_odds_per_digit > UNLIKELY:
        return Alignment(lines, Aside.UNLIKELY)
    return whole


def in_order(gains: NDArray[np.float64]) -> list[int] | None:
    """The places (K,), rising, that K texts have among N lines for the greatest sum of gains.

    gains: (N, K), N >= K, of each text in each place; -inf where it cannot be. None where there is
    no way.
    """
    places, count = gains.shape
    # Of the best way in which the first texts stand among the first places.
    best = np.full((places + 1, count + 1), -np.inf)
    best[:, 0] = 0
    for place in range(places):
        best[place + 1, 1:] = np.maximum(best[place, 1:], best[place, :-1] + gains[place])
    if np.isneginf(best[-1, -1]):
        return None
    chosen = []
    text = count
    for place in range(places, 0, -1):
        if text and best[place, text] != best[place - 1, text]:
            text -= 1
            chosen.append(place - 1)
    return chosen[::-1]


def _label_scores(strip: LineStrip, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability (K + 1,) that a line says each of K texts, and that it says nothing."""
    return reading_scores(strip.along, [*texts, ""])


def _labelled(text: str, line: Line, strip: LineStrip, lattice: Lattice) -> LabelledLine:
    substituted = [
        text[:place] + digit + text[place + 1 :] for place in range(len(text)) for digit in DIGITS
    ]
    proposed = [one.text for one in line.proposals]
    readings = [text, *proposed, *substituted]
    by_line = np.mean([reading_scores(look.along, readings) for look in strip.looks], axis=0)
    of_proposals = 1 + len(proposed)
    by_lattice = np.maximum(spelling_scores(lattice, readings[:of_proposals]), NO_PATH)
    totals = by_line[:of_proposals] + LATTICE_WEIGHT * by_lattice
    places = by_line[of_proposals:].reshape(-1, len(DIGITS))
    # A substitute that stands beside its like may need a step more than there is.
    shares = np.exp(places - places.max(axis=1, keepdims=True))
    return LabelledLine(
        text,
        line.guess,
        line.confidence,
        strip.strip,
        strip.along,
        tuple(align(strip.along, text)),
        strip.box,
        lattice,
        float(totals.max() - totals[0]),
        np.asarray(shares / shares.sum(axis=1, keepdims=True)),
    )
