"""A Keras model's LiteRT export: what the reader runs, so that reading needs no TensorFlow.

An export carries a part of its model's SHA-256 in its name: a model that was trained anew, or
put in place by a user, never meets the export of another.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from digitocr.types import InputError

# What the reader's networks take and give; None = any size.
SHAPES = (
    ((None, 28, 28, 1), (None, 11)),  # the classifier: tiles, probabilities
    ((None, 28, 28, 1), (None, 10)),  # one that knows the ten digits and nothing else
    ((None, 32, None, 1), (None, None, 11)),  # the line reader: strips, logits
)


def export_name(model: Path) -> str:
    """The file name of the export that belongs to this very .keras file."""
    return f"{model.stem}-{hashlib.sha256(model.read_bytes()).hexdigest()[:12]}.tflite"


def export_litert(model: Path, folder: Path) -> Path:
    """Convert a .keras file; the export is written into folder, whole or not at all.

    Raises InputError when TensorFlow is not installed or the file is no Keras model of digits.
    """
    try:
        import keras
        import tensorflow
    except ImportError as error:
        raise InputError(
            f"{model.name} has no LiteRT export yet, and making one needs TensorFlow: "
            "pip install tensorflow, then run this once more."
        ) from error
    try:
        network = keras.models.load_model(model, compile=False)
    except Exception as error:  # Keras lets through whatever a damaged archive brings up
        raise InputError(f"{model} is not a Keras model that can be loaded.") from error
    if (network.input_shape, network.output_shape) not in SHAPES:
        raise InputError(
            f"{model} does not read digits: it must take tiles of 28 by 28 and give ten or eleven "
            "probabilities, or strips 32 high and give eleven logits a step."
        )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / export_name(model)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        unfinished = Path(scratch) / target.name
        network.export(
            unfinished,
            format="litert",
            verbose=False,
            # Weights in 8 bits, and arithmetic in 8 bits with each picture's own scale: a quarter
            # of the size, a third of the time, and hardly a reading changes.
            optimizations=[tensorflow.lite.Optimize.DEFAULT],
        )
        unfinished.replace(target)
    return target
