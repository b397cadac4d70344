"""The desk: pages in doubt go to one reviewer at a time, worst first, and are settled once."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine, and_, case, delete, func, insert, not_, or_, select
from sqlalchemy.exc import IntegrityError

from digitocr.review.database import INSERTS, writing
from digitocr.review.tables import View, claims, pages, settlements

HELD = timedelta(minutes=5)  # a page that a reviewer looks at; then others may have it
_SEPARATORS = re.compile("[ .,'\N{RIGHT SINGLE QUOTATION MARK}_-]")
_NUMBERS = re.compile(r"[0-9?]*(\n[0-9?]+)*")
_IS_FREE = settlements.c.page_id.is_(None)


class SettledError(Exception):
    """Somebody else has settled the page, or it was deleted; the text says so to a reviewer."""


@dataclass(frozen=True, eq=False)
class PageInDoubt:
    """What a reviewer needs to settle a page."""

    number: int
    pile: str
    file: str
    page: int
    guess: str
    text: str
    by_segments: tuple[str, ...]  # the two readers' own answers, line by line
    by_line: tuple[str, ...]
    view: View


class Progress(NamedTuple):
    """How far the desk is, in pages that were in doubt."""

    left: int
    elsewhere: int  # of those left, how many others are looking at
    settled: int
    changed: int  # of those settled, how many were not as the reader had guessed


class Desk:
    """What is in doubt. Safe to share between threads, and with other processes."""

    def __init__(self, database: Engine) -> None:
        """Sit down at a database that `open_database` has opened."""
        self._engine, self._writing = database, writing(database)
        self._insert = INSERTS[database.dialect.name]

    def next(self, session: str, passed: Collection[int] = ()) -> PageInDoubt | None:
        """The worst page that nobody else has, now this session's; None when there is none.

        passed: numbers of pages that it does not want now. What it has already comes first.
        """
        now = datetime.now(UTC)
        mine = claims.c.session == session
        found = (
            select(pages.c.id)
            .outerjoin(settlements)
            .outerjoin(claims)
            .where(pages.c.in_doubt, _IS_FREE, pages.c.id.not_in(passed))
            .where(or_(claims.c.page_id.is_(None), claims.c.until < now, mine))
            .order_by(case((mine, 0), else_=1), pages.c.confidence, pages.c.id)
            .limit(1)
            .with_for_update(of=pages, skip_locked=True)
        )
        while True:
            with self._writing.begin() as connection:
                connection.execute(delete(claims).where(mine, claims.c.page_id.in_(passed)))
                number = connection.scalar(found)
                if number is None:
                    return None
                mark = {"session": session, "until": now + HELD}
                taken = connection.scalar(
                    self._insert(claims)
                    .values(page_id=number, **mark)
                    .on_conflict_do_update(
                        index_elements=[claims.c.page_id],
                        set_=mark,
                        where=or_(claims.c.until < now, mine),
                    )
                    .returning(claims.c.page_id)
                )
                page = connection.execute(
                    select(pages).outerjoin(settlements).where(pages.c.id == number, _IS_FREE)
                ).one_or_none()
                if taken is not None and page is not None:
                    return _in_doubt(page)
                # Another took it in this very moment, and may even have settled it.
                connection.rollback()

    def settle(self, number: int, text: str, session: str, reviewer: str) -> str:
        r"""Keep what a page really says, and give what was kept.

        text: digits, lines parted by "\n", "?" for what nobody can read; "" where there is no
        number. Spaces, points and commas are dropped. Raises ValueError for anything else, and
        SettledError when somebody was faster, or the page is no longer there.
        """
        lines = (_SEPARATORS.sub("", line) for line in text.splitlines())
        cleaned = "\n".join(filter(None, lines))
        if not _NUMBERS.fullmatch(cleaned):
            raise ValueError("A number has digits alone, and ? for what nobody can read.")
        row = {"page_id": number, "text": cleaned, "reviewer": reviewer.strip()}
        row |= {"session": session, "settled_at": datetime.now(UTC)}
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(settlements), row)
                connection.execute(delete(claims).where(claims.c.page_id == number))
        except IntegrityError as error:
            raise SettledError(self._why_not(number)) from error
        return cleaned

    def take_back(self, number: int, session: str) -> bool:
        """Undo what this session has settled, and give it the page again."""
        mine = and_(settlements.c.page_id == number, settlements.c.session == session)
        until = datetime.now(UTC) + HELD
        with self._writing.begin() as connection:
            if not connection.execute(delete(settlements).where(mine)).rowcount:
                return False
            connection.execute(delete(claims).where(claims.c.session == session))
            connection.execute(insert(claims).values(page_id=number, session=session, until=until))
        return True

    def progress(self, session: str = "") -> Progress:
        """How far everybody is; elsewhere = with others than this session."""
        held = and_(claims.c.until >= datetime.now(UTC), claims.c.session != session)
        counted = (
            select(
                func.count().filter(_IS_FREE),
                func.count().filter(_IS_FREE, held),
                func.count().filter(not_(_IS_FREE)),
                func.count().filter(settlements.c.text != pages.c.guess),
            )
            .select_from(pages)
            .outerjoin(settlements)
            .outerjoin(claims)
            .where(pages.c.in_doubt)
        )
        with self._engine.connect() as connection:
            return Progress(*connection.execute(counted).one())

    def _why_not(self, number: int) -> str:
        by = select(settlements).where(settlements.c.page_id == number)
        with self._engine.connect() as connection:
            row = connection.execute(by).one_or_none()
        if row is None:
            return "This page was deleted meanwhile."
        who = row.reviewer or "Somebody else"
        return f"{who} has settled this page meanwhile, as {row.text or 'no number'}."


def _in_doubt(row: Any) -> PageInDoubt:
    lines = row.record.get("lines", [])
    return PageInDoubt(
        number=row.id,
        pile=row.pile,
        file=row.file,
        page=row.page,
        guess=row.guess,
        text=row.text,
        by_segments=tuple(line.get("by_segments", "") for line in lines),
        by_line=tuple(line.get("by_line", "") for line in lines),
        view=View(row.view or b"", row.marks),
    )
