"""Records -> a table: CSV, JSON lines, Parquet, Excel or SQLite, each with the digits beside."""

from __future__ import annotations

import gc
import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from digitocr.output.record import Record
from digitocr.output.rows import DIGITS, PAGES, Row, digit_rows, page_row
from digitocr.output.safe import TableWriter
from digitocr.types import InputError

# A column's type, as SQLite declares it.
KINDS = {str: "text", int: "integer", float: "real", bool: "boolean"}
NEEDED = {".parquet": "pyarrow", ".xlsx": "openpyxl"}
AT_ONCE = 1_000  # rows
SHEET_ROWS = 1_000_000  # Excel has room for few more

Records = Callable[[], Iterator[Record]]  # may be asked for twice: once for each table


def check_table(out: str) -> None:
    """Raise InputError when a table of this name cannot be written, before there is anything."""
    kind = Path(out).suffix.lower()
    if kind not in WRITERS:
        raise InputError(f"{out} is no table: name one that ends in {', '.join(WRITERS)}.")
    needed = NEEDED.get(kind)
    if needed and find_spec(needed) is None:
        raise InputError(
            f'A table that ends in {kind} needs {needed}: pip install "digitocr[pile]", or choose '
            "another --out."
        )


def write_table(records: Records, out: Path, run: dict[str, str]) -> None:
    """Write everything to `out`, whose suffix names the kind; `run` says how it was read.

    CSV and Parquet put the digits in a second file, results.digits.csv beside results.csv; Excel
    and SQLite in a second sheet or table; JSON lines inside each record.
    """
    WRITERS[out.suffix.lower()](records, out, run)


def digits_beside(out: Path) -> Path:
    """Where the digits of results.csv go: results.digits.csv."""
    return out.with_suffix(f".digits{out.suffix}")


def _page_rows(records: Records) -> Iterator[Row]:
    return map(page_row, records())


def _all_digits(records: Records) -> Iterator[Row]:
    return (row for record in records() for row in digit_rows(record))


def _write_jsonl(records: Records, out: Path, run: dict[str, str]) -> None:
    with out.open("w", encoding="utf-8") as file:
        for record in records():
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_csv(records: Records, out: Path, run: dict[str, str]) -> None:
    tables = (out, PAGES, _page_rows(records)), (digits_beside(out), DIGITS, _all_digits(records))
    for path, columns, rows in tables:
        with path.open("w", encoding="utf-8", newline="") as file:
            TableWriter(file, columns).write(rows)


def _write_sqlite(records: Records, out: Path, run: dict[str, str]) -> None:
    out.unlink(missing_ok=True)
    with closing(sqlite3.connect(out)) as db, db:
        db.execute("CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT)")
        db.executemany("INSERT INTO run VALUES (?, ?)", run.items())
        tables = ("pages", PAGES, _page_rows(records)), ("digits", DIGITS, _all_digits(records))
        for table, columns, rows in tables:
            declared = ", ".join(f'"{name}" {KINDS[kind]}' for name, kind in columns.items())
            db.execute(f"CREATE TABLE {table} ({declared})")
            places = ", ".join("?" * len(columns))
            db.executemany(
                f"INSERT INTO {table} VALUES ({places})",
                (tuple(row[name] for name in columns) for row in rows),
            )


def _write_parquet(records: Records, out: Path, run: dict[str, str]) -> None:
    import pyarrow
    from pyarrow import parquet

    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        bool: pyarrow.bool_(),
    }
    tables = (out, PAGES, _page_rows(records)), (digits_beside(out), DIGITS, _all_digits(records))
    for path, columns, rows in tables:
        fields = [(name, kinds[kind]) for name, kind in columns.items()]
        with parquet.ParquetWriter(path, pyarrow.schema(fields, metadata=run)) as writer:
            while some := list(islice(rows, AT_ONCE)):
                writer.write_table(pyarrow.Table.from_pylist(some, schema=writer.schema))


def _write_xlsx(records: Records, out: Path, run: dict[str, str]) -> None:
    """Raises OSError; what openpyxl has left half-written would complain past every handler."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    failed = None
    try:
        try:
            _fill_book(records, out)
        except OSError as error:
            failed = OSError(error.errno, error.strerror)
        if failed:
            gc.collect()
            raise failed
    finally:
        sys.unraisablehook = hook


def _fill_book(records: Records, out: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, columns, rows in (
        ("pages", PAGES, _page_rows(records)),
        ("digits", DIGITS, _all_digits(records)),
    ):
        number = 0
        while some := islice(rows, SHEET_ROWS):
            first = next(some, None)
            if first is None and number:
                break
            number += 1
            sheet = book.create_sheet(title if number == 1 else f"{title} {number}")
            sheet.append(list(columns))
            for row in _with_first(first, some):
                sheet.append([_cell(sheet, row[name]) for name in columns])
    book.save(out)


def _with_first(first: Row | None, rest: Iterable[Row]) -> Iterator[Row]:
    if first is not None:
        yield first
        yield from rest


def _cell(sheet: Any, value: Any) -> Any:
    """A file called "=1+1" is no formula, and no sheet holds control characters."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value))
    cell.data_type = "s"
    return cell


WRITERS = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
    ".sqlite": _write_sqlite,
}
