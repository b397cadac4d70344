"""What was to be read and what has been, in one SQLite file that outlives a crash."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from digitocr.output.record import Record
from digitocr.picture.documents import Item
from digitocr.types import InputError

AT_ONCE = 500  # rows in memory
HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
GO_ON = "what was read is kept, so make room and start again."

_TABLES = """
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, page INTEGER NOT NULL, UNIQUE (file, page));
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY REFERENCES items (id), record TEXT NOT NULL);
"""


class Counts(NamedTuple):
    """How far a run is, in pages."""

    done: int
    total: int


class Journal:
    """The state of one run. Every page is in it once, and has at most one record.

    Opening it takes the file for this process alone. Raises InputError when another run has it,
    when it belongs to a run with other options, or when it is no journal.
    """

    def __init__(self, path: Path, run: Mapping[str, str]) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=0.2)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
            self._db.executescript(_TABLES)
            known = dict(self._db.execute("SELECT name, value FROM run"))
            if not known:
                with self._db:
                    self._db.executemany("INSERT INTO run VALUES (?, ?)", run.items())
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in HELD:
                raise _unwritable(path, error) from error
            raise InputError(
                f"{path} cannot be used ({error}): is the same batch running already?"
            ) from error
        except sqlite3.DatabaseError as error:
            raise InputError(f"{path} is no journal of a batch: move it away.") from error
        other = [name for name, value in run.items() if known and known.get(name) != value]
        if other:
            self.close()
            raise InputError(
                f"{path} was begun with another {', '.join(other)}: go on with the same options, "
                "delete it, or choose another --out."
            )

    def add(self, items: Iterable[Item]) -> None:
        """Note pages to read; those that are known already stay as they are."""
        left = iter(items)
        while some := list(islice(left, AT_ONCE)):
            with self._writing():
                self._db.executemany("INSERT OR IGNORE INTO items (file, page) VALUES (?, ?)", some)

    def waiting(self) -> Iterator[tuple[int, Item]]:
        """The pages without a record, in the order in which they were added."""
        last = 0
        while rows := self._db.execute(
            "SELECT id, file, page FROM items WHERE id > ? AND NOT EXISTS "
            "(SELECT 1 FROM records WHERE records.id = items.id) ORDER BY id LIMIT ?",
            (last, AT_ONCE),
        ).fetchall():
            for number, file, page in rows:
                yield number, Item(file, page)
            last = rows[-1][0]

    def done(self, records: Iterable[tuple[int, Record]]) -> None:
        """Keep the records of these pages, all of them or, if the process dies, none."""
        rows = [(number, json.dumps(record, ensure_ascii=False)) for number, record in records]
        with self._writing():
            self._db.executemany("INSERT OR IGNORE INTO records VALUES (?, ?)", rows)

    def counts(self) -> Counts:
        """How many pages have a record, and how many there are."""
        done = self._db.execute("SELECT count(*) FROM records").fetchone()[0]
        return Counts(done, self._db.execute("SELECT count(*) FROM items").fetchone()[0])

    def records(self) -> Iterator[Record]:
        """All records, in the order in which their pages were added."""
        last = 0
        while rows := self._db.execute(
            "SELECT id, record FROM records WHERE id > ? ORDER BY id LIMIT ?", (last, AT_ONCE)
        ).fetchall():
            yield from (json.loads(record) for _, record in rows)
            last = rows[-1][0]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._db:
                yield
        except sqlite3.OperationalError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """Leave the file to others."""
        self._db.close()

    def delete(self) -> None:
        """Close it and remove its files: everything in it has been written elsewhere."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def _unwritable(path: Path, error: sqlite3.Error) -> InputError:
    return InputError(f"{path} cannot be written ({error}): {GO_ON}")
