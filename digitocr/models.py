"""The networks behind one runtime: arrays in, probabilities out.

The only module that knows LiteRT. Keras' own `predict` takes seconds to import and tens of
milliseconds a call; the export of the same weights gives the same numbers in a fraction of that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from digitocr.export import CLASSES, export_litert, export_name
from digitocr.types import InputError, Probabilities, Tiles

MODEL_NAME = "DigitClassifier.keras"
MOST_AT_ONCE = 128  # tiles in one call: more would outgrow the processor's cache
PACKAGE = Path(__file__).parent
_LOADING = threading.Lock()


class Classifier:
    """DigitClassifier: tiles -> a probability for each digit. Safe to share between threads."""

    def __init__(self, export: Path) -> None:
        try:
            with _quiet_stderr():
                self._interpreter = Interpreter(str(export), num_threads=1)
                self._interpreter.allocate_tensors()
        except ValueError as error:
            raise InputError(f"{export} is damaged: delete it, and it is made anew.") from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._batch = 1
        self._lock = threading.Lock()

    def probabilities(self, tiles: Tiles) -> Probabilities:
        """float32 (N, 28, 28), 0 paper .. 1 ink -> float32 (N, 10), each row sums to 1."""
        if not len(tiles):
            return np.zeros((0, CLASSES), np.float32)
        with self._lock:
            parts = [
                self._run(tiles[start : start + MOST_AT_ONCE])
                for start in range(0, len(tiles), MOST_AT_ONCE)
            ]
        return np.concatenate(parts)

    def _run(self, tiles: Tiles) -> Probabilities:
        if self._batch != len(tiles):
            self._interpreter.resize_tensor_input(self._input, (len(tiles), 28, 28, 1))
            self._interpreter.allocate_tensors()
            self._batch = len(tiles)
        self._interpreter.set_tensor(self._input, tiles[..., None].astype(np.float32))
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output))


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """LiteRT greets on the process' stderr, past Python and past every log level of its own."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no stderr to keep quiet
        yield
        return
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def find_model() -> Path:
    """DigitClassifier.keras: in the installed package, or at the top of a source checkout."""
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / MODEL_NAME).is_file():
            return folder / MODEL_NAME
    raise InputError(f"{MODEL_NAME} is missing: install digitocr again, or train it anew.")


def find_export(model: Path) -> Path:
    """The model's export: beside it, in the package, in the cache, or made now and cached."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "digitocr"
    name = export_name(model)
    for folder in (model.parent, PACKAGE, cache):
        if (folder / name).is_file():
            return folder / name
    try:
        return export_litert(model, cache)
    except OSError as error:
        raise InputError(
            f"The export of {model.name} cannot be written to {cache}: "
            "make it writable, or set XDG_CACHE_HOME to a folder that is."
        ) from error


def load_classifier(model: Path | None = None) -> Classifier:
    """The shipped classifier, or the one in a .keras file of the user's own."""
    with _LOADING:  # two sessions at once would load it twice
        return _load_once(model)


@lru_cache(maxsize=2)
def _load_once(model: Path | None) -> Classifier:
    if model is not None and not model.is_file():
        raise InputError(f"There is no model at {model}.")
    return Classifier(find_export(model or find_model()))
