"""Piles: which pages there are, what becomes of each, and that a killed run loses none."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawings import written
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from digitocr import InputError, Settings, read
from digitocr.__main__ import app
from digitocr.output.record import SCHEMA, failure, record_of
from digitocr.output.rows import DIGITS, PAGES, digit_rows, page_row
from digitocr.picture.documents import Item, items, source
from digitocr.pile import whole_pile as batch
from digitocr.pile import workers
from digitocr.pile.journal import Journal
from digitocr.processes.answers import answered

SRC = Path(__file__).parents[2]


def picture(text: str) -> Image.Image:
    return Image.fromarray(written(text))


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    picture(text).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def pile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every kind of thing that may lie in one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "scans"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "a.png").write_bytes(png("205"))
    (folder / "deep" / "deeper" / "B.PNG").write_bytes(png("17"))
    (folder / ".hidden.png").write_bytes(png("3"))
    (folder / "notes.txt").write_text("no picture")
    sheets = [picture(text) for text in ("48", "296")]
    sheets[0].save(folder / "two.tif", save_all=True, append_images=sheets[1:])
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("in/c.png", png("64"))
        archive.writestr("in/readme.md", "no picture")
        archive.writestr("__MACOSX/._c.png", "no picture")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    return tmp_path


EXPECTED = {
    ("scans/a.png", 1): "205",
    ("scans/deep/deeper/B.PNG", 1): "17",
    ("scans/two.tif", 1): "48",
    ("scans/two.tif", 2): "296",
    ("scans/z.zip!/in/c.png", 1): "64",
    ("scans/broken.jpg", 1): None,
}


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["batch", *words])
    return result.exit_code, result.stdout, result.stderr


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def guesses(path: Path) -> dict[tuple[str, int], str | None]:
    return {(one["file"], one["page"]): one.get("guess") for one in records(path)}


def test_every_page_in_the_order_of_the_names(pile: Path) -> None:
    assert list(items(["scans"])) == [
        Item("scans/a.png"),
        Item("scans/broken.jpg"),
        Item("scans/deep/deeper/B.PNG"),
        Item("scans/two.tif", 1),
        Item("scans/two.tif", 2),
        Item("scans/z.zip!/in/c.png"),
    ]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("scans/*.png", ["scans/a.png"]),
        ("scans/**/*.[Pp][Nn][Gg]", ["scans/a.png", "scans/deep/deeper/B.PNG"]),
        ("scans/notes.txt", ["scans/notes.txt"]),
        ("nowhere.png", ["nowhere.png"]),
        ("scans/*.bmp", []),
        ("scans/deep", ["scans/deep/deeper/B.PNG"]),
    ],
)
def test_what_a_path_leads_to(pile: Path, path: str, found: list[str]) -> None:
    assert [item.file for item in items([path])] == found


def test_a_file_whose_name_looks_like_a_pattern(pile: Path) -> None:
    Path("scan[1].png").write_bytes(png("9"))
    assert list(items(["scan[1].png"])) == [Item("scan[1].png")]


def test_urls_are_listed_and_read(pile: Path) -> None:
    pytest.importorskip("fsspec")
    url = (pile / "scans").as_uri()
    names = [item.file.rsplit("/", 1)[-1] for item in items([url])]
    assert names == ["a.png", "broken.jpg", "B.PNG", "two.tif", "two.tif", "c.png"]
    first = next(iter(items([url])))
    assert source(first, 200) == png("205")


def test_pages_of_a_pdf(pile: Path) -> None:
    pytest.importorskip("pypdfium2")
    sheets = [picture(text) for text in ("31", "4207")]
    sheets[0].save("two.pdf", save_all=True, append_images=sheets[1:], resolution=100)
    pages = list(items(["two.pdf"]))
    assert pages == [Item("two.pdf", 1), Item("two.pdf", 2)]
    assert [read(source(page, 100)).guess for page in pages] == ["31", "4207"]
    coarse, fine = (source(pages[0], dpi) for dpi in (50, 100))
    assert isinstance(coarse, Image.Image)
    assert isinstance(fine, Image.Image)
    assert fine.width == pytest.approx(2 * coarse.width, abs=2)
    with pytest.raises(InputError, match="choose a smaller --dpi"):
        source(pages[0], 100_000)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("bad.zip", b"PK nonsense", "The archive is damaged: unpack it"),
        ("bad.pdf", b"%PDF-1.4 nonsense", "The PDF is damaged or locked: save it again."),
        ("none.zip!/a.png", None, "There is no such file"),
    ],
)
def test_what_cannot_be_had_is_a_sentence(
    pile: Path, name: str, data: bytes | None, sentence: str
) -> None:
    if data is not None:
        Path(name).write_bytes(data)
    if name.endswith(".pdf"):
        pytest.importorskip("pypdfium2")
    (item,) = items([name])
    with pytest.raises(InputError, match=sentence):
        source(item, 200)


def test_a_bomb_in_an_archive_is_not_unpacked(pile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitocr.picture.archives.MOST_BYTES", 10_000)
    with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.png", bytes(10_001))
    (item,) = items(["bomb.zip"])
    with pytest.raises(InputError, match="cut it up"):
        source(item, 200)


def test_a_pile_becomes_a_table(pile: Path) -> None:
    code, out, _ = run("scans", "nowhere.png", "--out", "r.jsonl", "--workers", "2")
    assert code == 1  # two could not be read
    assert guesses(pile / "r.jsonl") == EXPECTED | {("nowhere.png", 1): None}
    assert "7 pages, 5 read" in out
    assert "2 could not be read" in out
    found = {one["file"]: one for one in records(pile / "r.jsonl")}
    assert found["nowhere.png"]["error"].startswith("There is no such file")
    for network in ("Finder-", "DigitClassifier-", "LineReader-"):
        assert network in found["scans/a.png"]["read_by"]
    # The very same reading as everywhere else.
    alone = record_of(read("scans/a.png"), "scans/a.png", 1, "")
    assert found["scans/a.png"]["lines"] == alone["lines"]
    assert {one["schema"] for one in found.values()} == {SCHEMA}
    assert lying(pile) == ["r.jsonl", "scans"]  # no journal is left


@pytest.mark.parametrize("kind", ["csv", "sqlite", "parquet", "xlsx"])
def test_every_kind_of_table_says_the_same(pile: Path, kind: str) -> None:
    pytest.importorskip({"parquet": "pyarrow", "xlsx": "openpyxl"}.get(kind, "csv"))
    Path("=1+1.png").write_bytes(png("80"))
    assert run("scans", "=1+1.png", "--out", f"r.{kind}", "--workers", "1")[0] == 1
    pages, digits = tables(pile / f"r.{kind}")
    texts = {(row["file"], int(row["page"])): row["guess"] or None for row in pages}
    name = "'=1+1.png" if kind == "csv" else "=1+1.png"
    assert texts == EXPECTED | {(name, 1): "80"}
    assert list(pages[0]) == list(PAGES)
    assert list(digits[0]) == list(DIGITS)
    yes, no = {"csv": ("true", "false"), "sqlite": (1, 0)}.get(kind, (True, False))
    for row in pages:
        sure = bool(row["text"]) and "?" not in row["text"]
        assert row["accepted"] == (
            ("" if kind == "csv" else None) if row["error"] else (no, yes)[sure]
        )
        of_it = {one["accepted"] for one in digits if one["file"] == row["file"]}
        assert of_it <= {yes, no}
        assert not sure or of_it == {yes}
    of_two = [row["label"] for row in digits if row["file"] == "scans/two.tif"]
    assert "".join(map(str, of_two)) == "48296"


def tables(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The pages and the digits of a result."""
    if path.suffix == ".sqlite":
        db = sqlite3.connect(path)
        db.row_factory = sqlite3.Row
        both = [[dict(row) for row in db.execute(f"SELECT * FROM {name}")] for name in NAMES]
        assert dict(db.execute("SELECT name, value FROM run").fetchall())["dpi"] == "200"
    elif path.suffix == ".xlsx":
        from openpyxl import load_workbook

        both = []
        for name in NAMES:
            head, *rows = load_workbook(path)[name].iter_rows(values_only=True)
            both.append([dict(zip(head, row, strict=True)) for row in rows])
    elif path.suffix == ".parquet":
        from pyarrow import parquet

        files = path, path.with_suffix(".digits.parquet")
        both = [parquet.read_table(file).to_pylist() for file in files]
    else:
        files = path, path.with_suffix(".digits.csv")
        both = [list(csv.DictReader(io.StringIO(file.read_text("utf-8")))) for file in files]
    return both[0], both[1]


