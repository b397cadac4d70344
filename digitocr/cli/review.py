"""The command line's `digitocr review`: the desk's database without the app."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitocr.cli.options import fail
from digitocr.output.safe import told
from digitocr.output.whole import written_whole
from digitocr.types import InputError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from digitocr.review.archive import Entry

Database = Annotated[
    str,
    typer.Option(
        envvar="DIGITOCR_DATABASE",
        help="sqlite:///FILE or postgresql://…; a SQLite file of yours unless told.",
        show_default=False,
    ),
]
Pile = Annotated[str, typer.Option(help="The pile's name; that of the results unless told.")]

review_app = typer.Typer(help="What was in doubt, settled by people: the desk's database.")


@review_app.command("add")
def add_command(
    results: Annotated[
        list[Path], typer.Argument(help="What `batch` or `read --format jsonl` wrote.")
    ],
    pile: Pile = "",
    dpi: Annotated[int, typer.Option(min=20, max=1200, help="As it was for the batch.")] = 200,
    database: Database = "",
) -> None:
    """Put a pile that was read on the desk, with pictures of what is in doubt."""
    left_out = 0

    def leave_out(name: str, why: object) -> None:
        nonlocal left_out
        left_out += 1
        print(f"{told(name)}: {told(why)}", file=sys.stderr)

    def entries(path: Path) -> Iterator[Entry]:
        for number, line in _records(path, leave_out):
            try:
                record = checked(line)
                page = Item(record["file"], record["page"])
                seen = None if record["accepted"] else view(source(page, dpi), record)
            except InputError as error:
                leave_out(line["file"], error)
            except ValueError as error:
                leave_out(f"{path}, line {number}", error)
            else:
                yield record, seen

    with _opened(database) as engine:
        from digitocr.picture.documents import Item, source
        from digitocr.review.archive import Archive
        from digitocr.review.desk import Desk
        from digitocr.review.incoming import checked
        from digitocr.review.views import view

        archive = Archive(engine)
        added = sum(archive.add(pile or _name(path), entries(path)) for path in results)
        left = Desk(engine).progress().left
    print(f"{added} pages are new on the desk; {left} are left to settle.")
    if left_out:
        raise typer.Exit(1)


@review_app.command("status")
def status_command(database: Database = "") -> None:
    """How many pages are left to settle."""
    with _opened(database) as engine:
        from digitocr.review.desk import Desk

        found = Desk(engine).progress()
    print(
        f"{found.left} left, {found.elsewhere} of them on somebody's screen; "
        f"{found.settled} settled, {found.changed} of them changed."
    )


@review_app.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(help="The table: .csv or .jsonl.")],
    pile: Annotated[str | None, typer.Option(help="This pile alone.")] = None,
    database: Database = "",
) -> None:
    """Write what was read, what was settled, by whom and when, and which version had read it."""
    kind = out.suffix.lower()
    if kind not in (".csv", ".jsonl"):
        raise typer.BadParameter(f"{out} is no table: name one that ends in .csv or .jsonl.")
    with _opened(database) as engine:
        from digitocr.review.archive import WRITERS, Archive

        archive = Archive(engine)
        if pile is not None and pile not in archive.piles():
            fail(InputError(f"There is no pile {pile} on the desk."))
        if out.exists():  # it may be somebody's work
            fail(InputError(f"{out} is there already: move it away, or choose another name."))
        with written_whole(out) as unfinished, unfinished.open("w", encoding="utf-8") as file:
            count = WRITERS[kind](archive.everything(pile), file)
    print(f"{count} pages. See {told(out)}.")


@review_app.command("delete")
def delete_command(
    files: Annotated[
        list[str] | None, typer.Argument(help="Pictures, named as in the results.")
    ] = None,
    pile: Annotated[str | None, typer.Option(help="From this pile alone, or all of it.")] = None,
    database: Database = "",
) -> None:
    """Remove pictures, and all that is known of them."""
    if not files and pile is None:
        raise typer.BadParameter("Name pictures, or a --pile.")
    with _opened(database) as engine:
        from digitocr.review.archive import Archive

        archive = Archive(engine)
        missing = [file for file in files or () if not archive.delete(file, pile)]
        if not files and not archive.delete(None, pile):
            missing = [str(pile)]
    for name in missing:
        print(f"{told(name)}: nothing is known of it.", file=sys.stderr)
    if missing:
        raise typer.Exit(1)
    print("Deleted.")


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    try:
        from digitocr.review.database import default_url, open_database
    except ImportError:
        fail(InputError('The desk needs SQLAlchemy and Alembic: pip install "digitocr[review]".'))
    try:
        engine = open_database(url or default_url())
    except InputError as error:
        fail(error)
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield engine
    except InputError as error:
        fail(error)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        fail(InputError(f"The database failed ({reason}): what was kept before is safe."))
    finally:
        engine.dispose()


def _records(path: Path, leave_out: Callable[[str, object], None]) -> Iterator[tuple[int, Any]]:
    """The lines of a table of results that are JSON, with their numbers from 1."""
    from digitocr.review.incoming import parsed

    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    record = parsed(line)
                except ValueError as error:
                    leave_out(f"{path}, line {number}", error)
                else:
                    yield number, record
    except OSError as error:
        leave_out(str(path), f"This file cannot be opened ({error.strerror}).")


def _name(path: Path) -> str:
    """A pile's name: that of its results, in Unicode."""
    return path.stem.encode("utf-8", "backslashreplace").decode()
