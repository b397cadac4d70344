"""Labelled uploads, read and compared behind the page: in memory, until told to stop."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from digitocr import InputError, Settings
from digitocr.measure.cases import Case, judged, true_text, unreadable
from digitocr.measure.counts import Figures, confusion, figures
from digitocr.measure.edits import Pair
from digitocr.measure.reliability import Claims, claims
from digitocr.measure.saved import Measurement
from digitocr.output.record import is_read
from digitocr.picture.edit import encoded
from digitocr.processes.answers import answered
from digitocr.processes.versions import read_by
from digitocr.show.annotate import annotate
from digitocr.teach.uploaded_pictures import Labelled, uploaded_pictures
from ui.pages import DPI, in_memory

PICTURE_PX = 560  # the longer side, with the digits' boxes


class Seen(NamedTuple):
    """A picture that was measured."""

    case: Case  # without its Reading
    picture: bytes = b""  # a JPEG with the digits' boxes; nothing where it could not be read


@dataclass(frozen=True, eq=False)
class Results:
    """What was measured, counted once."""

    seen: Sequence[Seen]
    one_wrong_in: int
    read_by: str

    @cached_property
    def cases(self) -> list[Case]:
        """All of them, in the table's order."""
        return [one.case for one in self.seen]

    @cached_property
    def figures(self) -> Figures:
        return figures(self.cases)

    @cached_property
    def claims(self) -> tuple[Claims, Claims]:
        """Of whole numbers, and of their digits."""
        return claims(self.cases)

    @cached_property
    def confusion(self) -> dict[Pair, list[int]]:
        """Places in `seen`."""
        return confusion(self.cases)

    @property
    def measurement(self) -> Measurement:
        """What may be saved."""
        return Measurement(self.cases, self.one_wrong_in, self.read_by)


@dataclass(eq=False)
class Work:
    """How far the measuring is. Its thread writes, the page looks."""

    files: Sequence[tuple[str, bytes]]
    settings: Settings
    total: int = 0  # 0 until the table is read
    seen: list[Seen] = field(default_factory=list)
    is_done: bool = False
    error: str = ""  # the sentence that says why nothing was measured
    is_stopped: bool = False  # the page asks it to end

    @cached_property
    def results(self) -> Results:
        """Once it is done."""
        return Results(tuple(self.seen), self.settings.one_wrong_in, read_by())


def begin(files: Sequence[tuple[str, bytes]], settings: Settings) -> Work:
    """Start to measure uploads, (name, bytes), a labels.csv among them.

    It ends early when it is stopped, or when nobody has it any more.
    """
    work = Work(files, settings)
    arguments = weakref.ref(work), files, settings
    threading.Thread(target=_work, args=arguments, daemon=True).start()
    return work


def opened(measured: Measurement) -> Results:
    """A saved measurement: there are no pictures to it."""
    return Results([Seen(case) for case in measured.cases], measured.one_wrong_in, measured.read_by)


def _work(work: weakref.ref[Work], files: Sequence[tuple[str, bytes]], settings: Settings) -> None:
    error = ""
    try:
        with in_memory(files) as names:
            rows = uploaded_pictures(names)
            if wanted := work():
                wanted.total = len(rows)
            del wanted  # else it would never be nobody's
            for row in rows:
                if not _goes_on(work, _seen(row, settings)):
                    break
    except InputError as sentence:
        error = str(sentence)
    except Exception as fault:  # a thread's faults are seen by nobody else
        error = f"Measuring failed ({type(fault).__name__}): please report it."
    if wanted := work():
        wanted.error, wanted.is_done = error, True


def _goes_on(work: weakref.ref[Work], seen: Seen) -> bool:
    """Whether anybody still wants the work; then the picture is put to it."""
    wanted = work()
    if wanted is None or wanted.is_stopped:
        return False
    wanted.seen.append(seen)
    return True


def _seen(row: Labelled, settings: Settings) -> Seen:
    path, truth = Path(row.name), true_text(row.label)
    record, reading = answered(row.name, 1, lambda: row.picture(DPI), settings)
    if reading is None:
        why = "" if is_read(record) else record["error"]
        return Seen(unreadable(path, truth, why))
    case = replace(judged(path, truth, reading), reading=None)  # it takes 30 MB
    return Seen(case, encoded(annotate(reading, PICTURE_PX), "JPEG"))
