"""The desk: pages in doubt go to one reviewer at a time, worst first, and are settled once."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Engine,
    Insert,
    Select,
    Update,
    and_,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from digitocr.review.database import INSERTS, writing
from digitocr.review.schema import View, claims, pages, settlements

HELD = timedelta(minutes=5)  # a page that a reviewer looks at; then others may have it
_SEPARATORS = re.compile("[ .,'\N{RIGHT SINGLE QUOTATION MARK}_-]")
_NUMBERS = re.compile(r"[0-9?]*(\n[0-9?]+)*")
_IS_FREE = settlements.c.page_id.is_(None)


class SettledError(Exception):
    """Somebody else has settled the page, or it was deleted; the text says so to a reviewer."""


@dataclass(frozen=True, eq=False)
class PageInDoubt:
    """What a reviewer needs to settle a page; its whole page is had by `Desk.whole_page`."""

    number: int
    pile: str
    file: str
    page: int
    guess: str
    text: str
    by_segments: tuple[str, ...]  # the two readers' own answers, line by line
    by_line: tuple[str, ...]
    view: View
    settled: str | None = None  # what it was settled as; None where it waits


class Settled(NamedTuple):
    """A page that somebody has settled."""

    number: int
    pile: str
    file: str
    page: int
    read: str
    text: str  # as settled
    reviewer: str
    settled_at: datetime


class Progress(NamedTuple):
    """How far the desk is."""

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

    def next(
        self, session: str, passed: Collection[int] = (), from_others: bool = False
    ) -> PageInDoubt | None:
        """The worst page that nobody else has, now this session's; None when there is none.

        passed: numbers of pages that it does not want now. What it has already comes first.
        from_others: it may also be one that is on another screen.
        """
        now = datetime.now(UTC)
        mine = claims.c.session == session
        waiting = (
            select(pages.c.id)
            .outerjoin(settlements)
            .where(pages.c.in_doubt, _IS_FREE, pages.c.id.not_in(passed))
            .limit(1)
            .with_for_update(of=pages, skip_locked=True)
        )
        # One after the other: each runs along an index, where one for all would sort what is left.
        held = waiting.where(pages.c.id.in_(select(claims.c.page_id).where(mine)))
        free = or_(claims.c.page_id.is_(None), claims.c.until < now)
        worst = waiting.outerjoin(claims).order_by(pages.c.confidence, pages.c.id)
        wanted = [held, worst.where(true() if from_others else free)]
        while True:
            with self._writing.begin() as connection:
                connection.execute(delete(claims).where(mine, claims.c.page_id.in_(passed)))
                found = map(connection.scalar, wanted)
                number = next((one for one in found if one is not None), None)
                if number is None:
                    return None
                mark = {"session": session, "until": now + HELD}
                given = true() if from_others else or_(claims.c.until < now, mine)
                taken = connection.scalar(
                    self._insert(claims)
                    .values(page_id=number, **mark)
                    .on_conflict_do_update(
                        index_elements=[claims.c.page_id], set_=mark, where=given
                    )
                    .returning(claims.c.page_id)
                )
                page = connection.execute(_shown(number).where(_IS_FREE)).one_or_none()
                if taken is not None and page is not None:
                    return _in_doubt(page)
                # Another took it in this very moment, and may even have settled it.
                connection.rollback()

    def settled(self, number: int) -> PageInDoubt | None:
        """A page that was settled, to look at again; None where it no longer is."""
        with self._engine.connect() as connection:
            row = connection.execute(_shown(number).where(not_(_IS_FREE))).one_or_none()
        return None if row is None else _in_doubt(row)

    def whole_page(self, number: int) -> bytes:
        """A JPEG of the whole page that a view is a part of; empty where none is kept."""
        with self._engine.connect() as connection:
            kept = connection.scalar(select(pages.c.whole_page).where(pages.c.id == number))
        return kept or b""

    def settle(
        self, number: int, text: str, session: str, reviewer: str, instead_of: str | None = None
    ) -> str:
        r"""Keep what a page really says, and give what was kept.

        text: digits, lines parted by "\n", "?" for what nobody can read; "" where there is no
        number. Spaces, points and commas are dropped. instead_of: what it was settled as before.
        Raises ValueError for anything else, and SettledError when somebody was faster, or the
        page is no longer there.
        """
        kept = cleaned(text)
        row: dict[str, Any] = {"text": kept, "reviewer": reviewer.strip(), "session": session}
        guess = select(pages.c.guess).where(pages.c.id == number).scalar_subquery()
        row |= {"settled_at": datetime.now(UTC), "changed": guess != kept}
        before = and_(settlements.c.page_id == number, settlements.c.text == instead_of)
        change: Insert | Update = insert(settlements).values(page_id=number, **row)
        if instead_of is not None:
            change = update(settlements).where(before).values(row)
        try:
            with self._writing.begin() as connection:
                done = connection.execute(change).rowcount
                connection.execute(delete(claims).where(claims.c.page_id == number))
        except IntegrityError as error:
            raise SettledError(self._why_not(number)) from error
        if not done:
            raise SettledError(self._why_not(number))
        return kept

    def history(self, most: int, after: int = 0) -> list[Settled]:
        """So many pages that were settled, the newest first, without the first `after` of them."""
        asked = (
            select(
                *(pages.c.id, pages.c.pile, pages.c.file, pages.c.page, pages.c.text.label("read")),
                *(settlements.c.text, settlements.c.reviewer, settlements.c.settled_at),
            )
            .join_from(settlements, pages)
            .order_by(settlements.c.settled_at.desc(), settlements.c.page_id.desc())
            .limit(most)
            .offset(after)
        )
        with self._engine.connect() as connection:
            return [Settled(*row) for row in connection.execute(asked)]

    def progress(self, session: str = "") -> Progress:
        """How far everybody is; elsewhere = with others than this session."""
        held = claims.c.until >= datetime.now(UTC), claims.c.session != session
        count = select(func.count())
        left = count.select_from(pages).outerjoin(settlements).where(pages.c.in_doubt, _IS_FREE)
        elsewhere = count.select_from(claims).where(*held)  # what is claimed is not settled
        settled = count.select_from(settlements)
        each = left, elsewhere, settled, settled.where(settlements.c.changed)
        with self._engine.connect() as connection:
            asked = select(*(one.scalar_subquery() for one in each))
            return Progress(*connection.execute(asked).one())

    def _why_not(self, number: int) -> str:
        by = select(settlements).where(settlements.c.page_id == number)
        with self._engine.connect() as connection:
            row = connection.execute(by).one_or_none()
        if row is None:
            return "This page was deleted meanwhile."
        who = row.reviewer or "Somebody else"
        return f"{who} has settled this page meanwhile, as {row.text or 'no number'}."


def cleaned(text: str) -> str:
    r"""What was typed as `Desk.settle` keeps it; raises ValueError for what is no number."""
    lines = (_SEPARATORS.sub("", line) for line in text.splitlines())
    texts = "\n".join(filter(None, lines))
    if not _NUMBERS.fullmatch(texts):
        raise ValueError("A number has digits alone, and ? for what nobody can read.")
    return texts


def _shown(number: int) -> Select[Any]:
    told = [column for column in pages.c if column is not pages.c.whole_page]
    settled = settlements.c.text.label("settled")
    return select(*told, settled).outerjoin_from(pages, settlements).where(pages.c.id == number)


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
        view=View(row.view or b"", row.digits, place=tuple(row.place or ())),
        settled=row.settled,
    )
