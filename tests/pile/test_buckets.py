"""Piles in an S3 bucket: a server that speaks its protocol, read from and written to."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawings import written
from PIL import Image

ROOT = Path(__file__).parents[2]
moto = pytest.importorskip("moto.server")
s3fs = pytest.importorskip("s3fs")


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    """A bucket, `office`."""
    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for_clients = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in for_clients.items():
            patch.setenv(name, value)
        system = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
        system.mkdir("office")
        yield system
    server.stop()


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


def batch(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "digitocr", "batch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_from_a_bucket_into_a_bucket(bucket: Any, tmp_path: Path) -> None:
    for name, text in {"a.png": "205", "deep/b [1].png": "17", ".hidden.png": "3"}.items():
        bucket.pipe_file(f"office/march/{name}", png(text))
    bucket.pipe_file("office/march/broken.png", b"no picture")
    done = batch("s3://office/march", "--out", "s3://office/march.jsonl", "--workers", "1")
    assert done.returncode == 1, done.stderr
    records = [json.loads(line) for line in bucket.cat_file("office/march.jsonl").splitlines()]
    assert {one["file"]: one.get("guess") for one in records} == {
        "s3://office/march/a.png": "205",
        "s3://office/march/broken.png": None,
        "s3://office/march/deep/b [1].png": "17",
    }
    assert "not a picture" in records[1]["error"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("s3://office/nothing.png", "There is no such file"),
        ("s3://nobodys/scans", "There is no such file"),
    ],
)
def test_what_is_not_there_is_told(bucket: Any, tmp_path: Path, path: str, sentence: str) -> None:
    out = tmp_path / "all.jsonl"
    assert batch(path, "--out", str(out), "--workers", "1").returncode == 1
    assert sentence in json.loads(out.read_text("utf-8"))["error"]
