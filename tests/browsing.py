"""An app for tests, and what they do with a page of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
STARTS_WITHIN_S = 300  # on a busy machine


def settle(page: Any) -> None:
    """Wait for the end of a run: what stands below the number comes last."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()


def saved(page: Any, label: str) -> bytes:
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).first.click()
    return Path(download.value.path()).read_bytes()


@contextmanager
def served(script: str, variables: Mapping[str, str]) -> Iterator[str]:
    """The address of an app that runs a script under environment variables of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    own = os.environ | dict(variables)
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=own)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/_stcore/health", server)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the app did not start")
