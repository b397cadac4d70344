"""The record of a labelled picture: what is written there, what was read, and whose fault it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from digitocr.measure.blame import Stage, blame
from digitocr.measure.edits import Pair, aligned, edit_distance, matched
from digitocr.reading import Reading


@dataclass(frozen=True, eq=False)
class Case:
    """One labelled picture and what became of it."""

    path: Path  # of an upload the name that its table gives it
    truth: str  # digits; "\n" between lines of writing
    guess: str  # every digit's best guess, accepted or not
    edits: int  # insertions, deletions and substitutions from guess to truth
    accepted: bool = False  # as the Reading's
    confidence: float = 0.0  # 0..1, that the whole picture is read right
    digits: tuple[tuple[float, bool], ...] = ()  # each digit's confidence, and whether it is right
    blamed: Stage | None = None  # None where the guess is right, or the picture unreadable
    reading: Reading | None = None  # of a wrong guess only: a large picture's takes 30 MB
    error: str = ""  # why the picture could not be read, or nothing

    @property
    def is_exact(self) -> bool:
        return not self.error and self.guess == self.truth

    @property
    def pairs(self) -> list[Pair]:
        """Every digit beside what it was read as, wherever lines end."""
        return aligned(self.guess.replace("\n", ""), self.truth.replace("\n", ""))


def true_text(label: str) -> str:
    r"""A label's digits; "|" ends a line of writing and becomes "\n", all else is passed over."""
    return re.sub(r"[^0-9\n]", "", label.replace("|", "\n"))


def judged(path: Path, truth: str, reading: Reading) -> Case:
    """A Reading against the truth, as in Case."""
    guess = reading.guess
    right = matched(guess.replace("\n", ""), truth.replace("\n", ""))
    sure = [digit.confidence for digit in reading.digits]
    is_exact = guess == truth
    return Case(
        path,
        truth,
        guess,
        edit_distance(guess, truth),
        reading.accepted,
        reading.confidence,
        tuple(zip(sure, right, strict=True)),
        None if is_exact else blame(reading, truth.split("\n")),
        None if is_exact else reading,
    )


def unreadable(path: Path, truth: str, error: str) -> Case:
    """A picture that cannot be read counts as wrong. error: the sentence that says why."""
    return Case(path, truth, "", len(truth), error=error)
