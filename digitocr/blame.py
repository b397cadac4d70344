"""Which stage is to blame for a wrong reading (the idea of Tesseract's blamer)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from digitocr.reading import Reading
from digitocr.types import NO_DIGIT, Lattice

Stage = Literal["binarization", "text lines", "decision", "segmentation", "classifier", "lattice"]

FLOODED = 0.5  # more ink than this share of a picture is paper taken for ink


def blame(reading: Reading, truth: Sequence[str]) -> Stage:
    """The first stage that made the truth, one string of digits per line, impossible.

    Binarization: no ink, or a flood of it. Text lines: their number is wrong. Decision: the truth
    was proposed for every line, and something else chosen. Otherwise the line reader missed it,
    and so did the lattice. Segmentation: some line has no path of the true length. Classifier: it
    has one, but none spells the truth. Lattice: the truth could be spelled by another path.
    """
    share = float(reading.binarization.ink.mean())
    if share == 0 or share > FLOODED:
        return "binarization"
    written = [index for index, line in enumerate(reading.lines) if line.digits]
    if len(written) != len(truth):
        return "text lines"
    lines = [reading.lines[index] for index in written]
    if all(
        text in {one.text for one in line.proposals}
        for line, text in zip(lines, truth, strict=True)
    ):
        return "decision"
    pairs = [(reading.lattices[index], text) for index, text in zip(written, truth, strict=True)]
    if not all(_has_path(lattice, "?" * len(text)) for lattice, text in pairs):
        return "segmentation"
    if not all(_has_path(lattice, text) for lattice, text in pairs):
        return "classifier"
    return "lattice"


def _has_path(lattice: Lattice, text: str) -> bool:
    """Whether some path's arcs are labelled text; "?" stands for any label."""
    reached = {(0, 0)}  # nodes, with the number of digits spelled up to there
    for arc in lattice.arcs:
        for _, count in [one for one in reached if one[0] == arc.hypothesis.start]:
            reached.add((arc.hypothesis.stop, count))  # passed over
            label = str(int(arc.probabilities[:NO_DIGIT].argmax()))
            if count < len(text) and text[count] in ("?", label):
                reached.add((arc.hypothesis.stop, count + 1))
    return (len(lattice.pieces), len(text)) in reached
