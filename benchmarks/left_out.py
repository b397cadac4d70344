"""What each source of hands and kind of paper is worth: `python -m benchmarks.left_out FOLDER...`.

A small line reader is trained with all of them, from three seeds, which show what is chance, and
once more without each, from the first seed and for as many steps; each then reads the lines of
the labelled folders by itself. It has far fewer steps and channels than the shipped one, whose
training would take hours for each row, and learns from drawn lines alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer

from digitocr import read
from digitocr.along.ctc import best_path
from digitocr.measure.edits import edit_distance
from digitocr.measure.evaluate import labelled
from digitocr.tune.drawn_lines import Batch, collate, line
from digitocr.tune.own_lines import varied
from digitocr.types import Strip
from synthesis.hands.strings import Nuisances
from training.hand_options import Data, Extra, Pens
from training.line_batches import BATCH, MNIST, MODELS, SORTED_BATCHES, Recipe
from training.train_lines import Trainer

SEEDS = range(3)
CHANNELS = 8, 16, 32, 48, 96
DRAWN = 12_800  # lines: drawing takes longer than learning from them
HANDS = {
    "MNIST": (MNIST,),
    "Pendigits": ("pendigits",),
    "CROHME": ("crohme", "crohme_symbols"),
    "Chars74K": ("chars74k",),
    "DigiLeTs": ("digilets", "digilets_letters"),
    "our stroke models": (MODELS,),
}
PAPERS = {
    "touching and tied digits": ("touching", "ties"),
    "slant": ("slant",),
    "separators, marks, words": ("separators", "marks", "words", "turned"),
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
    if int(trainer.step) < steps:
        for strips, digits in islice(batches(recipe, steps), steps):
            trainer.learn(strips, digits)
        trainer.checkpoints.save()
    return trainer.model


def batches(recipe: Recipe, steps: int) -> Iterator[Batch]:
    """Drawn lines in batches of like widths, varied anew whenever they are shown."""
    hands = recipe.studios()[0]
    drawn = [line((recipe.seed, at), hands, recipe.nuisances) for at in range(DRAWN)]
    for group in range(-(-steps // SORTED_BATCHES)):
        rng = np.random.default_rng((recipe.seed, group))
        chosen = rng.integers(DRAWN, size=SORTED_BATCHES * BATCH)
        lines = [varied(rng, drawn[place]) for place in chosen]
        lines.sort(key=lambda one: one[0].shape[1])
        chunks = [collate(lines[at : at + BATCH]) for at in range(0, len(lines), BATCH)]
        yield from (chunks[index] for index in rng.permutation(len(chunks)))


def pages(folder: Path) -> list[Page]:
    """A labelled folder's lines, found and cut out as the reader does."""
    return [([one.strip for one in read(path).strips], truth) for path, truth in labelled(folder)]


def read_alone(model: keras.Model, found: list[Page]) -> tuple[float, float]:
    """What the network reads by its best path alone: pictures exact, characters wrong (shares)."""
    logits = tf.function(model, input_signature=[tf.TensorSpec((1, *model.input_shape[1:]))])
    exact = edits = characters = 0
    for strips, truth in found:
        lines = [best_path(logits(one[None, ..., None])[0].numpy()) for one in strips]
        text = "\n".join(filter(None, lines))
        exact += text == truth
        edits += edit_distance(text, truth)
        characters += len(truth)
    return exact / len(found), edits / characters


def rows(whole: Recipe) -> Iterator[tuple[str, Recipe]]:
    """What is left out, and the recipe of what remains."""
    for seed in SEEDS:
        yield f"nothing, seed {seed}", replace(whole, seed=seed)
    for hands, names in HANDS.items():
        yield hands, replace(whole, without=names)
    if whole.extras:
        yield ", ".join(file.stem for file in whole.extras), replace(whole, extras=())
    for kind, names in PAPERS.items():
        yield kind, replace(whole, nuisances=Nuisances(**dict.fromkeys(names, 0.0)))


def main(
    folders: Annotated[list[Path], typer.Argument(help="Each with a labels.csv.")],
    data: Data = None,
    extra: Extra = None,
    pens: Pens = None,
    steps: Annotated[int, typer.Option(min=1)] = 1_000,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/left-out"),
) -> None:
    """Train, and print a table with a row for each that is left out."""
    whole = Recipe(data, tuple(extra or ()), pens, True, Nuisances(), SEEDS[0])
    found = [pages(folder) for folder in folders]
    print("| left out |" + "".join(f" {folder}: exact | characters wrong |" for folder in folders))
    print("|---|" + "---|---|" * len(folders), flush=True)
    for name, left in rows(whole):
        # Other data must not find these checkpoints.
        place = runs / f"{zlib.crc32(repr((left, steps, CHANNELS)).encode()):08x}"
        model = trained(left, steps, place)
        told = [read_alone(model, one) for one in found]
        shares = "".join(f" {exact:.1%} | {wrong:.1%} |" for exact, wrong in told)
        print(f"| {name} |{shares}", flush=True)


if __name__ == "__main__":
    typer.run(main)
