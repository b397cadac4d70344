"""Labelled pictures that were uploaded together: files, or ZIPs, with a labels.csv among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image

from digitocr.picture.archives import ARCHIVE, MEMBER, TABLE, is_taken, suffix
from digitocr.picture.documents import Item
from digitocr.picture.files import file_bytes, in_archive
from digitocr.teach.examples import Refused
from digitocr.teach.labelled_pictures import (
    LABELS,
    Found,
    document_of,
    named,
    need_labels,
    page_number,
    page_of,
    part_of,
    rows_of,
)
from digitocr.types import InputError


@dataclass(frozen=True)
class Labelled:
    """A row of the table, and where its picture is."""

    row: Mapping[str, str]
    item: Item | None
    why: str = ""  # there is no item, in a sentence

    @property
    def name(self) -> str:
        """As the table has it, with the page where it is not the first."""
        file = self.row["file"]
        return named(Item(file, self.item.page)) if self.item else file

    @property
    def label(self) -> str:
        """As it is written there."""
        return self.row["label"]

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


def found_uploads(files: Mapping[str, str], dpi: int) -> Iterator[Found | Refused]:
    """The same rows, as a data set takes them; files, dpi, raises: as `uploaded_pictures`."""
    for one in uploaded_pictures(files):
        try:
            picture, part = one.picture(dpi), part_of(one.row)
        except InputError as error:
            yield Refused(one.name, str(error))
            continue
        document = one.row.get("document") or document_of(Item(one.row["file"]))
        yield Found(picture, one.label, one.name, document, one.row.get("writer") or "", part)


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
    try:
        place = _place(row["file"], folder, pictures)
        return Labelled(row, Item(place, page_number(row.get("page") or "1")))
    except InputError as error:
        return Labelled(row, None, str(error))


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
