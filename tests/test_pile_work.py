"""The app's piles without a browser: damaged uploads, stopping, and piles nobody waits for."""

from __future__ import annotations

import io
import struct
import time
import tomllib
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from drawings import written
from PIL import Image

from digitocr import Settings
from digitocr.archives import MOST_BYTES, names_apart

pytest.importorskip("streamlit")
pytest.importorskip("fsspec")

import fsspec

from ui import pile_work
from ui.pile_work import Pile, begin


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


def finished(pile: Pile, within_s: float = 20) -> Pile:
    deadline = time.monotonic() + within_s
    while not pile.is_done:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not fsspec.filesystem("memory").ls("/", detail=False)  # uploads are forgotten
    return pile


def damaged_zip() -> bytes:
    """An archive whose TIFF cannot be unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheets.tif", bytes(range(256)) * 40)
    data = bytearray(buffer.getvalue())
    start = data.index(b"sheets.tif") + len(b"sheets.tif")
    data[start : start + 20] = b"\xff" * 20
    with pytest.raises(zlib.error), zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.read("sheets.tif")
    return bytes(data)


def bomb_tiff() -> bytes:
    """A header that promises 30,000 by 30,000 pixels."""
    tags = [(256, 30_000), (257, 30_000), (258, 8), (259, 1), (262, 1), (273, 8), (279, 1)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(tags)) + entries + bytes(4)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bad.zip", damaged_zip()),
        ("half.zip", damaged_zip()[:200]),
        ("bomb.tif", bomb_tiff()),
        ("bad.pdf", b"%PDF-1.7 nothing"),
        ("empty.png", b""),
        ("what [is] this::?.jpg", b"\xff\xd8\xff nothing"),
    ],
)
def test_one_bad_file_costs_itself_alone(name: str, data: bytes) -> None:
    pile = finished(
        begin("all", [("a.png", png("205")), (name, data), ("b.png", png("17"))], Settings())
    )
    assert [page.record.get("guess") for page in pile.pages] == ["205", None, "17"]
    bad = pile.pages[1]
    assert bad.kind == "unreadable"
    assert bad.record["file"].startswith(name)
    assert bad.record["error"].endswith(".")
    assert not pile.error


def test_an_archive_without_pictures_is_told() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "no picture")
    pile = finished(begin("all", [("notes.zip", buffer.getvalue())], Settings()))
    (page,) = pile.pages
    assert page.record["error"] == "There are no pictures in this archive."


def test_a_fault_of_ours_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(model: Path | None) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(pile_work, "version", fail)
    pile = finished(begin("all", [("a.png", png("205"))], Settings()))
    assert pile.error == "Reading failed (ZeroDivisionError): please report it."


def slowed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes every page that is read, which takes a while."""
    read: list[str] = []
    quick = pile_work._page

    def slow(item: Any, name: str, *args: Any) -> Any:
        time.sleep(0.1)
        read.append(name)
        return quick(item, name, *args)

    monkeypatch.setattr(pile_work, "_page", slow)
    return read


def test_a_pile_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    slowed(monkeypatch)
    pile = begin("all", [(f"{i}.png", png("1")) for i in range(100)], Settings())
    while not pile.pages:
        time.sleep(0.02)
    pile.is_stopped = True
    finished(pile)
    assert 1 <= len(pile.pages) < 100
    assert pile.total == 100


def test_a_pile_that_nobody_waits_for_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    read = slowed(monkeypatch)
    pile = begin("all", [(f"{i}.png", png("1")) for i in range(100)], Settings())
    while not read:
        time.sleep(0.02)
    del pile
    time.sleep(0.5)
    count = len(read)
    time.sleep(0.5)
    assert len(read) == count < 20


def test_uploads_of_the_same_name_are_told_apart() -> None:
    names = ["s.tif", "s.tif", "s (2).tif", "scan", "scan", "s.tif"]
    found = names_apart(names)
    assert found == ["s.tif", "s (2).tif", "s (2) (2).tif", "scan", "scan (2)", "s (3).tif"]


def test_what_a_pile_can_hold_can_be_uploaded() -> None:
    config = tomllib.loads((Path(__file__).parent.parent / ".streamlit/config.toml").read_text())
    assert config["server"]["maxUploadSize"] * 1_000_000 == MOST_BYTES
