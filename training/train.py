"""Train the digit classifier: `python -m training.train [--data mnist.npz] [--epochs N]`.

Writes DigitClassifier.keras and its LiteRT export. The checkpoint is chosen on 5,000 pictures
kept aside from MNIST's training set; the test set is looked at once, at the end.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import typer
from numpy.typing import NDArray

from digitocr.export import export_litert
from digitocr.models import MODEL_NAME, PACKAGE
from training.augment import augment, finish
from training.data import Split, as_tiles, load_mnist
from training.network import build_classifier
from training.non_digits import non_digit
from training.strokes import stroke_digits

BATCH = 128
STROKE_SHARE = 0.3  # of the digits: drawn by our own stroke models, other hands than MNIST's
NON_DIGIT_SHARE = 0.2  # of a batch
PEAK_LEARNING_RATE = 2e-3
LABEL_SMOOTHING = 0.02


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Endless hands: every batch is drawn anew from a seed made of the epoch and its number."""

    def __init__(self, digits: Split, steps: int, seed: int) -> None:
        super().__init__(workers=1, max_queue_size=20)
        self.digits, self.steps, self.seed, self.epoch = digits, steps, seed, 0

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Tiles (BATCH, 28, 28, 1) and target probabilities (BATCH, 10)."""
        rng = np.random.default_rng((self.seed, self.epoch, step))
        others = round(BATCH * NON_DIGIT_SHARE)
        picks = rng.integers(len(self.digits.labels), size=BATCH - others)
        tiles = [augment(rng, self.digits.pictures[pick]) for pick in picks]
        tiles += [finish(rng, non_digit(rng, self.digits)) for _ in range(others)]
        targets = np.full((BATCH, 10), 0.1, np.float32)
        smooth = LABEL_SMOOTHING / 10
        targets[: len(picks)] = smooth
        targets[np.arange(len(picks)), self.digits.labels[picks]] += 1 - LABEL_SMOOTHING
        return np.stack(tiles)[..., None], targets


def with_strokes(mnist: Split, seed: int) -> Split:
    """MNIST's digits, with STROKE_SHARE of the whole drawn by the stroke models."""
    count = round(STROKE_SHARE / (1 - STROKE_SHARE) * len(mnist.labels))
    pictures, labels = stroke_digits(np.random.default_rng(seed), count)
    return Split(np.concatenate([mnist.pictures, pictures]), np.concatenate([mnist.labels, labels]))


def accuracy(model: keras.Model, split: Split) -> float:
    """Share of the pictures whose most probable label is the true one."""
    probabilities = model.predict(as_tiles(split.pictures), batch_size=500, verbose=0)
    return float((probabilities.argmax(axis=1) == split.labels).mean())


def _export(model: Path) -> Path:
    """The shipped model's export replaces the old one in the package; any other lies beside it."""
    if model.resolve() != PACKAGE.parent / MODEL_NAME:
        return export_litert(model, model.parent)
    for outdated in PACKAGE.glob("*.tflite"):
        outdated.unlink()
    return export_litert(model, PACKAGE)


def train(
    data: Annotated[Path | None, typer.Option(help="MNIST as .npz; downloaded if absent.")] = None,
    out: Annotated[Path, typer.Option(help="Where the model goes.")] = Path(
        "DigitClassifier.keras"
    ),
    epochs: Annotated[int, typer.Option(min=1)] = 14,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/classifier"),
) -> None:
    """Train the digit classifier and export it; an interrupted run continues where it was."""
    started = time.monotonic()
    keras.utils.set_random_seed(seed)
    mnist = load_mnist(data, seed)
    digits = with_strokes(mnist.train, seed)
    steps = math.ceil(len(digits.labels) / (BATCH * (1 - NON_DIGIT_SHARE)))
    model = build_classifier()
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, epochs * steps, warmup_target=PEAK_LEARNING_RATE, warmup_steps=steps // 2
    )
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=0.02, use_ema=True, ema_momentum=0.998
    )
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    folder = runs / f"seed-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    best, backup = folder / "best.keras", folder / "backup"
    resumed = best.exists() and backup.exists()
    best_so_far = accuracy(keras.models.load_model(best), mnist.validation) if resumed else None
    validation = (
        as_tiles(mnist.validation.pictures),
        keras.utils.to_categorical(mnist.validation.labels, 10),
    )
    batches = Batches(digits, steps, seed)
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
            # By accuracy: the loss also counts how sure a network is that was taught to doubt.
            keras.callbacks.ModelCheckpoint(
                best,
                monitor="val_accuracy",
                mode="max",
                save_best_only=True,
                initial_value_threshold=best_so_far,
            ),
        ],
    )
    chosen = keras.models.load_model(best, compile=False)
    chosen.save(out)
    export = _export(out)
    minutes = (time.monotonic() - started) / 60
    print(f"validation accuracy {accuracy(chosen, mnist.validation):.4%}")
    print(f"MNIST test accuracy {accuracy(chosen, mnist.test):.4%}")
    print(f"{out} and {export.name}: {epochs} epochs, {minutes:.0f} minutes")


if __name__ == "__main__":
    typer.run(train)
