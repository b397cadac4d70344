"""A Dask cluster's throughput: `python -m benchmarks.dask_cluster [--count 2000]`.

Pages per second with one worker and with two, on this machine, and how many pages per second
the scheduler and the command that feeds it could handle at most: for that the workers are given
pages that do not exist, which takes them no time, and real answers are put into the journal.
From these figures follows how many workers one command can keep busy.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from distributed import LocalCluster

from benchmarks.pile import make_pictures
from digitocr import Settings
from digitocr.output.record import Record
from digitocr.picture.documents import Item
from digitocr.pile.cluster import read_all
from digitocr.pile.journal import Journal
from digitocr.pile.workers import read_some

WORKERS = (1, 2)
DIFFERENT = 200  # pictures; more would only take longer to make


def rate(pages: Sequence[Item], scheduler: str, journal: Journal, answer: Record | None) -> float:
    """Pages per second, once every worker has its networks, until all are in the journal.

    answer: what is kept in place of each page's own.
    """
    list(read_all(enumerate(pages[:64]), Settings(), None, 200, scheduler))
    start, done = time.perf_counter(), 0
    for some in read_all(enumerate(pages), Settings(), None, 200, scheduler):
        journal.done([(number, answer or record) for number, record in some])
        done += len(some)
    assert done == len(pages)
    return done / (time.perf_counter() - start)


def main(
    count: Annotated[int, typer.Option(min=10, help="Pages for each measurement.")] = 2_000,
) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        make_pictures(Path(name), DIFFERENT)
        found = sorted(str(path) for path in Path(name).glob("*.png"))
        pages = [Item(found[i % len(found)]) for i in range(count)]
        nowhere = [Item(f"{name}/no-{i}.png") for i in range(10 * count)]
        ((_, usual),) = read_some([(0, pages[0])], Settings(), None, 200)
        rates = {}
        for workers in WORKERS:
            with (
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
                ) as cluster,
                closing(Journal(Path(name) / f"{workers}.part", {})) as journal,
                closing(Journal(Path(name) / f"{workers}-nowhere.part", {})) as other,
            ):
                scheduler = cluster.scheduler_address
                rates[workers] = rate(pages, scheduler, journal, None)
                print(f"{workers} workers: {rates[workers]:.1f} pages a second", flush=True)
                if workers == WORKERS[-1]:
                    most = rate(nowhere, scheduler, other, usual)
        print(f"handled for {WORKERS[-1]} workers at most: {most:.0f} pages a second")
        print(f"workers that one command can keep busy: {most / rates[1]:.0f}")


if __name__ == "__main__":
    typer.run(main)
