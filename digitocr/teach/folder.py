"""A data set on disk: a folder with its pictures, and a labels.csv that people can edit.

The pictures are copies, byte for byte where they were files of their own, so that the set can be
moved, and what it was made from deleted. Nothing is written anywhere else.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from digitocr.output.safe import FORMULA, TableWriter, told
from digitocr.output.whole import written_whole
from digitocr.picture.edit import encoded
from digitocr.picture.load import decode
from digitocr.teach.examples import ASIDE, Aside, Example, Part, Refused, cleaned
from digitocr.teach.labelled_pictures import LABELS, Found, Pictured, need_labels, table_rows
from digitocr.types import InputError

PICTURES = "pictures"
# The last two tell what the reader makes of it; what they say is never read again.
COLUMNS = (
    *("file", "label", "split", "document", "writer", "checked", "origin"),
    *("aside", "reading"),
)
NAME_SIGNS = 20  # of the checksum that names a picture
SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif"}


class Gathered(NamedTuple):
    """What came into a set, and what could not."""

    examples: list[Example]
    refused: list[Refused]


def opened(folder: Path) -> list[Example]:
    """The examples of a set; none where there is no such folder, or an empty one, which becomes
    a set. Raises InputError where something else is there."""
    table = folder / LABELS
    if table.is_file():
        return _examples(table)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder} holds something else: choose another folder for the set.")
        (folder / PICTURES).mkdir()
    except OSError as error:
        raise InputError(f"{folder} cannot be made ({error.strerror}).") from error
    saved(folder, [], {})
    return []


def gathered(
    folder: Path, found: Iterable[Found | Refused], known: Sequence[Example] = ()
) -> Gathered:
    """Copy pictures into a set's folder; those that are `known` already are passed over.

    Raises InputError when the folder cannot be written to.
    """
    there = {(one.file, one.origin) for one in known}
    examples: dict[Example, None] = {}
    refused = []
    for one in found:
        if isinstance(one, Refused):
            refused.append(one)
            continue
        try:
            label = cleaned(one.label)
            data = _as_file(one.picture)
            kind = decode(data).format or Image.open(io.BytesIO(data)).format or "PNG"
        except InputError as error:
            refused.append(Refused(one.origin, str(error)))
            continue
        name = hashlib.sha256(data).hexdigest()[:NAME_SIGNS]
        file = f"{PICTURES}/{name}{SUFFIXES.get(kind, f'.{kind.lower()}')}"
        document, writer, origin = map(told, (one.document, one.writer, one.origin))
        example = Example(file, label, one.part, document, writer, origin)
        if (file, example.origin) not in there:
            _write(folder / file, data)
            examples[example] = None
    return Gathered(list(examples), refused)


def corrected(examples: Sequence[Example], corrections: Mapping[str, str]) -> Gathered:
    """The examples with other labels, file -> label, which are checked from now on.

    The same label says that it is right after all, an empty one that the picture is to be left
    out. What is not in the set, or is no label, is refused.
    """
    labels, refused = {}, []
    files = {example.file for example in examples}
    for file, label in corrections.items():
        try:
            if file not in files:
                raise InputError("There is no such picture in the set: name it as its table does.")
            labels[file] = cleaned(label)
        except InputError as error:
            refused.append(Refused(file, str(error)))
    right = [
        replace(one, label=labels[one.file], checked=True) if one.file in labels else one
        for one in examples
    ]
    return Gathered(right, refused)


def corrections_in(table: Path) -> dict[str, str]:
    """The corrections of a CSV with the columns file and label. Raises InputError for others."""
    rows = table_rows(table)
    need_labels(rows, str(table))
    return {row["file"]: row["label"] for row in rows}


def saved(
    folder: Path, examples: Sequence[Example], readings: Mapping[Example, tuple[Aside | None, str]]
) -> None:
    """Write the table of a set, with what the reader makes of its pictures where that is known.

    Raises InputError when it cannot be written; then the table is as it was.
    """
    rows = []
    for example in examples:
        aside, reading = readings.get(example, (None, ""))
        rows.append(
            {
                "file": example.file,
                "label": example.label.replace("\n", "|"),
                "split": example.part or "",
                "document": example.document,
                "writer": example.writer,
                "checked": example.checked,
                "origin": example.origin,
                "aside": ASIDE[aside] if aside else "",
                "reading": reading.replace("\n", "|"),
            }
        )
    with (
        written_whole(folder / LABELS) as unfinished,
        unfinished.open("w", encoding="utf-8", newline="") as file,
    ):
        TableWriter(file, COLUMNS).write(rows)


def _examples(table: Path) -> list[Example]:
    examples = []
    for number, row in enumerate(table_rows(table), 2):
        try:
            examples.append(
                Example(
                    row["file"],
                    cleaned(row["label"]),
                    Part(row["split"]) if row["split"] else None,
                    _plain(row["document"]),
                    _plain(row["writer"]),
                    _plain(row["origin"]),
                    row["checked"].lower() == "true",  # a spreadsheet may write it large
                )
            )
        except InputError as error:
            raise InputError(f"{table}, row {number}: {error}") from error
        except (KeyError, ValueError, AttributeError) as error:
            raise InputError(
                f"{table} is no data set's: name another folder for the set, and this one as a "
                "source."
            ) from error
    return examples


def _plain(text: str) -> str:
    """A text as it was before TableWriter made sure that it is no formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _as_file(picture: Pictured) -> bytes:
    if isinstance(picture, bytes):
        return picture
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    return encoded(image, "PNG")


def _write(path: Path, data: bytes) -> None:
    if not path.exists():
        with written_whole(path) as unfinished:
            unfinished.write_bytes(data)
