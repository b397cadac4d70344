"""Read a labelled folder and count: exact match, character error rate, doubt, blame."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitocr.measure.blame import Stage, blame
from digitocr.measure.reliability import calibration_error, most_accepted
from digitocr.pipeline import read
from digitocr.reading import Reading
from digitocr.settings import Settings
from digitocr.types import InputError

LABELS = "labels.csv"
PRECISION = 0.995  # of whole numbers, that selective reading is measured at


@dataclass(frozen=True, eq=False)
class Case:
    """One labelled picture and what became of it."""

    path: Path
    truth: str  # digits; "\n" between lines of writing
    guess: str  # every digit's best guess, accepted or not
    edits: int  # insertions, deletions and substitutions from guess to truth
    accepted: bool = False  # as the Reading's
    confidence: float = 0.0  # 0..1, that the whole picture is read right
    digits: tuple[tuple[float, bool], ...] = ()  # each digit's confidence, and whether it is right
    blamed: Stage | None = None  # None where the guess is right, or the picture unreadable
    reading: Reading | None = None  # of a wrong guess only: a large picture's takes 30 MB
    error: str = ""  # why the picture could not be read, or nothing

    @property
    def is_exact(self) -> bool:
        return not self.error and self.guess == self.truth


def labelled(folder: Path) -> list[tuple[Path, str]]:
    r"""The pictures of folder/labels.csv (columns file and label) with their true text.

    A label's digits count; "|" ends a line of writing and becomes "\n", all else is passed over.
    Raises InputError when there is no such table.
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
    return [(folder / row["file"], _digits(row["label"])) for row in rows]


def _digits(label: str) -> str:
    return re.sub(r"[^0-9\n]", "", label.replace("|", "\n"))


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
            yield Case(path, truth, "", len(truth), error=str(error))
            continue
        guess = reading.guess
        right = matched(guess.replace("\n", ""), truth.replace("\n", ""))
        sure = [digit.confidence for digit in reading.digits]
        is_exact = guess == truth
        yield Case(
            path,
            truth,
            guess,
            edit_distance(guess, truth),
            reading.accepted,
            reading.confidence,
            tuple(zip(sure, right, strict=True)),
            None if is_exact else blame(reading, truth.split("\n")),
            None if is_exact else reading,
        )


def matched(guess: str, truth: str) -> list[bool]:
    """For each sign of the guess, whether it stands in the truth too, by the fewest edits."""
    rows = _distances(guess, truth)
    are_right = [False] * len(guess)
    i, j = len(guess), len(truth)
    while i and j:
        are_right[i - 1] = guess[i - 1] == truth[j - 1]
        if rows[i][j] == rows[i - 1][j - 1] + (not are_right[i - 1]):
            i, j = i - 1, j - 1
        else:
            are_right[i - 1] = False
            i, j = (i - 1, j) if rows[i][j] == rows[i - 1][j] + 1 else (i, j - 1)
    return are_right


def edit_distance(one: str, other: str) -> int:
    """Levenshtein distance: the fewest insertions, deletions and substitutions."""
    return _distances(one, other)[-1][-1]


def _distances(one: str, other: str) -> list[list[int]]:
    """The distance between every beginning of the one and of the other."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b)))
        rows.append(row)
    return rows


def summary(cases: Sequence[Case]) -> str:
    """The figures as lines of text."""
    count = len(cases)
    exact = sum(case.is_exact for case in cases)
    characters = sum(len(case.truth) for case in cases)
    accepted = [case for case in cases if case.accepted]
    accepted_wrong = sum(not case.is_exact for case in accepted)
    unreadable = sum(bool(case.error) for case in cases)
    readable = [case for case in cases if case.guess]
    numbers = [case.confidence for case in readable], [case.is_exact for case in readable]
    share, of_numbers = most_accepted(*numbers, PRECISION), calibration_error(*numbers)
    digits = [digit for case in readable for digit in case.digits]
    of_digits = calibration_error([sure for sure, _ in digits], [right for _, right in digits])
    blamed = Counter(case.blamed for case in cases if case.blamed)
    lines = [
        f"pictures              {count}",
        f"exact match           {exact} ({exact / max(count, 1):.1%})",
        f"character error rate  {sum(case.edits for case in cases) / max(characters, 1):.2%}",
        f"without any doubt     {len(accepted)} ({len(accepted) / max(count, 1):.1%}), "
        f"of these wrong {accepted_wrong} ({accepted_wrong / max(len(accepted), 1):.1%})",
        f"accepted at {PRECISION:.1%}     {share:.1%} at the most, with the best bound",
        f"calibration error     digits {of_digits:.2%}, numbers {of_numbers:.2%}",
        f"unreadable files      {unreadable}",
    ]
    if blamed:
        lines.append("wrong ones, by stage to blame")
        lines += [f"  {stage:<18}  {number}" for stage, number in blamed.most_common()]
    return "\n".join(lines)
