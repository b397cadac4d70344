"""Sheets on a table: `python -m benchmarks.sheets mnist.npz`.

Numbers of a test set's digits are put on a sheet, which lies askew on tables of many kinds, with
light that falls off to one side, and read as whole photos.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.fields import GRAIN, table
from digitocr.types import Gray
from synthesis.hands.writers import Digits, row, trimmed
from synthesis.parts import camera, grounds, things
from synthesis.parts.layers import lay
from training.data import load_test

PHOTO = 900, 1200  # px, height and width
DIGITS = 3, 6  # in a number, from and to
HEIGHT_PX = 45, 110  # of a digit
TURN_DEG = 8.0
FALL = 0.7  # of the light, from one side to the other, at most
Levels = NDArray[np.float32]  # (H, W) grey levels

# Grey levels of the table, the sheet and the ink; how strong the wood's grain and the checks are.
TABLES: dict[str, dict[str, float]] = {
    "no table": {"ground": 215, "grain": 0},
    "dark": {"ground": 60},
    "grey": {"ground": 130},
    "light": {"ground": 185},
    "dark, the sheet running out of the picture": {"ground": 60, "runs_out": 1},
    "grey, the sheet running out of the picture": {"ground": 130, "runs_out": 1},
    "wood": {"ground": 110, "grain": 18},
    "checked cloth": {"ground": 110, "checks": 60},
    "a pen beside the sheet": {"ground": 120, "pen": 1},
    "a blackboard on a wall": {"ground": 200, "sheet": 55, "ink": 190},
}


def photo(
    pictures: list[NDArray[np.uint8]],
    rng: np.random.Generator,
    ground: float,
    sheet: float = 215,
    ink: float = 60,
    grain: float = 4,
    checks: float = 0,
    pen: float = 0,
    runs_out: float = 0,
) -> Gray:
    """Digits, each (H, W) 0 paper .. 255 ink, as a photo of a sheet, uint8 PHOTO."""
    height, width = PHOTO
    paper = np.full(PHOTO, sheet, np.float32)
    left, top, right, bottom = (rng.uniform(0.04, 0.25) * side for side in (width, height) * 2)
    number = row(pictures, int(rng.integers(*HEIGHT_PX)))
    free_x = width - left - right - number.shape[1]
    free_y = height - top - bottom - number.shape[0]
    x, y = int(left + rng.uniform(0.2, 0.8) * free_x), int(top + rng.uniform(0.2, 0.8) * free_y)
    paper[y : y + number.shape[0], x : x + number.shape[1]] -= (sheet - ink) * number
    if runs_out:
        right = bottom = 0
    inside = round(left), round(top), round(width - right), round(height - bottom)
    if ground == sheet:
        inside = 0, 0, width, height
    turn_deg = -rng.uniform(-TURN_DEG, TURN_DEG)
    shot = grounds.turned_on(_table(rng, ground, grain, checks, pen), paper, inside, turn_deg)
    light = np.linspace(1, rng.uniform(FALL, 1), width, dtype=np.float32)
    return camera.snapshot(rng, shot * light, 1.0, GRAIN)


def _table(
    rng: np.random.Generator, level: float, grain: float, checks: float, pen: float
) -> Levels:
    ground = level + grain * grounds.streaks(rng, PHOTO, 60) + checks * grounds.checks(PHOTO, 40)
    if pen:  # along the picture's upper edge
        ends = np.array([[0.2 * PHOTO[1], 12.0], [0.7 * PHOTO[1], 22.0]])
        ground = lay(ground, things.rod(PHOTO, ends, 14), 20.0)
    return np.asarray(ground, np.float32)


def drawn(digits: Digits, look: dict[str, float], photos: int) -> Iterator[tuple[Gray, str]]:
    """So many photos of sheets on such a table, and what they say."""
    rng = np.random.default_rng(0)
    for _ in range(photos):
        picks = rng.integers(0, len(digits.labels), int(rng.integers(*DIGITS)))
        inked = [trimmed(digits.pictures[pick]) for pick in picks]
        yield photo(inked, rng, **look), "".join(str(digits.labels[pick]) for pick in picks)


def main(
    digits: Annotated[Path, typer.Argument(help="Labelled digits, .npz.")],
    photos: Annotated[int, typer.Option(min=1, help="Of each kind.")] = 200,
) -> None:
    """Print a table with a row for each kind of table."""
    test = load_test(digits)
    table("table", {name: drawn(test, look, photos) for name, look in TABLES.items()})


if __name__ == "__main__":
    typer.run(main)
