"""What each kind of scene is worth to the finder: `python -m benchmarks.scene_kinds FOLDER...`.

The finder is trained on scenes of every kind, from two seeds, which show what is chance, and once
more without each kind, from the first seed and for as many steps: far fewer than the shipped
one's, whose training would take an hour for each row. Then it finds the lines of the labelled
folders, which the shipped line reader reads alone, and numbers in painted scenes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NamedTuple

import keras
import numpy as np
import typer

from benchmarks.scenes import hands_of, is_legible, lies_in, scene
from digitocr import Settings
from digitocr.along.ctc import best_path
from digitocr.find.look import look_and_find
from digitocr.measure.evaluate import labelled
from digitocr.networks.export import export_litert
from digitocr.networks.runtime import Finder, Networks, load_networks
from digitocr.picture.load import load
from digitocr.pipeline import line_views
from digitocr.types import Gray
from synthesis.hands.strings import Nuisances
from synthesis.scenes.painter import KINDS
from synthesis.scenes.truth import Scene
from training.finder_batches import batches
from training.hand_options import Data, Pens
from training.line_batches import Recipe
from training.train_finder import Trainer

SEEDS = range(2)
PAINTED = 20  # scenes of each kind

Pages = Sequence[tuple[Gray, str]]  # a picture, and what it says


class Painted(NamedTuple):
    """What a finder found in scenes of one kind."""

    found: float  # share of the numbers; nan where there is none
    false: float  # finds a picture where no number is


def trained(recipe: Recipe, steps: int, folder: Path) -> Finder:
    """A finder; one that was finished before is taken from its folder."""
    keras.utils.set_random_seed(recipe.seed)
    trainer = Trainer(steps, folder / "checkpoints")
    for pictures, wanted in batches(recipe, int(trainer.step), steps):
        trainer.learn(pictures, wanted)
    trainer.checkpoints.save()
    trainer.model.save(folder / "Finder.keras")
    return Finder(export_litert(folder / "Finder.keras", folder))


def exact(networks: Networks, pages: Pages) -> float:
    """Share of the pictures whose every line is found, and read rightly by its best path."""
    right = []
    for gray, truth in pages:
        _, strips = line_views(gray, networks)
        lines = [best_path(networks.line_reader.along(one.looks[0].strip)) for one in strips]
        right.append("\n".join(filter(None, lines)) == truth)
    return float(np.mean(right))


def found(finder: Finder, scenes: Sequence[Scene]) -> Painted:
    """What it finds in painted scenes of one kind."""
    numbers, false = [], 0
    for one in scenes:
        finds = look_and_find(one.gray, finder.maps, Settings()).lines
        numbers += [
            any(lies_in(find, number) for find in finds)
            for number in one.numbers
            if is_legible(number, one)
        ]
        false += sum(not any(lies_in(find, n) for n in one.numbers) for find in finds)
    return Painted(float(np.mean(numbers)) if numbers else float("nan"), false / len(scenes))


def rows(whole: Recipe) -> Iterator[tuple[str, Recipe]]:
    """What is left out, and the recipe of what remains."""
    for seed in SEEDS:
        yield f"none, seed {seed}", replace(whole, seed=seed)
    for kind in KINDS:
        yield kind, replace(whole, unpainted=(kind,))


def main(
    folders: Annotated[list[Path], typer.Argument(help="Each with a labels.csv.")],
    data: Data = None,
    pens: Pens = None,
    steps: Annotated[int, typer.Option(min=1)] = 500,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/scene-kinds"),
) -> None:
    """Train, and print a table with a row for each kind that is left out."""
    whole = Recipe(data, (), pens, True, Nuisances(), SEEDS[0])
    pages = [[(load(path).gray, truth) for path, truth in labelled(one)] for one in folders]
    hands, shipped = hands_of(data, pens), load_networks()
    painted = {kind: [scene(kind, at, hands) for at in range(PAINTED)] for kind in KINDS}
    print("| left out |" + "".join(f" {folder} |" for folder in folders), end="")
    print(" painted: found | false finds a picture | of its own kind: found | false finds |")
    print("|---|" + "---|" * (len(folders) + 4), flush=True)
    for name, left in rows(whole):
        # Other data must not find these checkpoints.
        finder = trained(left, steps, runs / f"{zlib.crc32(repr((left, steps)).encode()):08x}")
        networks = shipped._replace(finder=finder)
        told = [f"{exact(networks, one):.1%}" for one in pages]
        of_kinds = {kind: found(finder, scenes) for kind, scenes in painted.items()}
        shares, false = np.transpose(list(of_kinds.values()))
        told += [f"{np.nanmean(shares):.1%}", f"{false.mean():.2f}"]
        own = of_kinds.get(name, Painted(float("nan"), float("nan")))
        told += [f"{own.found:.1%}", f"{own.false:.2f}"]
        # No kind was left out, or one without a number.
        row = " | ".join(told).replace("nan%", "-").replace("nan", "-")
        print(f"| {name} | {row} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
