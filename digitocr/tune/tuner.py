"""The network that is tuned, the one it comes from, and the optimizer: one thing to save.

Of made-up lines it shall say what it said before, and as surely (Li, Hoiem: "Learning without
forgetting", ECCV 2016). Taught their digits in its stead, it forgot more of other papers. It
learns as it reads: batch normalisation keeps the statistics that it came with, for those of a few
papers would be those of no other, and nothing is dropped out at random. TensorFlow comes in when
a Tuner is made, not before.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitocr.output.whole import written_whole
from digitocr.tune.ctc_loss import ctc_loss
from digitocr.tune.drawn_lines import FRAME_PX, Written, collate
from digitocr.types import InputError, LogProbabilities

PEAK_LEARNING_RATE = 6e-4
WEIGHT_DECAY = 1e-3
WARM_UP = 30
KEPT_RATE = 0.03  # of the peak, at the end
REMEMBERED = 1.0  # times the loss of one's own lines counts that of the made-up ones
AT_ONCE = 64  # lines, where nothing is learnt
NEEDED = 'Fine-tuning needs TensorFlow: pip install "digitocr[train]".'

Weights = list[NDArray[Any]]


class Tuner:
    """Takes steps, and says what it reads."""

    def __init__(self, start: Path, steps: int) -> None:
        """start: a line reader, .keras. Raises InputError where TensorFlow is missing."""
        self.model, self._start = to_tune(start), to_tune(start)
        import keras
        import tensorflow as tf

        self._tf = tf
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0,
            max(steps - WARM_UP, 1),
            alpha=KEPT_RATE,
            warmup_target=PEAK_LEARNING_RATE,
            warmup_steps=WARM_UP,
        )
        self._optimizer = keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY, clipnorm=3.0)
        self._optimizer.build(self.model.trainable_variables)
        self.start: Weights = self.model.get_weights()
        strips, digits = tf.TensorSpec((None, 32, None, 1)), tf.TensorSpec((None, None), tf.int32)
        self._learn = tf.function(self._step, input_signature=[strips, digits, strips])
        self._logits = {
            before: tf.function(
                lambda one, network=network: network(one, training=False),
                input_signature=[strips],
            )
            for before, network in ((False, self.model), (True, self._start))
        }

    def learn(self, own: list[Written], drawn: list[Written]) -> float:
        """One step; own: to be learnt, drawn: to be remembered. Returns the loss."""
        longest = max(1, *(len(digits) for _, digits in own))
        return float(self._learn(*collate(own, longest), _strips(drawn)))

    def along(self, lines: list[Written], before: bool = False) -> list[LogProbabilities]:
        """What is said along each line, or was said before: log-probabilities (T, 11)."""
        order = sorted(range(len(lines)), key=lambda place: lines[place][0].shape[1])
        said: dict[int, LogProbabilities] = {}
        for at in range(0, len(lines), AT_ONCE):
            places = order[at : at + AT_ONCE]
            strips = _strips([lines[place] for place in places])
            shares = self._tf.nn.log_softmax(self._logits[before](strips)).numpy()
            for place, row in zip(places, shares, strict=True):
                said[place] = row[: -(-lines[place][0].shape[1] // FRAME_PX)]
        return [said[place] for place in range(len(lines))]

    def averaged(self, share: float) -> Weights:
        """Weights between those it came with and those it has, as `between`."""
        return between(self.start, self.model.get_weights(), share)

    def save(self, file: Path, further: dict[str, NDArray[Any]]) -> None:
        """Write all of it and `further`, whole or not at all. Raises InputError."""
        arrays = {f"model{place}": one for place, one in enumerate(self.model.get_weights())}
        for place, one in enumerate(self._optimizer.variables):
            arrays[f"optimizer{place}"] = one.numpy()
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **arrays, **further)
        with written_whole(file) as unfinished:
            unfinished.write_bytes(content.getvalue())

    def restore(self, file: Path) -> dict[str, NDArray[Any]]:
        """Go on from what `save` wrote; returns `further`. Raises InputError."""
        try:
            with np.load(file) as arrays:
                found = dict(arrays)
            weights = [found.pop(f"model{place}") for place in range(len(self.start))]
            self.model.set_weights(weights)
            for place, one in enumerate(self._optimizer.variables):
                one.assign(found.pop(f"optimizer{place}"))
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{file} is damaged: delete it, and the run begins anew.") from error
        return found

    def _step(self, strips: Any, digits: Any, drawn: Any) -> Any:
        tf = self._tf
        said = tf.nn.log_softmax(self._start(drawn, training=False))
        with tf.GradientTape() as tape:
            says = tf.nn.log_softmax(self.model(drawn, training=False))
            divergence = tf.reduce_sum(tf.exp(said) * (said - says), axis=[1, 2])
            loss = ctc_loss(digits, self.model(strips, training=False))
            loss += REMEMBERED * tf.reduce_mean(divergence)
        variables = self.model.trainable_variables
        gradients = tape.gradient(loss, variables)
        self._optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss


def to_tune(start: Path) -> Any:
    """The Keras model of a .keras file, whose batch normalisation keeps its statistics.

    Raises InputError where TensorFlow is missing.
    """
    try:
        import keras
        import tensorflow  # noqa: F401
    except ImportError as error:
        raise InputError(NEEDED) from error
    # In Keras' safe mode, which it is in unless told otherwise: no code in a file is run.
    model = keras.models.load_model(start, compile=False, safe_mode=True)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model


def between(before: Weights, after: Weights, share: float) -> Weights:
    """Weights on the way from some to others, 0 .. 1 of it.

    What was learnt anew is then known hardly worse, and what was known before again (Wortsman and
    others: "Robust fine-tuning of zero-shot models", CVPR 2022).
    """
    return [
        np.asarray((1 - share) * old + share * new, old.dtype)
        for old, new in zip(before, after, strict=True)
    ]


def _strips(lines: list[Written]) -> NDArray[np.float32]:
    return collate([(strip, "") for strip, _ in lines], 1)[0]
