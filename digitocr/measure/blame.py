"""Which stage is to blame (the idea of Tesseract's blamer): for a wrong reading, and for none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from digitocr.reading import Reading
from digitocr.types import NO_DIGIT, Dropped, Lattice

Stage = Literal["binarization", "text lines", "decision", "segmentation", "classifier", "lattice"]

Remedy = Literal["region", "ink", "turn"]  # choose a region; take ink for darker or lighter; turn

FLOODED = 0.5  # more ink than this share of a picture is paper taken for ink
PAGE = 40  # digits; no number is as long
MOST = 0.75  # of a page's digits stand on lines that are likelier wrong than right
SPECKS = 0.002  # of a picture: less ink is dust or a very faint number


@dataclass(frozen=True)
class Diagnosis:
    """Why a picture gave no number, told from the Reading alone."""

    stage: str  # title of the Stage of `draw` that shows it
    sentence: str  # for the user
    remedies: tuple[Remedy, ...]  # what to try, the likeliest first


def diagnose(reading: Reading) -> Diagnosis:
    """The first stage of a Reading without digits that left nothing to the next."""
    found = _lost(reading)
    if reading.settings.polarity == "auto":
        return found
    # What the user set is the likeliest cause, and the easiest to take back.
    words = f" Ink was set to be {reading.settings.polarity}er than its paper."
    return Diagnosis(
        found.stage, found.sentence + words, tuple(sorted(found.remedies, key="ink".__ne__))
    )


def _lost(reading: Reading) -> Diagnosis:
    found, lines = reading.binarization, reading.segmentation.lines
    share = float(found.ink.mean())
    if share == 0:
        sentence = "Nothing stands out from the paper, so there is no ink to read."
        return Diagnosis("Threshold", sentence, ("ink", "region", "turn"))
    if share > FLOODED:
        sentence = (
            f"{100 * share:.0f} % of the picture were taken for ink: that is rather its paper."
        )
        return Diagnosis("Ink", sentence, ("ink", "region", "turn"))
    if not lines:
        # Faint ink hides behind specks; rules, frames and texture are best cut away.
        first: tuple[Remedy, ...] = ("ink", "region") if share < SPECKS else ("region", "ink")
        return Diagnosis("Left out", _dropped(reading.segmentation.dropped), (*first, "turn"))
    if len(lines) > 1 and all(len(line.components) == 1 for line in lines):
        sentence = f"{len(lines)} shapes stand one above the other: the writing may lie sideways."
        return Diagnosis("Lines of writing", sentence, ("turn", "region", "ink"))
    seen = [text for line in reading.lines for text in (line.by_line, line.by_segments) if text]
    opinion = (
        f"Only one of the two readers sees a number here, {seen[0]}, and that is not enough."
        if seen
        else "Neither of the two readers sees a digit in what is written here."
    )
    return Diagnosis("Two readers", opinion, ("turn", "region", "ink"))


def _dropped(dropped: Sequence[Dropped]) -> str:
    """What became of all the ink."""
    names = " or ".join(
        reason for reason, _ in Counter(one.reason for one in dropped).most_common(2)
    )
    if len(dropped) == 1:
        return f"The only mark on the paper was left out as {names}."
    return f"All {len(dropped):,} marks on the paper were left out, as {names}."


def is_page(reading: Reading) -> bool:
    """Whether this looks like a page of print or drawings, not like handwritten numbers."""
    digits = len(reading.digits)
    weak = sum(len(line.digits) for line in reading.lines if line.confidence < 0.5)
    return digits >= PAGE and weak >= MOST * digits


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
