"""What each kind of made-up nuisance is worth: `python -m benchmarks.nuisances FOLDER...`.

A small line reader is trained with all of them, from three seeds, which show what is chance, and
once more without each kind, from the first seed and for as many steps; each then reads the lines
of the labelled folders by itself. It has far fewer steps and channels than the shipped one, whose
training would take an hour for each row.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import typer

from digitocr import read
from digitocr.along.ctc import best_path
from digitocr.measure.evaluate import labelled
from digitocr.types import Strip
from synthesis.hands.strings import Nuisances
from training.hand_options import Data, Extra, Pens
from training.line_batches import Recipe, batches
from training.train_lines import Trainer

SEEDS = range(3)
CHANNELS = 8, 16, 32, 48, 96
KINDS = {
    "touching and tied digits": ("touching", "ties"),
    "slant": ("slant",),
    "separators, marks, words": ("separators", "marks", "words"),
    "rules and neighbours": ("rules", "neighbours", "fills"),
    "frames and combs": ("frames", "combs"),
    "guilloche": ("guilloche",),
    "shade, grain, faint ink, gaps": ("shade", "grain", "faint", "gaps", "pressure", "upstrokes"),
    "blur, low resolution, JPEG": ("blur", "coarse", "jpeg"),
    "black and white": ("two_level",),
    "light on dark": ("light_on_dark",),
}

Page = tuple[list[Strip], str]  # the strips of a picture's lines, and what it says


def trained(recipe: Recipe, steps: int, folder: Path) -> keras.Model:
    """A small line reader; one that was finished before is taken from its folder."""
    keras.utils.set_random_seed(recipe.seed)
    trainer = Trainer(steps, folder / "checkpoints", CHANNELS)
    for strips, digits in batches(recipe, int(trainer.step), steps, os.cpu_count() or 1):
        trainer.learn(strips, digits)
    trainer.checkpoints.save()
    return trainer.model


def pages(folder: Path) -> list[Page]:
    """A labelled folder's lines, found and cut out as the reader does."""
    return [([one.strip for one in read(path).strips], truth) for path, truth in labelled(folder)]


def exact(model: keras.Model, found: list[Page]) -> float:
    """Share of the pictures that the network reads rightly by its best path alone."""
    right = []
    for strips, truth in found:
        lines = [best_path(np.asarray(model(one[None, ..., None])[0])) for one in strips]
        right.append("\n".join(filter(None, lines)) == truth)
    return float(np.mean(right))


def main(
    folders: Annotated[list[Path], typer.Argument(help="Each with a labels.csv.")],
    data: Data = None,
    extra: Extra = None,
    pens: Pens = None,
    steps: Annotated[int, typer.Option(min=1)] = 1_500,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/nuisances"),
) -> None:
    """Train, and print a table with a row for each kind left out."""
    recipe = Recipe(data, tuple(extra or ()), pens, True, Nuisances(), SEEDS[0])
    rows = {f"nothing, seed {seed}": replace(recipe, seed=seed) for seed in SEEDS}
    for kind, names in KINDS.items():
        nuisances = Nuisances(**dict.fromkeys(names, 0.0))
        rows[kind] = replace(recipe, nuisances=nuisances)
    found = [pages(folder) for folder in folders]
    print("| left out |" + "".join(f" {folder} |" for folder in folders))
    print("|---|" + "---|" * len(folders), flush=True)
    for kind, left in rows.items():
        # Other data must not find these checkpoints.
        place = runs / f"{zlib.crc32(repr((left, steps, CHANNELS)).encode()):08x}"
        model = trained(left, steps, place)
        shares = "".join(f" {exact(model, one):.1%} |" for one in found)
        print(f"| {kind} |{shares}", flush=True)


if __name__ == "__main__":
    typer.run(main)
