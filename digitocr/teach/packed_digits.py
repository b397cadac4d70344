"""Single digits, and numbers, packed into one file: IDX, as MNIST has it, and NumPy's NPZ.

Neither may unpack to more than MOST_BYTES, whatever it says of itself, and no pickle is opened.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.teach.examples import Part
from digitocr.types import Gray, InputError

MOST_BYTES = 1_000_000_000
GZIP = b"\x1f\x8b"
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # IDX's third byte
IDX_NAMES = ("images", "labels"), ("idx3", "idx1")  # what differs between the two files' names
PAIRS: tuple[tuple[str, str, Part | None], ...] = (
    ("x", "y", None),
    ("x_train", "y_train", None),
    ("x_val", "y_val", Part.val),
    ("x_test", "y_test", Part.test),
)
SMALL_PX = 64  # pictures lower than that are drawn twice as large
DARK, MIDDLE = 0, 127.5


class Packed(NamedTuple):
    """Pictures of one array, with their labels as text."""

    pictures: NDArray[np.uint8]  # (N, H, W), 0 ink .. 255 paper
    labels: list[str]
    part: Part | None
    name: str  # of the array; nothing where there is but one


def is_idx(start: bytes) -> bool:
    """Whether a file's first bytes are those of an IDX file of pictures, packed or not."""
    if start.startswith(GZIP):
        try:
            start = zlib.decompressobj(31).decompress(start, 4)
        except zlib.error:
            return False
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in TYPES and start[3] == 3


def idx_digits(pictures: Path) -> Packed:
    """MNIST's form: `…images-idx3-ubyte` with `…labels-idx1-ubyte` beside it, also .gz.

    Raises InputError with a sentence for other files.
    """
    levels = _idx(pictures)
    if levels.ndim != 3:
        raise InputError("This file holds no pictures: name the one that does.")
    beside = _labels_beside(pictures)
    try:
        labels = _idx(beside)
    except InputError as error:
        raise InputError(f"Its labels, {beside.name}: {error}") from error
    if labels.shape != levels.shape[:1] or not np.isin(labels, range(10)).all():
        raise InputError(
            f"{beside.name} does not hold a digit from 0 to 9 for each of {len(levels)} pictures."
        )
    return Packed(dark_on_white(levels), [str(int(one)) for one in labels], None, "")


def npz_digits(file: Path) -> Iterator[Packed]:
    """The arrays x and y, x_train and y_train, x_val and y_val, x_test and y_test, of those that
    are there: x (N, H, W) or (N, H, W, 1), y whole numbers or text.

    Raises InputError with a sentence for other files.
    """
    try:
        with file.open("rb") as opened, zipfile.ZipFile(opened) as packed:
            arrays = {name: _checked(packed, name) for name in packed.namelist()}
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, MemoryError) as error:
        raise _broken(error, "This is no NPZ file, or it is cut off.") from error
    pairs = [pair for pair in PAIRS if {f"{pair[0]}.npy", f"{pair[1]}.npy"} <= set(arrays)]
    if not pairs:
        raise InputError("This NPZ file holds no digits: it needs the arrays x and y.")
    for pictures, labels, part in pairs:
        x, y = arrays[f"{pictures}.npy"], arrays[f"{labels}.npy"]
        if x.ndim == 4 and x.shape[3] == 1:
            x = x[..., 0]
        if x.ndim != 3 or x.dtype.kind not in "buif" or y.shape != x.shape[:1]:
            raise InputError(
                f"{pictures} and {labels} do not belong together: a picture (H, W) for each label."
            )
        if y.dtype.kind not in "uiU":
            raise InputError(f"{labels} holds no whole numbers.")
        yield Packed(dark_on_white(x), [str(one) for one in y.tolist()], part, pictures)


def dark_on_white(levels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Pictures (N, H, W) of any range, ink bright or dark -> uint8, 0 ink .. 255 paper.

    Most of a picture is paper; the range and which end of it is ink are told from all of them.
    """
    if not levels.size:
        return np.zeros(levels.shape, np.uint8)
    if levels.dtype == np.uint8:
        scaled = np.asarray(levels, np.uint8)
    else:
        values = np.nan_to_num(levels.astype(np.float32))
        low, high = float(values.min()), float(values.max())
        scaled = np.rint((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
    return scaled if np.median(scaled) > MIDDLE else np.asarray(255 - scaled, np.uint8)


def on_paper(picture: Gray) -> Gray:
    """A tight picture of a digit (H, W), dark on white, with the paper that it was cut from.

    Half its height more on every side, and twice as large where it is low: the reader looks for
    numbers on paper, and finds most of MNIST's so that it misses when they fill the picture.
    """
    paper = int(np.median(picture))
    wide = np.pad(picture, max(1, picture.shape[0] // 2), constant_values=paper)
    low = picture.shape[0] < SMALL_PX
    return np.asarray(wide.repeat(2, axis=0).repeat(2, axis=1) if low else wide, np.uint8)


def _labels_beside(pictures: Path) -> Path:
    name = pictures.name.removesuffix(".gz")
    for one, other in IDX_NAMES:
        name = name.replace(one, other)
    for beside in (pictures.with_name(name), pictures.with_name(f"{name}.gz")):
        if beside.is_file() and not beside.samefile(pictures):
            return beside
    raise InputError(f"There are no labels beside it: put {name} into the same folder.")


def _idx(file: Path) -> NDArray[np.generic]:
    """The array of an IDX file: two zero bytes, type, dimensions, their sizes, the values."""
    try:
        data = _bytes(file)
        zero, kind, dimensions = struct.unpack_from(">HBB", data)
        shape = struct.unpack_from(f">{dimensions}I", data, 4)
        dtype = np.dtype(TYPES[kind])
        if zero or len(data) != 4 + 4 * dimensions + math.prod(shape) * dtype.itemsize:
            raise ValueError(shape)
    except (OSError, struct.error, KeyError, ValueError, EOFError, zlib.error) as error:
        raise _broken(error, "This is no IDX file, or it is cut off.") from error
    return np.frombuffer(data, dtype, offset=4 + 4 * dimensions).reshape(shape)


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        is_packed = opened.read(2) == GZIP
        opened.seek(0)
        data = (gzip.GzipFile(fileobj=opened) if is_packed else opened).read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _too_large()
    return data


def _checked(packed: zipfile.ZipFile, name: str) -> NDArray[np.generic]:
    """An array of an NPZ, read only if it is as large as it says, and not too large."""
    size = packed.getinfo(name).file_size
    if size > MOST_BYTES or sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
        raise _too_large()
    data = io.BytesIO(packed.read(name))
    version = np.lib.format.read_magic(data)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, _, dtype = read_header(data)
    if dtype.hasobject:
        raise InputError("This NPZ file holds Python objects, which are not opened: save numbers.")
    if math.prod(shape) * dtype.itemsize != size - data.tell():
        raise ValueError(shape)
    data.seek(0)
    return np.asarray(np.load(data, allow_pickle=False))


def _broken(error: BaseException, sentence: str) -> InputError:
    if isinstance(error, InputError):
        return error
    if isinstance(error, OSError) and error.strerror:
        return InputError(f"The file cannot be opened ({error.strerror}).")
    return InputError(sentence)


def _too_large() -> InputError:
    return InputError(f"It unpacks to more than {MOST_BYTES // 1_000_000} MB: cut it up.")
