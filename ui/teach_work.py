"""The labels of what is kept, looked at behind the page: one look for all sessions."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digitocr import InputError
from digitocr.review.database import default_url
from digitocr.teach.data_set import make
from digitocr.teach.examine import Task, Verdict, verdict
from digitocr.teach.examples import Refused
from digitocr.teach.labelled_pictures import Found
from digitocr.teach.overview import Overview
from digitocr.teach.settlements import by_database
from digitocr.teach.uploaded_pictures import found_uploads
from digitocr.tune.workplace import Workplace
from ui.pages import DPI, in_memory


@dataclass(eq=False)
class Look:
    """How far a look is. Its thread writes, the pages look."""

    verdicts: dict[Task, Verdict]  # on labels that may not have changed since
    kept: int = 0  # pictures that were copied
    done: int = 0  # that were looked at
    total: int = 0  # 0 until all are copied
    overview: Overview | None = None  # once it is done
    error: str = ""  # the sentence that says why there is none
    refused: Sequence[Refused] = field(default_factory=tuple)  # as they came, for later looks
    is_done: bool = False
    is_stopped: bool = False  # a page asks it to end


class _StoppedError(Exception):
    """Somebody asked it to end."""


_looks: dict[Path, Look] = {}
_one_at_a_time = threading.Lock()


def look_of(work: Workplace) -> Look | None:
    """The last look at what is kept; none where this app has not looked yet."""
    return _looks.get(work.folder)


def forget(work: Workplace) -> None:
    """There is nothing more to look at."""
    if look := _looks.pop(work.folder, None):
        look.is_stopped = True


def keep_uploads(work: Workplace, files: Sequence[tuple[str, bytes]]) -> None:
    """Keep uploads, (name, bytes), a labels.csv among them, and look at the labels.

    Raises InputError where somebody teaches already.
    """

    def found() -> Iterator[Found | Refused]:
        with in_memory(files) as names:
            yield from found_uploads(names, DPI)

    work.claim()
    _begin(work, found())


def keep_settled(work: Workplace) -> None:
    """The same, of what people settled at the review desk."""
    work.claim()
    _begin(work, by_database(default_url()))


def look_again(work: Workplace, corrections: Mapping[str, str] | None = None) -> None:
    """Put labels right, by the set's file names, and look at all of it; only once at a time."""
    _begin(work, (), corrections)


def _begin(
    work: Workplace,
    found: Iterable[Found | Refused],
    corrections: Mapping[str, str] | None = None,
) -> None:
    with _one_at_a_time:
        before = look_of(work)
        if before and not before.is_done:
            return
        look = Look(before.verdicts, refused=before.refused) if before else Look({})
        _looks[work.folder] = look
    arguments = work, look, found, dict(corrections or {})
    threading.Thread(target=_look, args=arguments, daemon=True).start()


def _look(
    work: Workplace, look: Look, found: Iterable[Found | Refused], corrections: Mapping[str, str]
) -> None:
    try:
        seen = make(
            work.data,
            _counted(look, found),
            corrections,
            examine=lambda tasks: _examined(look, tasks),
        )
        look.refused = [*look.refused, *seen.refused]
        look.overview = seen
    except InputError as sentence:
        look.error = str(sentence)
    except _StoppedError:
        look.error = "Stopped before all of the labels were looked at."
    except Exception as fault:  # a thread's faults are seen by nobody else
        look.error = f"Looking failed ({type(fault).__name__}): please report it."
    if not look.total:  # nothing came of it: then nothing is kept
        work.drop()
    look.is_done = True


def _counted(look: Look, found: Iterable[Found | Refused]) -> Iterator[Found | Refused]:
    for one in found:
        if look.is_stopped:
            raise _StoppedError
        look.kept += 1
        yield one


def _examined(look: Look, tasks: Iterable[Task]) -> Iterator[Verdict]:
    waiting = list(tasks)
    look.total = len(waiting)
    for task in waiting:
        if look.is_stopped:
            raise _StoppedError
        if task not in look.verdicts:
            look.verdicts[task] = verdict(*task)
        look.done += 1
        yield look.verdicts[task]
