"""Every file in an archive gets its row: read, or with the sentence that says why not."""

from __future__ import annotations

import io
import stat
import struct
import threading
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from drawings import written
from PIL import Image

from digitocr import InputError
from digitocr.picture import archives as archives_module
from digitocr.picture import documents, files
from digitocr.picture import shelf as shelf_module
from digitocr.picture.documents import Item, items, source
from digitocr.picture.shelf import Shelf


def png(text: str = "1") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(*members: tuple[Any, bytes]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def locked(name: str) -> bytes:
    """An archive whose file says that it is encrypted."""
    data = bytearray(zipped((name, b"x" * 50)))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(mark) + place
        data[at : at + 2] = struct.pack("<H", 1)
    return bytes(data)


def spoilt(name: str, data: bytes) -> bytes:
    whole = bytearray(zipped((name, data)))
    whole[whole.index(data) + len(data) // 2] ^= 0xFF
    return bytes(whole)


ONE = png("1")
DEEP = zipped(("in.zip", zipped(("b.zip", zipped(("c.png", ONE))))))
# An archive; then its rows, each with the sentence that it ends in, or "" where it is read.
CASES: dict[str, tuple[bytes, dict[str, str]]] = {
    "two of a name": (
        zipped(("a.png", ONE), ("a.png", png("2")), ("a (2).png", ONE)),
        {"!/a (2).png": "", "!/a.png": "", "!/a (3).png": ""},
    ),
    "outside": (
        zipped(("../a.png", ONE), ("../../b.png", ONE), ("./c.png", ONE), ("..\\d.png", ONE)),
        {"!/../a.png": "", "!/../../b.png": "", "!/./c.png": "", "!/..\\d.png": ""},
    ),
    "absolute": (
        zipped(("/a.png", ONE), ("C:\\b.png", ONE)),
        {"!//a.png": "", "!/C:\\b.png": ""},
    ),
    "hidden": (zipped((".a.png", ONE), ("__MACOSX/._b.png", ONE), ("b.png", ONE)), {"!/b.png": ""}),
    "nested": (
        zipped(("in.zip", zipped(("a.png", ONE), ("b.png", ONE))), ("c.png", ONE)),
        {"!/c.png": "", "!/in.zip!/a.png": "", "!/in.zip!/b.png": ""},
    ),
    "a folder named like a nested archive": (
        zipped(("in.zip", zipped(("a.png", ONE))), ("in.zip!/a.png", ONE)),
        {"!/in.zip!/a.png": "", "!/in.zip! /a.png": ""},
    ),
    "too deep": (DEEP, {"!/in.zip!/b.zip": "nested too deep: unpack them and name the folder."}),
    "damaged nested": (
        zipped(("in.zip", b"PK nonsense"), ("a.png", ONE)),
        {"!/in.zip": "The archive is damaged: unpack it and name the folder.", "!/a.png": ""},
    ),
    "empty": (zipped(), {"": "There are no pictures in this archive."}),
    "folders alone": (
        zipped(("in/", b""), ("in/a.png/", b"")),
        {"": "There are no pictures in this archive."},
    ),
    "empty nested": (
        zipped(("in.zip", zipped()), ("a.png", ONE)),
        {"!/in.zip": "There are no pictures in this archive.", "!/a.png": ""},
    ),
    "locked": (
        locked("a.png"),
        {"!/a.png": "The file is locked: unpack the archive and name the folder."},
    ),
    "spoilt": (
        spoilt("a.png", ONE),
        {"!/a.png": "The archive is damaged or locked: unpack it and name the folder."},
    ),
    "a link": (
        zipped(link("a.png", "../../etc/passwd"), ("b.png", ONE)),
        {
            "!/a.png": "This is a link to another file: put that file into the archive.",
            "!/b.png": "",
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("where", ["disk", "memory"])
def test_every_member_has_its_row(case: str, where: str, tmp_path: Path) -> None:
    data, expected = CASES[case]
    path = str(tmp_path / "all.zip")
    if where == "disk":
        Path(path).write_bytes(data)
    else:
        fsspec = pytest.importorskip("fsspec")
        path = f"memory://{path}"
        fsspec.filesystem("memory").pipe_file(path, data)
    found = list(items([path]))
    assert Counter(item.file.removeprefix(path) for item in found) == Counter(list(expected))
    for item in found:
        sentence = expected[item.file.removeprefix(path)]
        if sentence:
            with pytest.raises(InputError) as told:
                source(item, 200)
            assert str(told.value).endswith(sentence)
        else:
            assert str(source(item, 200)[1:4], "latin-1") == "PNG"  # type: ignore[index]
    files.release()
    if where == "memory":
        fsspec.filesystem("memory").rm("/", recursive=True)  # all tests share it


def test_two_of_a_name_are_two_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("a.png", png("1")), ("a.png", png("2"))))
    one, other = items([str(tmp_path / "a.zip")])
    assert (source(one, 200), source(other, 200)) == (png("1"), png("2"))


def test_a_bomb_of_archives_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = zipped(("a.bmp", bytes(3000)))
    (tmp_path / "a.zip").write_bytes(zipped(*((f"{number}.zip", inner) for number in range(4))))
    monkeypatch.setattr(documents, "MOST_UNPACKED", 7_000)
    names = [item.file.partition("a.zip")[2] for item in items([str(tmp_path)])]
    assert names == ["!/0.zip!/a.bmp", "!/1.zip!/a.bmp", "!/2.zip", "!/3.zip"]
    with pytest.raises(InputError, match=r"unpack them and name the folder\.$"):
        source(Item(f"{tmp_path}/a.zip!/3.zip"), 200)
    monkeypatch.setattr(archives_module, "MOST_BYTES", 2_999)
    with pytest.raises(InputError, match="cut it up"):
        source(Item(f"{tmp_path}/a.zip!/0.zip!/a.bmp"), 200)


@pytest.mark.parametrize("name", ["pages.png", "pages.dat"])
def test_a_document_under_another_name_is_told(tmp_path: Path, name: str) -> None:
    page = Image.new("L", (30, 20), 255)
    page.save(tmp_path / name, "TIFF", save_all=True, append_images=[page, page])
    with pytest.raises(InputError, match=r"a document of 3 pages: .* \.tif or \.pdf\.$"):
        source(Item(str(tmp_path / name)), 200)


@pytest.mark.parametrize("packing", ["raw", "group4", "tiff_lzw", "jpeg"])
def test_pages_of_a_tiff_in_any_order(tmp_path: Path, packing: str) -> None:
    mode = "1" if packing == "group4" else "L"
    pages = [Image.new("L", (40 + number, 20), 60 * number).convert(mode) for number in range(4)]
    path = tmp_path / "pages.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression=packing)
    for number in (4, 2, 3, 3, 2, 4):
        found = source(Item(str(path), number), 200)
        assert isinstance(found, Image.Image)
        assert found.size == (39 + number, 20)
        assert found.tobytes() == pages[number - 1].tobytes()
    with pytest.raises(InputError, match="Page 5 is damaged"):
        source(Item(str(path), 5), 200)


# What stays open


class Thing:
    """Something that is opened and closed."""

    open_now = 0

    def __init__(self, held_bytes: int = 0) -> None:
        self.held_bytes = held_bytes
        Thing.open_now += 1

    def close(self) -> None:
        Thing.open_now -= 1


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Shelf[Thing]:
    Thing.open_now = 0
    return Shelf()


def test_a_thing_is_opened_once_and_anew_when_it_has_changed(things: Shelf[Thing]) -> None:
    used = [things.use("a", stamp, Thing, id) for stamp in (1, 1, 1)]
    assert len(set(used)) == 1
    kept = things.use("a", 1, Thing, lambda thing: thing)
    assert things.use("a", 2, Thing, lambda thing: thing) is not kept
    assert Thing.open_now == 1
    things.release()
    assert Thing.open_now == 0


def test_few_things_are_open_and_little_is_held(
    things: Shelf[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        things.use(str(number), 0, Thing, id)
    assert Thing.open_now == shelf_module.MOST_OPEN
    monkeypatch.setattr(shelf_module, "MOST_HELD_BYTES", 100)
    for number in range(50, 60):
        things.use(str(number), 0, lambda: Thing(60), id)
    assert Thing.open_now == 1


def test_what_nobody_asks_for_is_closed(
    things: Shelf[Thing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "IDLE_S", 0.01)
    closed = threading.Event()
    monkeypatch.setattr(Thing, "close", lambda self: closed.set())
    things.use("a", 0, Thing, id)
    assert closed.wait(30)


def test_a_lost_connection_is_made_again(things: Shelf[Thing]) -> None:
    first = things.use("a", 0, Thing, lambda thing: thing)

    def work(thing: Thing) -> Thing:
        if thing is first:
            raise ConnectionResetError
        return thing

    assert things.use("a", 0, Thing, work) is not first
    assert Thing.open_now == 1


def test_a_long_archive_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(*((f"{number}.png", ONE) for number in range(300))))
    opened: list[str] = []
    whole = files._opened

    def noted(path: str) -> Any:
        opened.append(path)
        return whole(path)

    monkeypatch.setattr(files, "_opened", noted)
    for item in items([str(tmp_path)]):
        source(item, 200)
    assert len(opened) == 1


def test_a_long_tiff_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Image.new("L", (8, 8), 255)
    page.save(tmp_path / "a.tif", save_all=True, append_images=[page] * 99)
    found = list(items([str(tmp_path)]))
    files.release()
    walked: list[int] = []
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    load = ImageFileDirectory_v2.load

    def noted(directory: Any, file: Any) -> Any:
        walked.append(1)
        return load(directory, file)

    monkeypatch.setattr(ImageFileDirectory_v2, "load", noted)
    for item in found[1:]:
        source(item, 200)
    assert len(walked) < 5 * len(found)


def test_a_file_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for text in ("1", "22"):
        path.write_bytes(zipped(("a.png", png(text))))
        (item,) = items([str(path)])
        assert source(item, 200) == png(text)
