"""A pile of uploads, read behind the page: in memory, one after the other, until told to stop."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import fsspec
from PIL import Image

from digitocr import Settings
from digitocr.documents import Item, items, source
from digitocr.edit import thumbnail
from digitocr.pile.records import version
from digitocr.processes import answered
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
    stopped: threading.Event = field(default_factory=threading.Event)


def begin(name: str, files: Sequence[tuple[str, bytes]], settings: Settings) -> Pile:
    """Start to read files, (name, bytes), archives and documents among them."""
    pile = Pile(name)
    threading.Thread(target=_work, args=(pile, files, settings), daemon=True).start()
    return pile


def _work(pile: Pile, files: Sequence[tuple[str, bytes]], settings: Settings) -> None:
    memory = fsspec.filesystem("memory")
    folder = f"/digitocr-{secrets.token_hex(8)}"
    names = {}
    try:
        for number, (name, data) in enumerate(files):
            path = f"{folder}/{number}{PurePath(name).suffix.lower()}"
            memory.pipe_file(path, data)
            names[str(memory.unstrip_protocol(path))] = name
        waiting = [(item, _shown(item, names)) for path in names for item in items([path])]
        pile.total = len(waiting)
        read_by = version(None)
        for item, name in waiting:
            if pile.stopped.is_set():
                return
            pile.pages.append(_page(item, name, settings, read_by))
    finally:
        memory.rm(folder, recursive=True)
        pile.is_done = True


def _shown(item: Item, names: dict[str, str]) -> str:
    path = next(path for path in names if item.file.startswith(path))
    return names[path] + item.file.removeprefix(path)


def _page(item: Item, name: str, settings: Settings, read_by: str) -> Page:
    kept: list[bytes | Image.Image] = []

    def taken() -> bytes | Image.Image:
        kept.append(source(item, DPI))
        return kept[0]

    found, reading = answered(name, taken, settings)
    record = {"file": name, "page": item.page} | found
    if reading is None:
        return Page(record, b"", None)
    record["guess"] = reading.guess
    seen = view(kept[0], record)
    entry = record, read_by, seen if is_in_doubt(record) else None
    return Page(record, thumbnail(seen.jpeg, THUMBNAIL_PX), entry)
