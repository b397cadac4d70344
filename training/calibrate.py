"""Fit the confidences: `python -m training.calibrate [--data mnist.npz] [--pens FOLDER]`.

Reads numbers by hands that were kept aside from the networks' training, on the same kinds of
paper, and fits the two logistic models of `digitocr.decide.reject` to what came out right, and
the table of selective risk. Half of the numbers fit the models that the other half measures;
then all of them fit those that ship.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from digitocr import Settings, read
from digitocr.measure.reliability import calibration_error, most_accepted
from digitocr.networks.model_folder import CALIBRATION
from digitocr.networks.runtime import CLASSIFIER, EXPORTS, FINDER, LINE_READER, find_model
from digitocr.tune.confidences import Evidence, evidence, features, models, odds, selective
from synthesis.hands.inked_line import write_line
from synthesis.hands.strings import UPRIGHT, random_text
from synthesis.hands.studio import Studio
from synthesis.scans import scan
from training.hand_options import Data, Pens, Research, Seed
from training.line_batches import Recipe
from training.manifest import made_by, note, sha256


def gathered(recipe: Recipe, count: int) -> Iterator[Evidence]:
    """Read `count` numbers by the hands that were kept aside, on every core."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(None, spawn, _start_worker, (recipe,)) as pool:
        for found in pool.map(_read, range(count), chunksize=50):
            yield from found


_worker: tuple[Recipe, Studio]


def _start_worker(recipe: Recipe) -> None:
    global _worker
    cv2.setNumThreads(1)
    _worker = recipe, recipe.studios()[1]


def _read(index: int) -> list[Evidence]:
    recipe, hands = _worker
    rng = np.random.default_rng((recipe.seed, 2 << 32, index))
    text = random_text(rng, recipe.nuisances)
    gray = scan(rng, write_line(rng, hands, text, recipe.nuisances).ink, recipe.nuisances).gray
    return list(evidence(read(gray, Settings(one_wrong_in=1)), text.digits))


def calibrate(
    data: Data = None,
    pens: Pens = None,
    research: Research = True,
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = EXPORTS / CALIBRATION,
    count: Annotated[int, typer.Option(min=100, help="Numbers to read.")] = 20_000,
    seed: Seed = 0,
) -> None:
    """Fit the confidences of whole numbers and of digits."""
    made = made_by("training.calibrate", data, (), pens, research, seed, count=count)
    networks = [find_model(name) for name in (FINDER, CLASSIFIER, LINE_READER)]
    made["networks"] = {network.name: sha256(network) for network in networks}
    recipe = Recipe(data, (), pens, research, UPRIGHT, seed)
    found = list(gathered(recipe, count))
    weights = models(found)
    rounded = {kind: [round(value, 4) for value in values] for kind, values in weights.items()}
    of_all, all_right, _, _ = features(found, rounded["number"])
    shipped = {**rounded, "selective": selective(of_all, all_right)}
    out.write_text(json.dumps(shipped) + "\n", encoding="utf-8")
    note(out, made)
    half = models(found[::2])
    table = selective(*features(found[::2], half["number"])[:2])
    number_odds, right, rows, digits_right = features(found[1::2], half["number"])
    claimed = 1 / (1 + np.exp(-number_odds))
    claimed_digits = 1 / (1 + np.exp(-odds(half["digit"], rows)))
    print(f"numbers right          {right.mean():.1%} of {len(right)}")
    print(f"calibration, numbers   {calibration_error(claimed, right):.2%}")
    print(f"calibration, digits    {calibration_error(claimed_digits, digits_right):.2%}")
    for one_wrong_in in (20, 50):
        shown = number_odds >= next(
            (odds for odds, risk in table if risk <= 1 / one_wrong_in), np.inf
        )
        wrong = np.mean(~right[shown]) if shown.any() else 0.0
        print(f"shown at 1 wrong in {one_wrong_in} {shown.mean():.1%}, of these wrong {wrong:.1%}")
    print(f"accepted at 99.5%      {most_accepted(claimed, right, 0.995):.1%}")


if __name__ == "__main__":
    typer.run(calibrate)
