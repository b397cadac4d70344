"""The recognition lattice of a line: which pieces, joined, are digits, and the best way through.

After Burges, Matan, LeCun and others: "Shortest path segmentation: a method for training a
neural network to recognize character strings", IJCNN 1992.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitocr.components import join, trimmed
from digitocr.types import Arc, Component, Hypothesis, Lattice, Piece, Probabilities, Tiles

WIDEST = 1.6  # digit heights; pieces that span more are not one digit
SHARED = 0.13  # of a digit's height: a stroke that two digits share reaches so far over their cut
SHARED_COST = 0.3  # in log-probability: to share ink is the exception
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
            shared = _shared_ink(pieces, start, stop, SHARED * digit_height_px)
            if shared:
                found.append(Hypothesis(start, stop, join([component, *shared]), True))
    return found


def _shared_ink(pieces: Sequence[Piece], start: int, stop: int, reach_px: float) -> list[Component]:
    """The ink just beyond the cuts on both sides: touching digits may share a stroke."""
    shared = []
    for before in (start - 1, stop - 1):
        cut_after = pieces[before].cut_after if 0 <= before < len(pieces) - 1 else None
        if cut_after is None:
            continue
        neighbour = pieces[before if before < start else stop].component
        columns, rows = cut_after.T
        edge = np.interp(np.arange(neighbour.box.top, neighbour.box.bottom), rows, columns)
        across = np.arange(neighbour.box.left, neighbour.box.right) + 0.5 - edge[:, None]
        part = trimmed(neighbour.mask & (np.abs(across) <= reach_px), neighbour.box)
        if part is not None:
            shared.append(part)
    return shared


def _close(left: Piece, right: Piece, digit_height_px: float) -> bool:
    """Whether two pieces were cut apart, or nearly touch."""
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

    tiles: (N, 28, 28) and probabilities: (N, 10), a row for each of the N candidates.
    """
    scores = [
        _score(candidate, row, digit_height_px)
        for candidate, row in zip(candidates, probabilities, strict=True)
    ]
    chosen = _best_path(len(pieces), candidates, scores)
    arcs = tuple(
        Arc(candidate, tiles[index], probabilities[index], index in chosen)
        for index, candidate in enumerate(candidates)
    )
    return Lattice(tuple(pieces), arcs)


def _score(candidate: Hypothesis, probabilities: Probabilities, digit_height_px: float) -> float:
    """Log-probability that a hypothesis is one digit, by the classifier and by its height."""
    certainty = max(float(probabilities.max()), LEAST)
    lacking = USUAL_HEIGHT - candidate.component.box.height / digit_height_px
    cost = SHORTNESS_COST * max(0.0, lacking) + SHARED_COST * candidate.shares_ink
    return float(np.log(certainty)) - cost


def _best_path(count: int, candidates: Sequence[Hypothesis], scores: Sequence[float]) -> set[int]:
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
