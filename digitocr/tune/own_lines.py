"""The user's own lines, and their digits: out of a data set's pictures, and varied as often as
they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitocr.pipeline import read
from digitocr.teach.alignment import aligned
from digitocr.teach.examine import SETTINGS
from digitocr.teach.examples import Example, Part
from digitocr.tune.drawn_lines import WIDEST_PX, Written, fits
from digitocr.tune.own_digits import OwnDigits, own_digits
from digitocr.types import InputError, Strip

WIDEST_OWN_PX = 2 * WIDEST_PX  # longer lines would cost more than all the others of their batch
BLURRED = 0.3


@dataclass(frozen=True, eq=False)
class OwnLine:
    """A line of a labelled picture."""

    part: Part
    label: str
    strip: Strip
    digits: OwnDigits


def usable(examples: Sequence[Example]) -> list[Example]:
    """The examples of a set with a label, each picture once; none whose labels contradict."""
    labels: dict[str, set[str]] = {}
    for one in examples:
        labels.setdefault(one.file, set()).add(one.label)
    first: dict[str, Example] = {}
    for one in examples:
        if one.part and one.label and len(labels[one.file]) == 1:
            first.setdefault(one.file, one)
    return list(first.values())


def own_lines(
    folder: Path,
    examples: Iterable[Example],
    model: str | Path | None,
    progress: Callable[[Iterable[Example]], Iterable[Example]] = iter,
) -> Iterator[OwnLine]:
    """The lines of a set's pictures that can be learnt from, as `teach` lays labels on them.

    model: what reads them, as `read` takes it. What cannot be opened or fits no label is left
    out, as the set's report says.
    """
    for example in progress(examples):
        try:
            laid = aligned(read(folder / example.file, SETTINGS, model), example.label)
        except InputError:
            continue
        if laid.aside or example.part is None:
            continue
        for one in laid.lines:
            if one.strip.shape[1] <= WIDEST_OWN_PX and fits(one.label, one.strip.shape[1]):
                yield OwnLine(example.part, one.label, one.strip, own_digits(one))


def varied(rng: np.random.Generator, one: Written) -> Written:
    """A line as the same hand might have written it another time."""
    strip, digits = one
    while True:
        moved = _moved(rng, strip)
        if fits(digits, moved.shape[1]):
            return moved, digits


def _moved(rng: np.random.Generator, strip: Strip) -> Strip:
    """Stretched, leaning, shifted, and now and then blurred."""
    height, width = strip.shape
    along, across = rng.uniform(0.85, 1.15), rng.uniform(0.88, 1.1)
    lean, fall, down = rng.normal(0, 0.12), rng.normal(0, 0.01), rng.normal(0, 1.2)
    fall *= min(1.0, 200 / width)  # a long line would leave the strip
    matrix = np.array([[along, lean, 2 - lean * height / 2], [fall, across, down]], np.float32)
    moved = cv2.warpAffine(strip, matrix, (int(width * along) + 6, height))
    if rng.random() < BLURRED:
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.3, 0.9))
    return np.asarray(moved, np.float32)
