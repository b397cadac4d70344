"""The command line's `digitocr sheet`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from digitocr.cli.options import fail
from digitocr.output.safe import told
from digitocr.sheet.layout import MOST_PAGES, Paper
from digitocr.sheet.pdf import write_pdf
from digitocr.sheet.photo_set import Taken, take
from digitocr.types import InputError


def sheet_command(
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE.pdf|FOLDER", help="The PDF; with --read the folder.")
    ],
    read: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PHOTO", help="A photo or scan of a filled page; again for each further one."
        ),
    ] = None,
    pages: Annotated[
        int, typer.Option(min=1, max=MOST_PAGES, help="To print; each has other numbers.")
    ] = 1,
    paper: Annotated[Paper, typer.Option(help="To print on.")] = Paper.a4,
) -> None:
    """Print a sheet for your own hand; with --read, cut photos of it into labelled pictures.

    The pictures of one command are taken to be by one writer.
    """
    try:
        if read:
            _read(read, out)
            return
        if out.suffix.lower() != ".pdf":
            raise typer.BadParameter("The sheet is a PDF: let the name of --out end in .pdf.")
        write_pdf(out, paper, pages)
    except InputError as error:
        fail(error)
    print(f"{told(out)}: {pages} {'page' if pages == 1 else 'pages'} to print and fill in.")


def _read(photos: list[str], out: Path) -> None:
    failed = count = 0
    for one in take(photos, out):
        if one.filled is None:
            failed += 1
            print(f"{told(one.photo)}: {told(one.error)}", file=sys.stderr)
        else:
            count += len(one.filled.written)
            print(_summary(one))
    if count:
        print(f"{count} pictures in {told(out)}: digitocr dataset {told(out)} --out my-set/")
    if failed:
        raise typer.Exit(1)


def _summary(one: Taken) -> str:
    assert one.filled
    page, written, empty, outside = one.filled
    cut_off = f", {outside} not on the picture" if outside else ""
    return (
        f"{told(one.photo)}: page {page.number} ({page.paper.upper()}), {len(written)} numbers, "
        f"{empty} fields empty{cut_off}"
    )
