"""Records as rows of tables: one for each page, and one for each digit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from digitocr.about import fields
from digitocr.output.record import (
    DigitRecord,
    FailureRecord,
    LineRecord,
    ReadRecord,
    Record,
    is_read,
)

BOX = ("left", "top", "right", "bottom")
LINE_END = "|"  # between the lines of one page, as in labels.csv
Row = dict[str, Any]
Columns = dict[str, type]  # by their names: str, bool, int or float


def _single(one: type) -> Columns:
    """The fields that are no lists."""
    kinds = {name: field.kind for name, field in fields(one).items()}
    return {name: kind for name, kind in kinds.items() if kind in (str, bool, int, float)}


# A page has what its lines say as texts, and the page itself does not.
OF_LINES = tuple(
    name
    for name, kind in _single(LineRecord).items()
    if kind is str and name not in fields(ReadRecord)
)
PAGES: Columns = _single(ReadRecord) | dict.fromkeys(OF_LINES, str) | _single(FailureRecord)
OF_DIGIT = _single(DigitRecord)
PLACE: Columns = {"file": str, "page": int, "line": int, "position": int}
DIGITS = PLACE | OF_DIGIT | dict.fromkeys(BOX, int)
CSV = (*DIGITS, "error")  # as `digitocr read` prints them


def page_row(record: Record) -> Row:
    """A page under PAGES; its lines are parted by "|"."""
    told: Row = {**record}
    parts = [told, *told.get("lines", [])]
    for name in OF_LINES:
        told[name] = LINE_END.join(part[name] for part in parts if part.get(name))
    for name in ("text", "guess"):
        if name in told:
            told[name] = told[name].replace("\n", LINE_END)
    return {name: told.get(name) for name in PAGES}


def digit_rows(record: Record) -> Iterator[Row]:
    """The rows under DIGITS, lines and positions counted from 1; none where nothing was read."""
    if not is_read(record):
        return
    for number, line in enumerate(record["lines"], 1):
        for position, digit in enumerate(line["digits"], 1):
            told: Row = {**digit}
            yield {
                "file": record["file"],
                "page": record["page"],
                "line": number,
                "position": position,
                **{name: told[name] for name in OF_DIGIT},
                **dict(zip(BOX, digit["box"], strict=True)),
            }


def csv_rows(record: Record) -> list[Row]:
    """The rows under CSV: the digits', or else one that names the page, with what is wrong."""
    place = {"file": record["file"], "page": record["page"]}
    return [*digit_rows(record)] or [
        place if is_read(record) else place | {"error": record["error"]}
    ]
