"""The page How it works, with and without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import settle
from test_browser import paper_of, strokes_of, write_by_finger, write_by_mouse

testing = pytest.importorskip("streamlit.testing.v1")

ROOT = Path(__file__).parents[2]
TITLES = [
    "What the first layer looks for",
    "Which pixels mattered",
    "What is alike to it",
    "Along the line",
]


def page() -> None:
    from ui import how_page

    how_page.how_page()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(ROOT)
    return testing.AppTest.from_function(page, default_timeout=30)


def test_each_digit_of_a_sample_can_be_looked_at(app: Any) -> None:
    app.session_state.kind, app.session_state.sample = "Samples", "ballpoint.jpg"
    app.run()
    assert not app.exception
    assert [one.value for one in app.subheader] == TITLES
    (which,) = [one for one in app.get("button_group") if one.label == "Which digit?"]
    assert [option.content for option in which.proto.options] == list("20745")
    assert sum("feature map" in one.value for one in app.markdown) == 1
    assert "all are a 2" in " ".join(one.value for one in app.markdown)
    which.set_value(3).run()
    assert not app.exception
    assert "a 4." in " ".join(one.value for one in app.markdown)


def test_a_picture_without_a_number_says_so(app: Any) -> None:
    app.run()
    assert not app.exception
    assert not app.subheader


def best(page: Any) -> str:
    found: str = page.locator(".bars .best b").inner_text()
    return found


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_bars_move_while_one_draws(open_page: Callable[..., Any], phone: bool) -> None:
    page = open_page(phone=phone)
    page.get_by_role("link", name="How it works").click()
    page.get_by_role("heading", name="How it works").wait_for()
    paper = paper_of(page)
    assert page.locator(".bars [role=listitem]").count() == 11
    assert page.locator(".bars .best").count() == 0
    write = write_by_finger if phone else write_by_mouse
    write(page, paper, strokes_of("7", 110, 40, 60))
    page.locator(".bars .best").wait_for()
    assert best(page) == "7"
    bar = page.locator(".bars .best i").element_handle()
    for title in TITLES:
        page.get_by_role("heading", name=title).wait_for()
    settle(page)
    page.get_by_role("button", name="Undo").click()
    page.locator(".bars .best").wait_for(state="detached")
    write(page, paper, strokes_of("2", 110, 40, 60))
    page.wait_for_function("document.querySelector('h3')")
    page.locator(".bars .best").wait_for()
    assert best(page) == "2"
    assert bar.evaluate("bar => bar.isConnected")  # the very bars move
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
