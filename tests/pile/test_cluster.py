"""Piles on a Dask cluster: the same answers, and none lost or doubled when workers are."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawings import written
from PIL import Image

from digitocr import InputError, Settings
from digitocr.picture.documents import Item
from digitocr.pile import cluster, workers

distributed = pytest.importorskip("distributed")
PAGES = 480


@pytest.fixture(scope="module")
def crew() -> Iterator[Any]:
    settings = {
        "distributed.scheduler.allowed-failures": 1,
        "distributed.worker.multiprocessing-method": "spawn",
    }
    import dask

    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages")
    for number in range(10):
        buffer = io.BytesIO()
        Image.fromarray(written(str(number * 7))).save(buffer, "PNG")
        (path / f"{number}.png").write_bytes(buffer.getvalue())
    return path


def waiting(folder: Path, count: int) -> list[workers.Numbered]:
    return [(number, Item(str(folder / f"{number % 10}.png"))) for number in range(count)]


def answers(found: Iterator[workers.Done]) -> dict[int, Any]:
    """Each page's record without its time; fails where a page has two."""
    rows = [row for done in found for row in done]
    assert max(Counter(number for number, _ in rows).values()) == 1
    return {number: record | {"ms": 0, "read_at": ""} for number, record in rows}


def test_a_cluster_reads_as_one_machine_does(crew: Any, folder: Path) -> None:
    pages = waiting(folder, 30)
    address = crew.scheduler_address
    there = answers(cluster.read_all(pages, Settings(), None, 200, address))
    here = answers(workers.read_all(pages, Settings(), None, 200, 1))
    assert there == here
    assert there[3]["guess"] == "21"


def test_a_lost_worker_loses_and_doubles_nothing(crew: Any, folder: Path) -> None:
    found = cluster.read_all(waiting(folder, PAGES), Settings(), None, 200, crew.scheduler_address)
    first = next(found)
    pids = [worker["pid"] for worker in _workers(crew)]
    threading.Timer(0.05, os.kill, (pids[0], signal.SIGKILL)).start()
    rest = answers(found)
    assert set(rest) | {number for number, _ in first} == set(range(PAGES))
    assert not set(rest) & {number for number, _ in first}
    assert not any("error" in record for record in rest.values())
    for _ in range(100):  # its nanny starts another
        if len(_workers(crew)) == 2:
            break
        time.sleep(0.1)


def _workers(crew: Any) -> list[dict[str, Any]]:
    with distributed.Client(crew.scheduler_address) as client:
        return list(client.run(lambda: {"pid": os.getpid()}).values())


def test_a_page_that_kills_every_worker_costs_that_page_alone(
    crew: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "read_some", deadly)
    pages = [*waiting(folder, 9), (9, Item("deadly"))]
    rows = answers(cluster.read_all(pages, Settings(), None, 200, crew.scheduler_address))
    assert {number for number in rows if "error" in rows[number]} == {9}
    assert rows[9]["error"] == workers.CRASHED
    assert len(rows) == 10


def deadly(pages: list[workers.Numbered], **_: Any) -> workers.Done:
    if any(item.file == "deadly" for _, item in pages):
        os._exit(9)
    done: list[Any] = [(number, {"file": item.file}) for number, item in pages]
    return done


def test_no_scheduler_is_a_sentence() -> None:
    with pytest.raises(InputError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        next(cluster.read_all([], Settings(), None, 200, "tcp://127.0.0.1:1"))


def test_a_cluster_without_workers_is_a_sentence() -> None:
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as empty,
        pytest.raises(InputError, match="has no workers: start some first"),
    ):
        next(cluster.read_all([], Settings(), None, 200, empty.scheduler_address))


def test_a_lost_scheduler_says_how_to_go_on(folder: Path) -> None:
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as short:
        found = cluster.read_all(
            waiting(folder, 500), Settings(), None, 200, short.scheduler_address
        )
        next(found)
        short.close()
        with pytest.raises(InputError, match="the same command goes on"):
            list(found)
