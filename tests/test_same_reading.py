"""One reader behind every door: the app, Python, command line, piles, Dask and HTTP agree."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitocr import Settings, read
from digitocr.output.record import as_dict

ROOT = Path(__file__).parent.parent
# Level and tilted, sure and in doubt, one line and several, JPEG and PNG.
FILES = [
    ROOT / "sample_images" / name
    for name in ("cheque.jpg", "ruled-paper.jpg", "tilted.jpg", "low-resolution.png")
]
Answers = dict[str, Any]  # by the file's name: text, confidence and every line with its digits


def shortened(records: list[dict[str, Any]]) -> Answers:
    """What is the reading's own: not the path, the page or the time it took."""
    told = ("text", "confidence", "lines")
    return {Path(one["file"]).name: {name: one[name] for name in told} for one in records}


@pytest.fixture(scope="module")
def expected() -> Answers:
    """Python's own answers."""
    found = shortened([as_dict(path.name, read(path)) for path in FILES])
    assert any("?" in one["text"] for one in found.values())
    return found


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", "digitocr", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_the_command_line(expected: Answers) -> None:
    printed = run("read", *map(str, FILES), "--format", "jsonl")
    assert shortened([json.loads(line) for line in printed.splitlines()]) == expected


def test_a_pile(expected: Answers, tmp_path: Path) -> None:
    run("batch", *map(str, FILES), "--out", str(tmp_path / "all.jsonl"), "--workers", "2")
    lines = (tmp_path / "all.jsonl").read_text("utf-8").splitlines()
    assert shortened([json.loads(line) for line in lines]) == expected


def test_a_cluster(expected: Answers, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        out = str(tmp_path / "all.jsonl")
        dask = ["--engine", "dask", "--scheduler", cluster.scheduler_address]
        run("batch", *map(str, FILES), "--out", out, *dask)
    lines = (tmp_path / "all.jsonl").read_text("utf-8").splitlines()
    assert shortened([json.loads(line) for line in lines]) == expected


def test_http(expected: Answers) -> None:
    testclient = pytest.importorskip("fastapi.testclient")
    from digitocr.service.limits import Limits
    from digitocr.service.web import create_app

    files = [("file", (path.name, path.read_bytes())) for path in FILES]
    with testclient.TestClient(create_app(Limits(workers=1))) as client:
        assert shortened(client.post("/v1/read", files=files).json()) == expected
        job = client.post("/v1/jobs", files=files).headers["location"]
        while (state := client.get(job).json())["status"] != "done":
            time.sleep(0.05)
        assert shortened(state["answers"]) == expected


def test_the_apps_piles(expected: Answers) -> None:
    pytest.importorskip("streamlit")
    from ui.pile_work import begin

    pile = begin("all", [(path.name, path.read_bytes()) for path in FILES], Settings())
    while not pile.is_done:
        time.sleep(0.05)
    assert shortened([page.record for page in pile.pages]) == expected


def test_the_app(expected: Answers, open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.set_input_files("input[type=file]", FILES)
    page.locator(".st-key-downloads-all").wait_for()
    page.wait_for_function("!document.querySelector('.all').innerText.includes('…')")
    downloads = page.locator(".st-key-downloads-all")
    with page.expect_download() as download:
        downloads.get_by_role("button", name="JSON").click()
    records = json.loads(Path(download.value.path()).read_bytes())
    assert shortened(records) == expected
