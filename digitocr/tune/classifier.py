"""The classifier is taught the user's own digits, and says of all others what it said before.

What it must not forget is shown to it as shapes without labels, and it learns its own former
answers to them (Li, Hoiem: "Learning without forgetting", ECCV 2016). It takes a minute, so a run
that was cut off begins it again, and comes to the same weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitocr.tune.own_digits import OwnDigits
from digitocr.tune.tuner import between, to_tune
from digitocr.tune.tuning import KEPT
from digitocr.types import Tile, Tiles

AT_ONCE = 64  # of the user's shapes in a step, and as many others
PEAK_LEARNING_RATE = 3e-4
SMOOTHING = 0.02  # of the labels, as it was trained


def tune_classifier(start: Path, own: OwnDigits, others: Tiles, steps: int, seed: int) -> Any:
    """The classifier of a .keras file, tuned; a Keras model.

    own: the user's shapes; without any it stays as it is. others: (M, 28, 28), all kinds that are
    to be read as before. Raises InputError where TensorFlow is missing.
    """
    model = to_tune(start)
    import keras
    import tensorflow as tf

    before = model.get_weights()
    said = model.predict(others[..., None], batch_size=512, verbose=0)
    schedule = keras.optimizers.schedules.CosineDecay(PEAK_LEARNING_RATE, steps)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-3, clipnorm=3.0)
    optimizer.build(model.trainable_variables)
    spec = tf.TensorSpec((None, *others.shape[1:], 1)), tf.TensorSpec((None, said.shape[1]))

    @tf.function(input_signature=spec)  # type: ignore[untyped-decorator]
    def learn(tiles: Any, targets: Any) -> None:
        with tf.GradientTape() as tape:
            shares = model(tiles, training=False)
            loss = tf.reduce_mean(keras.losses.categorical_crossentropy(targets, shares))
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    targets = np.full((len(own.labels), said.shape[1]), SMOOTHING / said.shape[1], np.float32)
    targets[np.arange(len(own.labels)), own.labels] += 1 - SMOOTHING
    for step in range(steps if len(targets) else 0):
        rng = np.random.default_rng((seed, 9 << 32, step))
        mine, theirs = (rng.integers(count, size=AT_ONCE) for count in (len(targets), len(said)))
        tiles = np.array([_varied(rng, own.tiles[place]) for place in mine], np.float32)
        tiles = np.concatenate([tiles, others[theirs]])[..., None]
        learn(tiles, np.concatenate([targets[mine], said[theirs]]))
    model.set_weights(between(before, model.get_weights(), KEPT))
    return model


def _varied(rng: np.random.Generator, tile: Tile) -> Tile:
    """A digit as the same hand might have written it another time; (28, 28) as before."""
    turn, lean = rng.normal(0, 0.06), rng.normal(0, 0.1)
    wide, high = rng.uniform(0.88, 1.12, 2)
    linear = np.array([[wide, lean + turn], [-turn, high]])
    middle = np.array([(tile.shape[1] - 1) / 2, (tile.shape[0] - 1) / 2])
    shift = middle - linear @ middle + rng.normal(0, 0.5, 2)
    return np.asarray(cv2.warpAffine(tile, np.column_stack([linear, shift]), tile.shape), "f4")
