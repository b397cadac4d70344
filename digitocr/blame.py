"""Which stage is to blame for a wrong reading (the idea of Tesseract's blamer)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from digitocr.types import Lattice, Reading

Stage = Literal["binarization", "text lines", "segmentation", "classifier", "lattice"]

FLOODED = 0.5  # more ink than this share of a picture is paper taken for ink


def blame(reading: Reading, truth: Sequence[str]) -> Stage:
    """The first stage that made the truth, one string of digits per line, impossible.

    Binarization: no ink, or a flood of it. Text lines: their number is wrong. Segmentation: some
    line has no path of the true length. Classifier: it has one, but none spells the truth.
    Lattice: the truth could be spelled, another path was chosen.
    """
    share = float(reading.binarization.ink.mean())
    if share == 0 or share > FLOODED:
        return "binarization"
    if len(reading.lattices) != len(truth):
        return "text lines"
    pairs = list(zip(reading.lattices, truth, strict=True))
    if not all(_has_path(lattice, "?" * len(text)) for lattice, text in pairs):
        return "segmentation"
    if not all(_has_path(lattice, text) for lattice, text in pairs):
        return "classifier"
    return "lattice"


def _has_path(lattice: Lattice, text: str) -> bool:
    """Whether some path's arcs are labelled text; "?" stands for any label."""
    reached = {0}
    for wanted in text:
        reached = {
            arc.hypothesis.stop
            for arc in lattice.arcs
            if arc.hypothesis.start in reached
            and wanted in ("?", str(int(arc.probabilities.argmax())))
        }
    return len(lattice.pieces) in reached
