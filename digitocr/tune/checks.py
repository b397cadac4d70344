"""What a model reads, before and after: drawn numbers of every kind, and a user's pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitocr.pipeline import read
from digitocr.reading import Reading
from digitocr.settings import Settings
from digitocr.types import Gray, InputError
from synthesis.hands.inked_line import write_line
from synthesis.hands.strings import UPRIGHT, random_text
from synthesis.hands.studio import Studio
from synthesis.samples import SAMPLES, picture
from synthesis.scans import scan
from synthesis.scenes.painter import paint

FIT, CHECK = 4 << 32, 5 << 32  # seeds of the numbers that confidences and figures come from,
PAGES = 8 << 32  # of the pages,
REPLAY = 10 << 32  # and of the numbers whose shapes are shown again
PAGE_PX = 300, 400  # height and width
LEAST_PX = 16.0  # of their digits

Labelled = tuple[Callable[[], Gray | Path], str]  # a picture, and what it says


class Answer(NamedTuple):
    """What was read, beside what is written there; lines of writing are parted by line ends."""

    truth: str
    guess: str  # nothing, too, where the picture cannot be opened
    shown: bool  # without any doubt

    @property
    def is_exact(self) -> bool:
        return self.guess == self.truth


class Figures(NamedTuple):
    """How well some pictures were read."""

    pictures: int
    exact: float  # share whose every digit is read
    shown: float  # share without any doubt
    shown_wrong: float  # share of all that are wrong, and shown without doubt


def drawn_numbers(hands: Studio, count: int, seed: int, purpose: int) -> Iterator[Labelled]:
    """Numbers in such hands on all kinds of paper; others for each purpose."""
    for place in range(count):
        rng = np.random.default_rng((seed, purpose, place))
        text = random_text(rng, UPRIGHT)
        gray = scan(rng, write_line(rng, hands, text, UPRIGHT).ink, UPRIGHT).gray
        yield partial(np.copy, gray), text.digits


def painted_pages(hands: Studio, count: int, seed: int) -> Iterator[Labelled]:
    """Pages of short numbers one below the other, as election forms have them."""
    for place in itertools.count():
        scene = paint((seed, PAGES, place), hands, PAGE_PX, "tally")
        numbers = sorted(scene.numbers, key=lambda one: one.box.top)
        if numbers and all(one.is_whole and one.digit_height_px >= LEAST_PX for one in numbers):
            yield partial(np.copy, scene.gray), "\n".join(one.text for one in numbers)
            count -= 1
        if not count:
            return


def sample_pictures() -> Iterator[Labelled]:
    """The scenes of the sample pictures, drawn anew."""
    for one in SAMPLES:
        yield partial(picture, one), one.label.replace("|", "\n")


def readings(
    pictures: Iterable[Labelled], model: str | Path | None, settings: Settings
) -> Iterator[tuple[Reading | None, str]]:
    """Each picture's Reading with what it says; none of one that cannot be opened."""
    for source, truth in pictures:
        try:
            yield read(source(), settings, model), truth
        except InputError:
            yield None, truth


def answers(
    pictures: Iterable[Labelled], model: str | Path | None, settings: Settings
) -> list[Answer]:
    """What a model says of each picture; model: as `read` takes it."""
    return [
        Answer(truth, reading.guess if reading else "", reading is not None and reading.accepted)
        for reading, truth in readings(pictures, model, settings)
    ]


def figures(found: Sequence[Answer]) -> Figures:
    """Count them."""
    share = 1 / max(len(found), 1)
    exact = sum(one.is_exact for one in found)
    shown = sum(one.shown for one in found)
    wrong = sum(one.shown and not one.is_exact for one in found)
    return Figures(len(found), exact * share, shown * share, wrong * share)
