"""A pile's pages on the desk by the names that they have in the pile."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, select

from digitocr.review.desk import Desk, cleaned
from digitocr.review.schema import pages, settlements

Name = tuple[str, int]  # a page's file, and its number in it


def settled_in(database: Engine, pile: str) -> dict[Name, str]:
    """What the pages of a pile were settled as, of those that are."""
    asked = select(pages.c.file, pages.c.page, settlements.c.text).join(settlements)
    with database.connect() as connection:
        rows = connection.execute(asked.where(pages.c.pile == pile)).all()
    return {(row.file, row.page): row.text for row in rows}


def settle_in(
    database: Engine, pile: str, named: Mapping[Name, str], session: str, reviewer: str
) -> None:
    """Settle pages of a pile, whatever they were settled as before.

    Raises ValueError for what is no number, and SettledError as `Desk.settle` does. A page that
    is not on the desk is passed over.
    """
    for (file, page), text in named.items():
        asked = (
            select(pages.c.id, settlements.c.text)
            .outerjoin(settlements)
            .where(pages.c.pile == pile, pages.c.file == file, pages.c.page == page)
        )
        with database.connect() as connection:
            row = connection.execute(asked).one_or_none()
        if row is not None and row.text != cleaned(text):
            Desk(database).settle(row.id, text, session, reviewer, row.text)
