"""All the hands that lines are written in, and the letters and marks beside the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthesis.hands.pens import Recorded, Signs
from synthesis.hands.strokes import Strokes
from synthesis.hands.writers import (
    Digits,
    Glyph,
    Inked,
    ModelWriter,
    PenWriter,
    PictureWriter,
    Style,
    Writer,
    drawn,
    trimmed,
)

# How often a line is written by each kind of hand; pictures bring their own weights.
PEN_WEIGHTS = {"pendigits": 0.12, "crohme": 0.18, "chars74k": 0.05, "digilets": 0.22}
ONE_HAND = 0.5  # of the lines from pens: all of one writer, where writers are told apart
MODEL_WEIGHT = 0.5

# For each mark its strokes "x,y x,y / ..." in hundredths of a digit's height, and how high above
# the baseline it stands, in digit heights.
_PATHS = {
    ".": ("00,00 02,02", 0.0),
    ",": ("06,00 00,20", -0.15),
    "-": ("00,00 55,00", 0.42),
    "=": ("00,00 50,00 / 00,22 50,22", 0.32),
    "~": ("00,10 15,00 35,12 55,00", 0.4),
    "/": ("45,00 00,135", -0.15),
    "#": ("20,00 10,100 / 50,00 40,100 / 00,35 60,35 / 00,65 60,65", 0.0),
    "$": ("50,30 20,20 00,40 10,60 40,70 50,90 30,110 00,100 / 27,00 25,130", -0.1),
}


def _strokes(path: str) -> Strokes:
    return [
        np.array([point.split(",") for point in stroke.split()], np.float32) / np.float32(100)
        for stroke in path.split("/")
    ]


MARKS = {sign: (_strokes(path), raised) for sign, (path, raised) in _PATHS.items()}


@dataclass(frozen=True, eq=False)
class Source:
    """Where hands come from, and how often."""

    weight: float
    writers: Sequence[Writer]  # one is picked; empty = a new stroke model each time


@dataclass(frozen=True, eq=False)
class Studio:
    """All the hands that lines are written in."""

    sources: Sequence[Source]
    letters: PenWriter | None
    marks: PenWriter | None

    def writer(self, rng: np.random.Generator) -> Writer:
        """A hand for one line."""
        weights = np.array([source.weight for source in self.sources])
        source = self.sources[int(rng.choice(len(weights), p=weights / weights.sum()))]
        if not source.writers:
            return ModelWriter.anybody(rng)
        return source.writers[int(rng.integers(len(source.writers)))]

    def letter(self, rng: np.random.Generator, style: Style) -> Glyph:
        """A letter that cannot be taken for a digit; without a collection, a scrawl."""
        if self.letters is None:
            knots = rng.uniform(0, 1, (int(rng.integers(3, 6)), 2)).astype(np.float32)
            return drawn(rng, [knots], style)
        labels = list(self.letters.signs)
        return self.letters.sign(rng, labels[int(rng.integers(len(labels)))], style)

    def mark(self, rng: np.random.Generator, sign: str, style: Style) -> tuple[Glyph, float]:
        """One of MARKS, and its height above the baseline in digit heights."""
        paths, raised = MARKS[sign]
        recorded = self.marks.signs.get(sign, []) if self.marks and sign not in ".," else []
        if recorded and rng.random() < 0.5:
            strokes = recorded[int(rng.integers(len(recorded)))]
            size = np.ptp(np.concatenate(paths), axis=0).max()
            own = float(np.ptp(np.concatenate(strokes), axis=0).max())
            strokes = [stroke * np.float32(size / max(own, 1e-3)) for stroke in strokes]
        else:
            strokes = [path + rng.normal(0, 0.03, path.shape).astype("f4") for path in paths]
        stretch = np.exp(rng.normal(0, 0.35))
        long = 2 if sign == "-" and rng.random() < 0.2 else 1
        widen = np.array([stretch * long, 1], np.float32)
        glyph = drawn(rng, [np.asarray(stroke * widen, np.float32) for stroke in strokes], style)
        return glyph, raised + float(rng.normal(0, 0.05))


def make_studio(
    pictures: Sequence[tuple[float, Digits]], pens: dict[str, Recorded], models: bool = True
) -> Studio:
    """Hands out of labelled pictures (each with its weight), recorded pens and stroke models.

    models: False leaves the stroke models out; there must be other hands then.
    """
    sources = [Source(weight, [PictureWriter(_by_label(split))]) for weight, split in pictures]
    letters: Signs = {}
    for name, recorded in pens.items():
        digits = {label: ways for label, ways in recorded.signs.items() if label.isdigit()}
        if len(digits) == 10:
            alone = ONE_HAND * PEN_WEIGHTS[name] if recorded.writers else 0.0
            sources.append(Source(PEN_WEIGHTS[name] - alone, [PenWriter(digits)]))
            if recorded.writers:
                sources.append(Source(alone, [PenWriter(own) for own in recorded.writers]))
        for label, ways in recorded.signs.items():
            if label.isalpha():
                letters.setdefault(label, []).extend(ways)
    if models:
        sources.append(Source(MODEL_WEIGHT, []))
    marks = pens["crohme_symbols"].signs if "crohme_symbols" in pens else {}
    return Studio(
        sources, PenWriter(letters) if letters else None, PenWriter(marks) if marks else None
    )


def _by_label(split: Digits) -> list[list[Inked]]:
    return [
        [trimmed(picture) for picture in split.pictures[split.labels == label]]
        for label in range(10)
    ]
