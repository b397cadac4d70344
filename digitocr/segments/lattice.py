"""The recognition lattice of a line: which pieces, joined, are digits, and the best way through.

After Burges, Matan, LeCun and others: "Shortest path segmentation: a method for training a
neural network to recognize character strings", IJCNN 1992.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.find.components import join
from digitocr.types import (
    NO_DIGIT,
    Arc,
    Box,
    Hypothesis,
    Lattice,
    Piece,
    Probabilities,
    TextLine,
    Tiles,
)

WIDEST = 1.6  # digit heights; pieces that span more are not one digit
PASSING_COST = 4.0  # in log-probability: what lies on a line of digits is seldom none
JOIN_GAP = 0.12  # of a digit's height: parts of a broken digit lie closer than this
LEAST = 1e-4  # a probability below this tells nothing more
USUAL_HEIGHT = 0.75  # of the line's digit height; a shorter digit is less likely,
SHORTNESS_COST = 2.0  # by this much in log-probability for each digit height that it lacks


class Run(NamedTuple):
    """The pieces start <= i < stop of a line, and the box around them."""

    start: int
    stop: int
    box: Box


def runs(pieces: Sequence[Piece], digit_height_px: float) -> list[Run]:
    """Every run of neighbouring pieces that may be one digit; single pieces always may."""
    every = []
    for start, piece in enumerate(pieces):
        box = piece.component.box
        every.append(Run(start, start + 1, box))
        for stop in range(start + 2, len(pieces) + 1):
            box = box.union(pieces[stop - 1].component.box)
            if box.width > WIDEST * digit_height_px or not _close(
                pieces[stop - 2], pieces[stop - 1], digit_height_px
            ):
                break
            every.append(Run(start, stop, box))
    return every


def hypotheses(pieces: Sequence[Piece], chosen: Sequence[Run]) -> list[Hypothesis]:
    """The pieces of each run, joined."""
    return [
        Hypothesis(start, stop, join([piece.component for piece in pieces[start:stop]]))
        for start, stop, _ in chosen
    ]


def _close(left: Piece, right: Piece, digit_height_px: float) -> bool:
    """Whether two pieces were cut apart, or nearly touch and may be parts of one digit."""
    if left.is_single or right.is_single:
        return False
    gap = right.component.box.left - left.component.box.right
    return left.cut_after is not None or gap <= JOIN_GAP * digit_height_px


def build_lattice(
    pieces: Sequence[Piece],
    candidates: Sequence[Hypothesis],
    tiles: Tiles,
    probabilities: Probabilities,
    digit_height_px: float,
) -> Lattice:
    """Score the hypotheses and choose the best path.

    tiles: (N, 28, 28) and probabilities: (N, 11), a row for each of the N candidates.
    """
    costs = np.array([_cost(candidate, digit_height_px) for candidate in candidates])
    scores = np.log(np.maximum(probabilities.astype(np.float64), LEAST))
    scores[:, :NO_DIGIT] -= costs[:, None]
    scores[:, NO_DIGIT] -= PASSING_COST
    chosen = _best_path(len(pieces), candidates, scores.max(axis=1, initial=-np.inf))
    arcs = tuple(
        Arc(candidate, tiles[index], probabilities[index], scores[index], index in chosen)
        for index, candidate in enumerate(candidates)
    )
    return Lattice(tuple(pieces), arcs)


def spelling_scores(lattice: Lattice, readings: Sequence[str]) -> NDArray[np.float64]:
    """For each of K readings (K,) the score of the best path that spells it; -inf without one."""
    longest = max(map(len, readings), default=0)
    labels = np.zeros((len(readings), longest), np.int64)
    for row, reading in zip(labels, readings, strict=True):
        row[: len(reading)] = [int(digit) for digit in reading]
    # best[node, reading, digits spelled so far]
    best = np.full((len(lattice.pieces) + 1, len(readings), longest + 1), -np.inf)
    best[0, :, 0] = 0.0
    for arc in lattice.arcs:
        start, stop = arc.hypothesis.start, arc.hypothesis.stop
        spelled = best[start, :, :-1] + arc.scores[labels]
        np.maximum(best[stop], best[start] + arc.scores[NO_DIGIT], out=best[stop])
        np.maximum(best[stop, :, 1:], spelled, out=best[stop, :, 1:])
    return np.asarray(best[-1, np.arange(len(readings)), [len(reading) for reading in readings]])


def spelled_path(lattice: Lattice, reading: str) -> tuple[Arc, ...]:
    """The best path that spells the reading, an arc for each digit; empty where there is none."""
    labels = np.array([int(digit) for digit in reading], np.int64)
    # best[node, digits spelled so far], and how the best way came there.
    best = np.full((len(lattice.pieces) + 1, len(reading) + 1), -np.inf)
    best[0, 0] = 0.0
    came = np.full(best.shape, -1)
    spells = np.zeros(best.shape, np.bool_)
    for index, arc in enumerate(lattice.arcs):
        start, stop = arc.hypothesis.start, arc.hypothesis.stop
        for ways, ahead, is_digit in (
            (best[start, :-1] + arc.scores[labels], slice(1, None), True),
            (best[start] + arc.scores[NO_DIGIT], slice(None), False),
        ):
            better = ways > best[stop, ahead]
            best[stop, ahead][better] = ways[better]
            came[stop, ahead][better] = index
            spells[stop, ahead][better] = is_digit
    path: list[Arc] = []
    node, count = len(lattice.pieces), len(reading)
    if np.isneginf(best[node, count]):
        return ()
    while node > 0:
        arc = lattice.arcs[came[node, count]]
        if spells[node, count]:
            path.append(arc)
            count -= 1
        node = arc.hypothesis.start
    return tuple(reversed(path))


def build_lattices(
    lines: Sequence[TextLine],
    pieces: Sequence[Sequence[Piece]],
    candidates: Sequence[Sequence[Hypothesis]],
    tiles: Tiles,
    probabilities: Probabilities,
) -> tuple[Lattice, ...]:
    """The lattice of each line; tiles and probabilities: a row for each candidate, line by line."""
    stops = np.cumsum([len(of_line) for of_line in candidates])
    return tuple(
        build_lattice(
            parts,
            of_line,
            tiles[stop - len(of_line) : stop],
            probabilities[stop - len(of_line) : stop],
            line.digit_height_px,
        )
        for line, parts, of_line, stop in zip(lines, pieces, candidates, stops, strict=True)
    )


def _cost(candidate: Hypothesis, digit_height_px: float) -> float:
    """What a hypothesis' shape costs, in log-probability."""
    lacking = USUAL_HEIGHT - candidate.component.box.height / digit_height_px
    return SHORTNESS_COST * max(0.0, lacking)


def _best_path(
    count: int, candidates: Sequence[Hypothesis], scores: NDArray[np.float64]
) -> set[int]:
    """Indices of the arcs on the path of the greatest total score, by dynamic programming."""
    best = np.full(count + 1, -np.inf)
    best[0] = 0.0
    came = np.full(count + 1, -1)
    # Candidates are ordered by start, so every way to a node is known before it is left.
    for index, candidate in enumerate(candidates):
        score = best[candidate.start] + scores[index]
        if score > best[candidate.stop]:
            best[candidate.stop], came[candidate.stop] = score, index
    path: set[int] = set()
    node = count
    while node > 0:
        index = int(came[node])
        path.add(index)
        node = candidates[index].start
    return path
