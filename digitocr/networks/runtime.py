"""The networks behind one runtime: arrays in, probabilities out.

The only module that knows LiteRT. Keras' own `predict` takes seconds to import and tens of
milliseconds a call; the export of the same weights gives the same readings in a fraction of that.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from digitocr.calibration import Calibration
from digitocr.networks.export import REMEDY, checksum_file, export_bytes, export_litert, export_name
from digitocr.networks.installed import opened
from digitocr.networks.model_folder import CALIBRATION, load_calibration
from digitocr.networks.model_folder import CLASSIFIER as CLASSIFIER
from digitocr.networks.model_folder import LINE_READER as LINE_READER
from digitocr.types import Gray, InputError, LogProbabilities, Probabilities, Strip, Tiles

FINDER = "Finder.keras"
MOST_AT_ONCE = 128  # tiles in one call: more would outgrow the processor's cache
CLASSES = 11  # ten digits, and none
COARSEST_PX = 16  # the finder takes whole multiples of so many px
CELLS, MAPS = 2, 3  # of the finder's maps: cells to a place, both ways, and how many maps
MIDDLE, SPREAD = 127.5, 64.0  # of gray levels as the finder takes them
EXPORTS = Path(__file__).parent
PACKAGE = EXPORTS.parent
_LOADING = threading.Lock()


class _Network:
    """An export and its interpreter. Safe to share between threads."""

    takes: tuple[int, ...]  # the input's shape as the export declares it
    gives: tuple[int, ...]  # how many classes the last axis of the output may have
    keeps_all = False  # what each layer gave, beside the output

    def __init__(self, export: Path) -> None:
        self.export = export
        self._content = export_bytes(export)  # LiteRT looks into it as long as it runs
        try:
            with _quiet_stderr(), warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # that keeping all takes memory
                self._interpreter = Interpreter(
                    model_content=self._content,
                    num_threads=1,
                    experimental_preserve_all_tensors=self.keeps_all,
                )
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise InputError(f"{export} is no LiteRT model: {REMEDY}") from error
        taken = self._interpreter.get_input_details()[0]
        given = self._interpreter.get_output_details()[0]
        if tuple(taken["shape"]) != self.takes or given["shape"][-1] not in self.gives:
            raise InputError(f"{export.name} is no {type(self).__name__}: choose another model.")
        self._input, self._output = taken["index"], given["index"]
        self._shape: tuple[int, ...] = ()
        self._lock = threading.RLock()

    def _run(self, arrays: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, H, W) -> the network's output for these N."""
        with self._lock:
            if self._shape != arrays.shape:
                self._interpreter.resize_tensor_input(self._input, (*arrays.shape, 1))
                self._interpreter.allocate_tensors()
                self._shape = arrays.shape
            self._interpreter.set_tensor(self._input, arrays[..., None].astype(np.float32))
            self._interpreter.invoke()
            return np.array(self._interpreter.get_tensor(self._output))


class Classifier(_Network):
    """DigitClassifier: tiles -> a probability for each digit."""

    takes = (1, 28, 28, 1)
    gives = (CLASSES, CLASSES - 1)

    def probabilities(self, tiles: Tiles) -> Probabilities:
        """float32 (N, 28, 28), 0 paper .. 1 ink -> float32 (N, 11), each row sums to 1."""
        if not len(tiles):
            return np.zeros((0, CLASSES), np.float32)
        starts = range(0, len(tiles), MOST_AT_ONCE)
        outputs = np.concatenate(
            [self._run(tiles[start : start + MOST_AT_ONCE]) for start in starts]
        )
        # A network of the user's own may know the ten digits and nothing else.
        every = np.zeros((len(outputs), CLASSES), np.float32)
        every[:, : outputs.shape[1]] = outputs
        return every


class LineReader(_Network):
    """LineReader: a strip -> log-probabilities along it."""

    takes = (1, 32, 1, 1)
    gives = (CLASSES,)

    def along(self, strip: Strip) -> LogProbabilities:
        """float32 (32, W), 0 paper .. 1 ink -> float32 (T, 11), T about W / 2, blank last."""
        logits = self._run(strip[None])[0]
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


