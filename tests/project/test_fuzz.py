"""The corpora of bad files are what they are said to be, and no seed breaks a door."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

import digitocr
from digitocr.picture.documents import items, source
from digitocr.types import InputError
from fuzz.damages import BadFile
from fuzz.doors import DOORS
from fuzz.seeds import NUMBER, good_files, seeds
from fuzz.write_bad_files import bad_files, write

MOST_CPU_S = 20
PICTURES = [name for name in good_files() if not name.endswith((".pdf", ".zip"))]


@pytest.mark.parametrize("name", PICTURES)
def test_a_good_file_is_read(name: str) -> None:
    reading = digitocr.read(good_files()[name])
    turned = reading.picture.source_size_px == (48, 96)  # these carry an orientation
    assert turned or reading.guess == NUMBER


@pytest.mark.parametrize("name", ["pages.tif", "pages.pdf", "pictures.zip"])
def test_a_good_container_has_pages(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(good_files()[name])
    pages = list(items([str(file)]))
    assert len(pages) >= 3
    assert digitocr.read(source(pages[0], 200)).guess == NUMBER


@pytest.mark.parametrize("name", seeds())
@pytest.mark.parametrize("door", DOORS)
def test_no_seed_breaks_a_door(door: str, name: str) -> None:
    start = time.process_time()
    DOORS[door](seeds()[name])
    assert time.process_time() - start < MOST_CPU_S


@pytest.mark.parametrize("door", DOORS)
def test_a_door_that_lets_a_fault_through_is_told(
    door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: bytes) -> None:
        raise InputError("nothing that a user could act on")

    monkeypatch.setattr(f"fuzz.doors.{door}", refuse)
    with pytest.raises(AssertionError):
        DOORS[door](b"")


Corpus = list[tuple[BadFile, Path]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return write(tmp_path_factory.mktemp("corpus"))


def test_the_corpus_is_large_and_of_many_kinds(corpus: Corpus) -> None:
    kinds = Counter(file.kind for file, _ in corpus)
    assert kinds.total() >= 400
    assert min(kinds.values()) >= 10
    assert len({path for _, path in corpus}) == kinds.total()  # no name is there twice


def test_the_corpus_is_always_the_same(corpus: Corpus) -> None:
    for file, (_, path) in zip(bad_files(), corpus, strict=True):
        assert (path.name, path.read_bytes()) == (file.name, file.data)


def test_no_bad_file_breaks_load(corpus: Corpus) -> None:
    """Each in its turn: a picture of the working size, or a sentence."""
    for file, _ in corpus:
        DOORS["load"](file.data)
