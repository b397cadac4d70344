"""Draw the digits that the page "How it works" compares with: `python -m synthesis.look_alikes`.

By the stroke models, as those that the classifier learns from beside others' handwriting. One
picture holds all their tiles, so that the package needs no painter and a person can look at them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image

from digitocr.inside.neighbours import COLUMNS, FILE, ROWS
from digitocr.segments.tile import normalize
from synthesis.hands.strings import Nuisances, random_style
from synthesis.hands.writers import ModelWriter

LEVELS = 16  # of gray: a quarter of the bytes, and no eye sees it
SEED = 0


def draw_look_alikes(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Tiles side by side, 0 paper .. 255 ink, each hand's own: (10 * ROWS * 28, COLUMNS * 28)."""
    rows = [
        np.concatenate([_tile(rng, label) for _ in range(COLUMNS)], axis=1)
        for label in range(10)
        for _ in range(ROWS)
    ]
    return np.concatenate(rows)


def _tile(rng: np.random.Generator, label: int) -> NDArray[np.uint8]:
    glyph = ModelWriter.anybody(rng).digit(rng, label, random_style(rng, Nuisances()))
    tile = normalize(np.asarray(glyph.ink / 255, np.float32))
    return np.rint(np.rint(tile * (LEVELS - 1)) * (255 / (LEVELS - 1))).astype(np.uint8)


def main(out: Annotated[Path, typer.Option(help="Where the picture goes.")] = FILE) -> None:
    """Draw the picture of all tiles anew."""
    Image.fromarray(draw_look_alikes(np.random.default_rng(SEED))).save(out, optimize=True)


if __name__ == "__main__":
    typer.run(main)
