"""How the command line prints its answers: as text, JSON, lines of JSON, or CSV."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from digitocr.output.safe import TableWriter, told

if TYPE_CHECKING:
    from digitocr.output.record import Record
    from digitocr.reading import Reading


UNWRITABLE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO, errno.EPIPE, errno.EBADF)


class Format(StrEnum):
    """How the answers are printed."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


class PageAnswer(NamedTuple):
    """What came of one picture, or of one page of a document."""

    name: str  # of the file
    page: int  # counted from 1; 0 where the file has no other
    answer: Reading | str  # or the sentence that says why there is none


class Answers(Protocol):
    """Answers that are being found, with how many there will be."""

    @property
    def are_pages(self) -> bool: ...
    @property
    def model(self) -> str | None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[PageAnswer]: ...


def _print_text(answers: Answers) -> None:
    """The number alone; with several pictures each line begins with the file's name and a tab."""
    several = len(answers) > 1
    for name, page, answer in answers:
        if isinstance(answer, str):
            continue
        where = told(f"{name} page {page}" if page else name)
        for line in answer.text.split("\n"):
            print(f"{where}\t{line}" if several else line, flush=True)


def _records(answers: Answers) -> Iterator[Record]:
    from digitocr.output.record import failure, record_of
    from digitocr.processes.versions import read_by

    for name, page, answer in answers:
        if isinstance(answer, str):
            yield failure(name, page or 1, answer)
        else:
            yield record_of(answer, name, page or 1, read_by(answers.model))


def _print_jsonl(answers: Answers) -> None:
    for record in _records(answers):
        print(json.dumps(record, ensure_ascii=False), flush=True)


def _print_json(answers: Answers) -> None:
    print(json.dumps(list(_records(answers)), ensure_ascii=False, indent=2))


def _print_csv(answers: Answers) -> None:
    from digitocr.output.rows import CSV, csv_rows

    columns = [name for name in CSV if name != "page" or answers.are_pages]
    writer = TableWriter(sys.stdout, columns)
    for record in _records(answers):
        writer.write(csv_rows(record))
        sys.stdout.flush()


PRINTERS = {
    Format.text: _print_text,
    Format.json: _print_json,
    Format.jsonl: _print_jsonl,
    Format.csv: _print_csv,
}


@contextmanager
def telling_of_output() -> Iterator[None]:
    """One sentence where standard output cannot be written; none where its reader has gone."""
    try:
        try:
            yield
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITABLE:  # another file's
            raise
        # What is still kept for standard output would fail once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            reason = f"{error.strerror}): make room, or send it elsewhere."
            print(f"The output cannot be written ({reason}", file=sys.stderr)
        raise SystemExit(1) from error
