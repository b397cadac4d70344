"""Train the line reader: `python -m training.train_lines [--data mnist.npz] [--pens FOLDER]`.

Writes LineReader.keras and its LiteRT export. The checkpoint is chosen on lines by hands that
were kept aside; nothing else is looked at.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import fields
from itertools import count, islice
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer
from numpy.typing import NDArray

from digitocr.along.ctc import best_path
from digitocr.networks.runtime import load_networks
from digitocr.tune.ctc_loss import ctc_loss
from digitocr.tune.cutouts import cutouts
from digitocr.tune.drawn_lines import PAD, Batch, collate, line
from synthesis.hands.strings import Nuisances
from training.again import Start, begin
from training.hand_options import Data, Extra, Pens, Research, Seed, run_folder
from training.line_batches import BATCH, Recipe, batches
from training.line_network import CHANNELS, build_line_reader
from training.manifest import made_by, sha256
from training.muon import Muon
from training.ship import ship

PEAK_LEARNING_RATE = 3e-3
WARM_UP = 500  # steps, or a tenth of a short run
EMA = 0.9985
VALIDATION_LINES = 1_536
# A number drawn on a screen: ink on clean paper, nothing beside it.
NOTHING = dict.fromkeys((field.name for field in fields(Nuisances)), 0.0)
DRAWN = Nuisances(**NOTHING | {"touching": 0.2, "slant": 1.0})


class Trainer:
    """The network, its running average and the optimizer, as one thing to save and to resume."""

    def __init__(
        self,
        steps: int,
        folder: Path,
        channels: Sequence[int] = CHANNELS,
        start: Path | None = None,
    ) -> None:
        self.model, self.average = build_line_reader(channels), build_line_reader(channels)
        peak = begin(self.model, start, PEAK_LEARNING_RATE)
        self.average.set_weights(self.model.get_weights())
        warm_up = min(WARM_UP, steps // 10)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, max(steps - warm_up, 1), warmup_target=peak, warmup_steps=warm_up
        )
        self.optimizer = Muon(schedule, weight_decay=0.05, adam_weight_decay=4e-3, clipnorm=5.0)
        self.optimizer.build(self.model.trainable_variables)
        self.step, self.best = tf.Variable(0, dtype=tf.int64), tf.Variable(-1.0)
        everything = tf.train.Checkpoint(
            model=self.model,
            average=self.average,
            optimizer=self.optimizer,
            step=self.step,
            best=self.best,
        )
        self.checkpoints = tf.train.CheckpointManager(everything, folder, max_to_keep=1)
        everything.restore(self.checkpoints.latest_checkpoint)

    @tf.function(  # type: ignore[untyped-decorator]
        input_signature=[
            tf.TensorSpec((None, 32, None, 1), tf.float32),
            tf.TensorSpec((None, None), tf.int32),
        ]
    )
    def learn(self, strips: tf.Tensor, digits: tf.Tensor) -> tf.Tensor:
        """One step; returns the mean CTC loss of the batch."""
        with tf.GradientTape() as tape:
            logits = self.model(strips, training=True)
            loss = ctc_loss(digits, logits)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        for slow, fast in zip(self.average.weights, self.model.weights, strict=True):
            if slow.dtype == "float32":
                slow.assign(slow + (1 - EMA) * (fast - slow))
        self.step.assign_add(1)
        return loss


def greedy(logits: NDArray[np.float32]) -> list[str]:
    """(N, T, 11) -> digits: the best class of each step, repeats merged, blanks dropped."""
    return [best_path(row) for row in logits]


def exact_share(model: keras.Model, held_back: list[Batch]) -> float:
    """Share of the lines whose every digit is read."""
    right = []
    for strips, digits in held_back:
        read = greedy(np.asarray(model(strips, training=False)))
        wanted = ["".join(str(digit) for digit in row if digit != PAD) for row in digits]
        right += [one == other for one, other in zip(read, wanted, strict=True)]
    return float(np.mean(right))


def held_back_lines(recipe: Recipe) -> list[Batch]:
    """Drawn lines, a third of them on clean paper, and found ones, by hands not in training."""
    hands, networks = recipe.studios()[1], load_networks()
    seeds = ((recipe.seed, 1 << 32, i) for i in count())
    drawn = (
        line(seed, hands, DRAWN if i % 3 == 0 else recipe.nuisances) for i, seed in enumerate(seeds)
    )
    found = (
        (one.views[0], one.digits)
        for i in count()
        for one in cutouts((recipe.seed, 6 << 32, i), hands, recipe.nuisances, networks)
    )
    lines = [one for source in (drawn, found) for one in islice(source, VALIDATION_LINES // 2)]
    lines.sort(key=lambda one: one[0].shape[1])
    return [collate(lines[at : at + BATCH]) for at in range(0, len(lines), BATCH)]


def train(
    data: Data = None,
    extra: Extra = None,
    pens: Pens = None,
    research: Research = True,
    without: Annotated[list[str] | None, typer.Option(help="Leave a nuisance out.")] = None,
    out: Annotated[Path, typer.Option(help="Where the model goes.")] = Path("LineReader.keras"),
    start: Start = None,
    steps: Annotated[int, typer.Option(min=1)] = 15_000,
    seed: Seed = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/lines"),
) -> None:
    """Train the line reader; an interrupted run continues where it was."""
    keras.utils.set_random_seed(seed)
    if unknown := set(without or ()) - set(NOTHING):
        known = ", ".join(NOTHING)
        raise typer.BadParameter(f"No nuisance is called {', '.join(unknown)}; choose of {known}.")
    nuisances = Nuisances(**dict.fromkeys(without or (), 0.0))
    own = {"steps": steps, "without": without, "start": start}
    made = made_by("training.train_lines", data, extra or (), pens, research, seed, **own)
    if start:
        made["data"][start.name] = sha256(start)
    folder = run_folder(runs, seed, research, [*(without or ()), *["again"] * bool(start)])
    recipe = Recipe(data, tuple(extra or ()), pens, research, nuisances, seed)
    held_back = held_back_lines(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(steps, folder / "checkpoints", start=start)
    started, losses = time.monotonic(), []
    for strips, digits in batches(recipe, int(trainer.step), steps):
        losses.append(float(trainer.learn(strips, digits)))
        step = int(trainer.step)
        if step % 1000 and step != steps:
            continue
        exact = exact_share(trainer.average, held_back)
        if exact >= float(trainer.best):
            trainer.best.assign(exact)
            trainer.average.save(folder / "best.keras")
        trainer.checkpoints.save()
        minutes = (time.monotonic() - started) / 60
        loss = float(np.mean(losses))
        losses.clear()
        record = {"step": step, "loss": loss, "exact": exact, "minutes": minutes}
        print(json.dumps({name: round(value, 4) for name, value in record.items()}), flush=True)
        if step >= steps:
            break
    chosen = keras.models.load_model(folder / "best.keras", compile=False)
    export = ship(chosen, out, made)
    print(f"{out} and {export.name}: exact on held-back lines {float(trainer.best):.2%}")


if __name__ == "__main__":
    typer.run(train)
