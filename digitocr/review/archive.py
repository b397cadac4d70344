"""All that the desk's database knows: put in, taken out, and removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TextIO

from sqlalchemy import Engine, Select, delete, func, select

from digitocr.output.record import ReadRecord
from digitocr.output.safe import TableWriter
from digitocr.review.database import INSERTS, writing
from digitocr.review.incoming import checked
from digitocr.review.schema import View, pages, settlements
from digitocr.types import InputError

AT_ONCE = 500  # rows in memory
ADDED_AT_ONCE = 50  # these may hold pictures
READ = ("text", "guess", "confidence")
NUMBERS = ("number", "read", "guess")
COLUMNS = (
    *("pile", "file", "page", *NUMBERS, "confidence", "changed"),
    *("reviewer", "settled_at", "read_by", "read_at", "added_at"),
)

# A page's record, and its picture, of pages in doubt alone.
Entry = tuple[ReadRecord, View | None]


class Archive:
    """Every page that was put on the desk. Safe to share between threads."""

    def __init__(self, database: Engine) -> None:
        """A database that `open_database` has opened."""
        self._engine, self._writing = database, writing(database)
        self._insert = INSERTS[database.dialect.name]

    def add(self, pile: str, entries: Iterable[Entry]) -> int:
        """Put pages on the desk, and say how many were not there yet.

        What was not accepted, a page without a digit too, waits for a reviewer; the rest is kept
        for the export. Raises ValueError for what is no record of a page that was read, and
        InputError where the pile has another reading under the same name.
        """
        added = 0
        left = iter(entries)
        while some := list(islice(left, ADDED_AT_ONCE)):
            rows = [_row(pile, *entry) for entry in some]
            new = self._insert(pages).on_conflict_do_nothing().returning(pages.c.id)
            with self._writing.begin() as connection:
                added += len(connection.scalars(new, rows).all())
                known = select(pages.c.file, pages.c.page, *(pages.c[name] for name in READ)).where(
                    pages.c.pile == pile, pages.c.file.in_([row["file"] for row in rows])
                )
                kept = {one[:2]: one[2:] for one in map(tuple, connection.execute(known))}
                for row in rows:
                    if kept[row["file"], row["page"]] != tuple(row[name] for name in READ):
                        raise InputError(
                            f"The pile {pile} has another {row['file']} already, or has read it "
                            "otherwise: name a new pile."
                        )
        return added

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
                    "read_at": row.read_at and row.read_at.isoformat("T", "seconds"),
                    "added_at": row.added_at.isoformat("T", "seconds"),
                    "record": row.record,
                }
            last = rows[-1].id

    def piles(self) -> dict[str, int]:
        """The piles, the newest first, with the number of their pages."""
        counted = select(pages.c.pile, func.count().label("pages")).group_by(pages.c.pile)
        with self._engine.connect() as connection:
            rows = connection.execute(counted.order_by(func.max(pages.c.id).desc())).all()
        return {row.pile: row.pages for row in rows}

    def delete(self, file: str | None = None, pile: str | None = None) -> int:
        """Remove a picture, a pile, or a picture from a pile, with all that is known of it.

        Gives how many pages are gone. SQLite's file is free of them as soon as nobody else is
        just reading in it.
        """
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


def write_csv(rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    """The rows of `Archive.everything` under COLUMNS, "|" between the lines of a page; gives
    how many."""
    return TableWriter(file, COLUMNS).write(
        row | {name: (row[name] or "").replace("\n", "|") for name in NUMBERS} for row in rows
    )


def write_jsonl(rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    """The rows of `Archive.everything`, a JSON object in each line; gives how many."""
    count = 0
    for row in rows:
        file.write(json.dumps(row) + "\n")
        count += 1
    return count


WRITERS = {".csv": write_csv, ".jsonl": write_jsonl}


def _row(pile: str, given: ReadRecord, view: View | None) -> dict[str, Any]:
    record = checked(given)
    return {
        "pile": pile,
        "file": record["file"],
        "page": record["page"],
        "text": record["text"],
        "guess": record["guess"],
        "confidence": record["confidence"],
        "in_doubt": not record["accepted"],
        "read_by": record["read_by"],
        "record": record,
        "read_at": _moment(record["read_at"]),
        "added_at": datetime.now(UTC),
        "view": view.jpeg if view else None,
        "digits": view.digits if view else [],
        "whole_page": (view.whole_page or None) if view else None,
        "place": list(view.place) if view else [],
    }


def _moment(told: str) -> datetime | None:
    """When a page was read, where its record says so."""
    try:
        return datetime.fromisoformat(told).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _exported(pile: str | None, after: int) -> Select[Any]:
    told = [column for column in pages.c if column.name not in ("view", "whole_page")]
    rows = (
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
    return rows if pile is None else rows.where(pages.c.pile == pile)
