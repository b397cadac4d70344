"""Read a labelled folder and count: exact match, character error rate, doubt, blame."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from digitocr.measure.cases import Case, judged, true_text, unreadable
from digitocr.measure.counts import figures
from digitocr.measure.reliability import calibration_error, claims, most_accepted
from digitocr.pipeline import read
from digitocr.settings import Settings
from digitocr.types import InputError

LABELS = "labels.csv"
PRECISION = 0.995  # of whole numbers, that selective reading is measured at


def labelled(folder: Path) -> list[tuple[Path, str]]:
    """The pictures of folder/labels.csv (columns file and label) with their true text.

    Labels are taken as in `true_text`. Raises InputError when there is no such table.
    """
    table = folder / LABELS
    if not table.is_file():
        raise InputError(f"{folder} has no {LABELS}: it needs the columns file and label.")
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} cannot be read: save it as CSV in UTF-8.") from error
    if not rows or not all(row.get("file") and row.get("label") is not None for row in rows):
        raise InputError(f"{table} needs the columns file and label, and a row for each picture.")
    return [(folder / row["file"], true_text(row["label"])) for row in rows]


def evaluate(
    pictures: Sequence[tuple[Path, str]], settings: Settings, model: str | Path | None = None
) -> Iterator[Case]:
    """Read each picture and compare; one that cannot be read counts as wrong and stops nothing.

    model: as `read` takes it.
    """
    for path, truth in pictures:
        try:
            reading = read(path, settings, model)
        except InputError as error:
            yield unreadable(path, truth, str(error))
        else:
            yield judged(path, truth, reading)


def summary(cases: Sequence[Case]) -> str:
    """The figures as lines of text."""
    found = figures(cases)
    of_numbers, of_digits = claims(cases)
    exact = found.exact_interval
    lines = [
        f"pictures              {found.pictures}",
        f"exact match           {found.exact} ({found.exact_share:.1%}), "
        f"95% interval {exact.low:.1%} to {exact.high:.1%}",
        f"character error rate  {found.error_rate:.2%}",
        f"without any doubt     {found.shown} ({found.shown_share:.1%}), "
        f"of these wrong {found.shown_wrong} ({found.shown_wrong_share:.1%})",
        f"accepted at {PRECISION:.1%}     {most_accepted(*of_numbers, PRECISION):.1%} at the most, "
        "with the best bound",
        f"calibration error     digits {calibration_error(*of_digits):.2%}, "
        f"numbers {calibration_error(*of_numbers):.2%}",
        f"unreadable files      {found.unreadable}",
    ]
    if found.blamed:
        lines.append("wrong ones, by stage to blame")
        lines += [f"  {stage:<18}  {number}" for stage, number in found.blamed]
    return "\n".join(lines)
