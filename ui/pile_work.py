"""A pile of uploads, read behind the page: in memory, one after the other, until told to stop."""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import fsspec
from PIL import Image

from digitocr import InputError, Settings
from digitocr.documents import Item, items, source
from digitocr.edit import thumbnail
from digitocr.files import release
from digitocr.pile.records import record_of, version
from digitocr.review.archive import Entry, is_in_doubt
from digitocr.review.views import view

DPI = 200  # at which a PDF's pages are drawn
THUMBNAIL_PX = 220


@dataclass(frozen=True, eq=False)
class Page:
    """A page that was read."""

    record: dict[str, Any]  # as `digitocr batch` writes it
    thumbnail: bytes  # a JPEG of the writing; empty where there is none
    entry: Entry | None  # for the review desk; None where it could not be read

    @property
    def kind(self) -> str:
        """A key of the page's filter."""
        if self.entry is None:
            return "unreadable"
        return "doubt" if is_in_doubt(self.record) else "sure"


@dataclass(eq=False)
class Pile:
    """How far a pile is. Its thread writes, the page looks."""

    name: str
    total: int = 0  # 0 until all is unpacked
    pages: list[Page] = field(default_factory=list)
    is_done: bool = False
    error: str = ""  # the sentence that says why it ended before its end
    is_stopped: bool = False  # the page asks it to end


def begin(name: str, files: Sequence[tuple[str, bytes]], settings: Settings) -> Pile:
    """Start to read files, (name, bytes), archives and documents among them.

    It ends early when the pile is stopped, or when nobody has it any more.
    """
    pile = Pile(name)
    arguments = weakref.ref(pile), files, settings
    threading.Thread(target=_work, args=arguments, daemon=True).start()
    return pile


def _work(pile: weakref.ref[Pile], files: Sequence[tuple[str, bytes]], settings: Settings) -> None:
    error = ""
    try:
        with _in_memory(files) as names:
            _read_all(pile, names, settings)
    except InputError as sentence:
        error = str(sentence)
    except Exception as fault:  # a thread's faults are seen by nobody else
        error = f"Reading failed ({type(fault).__name__}): please report it."
    if found := pile():
        found.error, found.is_done = error, True


@contextmanager
def _in_memory(files: Sequence[tuple[str, bytes]]) -> Iterator[dict[str, str]]:
    """URLs under which the files can be opened for a while, and their names."""
    memory = fsspec.filesystem("memory")
    folder = f"/digitocr-{secrets.token_hex(8)}"
    names = {}
    try:
        for number, (name, data) in enumerate(files):
            path = f"{folder}/{number}{PurePath(name).suffix.lower()}"
            memory.pipe_file(path, data)
            names[str(memory.unstrip_protocol(path))] = name
        yield names
    finally:
        release()  # what is open would keep the uploads
        memory.rm(folder, recursive=True)


def _read_all(pile: weakref.ref[Pile], names: dict[str, str], settings: Settings) -> None:
    waiting: list[tuple[Item, str]] = []
    for path, name in names.items():
        waiting += [(item, name + item.file.removeprefix(path)) for item in items([path])]
        if not _goes_on(pile):
            return
    if not waiting:
        raise InputError("There are no pictures in there: choose another file.")
    if found := pile():
        found.total = len(waiting)
    del found  # else the pile would never be nobody's
    read_by = version(None)
    for item, name in waiting:
        page = _page(item, name, settings, read_by)
        if not _goes_on(pile, page):
            return


def _goes_on(pile: weakref.ref[Pile], page: Page | None = None) -> bool:
    """Whether anybody still wants the pile; then the page is put on it."""
    found = pile()
    if found is None or found.is_stopped:
        return False
    if page:
        found.pages.append(page)
    return True


def _page(item: Item, name: str, settings: Settings, read_by: str) -> Page:
    kept: list[bytes | Image.Image] = []

    def taken() -> bytes | Image.Image:
        kept.append(source(item, DPI))
        return kept[0]

    record = record_of(Item(name, item.page), taken, settings)
    if "error" in record:
        return Page(record, b"", None)
    try:
        seen = view(kept[0], record)
        small = thumbnail(seen.jpeg, THUMBNAIL_PX)
    except (InputError, MemoryError):  # at full size it may need more than reading did
        return Page(record | {"error": "The picture is too large to be shown."}, b"", None)
    return Page(record, small, (record, read_by, seen if is_in_doubt(record) else None))
