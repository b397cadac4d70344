"""A Keras model's LiteRT export: what the reader runs, so that reading needs no TensorFlow.

An export carries a part of its model's SHA-256 in its name: a model that was trained anew, or
put in place by a user, never meets the export of another.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from pathlib import Path

from digitocr.types import InputError

REMEDY = "delete it, and it is made anew; or install digitocr again."
# What the reader's networks take and give; None = any size.
SHAPES = (
    ((None, 28, 28, 1), (None, 11)),  # the classifier: tiles, probabilities
    ((None, 28, 28, 1), (None, 10)),  # one that knows the ten digits and nothing else
    ((None, 32, None, 1), (None, None, 11)),  # the line reader: strips, logits
    ((None, None, None, 1), (None, None, None, 12)),  # the finder: pictures, maps
)


def export_name(model: Path) -> str:
    """The file name of the export that belongs to this very .keras file.

    Raises InputError when that cannot be opened.
    """
    try:
        content = model.read_bytes()
    except OSError as error:
        raise InputError(f"{model} cannot be opened ({error.strerror}).") from error
    return f"{model.stem}-{hashlib.sha256(content).hexdigest()[:12]}.tflite"


def export_bytes(export: Path) -> bytes:
    """An export, whole and as it was made: LiteRT would run a damaged one, or end the process.

    Raises InputError when its bytes are not those whose SHA-256 stands in the file beside it.
    """
    try:
        content, told = export.read_bytes(), checksum_file(export).read_text("ascii")
    except (OSError, ValueError) as error:
        raise InputError(f"{export} cannot be read: {REMEDY}") from error
    if told.split()[:1] != [hashlib.sha256(content).hexdigest()]:
        raise InputError(f"{export} is damaged: {REMEDY}")
    return content


def checksum_file(export: Path) -> Path:
    """Where an export's SHA-256 stands, as `sha256sum` writes it and checks it."""
    return export.with_name(export.name + ".sha256")


def write_checksum(export: Path) -> None:
    """Note an export's SHA-256 beside it."""
    digest = hashlib.sha256(export.read_bytes()).hexdigest()
    checksum_file(export).write_text(f"{digest}  {export.name}\n", "ascii")


def _check_archive(model: Path) -> None:
    """Raise InputError where a .keras file, a ZIP with checksums, is damaged."""
    try:
        with zipfile.ZipFile(model) as parts:
            damaged = parts.testzip()
    except Exception as error:  # a damaged archive has many ways to say so
        raise InputError(f"{model} is damaged, or no Keras model: get it again.") from error
    if damaged:
        raise InputError(f"{model} is damaged: get it again.")


def export_litert(model: Path, folder: Path) -> Path:
    """Convert a .keras file; the export is written into folder, whole or not at all.

    Raises InputError when TensorFlow is not installed or the file is no Keras model of digits.
    """
    _check_archive(model)
    try:
        import keras
        import tensorflow
    except ImportError as error:
        raise InputError(
            f"{model.name} has no LiteRT export yet, and making one needs TensorFlow: "
            "pip install tensorflow, then run this once more."
        ) from error
    try:
        # In Keras' safe mode, which it is in unless told otherwise: no code in a file is run.
        network = keras.models.load_model(model, compile=False, safe_mode=True)
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
        write_checksum(unfinished)
        checksum_file(unfinished).replace(checksum_file(target))
        unfinished.replace(target)
    return target
