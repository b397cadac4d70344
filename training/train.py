"""Train the digit classifier: `python -m training.train [--data mnist.npz] [--epochs N]`.

Writes DigitClassifier.keras and its LiteRT export. The checkpoint is chosen on 5,000 pictures
kept aside from MNIST's training set; the test set is looked at once, at the end.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import typer
from numpy.typing import NDArray

from digitocr.types import NO_DIGIT
from synthesis.hands.writers import Digits
from training.again import Start, begin
from training.augment import augment, finish
from training.data import as_tiles, load_mnist
from training.digit_pool import Pool, make_pool
from training.hand_options import Data, Extra, Pens, Research, Seed, run_folder
from training.manifest import made_by, sha256
from training.network import CLASSES, build_classifier
from training.non_digits import non_digit
from training.ship import ship

BATCH = 128
EPOCH_STEPS = 1_000
NON_DIGIT_SHARE = 0.2  # of a batch
PEAK_LEARNING_RATE = 2e-3
LABEL_SMOOTHING = 0.02


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Endless hands: every batch is drawn anew from a seed made of the epoch and its number."""

    def __init__(self, pool: Pool, steps: int, seed: int) -> None:
        super().__init__(workers=1, max_queue_size=20)
        self.pool, self.steps, self.seed, self.epoch = pool, steps, seed, 0

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Tiles (BATCH, 28, 28, 1) and target probabilities (BATCH, 11)."""
        rng = np.random.default_rng((self.seed, self.epoch, step))
        others = round(BATCH * NON_DIGIT_SHARE)
        picks = self.pool.pick(rng, BATCH - others)
        tiles = [augment(rng, self.pool.digits.pictures[pick]) for pick in picks]
        tiles += [finish(rng, non_digit(rng, self.pool)) for _ in range(others)]
        labels = np.full(BATCH, NO_DIGIT)
        labels[: len(picks)] = self.pool.digits.labels[picks]
        targets = np.full((BATCH, CLASSES), LABEL_SMOOTHING / CLASSES, np.float32)
        targets[np.arange(BATCH), labels] += 1 - LABEL_SMOOTHING
        return np.stack(tiles)[..., None], targets


def accuracy(model: keras.Model, split: Digits) -> float:
    """Share of the pictures, digits all of them, whose most probable digit is the true one."""
    probabilities = model.predict(as_tiles(split.pictures), batch_size=500, verbose=0)
    return float((probabilities[:, :NO_DIGIT].argmax(axis=1) == split.labels).mean())


def right_digit(targets: keras.KerasTensor, probabilities: keras.KerasTensor) -> keras.KerasTensor:
    """Keras' metric for the same: 1 for each row (N,) whose most probable digit is the true one."""
    found = keras.ops.argmax(probabilities[:, :NO_DIGIT], axis=1)
    return keras.ops.equal(found, keras.ops.argmax(targets, axis=1))


def train(
    data: Data = None,
    extra: Extra = None,
    pens: Pens = None,
    research: Research = True,
    out: Annotated[Path, typer.Option(help="Where the model goes.")] = Path(
        "DigitClassifier.keras"
    ),
    start: Start = None,
    epochs: Annotated[int, typer.Option(min=1, help="Of EPOCH_STEPS batches each.")] = 10,
    seed: Seed = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/classifier"),
) -> None:
    """Train the digit classifier and export it; an interrupted run continues where it was."""
    started = time.monotonic()
    own = {"epochs": epochs, "start": start}
    made = made_by("training.train", data, extra or (), pens, research, seed, **own)
    if start:
        made["data"][start.name] = sha256(start)
    keras.utils.set_random_seed(seed)
    mnist = load_mnist(data, seed)
    pool = make_pool(mnist, tuple(extra or ()), pens, research, seed)
    model = build_classifier()
    peak = begin(model, start, PEAK_LEARNING_RATE)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, epochs * EPOCH_STEPS, warmup_target=peak, warmup_steps=EPOCH_STEPS // 2
    )
    # Muon, which serves the line reader well, came out no better here.
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=0.02, use_ema=True, ema_momentum=0.998
    )
    model.compile(optimizer, "categorical_crossentropy", metrics=[right_digit])
    folder = run_folder(runs, seed, research, ["again"] * bool(start))
    folder.mkdir(parents=True, exist_ok=True)
    best, backup = folder / "best.keras", folder / "backup"
    resumed = best.exists() and backup.exists()
    best_so_far = (
        accuracy(keras.models.load_model(best, compile=False), mnist.validation)
        if resumed
        else None
    )
    validation = (
        as_tiles(mnist.validation.pictures),
        keras.utils.to_categorical(mnist.validation.labels, CLASSES),
    )
    batches = Batches(pool, EPOCH_STEPS, seed)
    model.fit(
        batches,
        epochs=epochs,
        validation_data=validation,
        callbacks=[
            keras.callbacks.BackupAndRestore(backup),
            # A run that was interrupted goes on with the hands of its own epoch.
            keras.callbacks.LambdaCallback(
                on_epoch_begin=lambda epoch, logs: setattr(batches, "epoch", epoch)
            ),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            # Not by loss: that also counts how sure a network is that was taught to doubt.
            keras.callbacks.ModelCheckpoint(
                best,
                monitor="val_right_digit",
                mode="max",
                save_best_only=True,
                initial_value_threshold=best_so_far,
            ),
        ],
    )
    chosen = keras.models.load_model(best, compile=False)
    export = ship(chosen, out, made)
    minutes = (time.monotonic() - started) / 60
    print(f"validation accuracy {accuracy(chosen, mnist.validation):.4%}")
    print(f"MNIST test accuracy {accuracy(chosen, mnist.test):.4%}")
    print(f"{out} and {export.name}: {epochs} epochs, {minutes:.0f} minutes")


if __name__ == "__main__":
    typer.run(train)
