"""Train the finder: `python -m training.train_finder [--data mnist.npz] [--pens FOLDER]`.

Writes Finder.keras and its LiteRT export. Learns from painted scenes alone; no checkpoint is
chosen: what the last step left is what ships.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer
from numpy.typing import NDArray

from digitocr.networks.runtime import CELLS, MAPS, MIDDLE, SPREAD
from synthesis.hands.strings import Nuisances
from training.again import Start, begin
from training.finder_batches import Batch, batches, collate
from training.finder_network import build_finder
from training.finder_scenes import FORMATS, scene_of
from training.hand_options import Data, Pens, Research, Seed, run_folder
from training.line_batches import Recipe
from training.manifest import made_by, sha256
from training.ship import ship

PEAK_LEARNING_RATE = 3e-3
WARM_UP = 200
VALIDATION_BATCHES = 24
SAVED_EVERY = 200  # steps
CORE_WEIGHT = 3.0  # of a cell in a core beside one outside
LOSSES = {"core": 1.0, "overlap": 0.5, "polarity": 0.2, "height": 0.1}  # each with its weight


class Trainer:
    """The network and the optimizer, as one thing to save and to resume."""

    def __init__(self, steps: int, folder: Path, start: Path | None = None) -> None:
        self.model = build_finder()
        peak = begin(self.model, start, PEAK_LEARNING_RATE)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, max(steps - WARM_UP, 1), warmup_target=peak, warmup_steps=WARM_UP
        )
        self.optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-3, clipnorm=3.0)
        self.optimizer.build(self.model.trainable_variables)
        self.step = tf.Variable(0, dtype=tf.int64)
        everything = tf.train.Checkpoint(model=self.model, optimizer=self.optimizer, step=self.step)
        self.checkpoints = tf.train.CheckpointManager(everything, folder, max_to_keep=1)
        everything.restore(self.checkpoints.latest_checkpoint)

    @tf.function(  # type: ignore[untyped-decorator]
        input_signature=[
            tf.TensorSpec((None, None, None, 1), tf.uint8),
            tf.TensorSpec((None, None, None, 4), tf.float32),
        ]
    )
    def learn(self, pictures: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
        """One step; returns the LOSSES (4,) before it."""
        with tf.GradientTape() as tape:
            parts = losses(self.model(ready(pictures), training=True), wanted)
            loss = tf.reduce_sum(parts * list(LOSSES.values()))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        self.step.assign_add(1)
        return parts


def ready(pictures: tf.Tensor) -> tf.Tensor:
    """Grey levels 0..255 as the network takes them."""
    return (tf.cast(pictures, tf.float32) - MIDDLE) / SPREAD


def losses(given: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    """How far maps are from those wanted: the LOSSES, float32 (4,).

    given: (N, H / 8, W / 8, 12), the network's; wanted: (N, H / 4, W / 4, 4), as `Labelled.maps`.
    Beside the cross-entropy stands the overlap, which does not care how rare cores are
    (Milletari and others: V-Net, 2016).
    """
    maps = tf.ensure_shape(tf.nn.depth_to_space(given, CELLS), (None, None, None, MAPS))
    core, dark, height, counts = tf.unstack(wanted, axis=-1)
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(core, maps[..., 0])
    found = tf.reduce_mean(entropy * counts * (1 + (CORE_WEIGHT - 1) * core))
    share = tf.sigmoid(maps[..., 0]) * counts
    overlap = 1 - (2 * tf.reduce_sum(share * core) + 1) / (
        tf.reduce_sum(share**2) + tf.reduce_sum(core) + 1
    )
    inside = tf.reduce_sum(core) + 1
    polarity = tf.nn.sigmoid_cross_entropy_with_logits(dark, maps[..., 1])
    ink = tf.reduce_sum(core * polarity) / inside
    octaves = tf.reduce_sum(core * tf.abs(height - maps[..., 2])) / inside
    return tf.stack([found, overlap, ink, octaves])


def held_back_scenes(recipe: Recipe) -> list[Batch]:
    """Scenes of every format by hands that training never sees."""
    hands = recipe.studios()[1]
    return [
        collate(
            [
                scene_of((recipe.seed, 1 << 32, at, index), hands, shape)
                for index in range(shape.batch)
            ]
        )
        for at, shape in zip(range(VALIDATION_BATCHES), cycle(FORMATS), strict=False)
    ]


def train(
    data: Data = None,
    pens: Pens = None,
    research: Research = True,
    out: Annotated[Path, typer.Option(help="Where the model goes.")] = Path("Finder.keras"),
    start: Start = None,
    steps: Annotated[int, typer.Option(min=1)] = 9_000,
    seed: Seed = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/finder"),
) -> None:
    """Train the finder; an interrupted run continues where it was."""
    keras.utils.set_random_seed(seed)
    made = made_by(
        "training.train_finder", data, (), pens, research, seed, steps=steps, start=start
    )
    if start:
        made["data"][start.name] = sha256(start)
    folder = run_folder(runs, seed, research, ["again"] * bool(start))
    recipe = Recipe(data, (), pens, research, Nuisances(), seed)
    folder.mkdir(parents=True, exist_ok=True)
    held_back = held_back_scenes(recipe)
    trainer = Trainer(steps, folder / "checkpoints", start)
    started, told = time.monotonic(), []
    for pictures, wanted in batches(recipe, int(trainer.step), steps):
        told.append(trainer.learn(pictures, wanted).numpy())
        step = int(trainer.step)
        if step % SAVED_EVERY and step != steps:
            continue
        trainer.checkpoints.save()
        trainer.model.save(folder / "latest.keras")
        checked = [losses(trainer.model(ready(x), training=False), y) for x, y in held_back]
        record = {
            "step": step,
            "losses": _named(told),
            "held back": _named(checked),
            "minutes": round((time.monotonic() - started) / 60, 1),
        }
        told.clear()
        print(json.dumps(record), flush=True)
    export = ship(trainer.model, out, made)
    print(f"{out} and {export.name}")


def _named(parts: Sequence[NDArray[np.float32]]) -> dict[str, float]:
    """The mean of each of the LOSSES."""
    means = np.mean(parts, axis=0)
    return {name: round(float(mean), 4) for name, mean in zip(LOSSES, means, strict=True)}


if __name__ == "__main__":
    typer.run(train)
