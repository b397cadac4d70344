"""What people have settled, page by page, with the picture that the desk keeps of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Engine, select

from digitocr.review.schema import pages, settlements


class SettledPage(NamedTuple):
    """A page that somebody has settled, with its picture."""

    pile: str
    file: str
    page: int
    text: str  # as settled: "?" for a digit that nobody can read, "\n" between lines
    jpeg: bytes | None  # the whole page, where the desk has it, else the writing cut out


def settled_pages(database: Engine) -> Iterator[SettledPage]:
    """Every page that is settled, in the order in which they came."""
    asked = (
        select(pages, settlements.c.text.label("settled")).join(settlements).order_by(pages.c.id)
    )
    with database.connect() as connection:
        for row in connection.execution_options(yield_per=20).execute(asked):
            yield SettledPage(row.pile, row.file, row.page, row.settled, row.whole_page or row.view)
