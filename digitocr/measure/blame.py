"""Which stage is to blame (the idea of Tesseract's blamer): for a wrong reading, and for none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show.stages import STAGES
from digitocr.types import NO_DIGIT, Lattice
from digitocr.words import loss

Stage = Literal[
    "finder", "binarization", "text lines", "decision", "segmentation", "classifier", "lattice"
]

Remedy = Literal["region", "ink", "turn"]  # choose a region; take ink for darker or lighter; turn

FLOODED = 0.5  # more ink than this share of a sheet is paper taken for ink
PAGE = 40  # digits; no number is as long
MOST = 0.75  # of a page's digits stand on lines that are likelier wrong than right


@dataclass(frozen=True)
class Diagnosis:
    """Why a picture gave no number, told from the Reading alone."""

    loss: Loss
    stage: str  # title of the Stage that shows it
    sentence: str  # for the user
    remedies: tuple[Remedy, ...]  # what to try, the likeliest first


def diagnose(reading: Reading) -> Diagnosis:
    """The first stage of a Reading without digits that left nothing to the next."""
    kind, remedies = _lost(reading)
    if reading.settings.polarity != "auto":
        # What the user set is the likeliest cause, and the easiest to take back.
        remedies = tuple(sorted(remedies, key="ink".__ne__))
    title = next(stage.title for stage in STAGES if kind in stage.losses)
    return Diagnosis(kind, title, loss(kind, reading), remedies)


def _lost(reading: Reading) -> tuple[Loss, tuple[Remedy, ...]]:
    lines = reading.segmentation.lines
    if not reading.finding.lines:
        # A number that is small in its picture is seen when it is looked at alone.
        return Loss.NO_NUMBER_SEEN, ("region", "turn")
    share = float(reading.binarization.ink.mean())
    if share == 0:
        return Loss.NO_INK, ("ink", "region", "turn")
    if share > FLOODED:
        return Loss.FLOODED, ("ink", "region", "turn")
    if not lines:
        return Loss.ALL_DROPPED, ("region", "ink", "turn")
    is_seen = any(line.by_line or line.by_segments for line in reading.lines)
    return Loss.ONE_READER if is_seen else Loss.NO_READER, ("turn", "region", "ink")


def is_page(reading: Reading) -> bool:
    """Whether this looks like a page of print or drawings, not like handwritten numbers."""
    digits = len(reading.digits)
    weak = sum(len(line.digits) for line in reading.lines if line.confidence < 0.5)
    return digits >= PAGE and weak >= MOST * digits


def blame(reading: Reading, truth: Sequence[str]) -> Stage:
    """The first stage that made the truth, one string of digits per line, impossible.

    Finder: it saw no number, or another number of them, which nothing after it made good.
    Binarization: no ink, or a flood of it. Text lines: their number is wrong although as many were
    found. Decision: the truth was proposed for every line, and something else chosen. Otherwise
    the line reader missed it, and so did the lattice. Segmentation: some line has no path of the
    true length. Classifier: it has one, but none spells the truth. Lattice: the truth could be
    spelled by another path.
    """
    if not reading.finding.lines:
        return "finder"
    share = float(reading.binarization.ink.mean())
    if share == 0 or share > FLOODED:
        return "binarization"
    written = [index for index, line in enumerate(reading.lines) if line.digits]
    if len(written) != len(truth):
        return "text lines" if len(reading.finding.lines) == len(truth) else "finder"
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
