"""The reader looks at each picture of a data set: what it reads, and whether the label fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.geometry import Box, hull
from digitocr.pipeline import read
from digitocr.reading import Reading
from digitocr.settings import Settings
from digitocr.teach.alignment import Alignment, aligned
from digitocr.teach.examples import ASIDE, Aside
from digitocr.teach.likeness import Likeness, likeness
from digitocr.types import InputError

SETTINGS = Settings()


class LineVerdict(NamedTuple):
    """One line of a label beside what was read there."""

    label: str
    guess: str
    confidence: float  # 0..1, of the guess
    posteriors: NDArray[np.float32]  # (L, 10) of each place of the label, the rest of it given


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the reader says of a labelled picture; small, where a Reading is large."""

    aside: Aside | None
    why: str  # a sentence, where it is set aside
    guess: str = ""  # its own answer, "\n" between lines
    confidence: float = 0.0  # 0..1, of all of it
    lines: tuple[LineVerdict, ...] = ()  # one for each line of the label; none where none fits
    log_odds_per_digit: float = 0.0  # natural log, how much likelier another reading is
    likeness: Likeness | None = None
    place: Box | None = None  # of what was read, source frame


Task = tuple[Path, str]  # a picture and its label
Examine = Callable[[Iterable[Task]], Iterator[Verdict]]  # in the order of the tasks


def examined(tasks: Iterable[Task]) -> Iterator[Verdict]:
    """A verdict on each picture, one after the other."""
    return (verdict(path, label) for path, label in tasks)


def verdict(path: Path, label: str, model: str | Path | None = None) -> Verdict:
    """What the reader says of a picture under a label; one that it cannot open is set aside.

    model: as `read` takes it.
    """
    try:
        reading = read(path, SETTINGS, model)
    except InputError as error:
        return unreadable(str(error))
    return judged(reading, aligned(reading, label))


def unreadable(why: str) -> Verdict:
    """The verdict on a picture that cannot be read; why: a sentence."""
    return Verdict(Aside.UNREADABLE, why)


def judged(reading: Reading, alignment: Alignment) -> Verdict:
    """What is kept of a Reading and of the label on it."""
    lines = zip(reading.strips, reading.lines, strict=True)
    strips = [strip.strip for strip, line in lines if line.digits]
    boxes = [digit.box for digit in reading.digits]
    return Verdict(
        alignment.aside,
        ASIDE[alignment.aside] if alignment.aside else "",
        reading.guess,
        reading.confidence,
        tuple(
            LineVerdict(one.label, one.guess, one.confidence, one.posteriors.astype(np.float32))
            for one in alignment.lines
        ),
        alignment.log_odds_per_digit,
        likeness(strips, reading.picture.gray),
        hull(boxes) if boxes else None,
    )
