"""The app's piles without a browser: damaged uploads, stopping, and piles nobody waits for."""

from __future__ import annotations

import csv
import io
import struct
import threading
import time
import tomllib
import zipfile
import zlib
from pathlib import Path
from typing import Any, cast

import pytest
from drawings import written
from PIL import Image

from digitocr import InputError, Settings
from digitocr.output.record import Record
from digitocr.picture.archives import MOST_BYTES, names_apart
from digitocr.pile.tables import write_table

pytest.importorskip("streamlit")
pytest.importorskip("fsspec")
pytest.importorskip("sqlalchemy")

import fsspec

from ui import pile_table, pile_work
from ui.pile_work import THUMBNAIL_PX, Origin, Page, Pile, begin, read_again


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


def finished(pile: Pile, within_s: float = 120) -> Pile:
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
    assert bad.kind({}) == "unreadable"
    assert bad.record["file"].startswith(name)
    assert bad.error.endswith(".")
    assert not pile.error


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"box 1/{name}.png", data)
    return buffer.getvalue()


def pages_of(*texts: str) -> bytes:
    buffer = io.BytesIO()
    first, *more = (Image.fromarray(written(text)) for text in texts)
    first.save(buffer, "TIFF", save_all=True, append_images=more)
    return buffer.getvalue()


def test_every_page_can_be_read_again_from_its_upload() -> None:
    files = [
        ("a.png", png("205")),
        ("scans.zip", zipped(one=png("17"), two=png("48"))),
        ("sheets.tif", pages_of("31", "62")),
    ]
    pile = finished(begin("all", files, Settings(one_wrong_in=1)))
    assert len(pile.pages) == 5
    for page in pile.pages:
        _, reading = read_again(pile, page)
        assert reading.guess == page.record.get("guess") != ""
        assert reading.settings == pile.settings
    assert not fsspec.filesystem("memory").ls("/", detail=False)
    bad = finished(begin("all", [("bad.png", b"no picture")], Settings()))
    with pytest.raises(InputError):
        read_again(bad, bad.pages[0])


def test_what_is_sure_is_encoded_once_as_its_thumbnail(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[tuple[int, int]] = []
    decoded: list[str | None] = []
    save, load = Image.Image.save, Image.open

    def noted_save(image: Image.Image, *arguments: Any) -> None:
        encoded.append(image.size)
        save(image, *arguments)

    def noted_load(*arguments: Any, **named: Any) -> Image.Image:
        image = load(*arguments, **named)
        decoded.append(image.format)
        return image

    files = [("a.png", png("205")), ("b.png", png("1748"))]
    monkeypatch.setattr(Image.Image, "save", noted_save)
    monkeypatch.setattr(Image, "open", noted_load)
    pile = finished(begin("all", files, Settings(one_wrong_in=1)))
    assert [max(size) for size in encoded] == [THUMBNAIL_PX] * 2
    assert set(decoded) == {"PNG"}
    assert load(io.BytesIO(pile.pages[0].thumbnail)).size == encoded[0]
    encoded.clear()
    doubted = finished(begin("all", files[:1], Settings(one_wrong_in=1_000_000)))
    assert doubted.pages[0].kind({}) == "doubt"
    assert [max(size) <= THUMBNAIL_PX for size in encoded].count(True) == 1
    assert set(decoded) == {"PNG"}


def test_a_number_by_hand_counts_and_what_was_read_is_kept(tmp_path: Path) -> None:
    pile = finished(begin("all", [("a.png", png("205")), ("b.png", png("17"))], Settings()))
    first, second = pile.pages
    before, text = {**first.record}, first.record.get("text")
    given = {("a.png", 1): "285"}
    record = first.counted(given)
    assert (record["text"], record["read"]) == ("285", text)
    assert record["guess"] == before["guess"]
    assert first.record == before
    assert first.kind(given) == "settled" != second.kind(given)
    assert second.counted(given) == second.record
    out = tmp_path / "numbers.csv"
    write_table(lambda: iter([cast("Record", record), second.record]), out, {"model": ""})
    with out.open(newline="") as file:
        row, other = csv.DictReader(file)
    assert (row["text"], row["accepted"]) == ("285", "true")
    assert row["note"] == f"By hand; read as {text}."
    assert (other["text"], other["note"]) == (second.record.get("text"), "")


def record(text: str, confidence: float) -> Any:
    told = {"text": text, "guess": text, "confidence": confidence, "accepted": True}
    return {"file": f"{text}.png", "page": 1, **told}


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("Confidence", ["7", "12345678901234567890", "13", "205"]),
        ("Number", ["7", "13", "205", "12345678901234567890"]),
        ("File", ["12345678901234567890", "13", "205", "7"]),
    ],
)
def test_a_table_is_sorted_by_what_its_cells_mean(column: str, order: list[str]) -> None:
    sure = {"205": 0.9999, "7": 0.02, "13": 0.995, "12345678901234567890": 0.6}
    pages = [
        Page(record(text, share), b"", (record(text, share), None), Origin("", 0, ""))
        for text, share in sure.items()
    ]
    ranked = sorted(pages, key=lambda page: pile_table._rank(column, page, {}))
    assert [page.record.get("text") for page in ranked] == order
    cells = [pile_table._cells(page, {}) for page in pages]
    assert [cell["Number"] for cell in cells] == list(sure)  # whole, however long


def test_an_archive_without_pictures_is_told() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "no picture")
    pile = finished(begin("all", [("notes.zip", buffer.getvalue())], Settings()))
    (page,) = pile.pages
    assert page.error == "There are no pictures in this archive."


def test_a_fault_of_ours_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pile_work, "answered", fail)
    pile = finished(begin("all", [("a.png", png("205"))], Settings()))
    assert pile.error == "Reading failed (ZeroDivisionError): please report it."


def slowed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes every page that is read, which takes a while."""
    read: list[str] = []
    quick = pile_work._page

    def slow(item: Any, origin: Origin, *args: Any) -> Any:
        time.sleep(0.1)
        read.append(origin.name)
        return quick(item, origin, *args)

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
    before = set(threading.enumerate())
    pile = begin("all", [(f"{i}.png", png("1")) for i in range(100)], Settings())
    (worker,) = set(threading.enumerate()) - before
    while not read:
        time.sleep(0.02)
    del pile
    worker.join(120)
    assert not worker.is_alive()
    assert len(read) < 100


def test_uploads_of_the_same_name_are_told_apart() -> None:
    names = ["s.tif", "s.tif", "s (2).tif", "scan", "scan", "s.tif"]
    found = names_apart(names)
    assert found == ["s.tif", "s (2).tif", "s (2) (2).tif", "scan", "scan (2)", "s (3).tif"]


def test_what_a_pile_can_hold_can_be_uploaded() -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())
    assert config["server"]["maxUploadSize"] * 1_000_000 == MOST_BYTES
