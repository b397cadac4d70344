"""Text from outside, such as a file's name: no formula in a table, no command to a terminal."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TextIO

FORMULA = ("=", "+", "-", "@", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
UNSHOWN = {"Cc", "Cs", "Zl", "Zp"}  # Unicode's controls, halves of characters, ends of lines
BACKWARDS = {*"\u200e\u200f\u061c", *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])}


class TableWriter:
    """Rows under their columns as CSV, in which no text is a formula to a spreadsheet.

    A text that begins like one gets an apostrophe before it, as one would type it there, and
    what cannot be seen is told as in a terminal; yes and no are true and false, as in JSON;
    numbers stay as they are.
    """

    def __init__(self, file: TextIO, columns: Collection[str]) -> None:
        """Write the columns' names; what rows hold besides is left out."""
        self._rows = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        self._rows.writeheader()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write rows, and say how many."""
        count = 0
        for row in rows:
            self._rows.writerow({name: _cell(value) for name, value in row.items()})
            count += 1
        return count


def told(text: object) -> str:
    """A text in one line of a terminal: what would not be seen there is told, as in \\x1b."""
    return "".join(
        sign.encode("unicode_escape").decode()
        if unicodedata.category(sign) in UNSHOWN or sign in BACKWARDS
        else sign
        for sign in str(text)
    )


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    # Among others a lone carriage return, which would end the row.
    seen = "\n".join(map(told, value.split("\n")))
    return f"'{seen}" if seen.startswith(FORMULA) else seen