NAMES = ("pages", "digits")


def test_lines_of_a_page_are_parted_as_in_labels() -> None:
    line = {"text": "1?", "by_segments": "12", "by_line": "", "digits": []}
    record: Any = {"file": "a", "page": 3, "text": "1?\n7", "guess": "12\n7", "lines": [line, line]}
    row = page_row(record)
    assert (row["text"], row["guess"], row["by_segments"]) == ("1?|7", "12|7", "12|12")
    assert (row["page"], row["error"], row["note"]) == (3, None, "")
    assert list(digit_rows(failure("a", 1, "No."))) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["scans", "--out", "r.txt"], "r.txt is no table: name one that ends in .csv"),
        (["scans", "--out", "nowhere/r.csv"], "There is no folder nowhere"),
        (["scans/*.bmp", "--out", "r.csv"], "There are no pictures there"),
        (["scans", "--out", "old.csv"], "old.csv is there already"),
    ],
)
def test_wrong_usage_is_one_sentence_and_leaves_nothing(
    pile: Path, words: list[str], sentence: str
) -> None:
    Path("old.csv").write_text("precious")
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert sentence in err
    assert Path("old.csv").read_text() == "precious"
    assert lying(pile) == ["old.csv", "scans"]


def test_dask_needs_an_address_and_an_address_needs_dask(pile: Path) -> None:
    for words in (["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:1"]):
        assert run("scans", "--out", "r.csv", *words)[0] == 2


