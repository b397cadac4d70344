"""A running app and a browser for the tests that need them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT_MS = 20_000  # slow machines only; nothing waits that long in use


def _missing(what: str) -> None:
    """Skip for a user without a browser; fail in CI, where a silent skip would hide a gap."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session", autouse=True)
def _no_models_installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests may read with a model of their own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DIGITOCR_MODELS", str(tmp_path_factory.mktemp("models")))
        yield


@pytest.fixture(scope="session")
def desk_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app's review desk keeps its database."""
    return tmp_path_factory.mktemp("desk") / "review.sqlite"


@pytest.fixture(scope="session")
def app_url(desk_file: Path) -> Iterator[str]:
    """The address of an app of our own, as a user would start it."""
    pytest.importorskip("streamlit")
    with served("app.py", {"DIGITOCR_DATABASE": f"sqlite:///{desk_file}"}) as url:
        yield url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a browser did not do in time, on a machine that is busy, is tried once more."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium or Chrome: $DIGITOCR_BROWSER, one on the PATH, or Playwright's own."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        _missing("Playwright")
    found = os.environ.get("DIGITOCR_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        except Error:
            _missing("a browser")
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(app_url: str, browser: Any) -> Iterator[Callable[..., Any]]:
    """open_page(phone=False, dark=False) -> a fresh session of the app in a page of its own.

    url: of another app.
    """
    contexts = []

    def open_one(phone: bool = False, dark: bool = False, url: str = "") -> Any:
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        context = browser.new_context(
            viewport=size,
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(url or app_url)
        if not url:
            page.get_by_role("heading", name="Show it a number").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def _own_main() -> Iterator[None]:
    """Streamlit runs a script as __main__ and leaves it there: no process could be spawned then."""
    own = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = own
