"""Labelled pictures as people have them in folders: a labels.csv, or a folder for each number."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitocr.picture.archives import SEVERAL_PAGES, is_taken, suffix
from digitocr.picture.documents import Item, source
from digitocr.picture.load import decode
from digitocr.picture.paged import pages_in
from digitocr.teach.examples import Part, Refused
from digitocr.types import InputError

LABELS = "labels.csv"
WHOLE_NUMBER = re.compile("[0-9]+")
PARTS = {
    **dict.fromkeys(("train", "training"), Part.train),
    **dict.fromkeys(("val", "valid", "validation"), Part.val),
    **dict.fromkeys(("test", "testing"), Part.test),
}

Pictured = bytes | Image.Image | NDArray[np.uint8]  # an array is gray (H, W)


class Found(NamedTuple):
    """A labelled picture that came from a source; the label is as it was written there."""

    picture: Pictured
    label: str
    origin: str
    document: str = ""
    writer: str = ""
    part: Part | None = None


def by_table(table: Path, rows: Sequence[dict[str, str]], dpi: int) -> Iterator[Found | Refused]:
    """The pictures of a table with the columns file and label.

    Further columns count where they are there: page (of a TIFF or PDF), document, writer, and
    split (train, val or test). Files are named from the table's folder.
    """
    for number, row in enumerate(rows, 2):
        name = row.get("file") or ""
        if not name or row.get("label") is None:
            yield Refused(f"{table}, row {number}", "The row lacks a file or a label.")
            continue
        try:
            part = part_of(row)
        except InputError as error:
            yield Refused(f"{table}, row {number}", str(error))
            continue
        origin = str(table.parent / name)
        try:
            item = Item(origin, page_number(row.get("page") or "1"))
            picture = page_of(item, dpi)
        except InputError as error:
            yield Refused(origin, str(error))
            continue
        yield Found(
            picture,
            row["label"],
            named(item),
            row.get("document") or document_of(item),
            row.get("writer") or "",
            part,
        )


def part_of(row: Mapping[str, str]) -> Part | None:
    """The part that a row gives its picture. Raises InputError where it is none."""
    told = row.get("split") or ""
    if told and told.lower() not in PARTS:
        raise InputError(f"The split {told} is none: train, val, test.")
    return PARTS.get(told.lower())


def by_folder(folder: Path, dpi: int) -> Iterator[Found | Refused]:
    """The pictures of folders that are named by the number that is on them, 0/ to 9/ or others;
    these may lie in folders train/, val/ and test/. Raises InputError where there are none."""
    within = [
        (part, one)
        for part, above in [(None, folder), *_parts_in(folder)]
        for one in _folders(above)
        if WHOLE_NUMBER.fullmatch(one.name)
    ]
    if not within:
        raise InputError(
            f"{folder} holds no labelled pictures: it needs a {LABELS} with the columns file and "
            "label, or folders named by the number on their pictures."
        )
    for part, one in within:
        for file in sorted(one.iterdir()):
            if file.name.startswith(".") or not (file.is_file() and is_taken(file.name)):
                continue
            try:
                yield Found(page_of(Item(str(file)), dpi), one.name, str(file), part=part)
            except InputError as error:
                yield Refused(str(file), str(error))


def table_rows(table: Path) -> list[dict[str, str]]:
    """The rows of a CSV as `rows_of` gives them. Raises InputError when it is no such table."""
    try:
        return rows_of(table.read_bytes(), str(table))
    except OSError as error:
        raise _no_table(table) from error


def rows_of(data: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a CSV under its columns, parted by commas or semicolons; what a row has beyond
    them is left out. Raises InputError, with the table's name, when it is no such table."""
    try:
        lines = io.StringIO(data.decode("utf-8-sig"), newline="")
        header = lines.readline()
        lines.seek(0)
        semicolons = header.count(";") > header.count(",")
        reader = csv.DictReader(lines, restkey="", delimiter=";" if semicolons else ",")
        return [{name: value for name, value in row.items() if name} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_table(name) from error


def need_labels(rows: Sequence[Mapping[str, str]], name: str) -> None:
    """Raises InputError, with the table's name, where a row lacks a file or a label."""
    if not rows or not all(row.get("file") and row.get("label") is not None for row in rows):
        raise InputError(f"{name} needs the columns file and label, and a row for each picture.")


def _no_table(name: object) -> InputError:
    return InputError(f"{name} cannot be read: save it as CSV in UTF-8.")


def page_of(item: Item, dpi: int) -> bytes | Image.Image:
    """A page alone: a file's bytes as they are, or, of several pages, the one that is meant.

    Raises InputError when there is none.
    """
    found = source(item, dpi)
    if isinstance(found, bytes) and suffix(item.file) in SEVERAL_PAGES and pages_in(found) > 1:
        return decode(found)
    return found


def named(item: Item) -> str:
    """What a page is called."""
    return f"{item.file} page {item.page}" if item.page > 1 else item.file


def document_of(item: Item) -> str:
    """The file is the document where it can have several pages."""
    return item.file if suffix(item.file) in SEVERAL_PAGES else ""


def page_number(told: str) -> int:
    """The page that a table names. Raises InputError where that is none."""
    if not WHOLE_NUMBER.fullmatch(told) or not 0 < int(told) < 10**9:
        raise InputError(f"There is no page {told}: pages are counted from 1.")
    return int(told)


def _parts_in(folder: Path) -> Iterator[tuple[Part, Path]]:
    for one in _folders(folder):
        if part := PARTS.get(one.name.lower()):
            yield part, one


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir())
    except OSError as error:
        raise InputError(f"{folder} cannot be searched ({error.strerror}).") from error