def numbered(count: int) -> Iterator[Item]:
    return (Item(f"{index:04}.png") for index in range(count))


def test_a_journal_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Journal(tmp_path / "j", {"dpi": "200"})
    first.add(numbered(1200))
    waiting = first.waiting()
    some = [(number, failure(*item, "")) for number, item in waiting if number % 3 == 0]
    first.done(some)
    first.close()
    again = Journal(tmp_path / "j", {"dpi": "200"})
    again.add(numbered(1201))
    assert again.counts() == (400, 1201)
    left = [item.file for _, item in again.waiting()]
    assert len(left) == 801
    assert not {record["file"] for _, record in some} & set(left)
    again.done((number, failure(*item, "")) for number, item in again.waiting())
    again.done(some)  # as a task that was read twice
    assert [record["file"] for record in again.records()] == [item.file for item in numbered(1201)]


def test_a_journal_is_for_one_run_alone(tmp_path: Path) -> None:
    first = Journal(tmp_path / "j", {"dpi": "200"})
    first.add(numbered(3))
    with pytest.raises(InputError, match="is the same batch running already"):
        Journal(tmp_path / "j", {"dpi": "200"})
    first.close()
    with pytest.raises(InputError, match="begun with another dpi"):
        Journal(tmp_path / "j", {"dpi": "300"})
    (tmp_path / "k").write_bytes(b"something else entirely, and long enough" * 100)
    with pytest.raises(InputError, match="is no journal"):
        Journal(tmp_path / "k", {})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 60), st.integers(1, 3), st.sets(st.integers(0, 59)))
def test_each_page_is_read_once_whatever_crashes(count: int, crew: int, deadly: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(workers, "reader_pool", lambda workers: FragilePool())
        patched.setattr(workers, "read_some", lambda pages, **_: [play(page) for page in pages])
        waiting = [
            (number, Item("deadly" if number in deadly else "fine")) for number in range(count)
        ]
        found = workers.read_all(waiting, Settings(), None, 200, crew)
        rows = [row for done in found for row in done]
    assert sorted(number for number, _ in rows) == list(range(count))
    crashed = {number for number, record in rows if record.get("error") == workers.CRASHED}
    assert crashed == deadly & set(range(count))


def play(page: workers.Numbered) -> tuple[int, dict[str, Any]]:
    number, item = page
    if item.file == "deadly":
        raise BrokenProcessPool
    return number, {"file": item.file}


class FragilePool:
    """A pool that is of no more use once a task has crashed."""

    broken = False

    def __enter__(self) -> FragilePool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work: Any, pages: list[workers.Numbered]) -> Future[Any]:
        if self.broken:
            raise BrokenProcessPool
        future: Future[Any] = Future()
        try:
            future.set_result(work(pages))
        except BrokenProcessPool as error:
            self.broken = True
            future.set_exception(error)
        return future


def test_a_fault_of_the_reader_costs_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("digitocr.pipeline.read", faulty)
    answer, reading = answered("a.png", 1, lambda: b"", Settings())
    assert reading is None
    assert "failed at this picture (ZeroDivisionError)" in str(answer.get("error"))


