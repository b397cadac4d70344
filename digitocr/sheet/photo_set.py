"""Photos of filled sheets -> a folder of labelled pictures, as `digitocr dataset` takes it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from digitocr.output.safe import TableWriter
from digitocr.output.whole import written_whole
from digitocr.picture.documents import items, source
from digitocr.picture.edit import encoded
from digitocr.picture.load import full_size
from digitocr.sheet.cut import Filled, cut_fields
from digitocr.types import InputError

LABELS = "labels.csv"
COLUMNS = ("file", "label", "document", "writer")
DPI = 200  # at which the pages of a scan are drawn
NAME_SIGNS = 10  # of the checksum that names a photo


class Taken(NamedTuple):
    """What came of one photo: what it shows, or the sentence that says why nothing did."""

    photo: str
    filled: Filled | None
    error: str = ""


def take(photos: Sequence[str], out: Path) -> Iterator[Taken]:
    """Cut the fields of photos or scans, and add them to a folder, one photo after another.

    All of them are taken to be by one hand. Raises InputError when the folder cannot be written
    to, or holds something else.
    """
    rows = _opened(out)
    writer = ""
    for item in items(photos):
        name = f"{item.file} page {item.page}" if item.page > 1 else item.file
        try:
            picture = np.array(full_size(source(item, DPI)))
            filled = cut_fields(picture)
        except InputError as error:
            yield Taken(name, None, str(error))
            continue
        document = f"sheet-{hashlib.sha256(picture.tobytes()).hexdigest()[:NAME_SIGNS]}"
        writer = writer or document
        for field in filled.written:
            file = f"{document}-{field.place:02}.jpg"
            with written_whole(out / file) as unfinished:
                unfinished.write_bytes(encoded(Image.fromarray(field.picture), "JPEG"))
            rows[file] = dict(zip(COLUMNS, (file, field.label, document, writer), strict=True))
        _save(out, rows)
        yield Taken(name, filled)


def _opened(out: Path) -> dict[str, dict[str, str]]:
    """The rows that are in a folder already, by their files; the folder is made if need be."""
    table = out / LABELS
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not table.exists():
            if any(out.iterdir()):
                raise InputError(f"{out} holds something else: choose another folder.")
            return {}
        with table.open(newline="", encoding="utf-8-sig") as lines:
            found = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no table"
        raise InputError(f"{out} cannot be used ({told}): choose another folder.") from error
    if found and tuple(found[0]) != COLUMNS:
        raise InputError(f"{out} holds another table: choose another folder.")
    return {row["file"]: row for row in found}


def _save(out: Path, rows: dict[str, dict[str, str]]) -> None:
    with (
        written_whole(out / LABELS) as unfinished,
        unfinished.open("w", newline="", encoding="utf-8") as file,
    ):
        TableWriter(file, COLUMNS).write(rows.values())
