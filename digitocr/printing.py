"""How the command line prints its answers: as text, JSON, lines of JSON, or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitocr.reading import Reading


class Format(StrEnum):
    """How the answers are printed."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


Answers = Iterator[tuple[str, "Reading | str"]]  # a file's name with what came of it


def _print_text(answers: Answers, count: int) -> None:
    """The number alone; with several files each line begins with the file's name and a tab."""
    for name, answer in answers:
        if isinstance(answer, str):
            continue
        for line in answer.text.split("\n"):
            print(f"{name}\t{line}" if count > 1 else line, flush=True)


def _as_dicts(answers: Answers) -> Iterator[dict[str, Any]]:
    from digitocr.output import as_dict, error_dict

    for name, answer in answers:
        yield error_dict(name, answer) if isinstance(answer, str) else as_dict(name, answer)


def _print_jsonl(answers: Answers, count: int) -> None:
    for record in _as_dicts(answers):
        print(json.dumps(record, ensure_ascii=False), flush=True)


def _print_json(answers: Answers, count: int) -> None:
    print(json.dumps(list(_as_dicts(answers)), ensure_ascii=False, indent=2))


def _print_csv(answers: Answers, count: int) -> None:
    from digitocr.output import CSV_COLUMNS, csv_rows, error_dict

    writer = csv.DictWriter(sys.stdout, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, answer in answers:
        if isinstance(answer, str):
            writer.writerow(error_dict(name, answer))
        else:
            writer.writerows(csv_rows(name, answer))
        sys.stdout.flush()


PRINTERS = {
    Format.text: _print_text,
    Format.json: _print_json,
    Format.jsonl: _print_jsonl,
    Format.csv: _print_csv,
}
