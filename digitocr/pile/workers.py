"""Reading with all the cores of one machine: a process for each, with its networks loaded once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from pathlib import Path

from digitocr.output.record import Record, failure
from digitocr.picture.documents import Item, source
from digitocr.processes.answers import answered
from digitocr.processes.pool import ReadingTimeoutError, reader_pool
from digitocr.settings import Settings

AT_ONCE = 8  # pages in one task
TASKS_AHEAD = 3  # for each worker: enough to keep it busy, few enough to fill no memory
CRASHED = "Reading it stopped the program: this file is damaged in an unusual way."

Numbered = tuple[int, Item]
Done = list[tuple[int, Record]]


def read_all(
    waiting: Iterable[Numbered],
    settings: Settings,
    model: str | Path | None,
    dpi: int,
    workers: int,
) -> Iterator[Done]:
    """The records of the waiting pages, some at a time, in the order in which they get ready.

    A page that makes its process crash costs that page alone.
    """
    work = partial(read_some, settings=settings, model=model, dpi=dpi)
    left = iter(waiting)
    while True:
        running: dict[Future[Done], list[Numbered]] = {}
        with reader_pool(workers) as pool:
            try:
                yield from _flow(pool, work, left, running, TASKS_AHEAD * workers)
                return
            except BrokenProcessPool:
                suspects = [page for some in running.values() for page in some]
        yield from _one_by_one(work, suspects)


def read_some(
    numbered: list[Numbered], settings: Settings, model: str | Path | None, dpi: int
) -> Done:
    """A task: the records of a few pages."""
    return [
        (number, answered(*item, partial(source, item, dpi), settings, model)[0])
        for number, item in numbered
    ]


def crashed(page: Numbered, why: str = CRASHED) -> Done:
    """The record of a page that cannot be read without losing the process."""
    number, item = page
    return [(number, failure(*item, why))]


def _flow(
    pool: Executor,
    work: partial[Done],
    left: Iterator[Numbered],
    running: dict[Future[Done], list[Numbered]],
    most: int,
) -> Iterator[Done]:
    """Keep the pool busy; `running` holds what was begun and is not yet yielded."""
    while True:
        while len(running) < most and (some := list(islice(left, AT_ONCE))):
            try:
                running[pool.submit(work, some)] = some
            except BrokenProcessPool:
                running[Future()] = some
                raise
        if not running:
            return
        for finished in wait(running, return_when=FIRST_COMPLETED).done:
            done = finished.result()
            del running[finished]
            yield done


def _one_by_one(work: partial[Done], suspects: list[Numbered]) -> Iterator[Done]:
    """Read pages of which one makes its process crash."""
    left = deque(suspects)
    while left:
        with reader_pool(1) as pool:
            try:
                while left:
                    done = pool.submit(work, [left[0]]).result()
                    left.popleft()
                    yield done
            except ReadingTimeoutError as error:
                yield crashed(left.popleft(), str(error))
            except BrokenProcessPool:
                yield crashed(left.popleft())
