"""What people settled at the review desk, as labelled pictures: its export, or its database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from digitocr.output.safe import FORMULA
from digitocr.picture.documents import Item
from digitocr.teach.examples import Refused
from digitocr.teach.labelled_pictures import Found, document_of, named, page_of, table_rows
from digitocr.types import InputError

COLUMNS = {"pile", "file", "page", "number", "settled_at"}  # of an export, by which it is known
DATABASES = ("sqlite", "postgresql")


def is_export(columns: Sequence[str]) -> bool:
    """Whether a table with these columns is what `digitocr review export` wrote."""
    return set(columns) >= COLUMNS


def is_database(name: str) -> bool:
    """Whether this is a database's URL, such as sqlite:///review.sqlite."""
    return name.partition("://")[0].partition("+")[0] in DATABASES


def by_export(export: Path, dpi: int) -> Iterator[Found | Refused]:
    """The pages of an export, CSV or JSON lines, that a person has settled.

    What nobody has settled is passed over: the reader's own answers teach it nothing. Pictures
    are where the export says, from here or from the folder that it lies in. Raises InputError
    when it is no export.
    """
    rows = _json_rows(export) if export.suffix.lower() == ".jsonl" else _csv_rows(export)
    for row in rows:
        if not row["settled_at"]:
            continue
        item = Item(_found(row["file"], export.parent), int(row["page"]))
        try:
            picture = page_of(item, dpi)
        except InputError as error:
            yield Refused(named(item), str(error))
            continue
        yield Found(picture, row["number"] or "", named(item), document_of(item))


def by_database(url: str) -> Iterator[Found | Refused]:
    """The pages that a person has settled on a desk, with the pictures that it keeps of them.

    Raises InputError when there is no such desk.
    """
    try:
        from sqlalchemy import make_url
        from sqlalchemy.exc import SQLAlchemyError

        from digitocr.review.database import open_database
        from digitocr.review.settled import settled_pages
    except ImportError as error:
        raise InputError(
            'The desk needs SQLAlchemy and Alembic: pip install "digitocr[review]".'
        ) from error
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and not Path(str(address.database)).is_file():
            raise InputError(f"There is no database {address.database}: check its name.")
        engine = open_database(url)
        try:
            for page in settled_pages(engine):
                item = Item(page.file, page.page)
                origin = f"{page.pile}: {named(item)}"
                if page.jpeg is None:
                    yield Refused(origin, "The desk keeps no picture of it: export it instead.")
                    continue
                document = document_of(item)
                yield Found(
                    page.jpeg, page.text, origin, f"{page.pile}: {document}" if document else ""
                )
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise InputError(f"The database cannot be read ({reason}).") from error


def _csv_rows(export: Path) -> Iterator[dict[str, Any]]:
    for row in table_rows(export):
        name = row["file"]
        if name.startswith("'") and name[1:].startswith(FORMULA):  # as TableWriter writes it
            name = name[1:]
        yield _checked(row | {"file": name}, export)


def _json_rows(export: Path) -> Iterator[dict[str, Any]]:
    try:
        with export.open(encoding="utf-8") as lines:
            for line in lines:
                yield _checked(json.loads(line), export)
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{export} is no export of the review desk.") from error


def _checked(row: Any, export: Path) -> dict[str, Any]:
    if (
        not isinstance(row, dict)
        or not is_export(list(row))
        or not isinstance(row["file"], str)
        or not str(row["page"]).isdecimal()
        or not isinstance(row["number"], str | None)
    ):
        raise InputError(f"{export} is no export of the review desk.")
    return row


def _found(file: str, folder: Path) -> str:
    """Where a file is: as it is named, or from the folder that the export lies in."""
    beside = folder / file
    return str(beside) if not Path(file).exists() and beside.exists() else file
