"""Labelled pictures that were uploaded together: files, or ZIPs, with a labels.csv among them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from PIL import Image

from digitocr.picture.archives import ARCHIVE, MEMBER, TABLE, is_taken, suffix
from digitocr.picture.documents import Item
from digitocr.picture.files import file_bytes, in_archive
from digitocr.teach.labelled_pictures import LABELS, need_labels, page_number, page_of, rows_of
from digitocr.types import InputError


class Labelled(NamedTuple):
    """A row of the table, and where its picture is."""

    name: str  # as the table has it, with the page where it is not the first
    label: str  # as it is written there
    item: Item | None
    why: str = ""  # there is no item, in a sentence

    def picture(self, dpi: int) -> bytes | Image.Image:
        """What `digitocr.read` takes. dpi: how finely a PDF's page is drawn.

        Raises InputError, in a sentence, when it cannot be had.
        """
        if self.item is None:
            raise InputError(self.why)
        return page_of(self.item, dpi)


def uploaded_pictures(files: Mapping[str, str]) -> list[Labelled]:
    """The rows of the one labels.csv among uploads. Nothing but the uploads is ever opened.

    files: where each can be opened, a URL, -> its name. Pictures are named from the table's
    folder; uploads have none, so a name is enough that only one of them has. Raises InputError
    when there is no such table.
    """
    pictures: dict[str, str] = {}  # a name -> where it can be opened
    tables: dict[str, str] = {}
    for place, name in files.items():
        if suffix(name) != ARCHIVE:
            (tables if suffix(name) == TABLE else pictures)[name] = place
            continue
        inner = in_archive(place, lambda archive: (archive.names, archive.tables))
        for found, members in zip((pictures, tables), inner, strict=True):
            # Two archives may hold the same name: then the first has it.
            found.update({one: place + MEMBER + one for one in members if one not in found})
    table = _only_table(tables)
    rows = rows_of(file_bytes(tables[table]), table)
    need_labels(rows, table)
    return [_labelled(row, PurePosixPath(table).parent, pictures) for row in rows]


def _only_table(tables: Mapping[str, str]) -> str:
    named = [name for name in tables if PurePosixPath(name).name.lower() == LABELS]
    found = named or list(tables)
    if len(found) != 1:
        many = f"There are {len(found)} tables" if found else "There is no table"
        raise InputError(
            f"{many} among the files: add one {LABELS} with the columns file and label, and a row "
            "for each picture."
        )
    return found[0]


def _labelled(
    row: Mapping[str, str], folder: PurePosixPath, pictures: Mapping[str, str]
) -> Labelled:
    name, label, page = row["file"], row["label"], row.get("page") or "1"
    try:
        item = Item(_place(name, folder, pictures), page_number(page))
    except InputError as error:
        return Labelled(name, label, None, str(error))
    return Labelled(f"{name} page {item.page}" if item.page > 1 else name, label, item)


def _place(name: str, folder: PurePosixPath, pictures: Mapping[str, str]) -> str:
    """Where a picture can be opened that a table names."""
    plain = PurePosixPath(name.replace("\\", "/"))
    for full in (str(folder / plain), str(plain)):
        if full in pictures:
            return pictures[full]
    alike = [place for one, place in pictures.items() if PurePosixPath(one).name == plain.name]
    if len(alike) != 1 or not is_taken(plain.name):
        raise InputError("There is no such file among the uploads: check its name in the table.")
    return alike[0]
