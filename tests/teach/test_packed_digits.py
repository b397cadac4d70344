"""IDX and NPZ files: what is in them, and what is no such file."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from digitocr import InputError
from digitocr.teach import packed_digits
from digitocr.teach.examples import Part
from digitocr.teach.packed_digits import dark_on_white, idx_digits, is_idx, npz_digits, on_paper

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TWO = np.zeros((2, 5, 4), np.uint8)


def idx(values: NDArray[np.uint8]) -> bytes:
    """Straight from the format's description."""
    head = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    return head + values.tobytes()


def pair(folder: Path, pictures: bytes, labels: bytes, end: str = "") -> Path:
    (folder / f"{LABELS}{end}").write_bytes(labels)
    (folder / f"{IMAGES}{end}").write_bytes(pictures)
    return folder / f"{IMAGES}{end}"


def npz(file: Path, **kept: NDArray[np.generic]) -> Path:
    np.savez_compressed(file, **kept)  # type: ignore[arg-type]
    return file


@settings(deadline=None, max_examples=30)
@given(
    arrays(np.uint8, st.tuples(st.integers(0, 4), st.integers(1, 6), st.integers(1, 6))),
    st.booleans(),
    st.data(),
)
def test_an_idx_file_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    pictures: NDArray[np.uint8],
    is_packed: bool,
    data: st.DataObject,
) -> None:
    labels = data.draw(arrays(np.uint8, len(pictures), elements=st.integers(0, 9)))
    pack = gzip.compress if is_packed else bytes
    files = pack(idx(pictures)), pack(idx(labels))
    file = pair(tmp_path_factory.mktemp("idx"), *files, ".gz" if is_packed else "")
    assert is_idx(file.read_bytes()[:64])
    found = idx_digits(file)
    assert found.labels == [str(one) for one in labels]
    assert np.array_equal(found.pictures, dark_on_white(pictures))


@pytest.mark.parametrize(
    ("pictures", "labels", "sentence"),
    [
        (idx(TWO)[:-1], idx(np.zeros(2, np.uint8)), "This is no IDX file, or it is cut off."),
        (b"", idx(np.zeros(2, np.uint8)), "This is no IDX file, or it is cut off."),
        (gzip.compress(idx(TWO))[:-9], idx(np.zeros(2, np.uint8)), "This is no IDX file"),
        (idx(np.zeros(3, np.uint8)), idx(np.zeros(3, np.uint8)), "holds no pictures"),
        (idx(TWO), idx(np.zeros(3, np.uint8)), "a digit from 0 to 9 for each of 2 pictures"),
        (idx(TWO), idx(np.full(2, 11, np.uint8)), "a digit from 0 to 9 for each of 2 pictures"),
        (idx(TWO), b"\0\0\x08", "Its labels, train-labels-idx1-ubyte: This is no IDX file"),
    ],
    ids=["cut off", "empty", "gzip cut off", "one axis", "too many", "letters", "broken labels"],
)
def test_what_is_no_idx_file(tmp_path: Path, pictures: bytes, labels: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        idx_digits(pair(tmp_path, pictures, labels))


def test_idx_pictures_without_labels(tmp_path: Path) -> None:
    (tmp_path / IMAGES).write_bytes(idx(TWO))
    with pytest.raises(InputError, match=f"put {LABELS} into the same folder"):
        idx_digits(tmp_path / IMAGES)


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_digits, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(idx(np.zeros((20, 300, 300), np.uint8)))
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        idx_digits(pair(tmp_path, bomb, idx(np.zeros(20, np.uint8))))


def test_npz_parts(tmp_path: Path) -> None:
    x, y = np.arange(40, dtype=np.float32).reshape(2, 5, 4), np.array([3, 12])
    file = npz(tmp_path / "a.npz", x_train=x, y_train=y, x_test=x[..., None], y_test=y, other=y)
    train, test = npz_digits(file)
    assert (train.part, test.part) == (None, Part.test)
    assert train.labels == test.labels == ["3", "12"]
    assert train.pictures.shape == test.pictures.shape == (2, 5, 4)
    assert (train.pictures.min(), train.pictures.max()) == (0, 255)


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        ({"a": TWO}, "it needs the arrays x and y"),
        ({"x": TWO, "y": np.zeros(3)}, "x and y do not belong together"),
        ({"x": TWO[0], "y": np.zeros(5)}, "x and y do not belong together"),
        ({"x": TWO, "y": np.zeros(2)}, "y holds no whole numbers"),
        ({"x": TWO, "y": np.array([1, None])}, "holds Python objects, which are not opened"),
        ({"x": np.array(["a", "b"]), "y": np.zeros(2, int)}, "do not belong together"),
    ],
    ids=["other names", "too many", "one picture", "shares", "objects", "text"],
)
def test_what_is_no_npz_of_digits(
    tmp_path: Path, kept: dict[str, NDArray[np.generic]], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        list(npz_digits(npz(tmp_path / "a.npz", **kept)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and so on", b"x" * 99])
def test_what_is_no_npz(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InputError, match="This is no NPZ file, or it is cut off"):
        list(npz_digits(tmp_path / "a.npz"))


def test_an_npz_that_is_cut_off(tmp_path: Path) -> None:
    whole = npz(tmp_path / "whole.npz", x=TWO, y=np.zeros(2, int)).read_bytes()
    (tmp_path / "a.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cut off"):
        list(npz_digits(tmp_path / "a.npz"))


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_digits, "MOST_BYTES", 1_000_000)
    file = npz(tmp_path / "a.npz", x=np.zeros((20, 300, 300), np.uint8), y=np.zeros(20, int))
    assert file.stat().st_size < 10_000
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        list(npz_digits(file))


def test_an_array_that_says_it_is_endless_is_not_made(tmp_path: Path) -> None:
    head = io.BytesIO()
    kind = {"descr": "|u1", "fortran_order": False, "shape": (10**9, 10**5, 10**5)}
    np.lib.format.write_array_header_1_0(head, kind)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as packed:
        packed.writestr("x.npy", head.getvalue() + b"few")
    with pytest.raises(InputError, match="cut off"):
        list(npz_digits(tmp_path / "a.npz"))


@given(arrays(np.uint8, (3, 6, 6), elements=st.integers(0, 80)))
def test_ink_may_be_bright_or_dark(faint: NDArray[np.uint8]) -> None:
    assert np.array_equal(dark_on_white(faint), dark_on_white(255 - faint))
    assert np.median(dark_on_white(faint)) > 127


def test_a_tight_picture_gets_its_paper_back() -> None:
    picture = np.full((20, 10), 230, np.uint8)
    picture[5:15, 4] = 0
    wide = on_paper(picture)
    assert wide.shape == (80, 60)
    assert (wide[:20] == 230).all()
    assert on_paper(np.zeros((64, 64), np.uint8)).shape == (128, 128)