class Finder(_Network):
    """Finder: a picture -> maps of the numbers in it."""

    takes = (1, 1, 1, 1)
    gives = (CELLS**2 * MAPS,)

    def maps(self, gray: Gray) -> NDArray[np.float32]:
        """uint8 (H, W), whole multiples of 8 -> float32 (H / 4, W / 4, 3) logits and octaves."""
        height, width = gray.shape
        beyond = (0, -height % COARSEST_PX), (0, -width % COARSEST_PX)
        whole = np.pad(gray, beyond, mode="edge").astype(np.float32)
        places = self._run((whole[None] - MIDDLE) / SPREAD)[0]
        rows, columns, _ = places.shape
        cells = places.reshape(rows, columns, CELLS, CELLS, MAPS).transpose(0, 2, 1, 3, 4)
        maps = cells.reshape(CELLS * rows, CELLS * columns, MAPS)
        cell_px = len(whole) // len(maps)
        return np.asarray(maps[: height // cell_px, : width // cell_px])


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


def find_model(name: str = CLASSIFIER) -> Path:
    """A shipped .keras file: in the installed package, or at the top of a source checkout."""
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{name} is missing: install digitocr again, or train it anew.")


def find_export(model: Path) -> Path:
    """The model's export: beside it, in the package, in the cache, or made now and cached."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "digitocr"
    name = export_name(model)
    for folder in (model.parent, EXPORTS, cache):
        # One without its checksum was cut off while it was made.
        if (folder / name).is_file() and checksum_file(folder / name).is_file():
            return folder / name
    try:
        return export_litert(model, cache)
    except OSError as error:
        raise InputError(
            f"The export of {model.name} cannot be written to {cache}: "
            "make it writable, or set XDG_CACHE_HOME to a folder that is."
        ) from error


class Networks(NamedTuple):
    """All that reading needs, and what its scores are worth."""

    finder: Finder
    line_reader: LineReader
    classifier: Classifier
    calibration: Calibration


def load_networks(model: str | Path | None = None) -> Networks:
    """The networks that read.

    model: a model folder, an installed model's name, or a .keras file in place of the shipped
    classifier; without, the current model. Raises InputError where it is none of these.
    """
    chosen = opened(model)
    return Networks(
        load_finder(),
        load_line_reader(chosen.line_reader),
        load_classifier(chosen.classifier),
        _calibration(chosen.calibration or EXPORTS / CALIBRATION, chosen.told),
    )


def load_finder() -> Finder:
    """The shipped finder."""
    with _LOADING:  # two sessions at once would load it twice
        return _finder()


def load_classifier(model: Path | None = None) -> Classifier:
    """The shipped classifier, or the one in a .keras file of the user's own."""
    with _LOADING:
        return _classifier(model, _stamp(model))


def load_line_reader(model: Path | None = None) -> LineReader:
    """The shipped line reader, or the one in a .keras file of the user's own."""
    with _LOADING:
        return _line_reader(model, _stamp(model))


def _stamp(model: Path | None) -> int:
    """When a file of the user's own was written: it may be replaced while a server runs."""
    if model is None:
        return 0
    if not model.is_file():
        raise InputError(f"There is no model at {model}.")
    return model.stat().st_mtime_ns


@lru_cache(maxsize=1)
def _finder() -> Finder:
    return Finder(find_export(find_model(FINDER)))


@lru_cache(maxsize=2)
def _classifier(model: Path | None, stamp: int) -> Classifier:
    return Classifier(find_export(model or find_model()))


@lru_cache(maxsize=2)
def _line_reader(model: Path | None, stamp: int) -> LineReader:
    return LineReader(find_export(model or find_model(LINE_READER)))


@lru_cache(maxsize=2)
def _calibration(file: Path, told: str) -> Calibration:
    return load_calibration(file)
