"""All the digits, and the signs that are none, that the classifier learns from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitocr.segments.tile import TILE_PX, normalize
from synthesis.hands.pens import Signs, load_pens
from synthesis.hands.strings import Nuisances, random_style
from synthesis.hands.writers import Digits, Labels, ModelWriter, PenWriter, Pictures, Writer
from training.data import Mnist, load_extra

MODEL_DIGITS = 30_000  # drawn by the stroke models
PEN_COPIES = 2  # of each recorded sample, by different pens
# How often a digit comes from each source; those that are absent leave more to the others.
WEIGHTS = {"mnist": 0.5, "extra": 0.05, "pens": 0.2, "models": 0.25}


@dataclass(frozen=True, eq=False)
class Pool:
    """Digits to draw from, some more often than others, and signs that are no digits."""

    digits: Digits
    often: NDArray[np.float64]  # (N,) summed shares of the digits, the last one 1
    signs: Pictures  # (M, 28, 28); may be empty

    def pick(self, rng: np.random.Generator, count: int) -> NDArray[np.intp]:
        """Indices of digits."""
        return np.searchsorted(self.often, rng.random(count), side="right")


def make_pool(
    mnist: Mnist, extras: tuple[Path, ...], pens: Path | None, with_research: bool, seed: int
) -> Pool:
    """Every source's digits as tiles; `seed` decides which pens and hands draw them."""
    rng = np.random.default_rng(seed)
    parts: list[tuple[float, Digits]] = [(WEIGHTS["mnist"], mnist.train)]
    parts += [(WEIGHTS["extra"], _as_tiles(load_extra(path))) for path in extras]
    signs: list[Pictures] = []
    if pens:
        recorded = [found.signs for found in load_pens(pens, with_research)[0].values()]
        digits = [_recorded(rng, found) for found in recorded]
        sizes = sum(len(part.labels) for part in digits)
        parts += [
            (WEIGHTS["pens"] * len(part.labels) / sizes, part)
            for part in digits
            if len(part.labels)
        ]
        signs = [_signs(rng, found) for found in recorded]
    parts.append((WEIGHTS["models"], _modelled(rng)))
    shares = [np.full(len(part.labels), weight / len(part.labels)) for weight, part in parts]
    often = np.cumsum(np.concatenate(shares))
    return Pool(
        Digits(
            np.concatenate([part.pictures for _, part in parts]),
            np.concatenate([part.labels for _, part in parts]),
        ),
        often / often[-1],
        np.concatenate([np.zeros((0, TILE_PX, TILE_PX), np.uint8), *signs]),
    )


def _as_tiles(split: Digits) -> Digits:
    return Digits(np.stack([_tile(picture) for picture in split.pictures]), split.labels)


def _recorded(rng: np.random.Generator, signs: Signs) -> Digits:
    """Each recorded digit, drawn PEN_COPIES times."""
    pictures, values = [], []
    for label in filter(str.isdigit, signs):
        for strokes in signs[label] * PEN_COPIES:
            writer = PenWriter({label: [strokes]})
            pictures.append(_drawn(rng, writer, int(label)))
            values.append(int(label))
    return Digits(
        np.array(pictures, np.uint8).reshape(-1, TILE_PX, TILE_PX), np.array(values, "u1")
    )


def _signs(rng: np.random.Generator, signs: Signs) -> Pictures:
    """Letters and marks, drawn once; short strokes are left out, for each could be a 1."""
    tiles = []
    for label, ways in signs.items():
        if label.isdigit() or label in "()/,.":
            continue
        for strokes in ways:
            style = random_style(rng, Nuisances())
            tiles.append(_tile(PenWriter({label: [strokes]}).sign(rng, label, style).ink))
    return np.array(tiles, np.uint8).reshape(-1, TILE_PX, TILE_PX)


def _modelled(rng: np.random.Generator) -> Digits:
    labels: Labels = rng.integers(0, 10, MODEL_DIGITS).astype(np.uint8)
    pictures = []
    for label in labels:
        pictures.append(_drawn(rng, ModelWriter.anybody(rng), int(label)))
    return Digits(np.stack(pictures), labels)


def _drawn(rng: np.random.Generator, writer: Writer, label: int) -> NDArray[np.uint8]:
    return _tile(writer.digit(rng, label, random_style(rng, Nuisances())).ink)


def _tile(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.rint(normalize(np.asarray(ink / 255, np.float32)) * 255).astype(np.uint8)
