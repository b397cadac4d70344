"""The database's tables: pages, who is looking at one, and what was settled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)


class View(NamedTuple):
    """A JPEG of the writing, and its digits as {"left", "top", "right", "bottom"}, shares 0..1 of
    the picture's sides, with "label" and "accepted".

    whole_page: a JPEG of the page, where a digit is in doubt and the writing is but a part of it;
    place: where that part is, left, top, right, bottom as shares 0..1 of the page's sides.
    """

    jpeg: bytes
    digits: list[dict[str, Any]]
    whole_page: bytes = b""
    place: tuple[float, ...] = ()


class Moment(TypeDecorator[datetime]):
    """A time of day in UTC, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
)

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pile", String, nullable=False),
    Column("file", String, nullable=False),
    Column("page", Integer, nullable=False),
    Column("text", String, nullable=False),  # "?" marks a digit in doubt, "\n" ends a line
    Column("guess", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("in_doubt", Boolean, nullable=False),
    Column("record", JSON, nullable=False),  # the whole record
    Column("read_by", String, nullable=False),  # the package's version and its networks'
    Column("read_at", Moment),
    Column("added_at", Moment, nullable=False),  # to the desk
    Column("view", LargeBinary),  # a JPEG of the writing; of pages in doubt alone
    Column("digits", JSON, nullable=False),  # where the digits are in it, as in View
    Column("whole_page", LargeBinary),  # the page that the view is a part of, as in View
    Column("place", JSON),
    UniqueConstraint("pile", "file", "page"),
    sqlite_autoincrement=True,  # the number of a deleted page never becomes another's
)
Index(None, pages.c.in_doubt, pages.c.confidence)

# One row for a page in both: the key itself sees to it that nobody gets or settles it twice.
claims = Table(
    "claims",
    metadata,
    Column("page_id", ForeignKey(pages.c.id, ondelete="CASCADE"), primary_key=True),
    Column("session", String, nullable=False),
    Column("until", Moment, nullable=False),
)

settlements = Table(
    "settlements",
    metadata,
    Column("page_id", ForeignKey(pages.c.id, ondelete="CASCADE"), primary_key=True),
    Column("text", String, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("session", String, nullable=False),
    Column("settled_at", Moment, nullable=False),
    Column("changed", Boolean, nullable=False),  # it is not what the reader had guessed
)
Index(None, settlements.c.settled_at)
