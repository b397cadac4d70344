"""What people have, told apart: folders, tables, packed digits, the review desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from digitocr.teach.examples import Refused
from digitocr.teach.labelled_pictures import LABELS, Found, by_folder, by_table, table_rows
from digitocr.teach.packed_digits import Packed, idx_digits, is_idx, npz_digits, on_paper
from digitocr.teach.settlements import by_database, by_export, is_database, is_export
from digitocr.types import InputError

START_BYTES = 64


def labelled_pictures(source: str, dpi: int) -> Iterator[Found | Refused]:
    """The labelled pictures of a source, one by one.

    source: a folder with a labels.csv, or with a folder for each number, or with IDX files; such
    a table itself; what `digitocr review export` wrote; the desk's database, as a URL; an IDX or
    NPZ file. dpi: how finely a PDF's page is drawn. Raises InputError, in a sentence, when it is
    none of these.
    """
    if is_database(source):
        yield from by_database(source)
        return
    path = Path(source)
    try:
        if path.is_dir():
            yield from _in_folder(path, dpi)
        elif path.suffix.lower() == ".npz":
            for packed in npz_digits(path):
                yield from _unpacked(packed, path)
        elif path.suffix.lower() == ".csv":
            yield from _in_table(path, dpi)
        elif path.suffix.lower() == ".jsonl":
            yield from by_export(path, dpi)
        elif _is_idx(path):
            yield from _unpacked(idx_digits(path), path)
        else:
            raise InputError(
                "This is no source of labelled pictures: name a folder, a .csv or .jsonl table, "
                "an IDX or .npz file, or the desk's database."
            )
    except OSError as error:
        raise InputError(f"It cannot be opened ({error.strerror or error}).") from error


def _in_folder(folder: Path, dpi: int) -> Iterator[Found | Refused]:
    if (folder / LABELS).is_file():
        yield from _in_table(folder / LABELS, dpi)
        return
    packed = [one for one in sorted(folder.iterdir()) if one.is_file() and _is_idx(one)]
    if not packed:
        yield from by_folder(folder, dpi)
    for one in packed:
        try:
            yield from _unpacked(idx_digits(one), one)
        except InputError as error:
            yield Refused(str(one), str(error))


def _in_table(table: Path, dpi: int) -> Iterator[Found | Refused]:
    rows = table_rows(table)
    columns = list(rows[0]) if rows else []
    if is_export(columns):
        yield from by_export(table, dpi)
    elif {"file", "label"} <= set(columns):
        yield from by_table(table, rows, dpi)
    else:
        raise InputError("It needs the columns file and label, and a row for each picture.")


def _unpacked(packed: Packed, file: Path) -> Iterator[Found]:
    inner = f"{file}!/{packed.name}" if packed.name else str(file)
    for place, (picture, label) in enumerate(zip(packed.pictures, packed.labels, strict=True)):
        yield Found(on_paper(picture), label, f"{inner} {place}", part=packed.part)


def _is_idx(path: Path) -> bool:
    with path.open("rb") as opened:
        return is_idx(opened.read(START_BYTES))
