"""Train the finder: `python -m training.train_finder [--data mnist.npz] [--pens FOLDER]`.

Writes Finder.keras and its LiteRT export. Learns from painted scenes alone.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer

from synthesis.hands.strings import Nuisances
from training.finder_network import CELLS, MAPS, build_finder
from training.finder_scenes import BATCH, FORMATS, Batch, batches, collate, scene_of
from training.hand_options import Data, Pens, Research, Seed, run_folder
from training.line_batches import Recipe

PEAK_LEARNING_RATE = 3e-3
WARM_UP = 200
VALIDATION_BATCHES = 24
CORE_WEIGHT = 3.0  # of a cell in a core beside one outside


class Trainer:
    """The network and the optimizer, as one thing to save and to resume."""

    def __init__(self, steps: int, folder: Path) -> None:
        self.model = build_finder()
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, max(steps - WARM_UP, 1), warmup_target=PEAK_LEARNING_RATE, warmup_steps=WARM_UP
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
        """One step; returns the losses (4,) of core, overlap, polarity and height."""
        with tf.GradientTape() as tape:
            parts = losses(self.model(ready(pictures), training=True), wanted)
            loss = tf.reduce_sum(parts * [1.0, 0.5, 0.2, 0.1])
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        self.step.assign_add(1)
        return parts


def ready(pictures: tf.Tensor) -> tf.Tensor:
    """Grey levels as the network takes them."""
    return (tf.cast(pictures, tf.float32) - 127.5) / 64


def losses(given: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    """given: (N, H / 8, W / 8, 12); wanted: (N, H / 4, W / 4, 4), as `finder_scenes` makes them."""
    maps = tf.nn.depth_to_space(given, CELLS)
    maps = tf.ensure_shape(maps, (None, None, None, MAPS))
    core, dark, height, counts = tf.unstack(wanted, axis=-1)
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(core, maps[..., 0])
    found = tf.reduce_mean(entropy * counts * (1 + (CORE_WEIGHT - 1) * core))
    share = tf.sigmoid(maps[..., 0]) * counts
    overlap = 1 - (2 * tf.reduce_sum(share * core) + 1) / (
        tf.reduce_sum(share**2) + tf.reduce_sum(core) + 1
    )
    inside = tf.reduce_sum(core) + 1
    polarity = tf.nn.sigmoid_cross_entropy_with_logits(dark, maps[..., 1])
    return tf.stack(
        [
            found,
            overlap,
            tf.reduce_sum(core * polarity) / inside,
            tf.reduce_sum(core * tf.abs(height - maps[..., 2])) / inside,
        ]
    )


def held_back_scenes(recipe: Recipe) -> list[Batch]:
    """Scenes by hands that training never sees."""
    hands = recipe.studios()[1]
    return [
        collate(
            [
                scene_of((recipe.seed, 1 << 32, at, index), hands, FORMATS[at % len(FORMATS)])
                for index in range(BATCH)
            ]
        )
        for at in range(VALIDATION_BATCHES)
    ]


def train(
    data: Data = None,
    pens: Pens = None,
    research: Research = True,
    out: Annotated[Path, typer.Option(help="Where the model goes.")] = Path("Finder.keras"),
    steps: Annotated[int, typer.Option(min=1)] = 12_000,
    seed: Seed = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/finder"),
) -> None:
    """Train the finder; an interrupted run continues where it was."""
    from training.ship import ship

    keras.utils.set_random_seed(seed)
    folder = run_folder(runs, seed, research)
    recipe = Recipe(data, (), pens, research, Nuisances(), seed)
    folder.mkdir(parents=True, exist_ok=True)
    held_back = held_back_scenes(recipe)
    trainer = Trainer(steps, folder / "checkpoints")
    started, kept = time.monotonic(), []
    for pictures, wanted in batches(recipe, int(trainer.step), steps):
        kept.append(trainer.learn(pictures, wanted).numpy())
        step = int(trainer.step)
        if step % 200 and step != steps:
            continue
        trainer.checkpoints.save()
        trainer.model.save(folder / "latest.keras")
        checked = [losses(trainer.model(ready(x), training=False), y) for x, y in held_back]
        record = {
            "step": step,
            "losses": np.mean(kept, axis=0).round(4).tolist(),
            "held back": np.mean(checked, axis=0).round(4).tolist(),
            "minutes": round((time.monotonic() - started) / 60, 1),
        }
        kept.clear()
        print(json.dumps(record), flush=True)
        if step >= steps:
            break
    export = ship(trainer.model, out)
    print(f"{out} and {export.name}")


if __name__ == "__main__":
    typer.run(train)
