"""Reading with many machines: the same work on a Dask cluster, whose workers may come and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from digitocr.pile.workers import TASKS_AHEAD, Done, Numbered, crashed, read_some
from digitocr.settings import Settings
from digitocr.types import InputError

AT_ONCE = 32  # pages in one task: handing one out costs as much as reading a page or two
RETRIES = 5  # of a task whose worker was lost with it


def read_all(
    waiting: Iterable[Numbered],
    settings: Settings,
    model: str | Path | None,
    dpi: int,
    scheduler: str,
) -> Iterator[Done]:
    """As `workers.read_all`, on the cluster behind a scheduler such as tcp://10.0.0.1:8786.

    The workers need digitocr installed, and read the files themselves. Raises InputError when
    the scheduler does not answer, or has no workers.
    """
    client = _connected(scheduler)
    from distributed import KilledWorker, as_completed
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    work = partial(read_some, settings=settings, model=model, dpi=dpi)
    left = iter(waiting)
    begun: dict[str, list[Numbered]] = {}
    suspects: list[Numbered] = []

    def started(some: list[Numbered]) -> Any:
        # Not pure: the same page may be in two runs.
        future = client.submit(work, some, pure=False, retries=RETRIES)
        begun[future.key] = some
        return future

    try:
        running = as_completed([])
        for _ in range(TASKS_AHEAD * sum(client.nthreads().values())):
            if some := list(islice(left, AT_ONCE)):
                running.add(started(some))
        for finished in running:
            some = begun.pop(finished.key)
            try:
                yield finished.result()
            except KilledWorker:
                suspects += some
            finished.release()
            if more := list(islice(left, AT_ONCE)):
                running.add(started(more))
        # A task is also blamed for what another on its worker did: now one at a time.
        for page in suspects:
            try:
                yield started([page]).result()
            except KilledWorker:
                yield crashed(page)
    except (CommClosedError, FutureCancelledError, TimeoutError) as error:
        raise InputError(
            f"The scheduler at {scheduler} was lost: start it, and the same command goes on."
        ) from error
    finally:
        client.close()


def _connected(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError('Clusters need Dask: pip install "digitocr[dask]".') from error
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError(f"No Dask scheduler answers at {scheduler}: check its address.") from error
    if not client.nthreads():
        client.close()
        raise InputError(f"The scheduler at {scheduler} has no workers: start some first.")
    return client
