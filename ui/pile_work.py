"""A pile of uploads, read behind the page: in memory, one after the other, until told to stop.

The uploads stay in memory as long as their pile: a page that is opened is read again, for what is
given of every step of all of them would not fit.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from PIL import Image

from digitocr import InputError, Reading, Settings
from digitocr.output.record import Record, is_read
from digitocr.picture.documents import Item, items, source
from digitocr.processes.answers import answered
from digitocr.review.archive import Entry
from digitocr.review.by_name import Name
from digitocr.review.views import writing
from ui.pages import DPI, in_memory

THUMBNAIL_PX = 220


class Origin(NamedTuple):
    """Where a page's picture is."""

    name: str  # the file's in the record
    upload: int  # its place among the pile's uploads
    member: str  # what its name has beyond the upload's: the path in an archive


@dataclass(frozen=True, eq=False)
class Page:
    """A page that was read."""

    record: Record
    thumbnail: bytes  # a JPEG of the writing; empty where there is none
    entry: Entry | None  # for the review desk; None where it could not be read, or be shown
    origin: Origin
    error: str = ""  # the sentence that says why there is no entry

    @property
    def name(self) -> Name:
        """What tells it from the pile's other pages."""
        return self.record["file"], self.record["page"]

    def kind(self, given: Mapping[Name, str]) -> str:
        """A key of the page's filter; given: the pile's."""
        if self.name in given:
            return "settled"
        if self.entry is None:
            return "unreadable"
        record, _ = self.entry
        return "accepted" if record["accepted"] else "doubt"

    def counted(self, given: Mapping[Name, str]) -> dict[str, Any]:
        """The record with the number that counts as "text", and what was read as "read"."""
        told: dict[str, Any] = {**self.record}
        if self.name in given:
            read = told.get("text", "")
            words = f"read as {read.replace(chr(10), ' / ')}" if read else "nothing was read"
            number = given[self.name]
            told |= {"text": number, "accepted": bool(number) and "?" not in number}
            told |= {"read": read, "note": f"By hand; {words}."}
        return told


@dataclass(eq=False)
class Pile:
    """How far a pile is. Its thread writes, the page looks."""

    name: str
    files: Sequence[tuple[str, bytes]]
    settings: Settings
    model: str | None = None  # as `read` takes it
    total: int = 0  # 0 until all is unpacked
    pages: list[Page] = field(default_factory=list)
    is_done: bool = False
    error: str = ""  # the sentence that says why it ended before its end
    is_stopped: bool = False  # the page asks it to end
    given: dict[Name, str] = field(default_factory=dict)  # numbers by hand, here or at the desk


def begin(
    name: str, files: Sequence[tuple[str, bytes]], settings: Settings, model: str | None = None
) -> Pile:
    """Start to read files, (name, bytes), archives and documents among them.

    It ends early when the pile is stopped, or when nobody has it any more.
    """
    pile = Pile(name, files, settings, model)
    arguments = weakref.ref(pile), files, settings, model
    threading.Thread(target=_work, args=arguments, daemon=True).start()
    return pile


def read_again(pile: Pile, page: Page) -> tuple[bytes | Image.Image, Reading]:
    """A page's picture and all that is given of it; InputError where it cannot be read."""
    with in_memory([pile.files[page.origin.upload]]) as names:
        (path,) = names
        item = Item(path + page.origin.member, page.record["page"])
        picture = source(item, DPI)
        record, reading = answered(
            page.origin.name, item.page, lambda: picture, pile.settings, pile.model
        )
    if reading is None:
        raise InputError(str(record.get("error")))
    return picture, reading


def _work(
    pile: weakref.ref[Pile],
    files: Sequence[tuple[str, bytes]],
    settings: Settings,
    model: str | None,
) -> None:
    error = ""
    try:
        with in_memory(files) as names:
            _read_all(pile, names, settings, model)
    except InputError as sentence:
        error = str(sentence)
    except Exception as fault:  # a thread's faults are seen by nobody else
        error = f"Reading failed ({type(fault).__name__}): please report it."
    if wanted := pile():
        wanted.error, wanted.is_done = error, True


def _read_all(
    pile: weakref.ref[Pile], names: dict[str, str], settings: Settings, model: str | None
) -> None:
    waiting: list[tuple[Item, Origin]] = []
    for upload, (path, name) in enumerate(names.items()):
        for item in items([path]):
            member = item.file.removeprefix(path)
            waiting.append((item, Origin(name + member, upload, member)))
        if not _goes_on(pile):
            return
    if not waiting:
        raise InputError("There are no pictures in there: choose another file.")
    if wanted := pile():
        wanted.total = len(waiting)
    del wanted  # else the pile would never be nobody's
    for item, origin in waiting:
        page = _page(item, origin, settings, model)
        if not _goes_on(pile, page):
            return


def _goes_on(pile: weakref.ref[Pile], page: Page | None = None) -> bool:
    """Whether anybody still wants the pile; then the page is put on it."""
    wanted = pile()
    if wanted is None or wanted.is_stopped:
        return False
    if page:
        wanted.pages.append(page)
    return True


def _page(item: Item, origin: Origin, settings: Settings, model: str | None) -> Page:
    kept: list[bytes | Image.Image] = []

    def taken() -> bytes | Image.Image:
        kept.append(source(item, DPI))
        return kept[0]

    record, _ = answered(origin.name, item.page, taken, settings, model)
    if not is_read(record):
        return Page(record, b"", None, origin, record["error"])
    try:
        written = writing(kept[0], record)
        small = written.thumbnail(THUMBNAIL_PX)
        seen = None if record["accepted"] else written.view()
    except (InputError, MemoryError):  # at full size it may need more than reading did
        return Page(record, b"", None, origin, "The picture is too large to be shown.")
    return Page(record, small, (record, seen), origin)
