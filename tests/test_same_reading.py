"""One reader behind every door: app, Python, command line, piles, Dask, HTTP, desk: key for key."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from doubts import save_doubtful

from digitocr import Settings, read
from digitocr.output.record import record_of
from digitocr.processes.versions import read_by

ROOT = Path(__file__).parent.parent
SAMPLES = [
    ROOT / "sample_images" / name
    for name in ("cheque.jpg", "ruled-paper.jpg", "low-resolution.png")
]
Records = dict[str, Any]  # by the file's name


def alike(records: Iterable[Any]) -> Records:
    """The records, key for key, but for the folder that a door has the file from, and the time."""
    found = {}
    for record in records:
        name = Path(record["file"]).name
        assert record["ms"] > 0
        assert datetime.fromisoformat(record["read_at"]).tzinfo
        found[name] = {**record, "file": name, "ms": 0, "read_at": ""}
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Level and tilted, sure and in doubt, one line and several, JPEG and PNG."""
    return [*SAMPLES, save_doubtful(tmp_path_factory.mktemp("doubt") / "doubtful.png")]


@pytest.fixture(scope="module")
def expected(files: list[Path]) -> Records:
    """Python's own answers, as records."""
    found = alike(record_of(read(path), path.name, 1, read_by()) for path in files)
    assert any("?" in one["text"] for one in found.values())
    assert {one["accepted"] for one in found.values()} == {True, False}
    return found


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", "digitocr", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_the_command_line(expected: Records, files: list[Path]) -> None:
    printed = run("read", *map(str, files), "--format", "jsonl")
    assert alike([json.loads(line) for line in printed.splitlines()]) == expected


def test_a_pile(expected: Records, files: list[Path], tmp_path: Path) -> None:
    run("batch", *map(str, files), "--out", str(tmp_path / "all.jsonl"), "--workers", "2")
    lines = (tmp_path / "all.jsonl").read_text("utf-8").splitlines()
    assert alike([json.loads(line) for line in lines]) == expected


def test_a_cluster(expected: Records, files: list[Path], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        out = str(tmp_path / "all.jsonl")
        dask = ["--engine", "dask", "--scheduler", cluster.scheduler_address]
        run("batch", *map(str, files), "--out", out, *dask)
    lines = (tmp_path / "all.jsonl").read_text("utf-8").splitlines()
    assert alike([json.loads(line) for line in lines]) == expected


def test_http(expected: Records, files: list[Path]) -> None:
    testclient = pytest.importorskip("fastapi.testclient")
    from digitocr.service.limits import Limits
    from digitocr.service.web import create_app

    sent = [("file", (path.name, path.read_bytes())) for path in files]
    with testclient.TestClient(create_app(Limits(workers=1))) as client:
        assert alike(client.post("/v1/read", files=sent).json()) == expected
        job = client.post("/v1/jobs", files=sent).headers["location"]
        while (state := client.get(job).json())["status"] != "done":
            time.sleep(0.05)
        assert alike(state["answers"]) == expected


def test_the_apps_piles(expected: Records, files: list[Path]) -> None:
    pytest.importorskip("streamlit")
    from ui.pile_work import begin

    pile = begin("all", [(path.name, path.read_bytes()) for path in files], Settings())
    while not pile.is_done:
        time.sleep(0.05)
    assert alike([page.record for page in pile.pages]) == expected


def test_the_app(expected: Records, files: list[Path], open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.set_input_files("input[type=file]", files)
    page.locator(".st-key-downloads-all").wait_for()
    page.wait_for_function("!document.querySelector('.all').innerText.includes('…')")
    downloads = page.locator(".st-key-downloads-all")
    with page.expect_download() as download:
        downloads.get_by_role("button", name="JSON").click()
    records = json.loads(Path(download.value.path()).read_bytes())
    assert alike(records) == expected


def test_the_desk(expected: Records, files: list[Path], tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")
    from digitocr.review.archive import Archive
    from digitocr.review.database import open_database

    (tmp_path / "all.jsonl").write_text(run("read", *map(str, files), "--format", "jsonl"))
    database = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    run("review", "add", str(tmp_path / "all.jsonl"), "--database", database)
    kept = list(Archive(open_database(database)).everything())
    assert alike(row["record"] for row in kept) == expected
    for row in kept:
        record = row["record"]
        assert (row["number"] is not None) == record["accepted"]  # the others wait for people
        assert row["read_by"] == record["read_by"]
