"""Fields of a form, cut out: `python -m benchmarks.fields mnist.npz`.

Digits of a test set are put on grey paper, alone and in threes, with little paper around them,
with the field's frame, small and pale, and read as pictures of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from digitocr import read
from digitocr.types import Gray
from synthesis.hands.writers import Digits, row, trimmed
from synthesis.parts import camera
from training.data import load_test

INK, PAPER, LINE = 60, 215, 70  # grey levels
GRAIN = 3.0  # grey levels, standard deviation
SCENES: dict[str, dict[str, int]] = {
    "a digit": {},
    "a digit, no paper around it": {"margin_px": 0},
    "a digit, 2 px around it": {"margin_px": 2},
    "a digit in its frame": {"line_px": 2},
    "a digit in its frame, hardly smaller": {"line_px": 2, "margin_px": 4},
    "a digit in a thick frame": {"line_px": 4},
    "a digit 14 px high": {"height_px": 14, "margin_px": 3},
    "a pale digit": {"ink": 193},
    "three digits": {"count": 3},
    "three digits in their frame": {"count": 3, "line_px": 2},
    "three digits 16 px high": {"count": 3, "height_px": 16, "margin_px": 3},
}


def field(
    pictures: list[NDArray[np.uint8]],
    rng: np.random.Generator,
    height_px: int = 44,
    margin_px: int = 8,
    line_px: int = 0,
    ink: int = INK,
) -> Gray:
    """Digits side by side, each (H, W) 0 paper .. 255 ink, as a field's picture, uint8 (H', W')."""
    coverage = np.pad(row(pictures, height_px), margin_px)
    gray = PAPER - (PAPER - ink) * coverage
    if line_px:
        framed = np.full_like(gray, LINE)
        inner = slice(line_px, -line_px)
        framed[inner, inner] = gray[inner, inner]
        gray = np.minimum(gray, framed)
    return camera.snapshot(rng, gray, 0.6, GRAIN)


def table(what: str, rows: Mapping[str, Iterable[tuple[Gray, str]]]) -> None:
    """Print how many pictures are read rightly, are shown without "?", and are wrong then."""
    print(f'| {what} | exact | without "?" | of these wrong |\n|---|---|---|---|')
    for name, pictures in rows.items():
        right, shown = [], []
        for picture, truth in pictures:
            reading = read(picture)
            right.append(reading.guess == truth)
            shown.append(bool(reading.digits) and all(digit.accepted for digit in reading.digits))
        wrong = np.logical_and(shown, np.logical_not(right)).sum() / max(1, sum(shown))
        print(f"| {name} | {np.mean(right):.1%} | {np.mean(shown):.1%} | {wrong:.1%} |", flush=True)


def drawn(digits: Digits, scene: dict[str, int], fields: int) -> Iterator[tuple[Gray, str]]:
    """So many fields that look like the scene, and what they say."""
    rng = np.random.default_rng(0)
    look = dict(scene)
    count = look.pop("count", 1)
    for index in range(fields):
        picks = [(index + place) % len(digits.labels) for place in range(count)]
        inked = [trimmed(digits.pictures[pick]) for pick in picks]
        yield field(inked, rng, **look), "".join(str(digits.labels[pick]) for pick in picks)


def main(
    digits: Annotated[Path, typer.Argument(help="Labelled digits, .npz.")],
    fields: Annotated[int, typer.Option(min=1, help="Of each kind.")] = 500,
) -> None:
    """Print a table with a row for each kind of field."""
    test = load_test(digits)
    table("field", {name: drawn(test, scene, fields) for name, scene in SCENES.items()})


if __name__ == "__main__":
    typer.run(main)
