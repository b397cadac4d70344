"""What tests do with a page of the app."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def settle(page: Any) -> None:
    """Wait for the end of a run: what stands below the number comes last."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()


def saved(page: Any, label: str) -> bytes:
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).first.click()
    return Path(download.value.path()).read_bytes()
