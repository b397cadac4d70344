"""All that the desk's database knows: put in, taken out, and removed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, delete, insert, select
from sqlalchemy.exc import IntegrityError

from digitocr.review.database import writing
from digitocr.review.tables import pages, settlements
from digitocr.review.views import View

AT_ONCE = 500  # rows in memory
NUMBERS = ("number", "read", "guess")
COLUMNS = (
    *("pile", "file", "page", *NUMBERS, "confidence", "changed"),
    *("reviewer", "settled_at", "read_by", "added_at"),
)


class Archive:
    """Every page that was put on the desk. Safe to share between threads."""

    def __init__(self, database: Engine) -> None:
        """A database that `open_database` has opened."""
        self._engine, self._writing = database, writing(database)

    def add(self, pile: str, record: dict[str, Any], read_by: str, view: View | None) -> bool:
        """Put a page on the desk; False if it is there already.

        record: the answer as JSON, with "file", "page" and "guess". Only what holds a "?" waits
        for a reviewer; the rest is kept for the export. Raises ValueError for another record.
        """
        try:
            row = {
                "pile": pile,
                "file": record["file"],
                "page": int(record["page"]),
                "text": record["text"],
                "guess": record["guess"],
                "confidence": float(record["confidence"]),
                "in_doubt": "?" in record["text"],
            }
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("This is no record of a page that was read.") from error
        row |= {"record": record, "read_by": read_by, "added_at": datetime.now(UTC)}
        row |= {"view": view and view.jpeg, "marks": view.marks if view else []}
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(pages), row)
        except IntegrityError:
            return False
        return True

    def everything(self, pile: str | None = None) -> Iterator[dict[str, Any]]:
        """All that is known of each page but its picture, in the order in which they came.

        "number" is what counts: as settled, or as read where there was no doubt; None where
        nobody has settled it yet.
        """
        last = 0
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(_exported(pile, last)).all()
            if not rows:
                return
            for row in rows:
                settled = row.settled is not None
                number = row.settled if settled else None if row.in_doubt else row.text
                yield {
                    "pile": row.pile,
                    "file": row.file,
                    "page": row.page,
                    "number": number,
                    "read": row.text,
                    "guess": row.guess,
                    "confidence": row.confidence,
                    "changed": settled and row.settled != row.guess,
                    "reviewer": row.reviewer,
                    "settled_at": row.settled_at and row.settled_at.isoformat("T", "seconds"),
                    "read_by": row.read_by,
                    "added_at": row.added_at.isoformat("T", "seconds"),
                    "record": row.record,
                }
            last = rows[-1].id

    def delete(self, file: str | None = None, pile: str | None = None) -> int:
        """Remove a picture, a pile, or a picture from a pile, with all that is known of it;
        gives how many pages are gone."""
        if file is None and pile is None:
            raise ValueError("Say what to delete.")
        asked = [
            column == value
            for column, value in ((pages.c.file, file), (pages.c.pile, pile))
            if value is not None
        ]
        with self._writing.begin() as connection:
            gone = connection.execute(delete(pages).where(*asked)).rowcount
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
                # Else the journal beside the file would keep it until the next checkpoint.
                one.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(gone)


def write(rows: Iterable[dict[str, Any]], out: Path) -> int:
    """The rows of `Archive.everything` into a .jsonl, or under COLUMNS into a .csv, where "|"
    parts the lines of a page; gives how many."""
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        if out.suffix.lower() == ".csv":
            table.writeheader()
        for count, row in enumerate(rows, 1):  # noqa: B007
            if out.suffix.lower() == ".csv":
                table.writerow(
                    row | {name: (row[name] or "").replace("\n", "|") for name in NUMBERS}
                )
            else:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def _exported(pile: str | None, after: int) -> Select[Any]:
    told = [column for column in pages.c if column is not pages.c.view]
    found = (
        select(
            *told,
            settlements.c.text.label("settled"),
            settlements.c.reviewer,
            settlements.c.settled_at,
        )
        .outerjoin(settlements)
        .where(pages.c.id > after)
        .order_by(pages.c.id)
        .limit(AT_ONCE)
    )
    return found if pile is None else found.where(pages.c.pile == pile)