def test_a_page_that_kills_its_process_costs_that_page_alone(
    pile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = pile / "sitecustomize.py"  # every new process runs it first
    killer.write_text(
        "import os, digitocr.picture.documents as items\n"
        "whole = items.source\n"
        "def source(item, dpi):\n"
        "    return os._exit(9) if 'a.png' in item.file else whole(item, dpi)\n"
        "items.source = source\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{pile}{os.pathsep}{SRC}")
    assert run("scans", "--out", "r.jsonl", "--workers", "2")[0] == 1
    found = {one["file"]: one for one in records(pile / "r.jsonl")}
    assert found["scans/a.png"]["error"] == workers.CRASHED
    expected = EXPECTED | {("scans/a.png", 1): None}
    assert guesses(pile / "r.jsonl") == expected


def test_a_run_killed_again_and_again_loses_and_doubles_nothing(pile: Path) -> None:
    folder = pile / "many"
    folder.mkdir()
    data = [png(str(number)) for number in range(10)]
    for number in range(160):
        (folder / f"{number:03}.png").write_bytes(data[number % 10])
    command = [sys.executable, "-m", "digitocr", "batch", "many", "--out", "r.jsonl"]
    environment = os.environ | {"PYTHONPATH": str(SRC)}
    chance = random.Random(7)
    for _ in range(3):
        journal = pile / "r.jsonl.part"
        before = journal.stat().st_size if journal.exists() else 0
        process = subprocess.Popen([*command, "--workers", "1"], env=environment, cwd=pile)
        while process.poll() is None and (not journal.exists() or journal.stat().st_size <= before):
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run([*command, "--workers", "1"], env=environment, cwd=pile, check=False)
    times = Counter(one["file"] for one in records(pile / "r.jsonl"))
    assert times == Counter({f"many/{number:03}.png": 1 for number in range(160)})


def test_a_full_disk_keeps_what_was_read(pile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(batch, "write_table", full)
        code, _, err = run("scans", "--out", "r.jsonl", "--workers", "1")
    assert code == 1
    assert "No space left on device" in err
    assert lying(pile) == ["r.jsonl.part", "scans"]
    monkeypatch.setattr(workers, "read_some", full)  # nothing is read again
    assert run("scans", "--out", "r.jsonl", "--workers", "1")[0] == 1
    assert guesses(pile / "r.jsonl") == EXPECTED


def test_an_interrupt_says_how_to_go_on(pile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Iterator[Any]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(workers, "read_all", interrupted)
    code, _, err = run("scans", "--out", "r.jsonl")
    assert code == 130
    assert "The same command goes on from here." in err


def test_the_arrays_of_a_page_of_a_tiff_are_its_own(pile: Path) -> None:
    second = source(Item("scans/two.tif", 2), 200)
    assert isinstance(second, Image.Image)
    assert np.array_equal(np.asarray(second), np.asarray(picture("296")))


def test_names_that_are_no_unicode_are_told(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/z\xfc.png"
    try:
        Path(os.fsdecode(name)).write_bytes(png("1"))
    except OSError:
        pytest.skip("this disk knows Unicode names alone")
    (item,) = items([str(tmp_path)])
    assert item.file.endswith("z\\udcfc.png")
    found, _ = answered(*item, lambda: source(item, 200), Settings())
    assert str(found.get("error")).startswith("There is no such file")


def test_an_archive_of_another_version_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", png("1"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 200  # "needs version 20.0"
    path.write_bytes(data)
    (tmp_path / "z.png").write_bytes(png("205"))
    first, second = items([str(tmp_path)])
    found, _ = answered(*first, lambda: source(first, 200), Settings())
    assert "archive is damaged" in str(found.get("error"))
    assert second.file.endswith("z.png")


def test_a_folder_whose_name_ends_like_an_archives(tmp_path: Path) -> None:
    (tmp_path / "wow!").mkdir()
    (tmp_path / "wow!" / "a.png").write_bytes(png("205"))
    (item,) = items([str(tmp_path)])
    assert source(item, 200) == png("205")


@pytest.mark.parametrize("there", ["all.csv", "all.digits.csv"])
def test_nobodys_table_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / "a.png").write_bytes(png("1"))
    (tmp_path / there).write_text("mine")
    for out in (str(tmp_path / "all.csv"), f"file://{tmp_path}/all.csv"):
        if "://" in out and there != "all.csv":
            continue
        told = CliRunner().invoke(app, ["batch", str(tmp_path / "a.png"), "--out", out])
        assert told.exit_code == 1
        assert "is there already" in told.stderr
    assert (tmp_path / there).read_text() == "mine"
