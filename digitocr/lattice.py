"""The recognition lattice of a line: which pieces, joined, are digits, and the best way through.

After Burges, Matan, LeCun and others: "Shortest path segmentation: a method for training a
neural network to recognize character strings", IJCNN 1992.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digitocr.components import join
from digitocr.types import (
    NO_DIGIT,
    Arc,
    Hypothesis,
    Lattice,
    Piece,
    Probabilities,
    Tiles,
)

WIDEST = 1.6  # digit heights; pieces that span more are not one digit
PASSING_COST = 4.0  # in log-probability: what lies on a line of digits is seldom none
JOIN_GAP = 0.12  # of a digit's height: parts of a broken digit lie closer than this
LEAST = 1e-4  # a probability below this tells nothing more
USUAL_HEIGHT = 0.75  # of the line's digit height; a shorter digit is less likely,
SHORTNESS_COST = 2.0  # by this much in log-probability for each digit height that it lacks


def hypotheses(pieces: Sequence[Piece], digit_height_px: float) -> list[Hypothesis]:
    """Every run of neighbouring pieces that may be one digit; single pieces always may."""
    found = []
    for start in range(len(pieces)):
        for stop in range(start + 1, len(pieces) + 1):
            component = join([piece.component for piece in pieces[start:stop]])
            if stop > start + 1 and (
                component.box.width > WIDEST * digit_height_px
                or not _close(pieces[stop - 2], pieces[stop - 1], digit_height_px)
            ):
                break
            found.append(Hypothesis(start, stop, component))
    return found


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
    # For each node and number of digits spelled: the score, and the arcs that led there.
    best: dict[tuple[int, int], tuple[float, tuple[Arc, ...]]] = {(0, 0): (0.0, ())}
    for arc in lattice.arcs:
        for count in range(len(reading) + 1):
            before = best.get((arc.hypothesis.start, count))
            if before is None:
                continue
            ways = [(count, before[0] + float(arc.scores[NO_DIGIT]), before[1])]
            if count < len(reading):
                score = before[0] + float(arc.scores[int(reading[count])])
                ways.append((count + 1, score, (*before[1], arc)))
            for spelled, score, arcs in ways:
                node = arc.hypothesis.stop, spelled
                if node not in best or score > best[node][0]:
                    best[node] = score, arcs
    return best.get((len(lattice.pieces), len(reading)), (0.0, ()))[1]


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
