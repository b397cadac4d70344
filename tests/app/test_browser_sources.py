"""Where pictures come from, in a real browser: pages, rows, drops, pastes, pens, samples."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import saved, settle
from PIL import Image
from test_browser import (
    expect_ink,
    expect_number,
    ink_px,
    paper_of,
    picture_of,
    strokes_of,
    write_by_mouse,
)

# The element that has the focus, through shadow roots.
FOCUSED = """() => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    return one;
}"""
# An event with a file on an element of the page, as the browser makes one.
HAND_OVER = """([kind, name, type, data, selector]) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name, { type }));
    const at = document.querySelector(selector);
    const [Kind, key] = kind === "paste" ? [ClipboardEvent, "clipboardData"]
        : [DragEvent, "dataTransfer"];
    at.dispatchEvent(
        new Kind(kind, { [key]: carried, bubbles: true, cancelable: true, composed: true }));
}"""


def hand_over(page: Any, kind: str, path: Path, selector: str = "body") -> None:
    data = base64.b64encode(path.read_bytes()).decode()
    page.evaluate(HAND_OVER, [kind, path.name, "image/png", data, selector])


def drag_over(page: Any, path: Path) -> None:
    """Drag a file over the page until it shows that it takes it."""
    sign = page.get_by_text("Drop pictures or PDFs here")
    deadline = time.monotonic() + 60
    while not sign.is_visible():
        assert time.monotonic() < deadline, "the page takes no files"
        hand_over(page, "dragover", path)
        page.wait_for_timeout(50)


def document_of(texts: list[str], folder: Path, suffix: str) -> Path:
    """A TIFF or PDF with a number on each page."""
    found = [Image.open(picture_of(one, folder, f"{one}.png")).convert("L") for one in texts]
    path = folder / f"scan{suffix}"
    found[0].save(path, save_all=True, append_images=found[1:])
    return path


def uploaded(page: Any, text: str, folder: Path) -> None:
    page.set_input_files("input[type=file]", picture_of(text, folder))
    expect_number(page, text)
    settle(page)


def popover(page: Any) -> Any:
    page.get_by_role("button", name="Doubt and format").click()
    page.get_by_role("slider", name="At most 1 wrong in").last.wait_for()
    return page.locator("[data-testid=stPopoverBody]")


def test_a_popover_opened_late_shows_what_is_read_with(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page()
    uploaded(page, "4072", tmp_path)
    page.get_by_role("button", name="Turn right").click()
    undo = page.get_by_role("button", name="Undo changes")
    undo.click()
    undo.wait_for(state="detached")  # the number is read on its side, too
    expect_number(page, "4072")
    settle(page)
    body = popover(page)
    assert body.get_by_role("slider").get_attribute("aria-valuetext") == "50"
    assert body.get_by_role("radio", name="None").is_checked()


def test_a_closed_popover_never_takes_a_setting_back(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page()
    uploaded(page, "4072", tmp_path)
    popover(page)
    page.keyboard.press("Escape")
    page.get_by_text("Show every step").click()
    beside = page.locator(".st-key-settings").get_by_role("slider", name="At most 1 wrong in")
    beside.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Of 100 numbers without").wait_for()
    settle(page)
    page.get_by_role("button", name="Turn right").click()
    page.get_by_role("button", name="Undo changes").wait_for()
    settle(page)
    assert beside.get_attribute("aria-valuetext") == "100"
    assert popover(page).get_by_role("slider").get_attribute("aria-valuetext") == "100"


def test_a_level_by_hand_shows_its_effect(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    uploaded(page, "906", tmp_path)
    page.get_by_text("Show every step").click()
    page.get_by_role("radio", name="By hand").click()
    page.get_by_text("Pixels darker than 128 are ink. Chosen by hand.").wait_for()
    settle(page)
    page.get_by_role("slider", name="Darker than this is ink").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Pixels darker than 129 are ink.").wait_for()
    expect_number(page, "906")


@pytest.mark.parametrize("size", [(1024, 768), (768, 700), (844, 390)])
def test_all_settings_can_be_reached(
    open_page: Callable[..., Any], tmp_path: Path, size: tuple[int, int]
) -> None:
    page = open_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    uploaded(page, "906", tmp_path)
    page.get_by_text("Show every step").click()
    page.get_by_role("heading", name="Probabilities").wait_for()
    settle(page)
    page.get_by_role("heading", name="Set out").scroll_into_view_if_needed()
    reset = page.get_by_role("button", name="Reset")
    reset.scroll_into_view_if_needed()
    box = reset.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size[1]


@pytest.mark.parametrize("suffix", [".pdf", ".tif"])
def test_pages_are_leafed_through_by_keyboard(
    open_page: Callable[..., Any], tmp_path: Path, suffix: str
) -> None:
    page = open_page()
    page.set_input_files("input[type=file]", document_of(["57", "482", "936"], tmp_path, suffix))
    expect_number(page, "57")
    page.locator(".st-key-downloads-all").wait_for()
    settle(page)
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect_number(page, "482")
    settle(page)
    with page.expect_download() as download:
        page.locator(".st-key-downloads-one").get_by_role("button", name="JSON").click()
    assert download.value.suggested_filename == "scan-page-2.json"
    record = json.loads(Path(download.value.path()).read_bytes())[0]
    assert (record["file"], record["page"], record["text"]) == (f"scan{suffix}", 2, "482")
    row = page.get_by_role("button", name=f"scan{suffix}, page 3")
    row.focus()
    page.keyboard.press("Enter")
    expect_number(page, "936")
    page.wait_for_function(f"({FOCUSED})().classList.contains('st-key-hero')")
    assert page.get_by_role("button", name="Next").is_disabled()
    assert [line.split(",")[1] for line in saved(page, "CSV").decode().split()] == [
        *("page", "3", "3", "3")
    ]


def test_a_row_opens_its_picture_by_a_tap(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page(phone=True)
    names = ["52", "834", "6"]
    page.set_input_files("input[type=file]", [picture_of(n, tmp_path, f"{n}.png") for n in names])
    expect_number(page, "52")
    page.locator(".st-key-downloads-all").wait_for()
    settle(page)
    rows = page.locator(".st-key-rows")
    assert rows.locator("img").count() == 3
    row, number = rows.locator(".st-key-row-1"), rows.get_by_text("834", exact=True)
    row.scroll_into_view_if_needed()
    whole, box = row.bounding_box(), number.bounding_box()
    # On the number, beside the button's own words: all of the row opens the picture.
    row.tap(position={"x": box["x"] + 5 - whole["x"], "y": box["y"] + 5 - whole["y"]})
    expect_number(page, "834")
    page.locator(".number").wait_for()
    page.wait_for_function(
        "() => { const box = document.querySelector('.number').getBoundingClientRect();"
        "return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_files_may_be_dropped_anywhere(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    first, second = picture_of("52", tmp_path, "a.png"), picture_of("834", tmp_path, "b.png")
    drag_over(page, first)
    hand_over(page, "drop", first, ".welcome")
    expect_number(page, "52")
    settle(page)
    paper_of(page)
    hand_over(page, "drop", second)
    expect_number(page, "834")


def test_a_picture_may_be_pasted_anywhere_but_in_a_field(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page()
    picture = picture_of("52", tmp_path)
    drag_over(page, picture)
    hand_over(page, "paste", picture)
    expect_number(page, "52")
    settle(page)
    page.get_by_role("textbox", name="Correct it here").wait_for()
    hand_over(page, "paste", picture, ".stTextInput input")
    hand_over(page, "paste", picture, ".number")
    page.locator(".st-key-rows .found").nth(1).wait_for()
    settle(page)
    assert page.locator(".st-key-rows button").count() == 2


def test_the_canvas_has_no_hidden_stops(open_page: Callable[..., Any]) -> None:
    page = open_page()
    paper = paper_of(page)
    write_by_mouse(page, paper, strokes_of("5", 150, 120, 60))
    expect_number(page, "5")
    settle(page)
    page.get_by_role("radio", name="Draw").focus()
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(f"({FOCUSED})().outerHTML.slice(0, 300)"))
    assert not any("dc-icon-button" in stop for stop in stops)
    assert any("Undo" in stop or "stBaseButton" in stop for stop in stops)
    seen = page.locator("body").aria_snapshot()
    assert "Clear" in seen
    assert "Reset canvas" not in seen


def test_undo_and_redo_by_keyboard(open_page: Callable[..., Any]) -> None:
    page = open_page()
    paper = paper_of(page)
    write_by_mouse(page, paper, strokes_of("2", 150, 120, 60))
    expect_number(page, "2")
    write_by_mouse(page, paper, strokes_of("7", 150, 320, 60))
    expect_number(page, "27")
    settle(page)
    page.keyboard.press("Control+z")
    expect_number(page, "2")
    page.keyboard.press("Control+Shift+z")
    expect_number(page, "27")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")  # at once: none is lost
    page.locator(".number").wait_for(state="detached")
    page.keyboard.press("Control+y")
    expect_number(page, "2")
    settle(page)
    page.locator(".st-key-pens").get_by_role("button", name="Clear").click()
    page.locator(".number").wait_for(state="detached")
    page.keyboard.press("Control+z")
    expect_number(page, "2")
    write_by_mouse(page, paper, strokes_of("6", 150, 320, 60))
    expect_number(page, "26")
    settle(page)
    assert page.locator(".st-key-pens").get_by_role("button", name="Redo").is_disabled()


def test_the_pen_is_remembered(open_page: Callable[..., Any]) -> None:
    page = open_page()
    paper = paper_of(page)
    page.get_by_role("radio", name="Thick").click()
    settle(page)
    page.get_by_role("radio", name="Upload").click()
    page.get_by_role("heading", name="Show it a number").wait_for()
    paper_of(page)
    assert page.get_by_role("radio", name="Thick").is_checked()
    write_by_mouse(page, paper, [[(100, 100), (300, 100)]])
    expect_ink(paper, 200 * 14)
    assert ink_px(paper) > 200 * 14


def test_the_focus_stays_on_the_chosen_sample(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.get_by_role("button", name="Sample:").nth(1).focus()
    chosen = page.evaluate(f"({FOCUSED})().name")
    page.keyboard.press("Enter")
    page.locator(".number").wait_for()
    settle(page)
    assert page.evaluate(f"({FOCUSED})()?.name") == chosen
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(f"({FOCUSED})()?.getAttribute('aria-pressed') === 'true'")
    settle(page)
    assert page.evaluate(f"({FOCUSED})()?.name") not in ("", None, chosen)


def test_the_menu_covers_nothing(open_page: Callable[..., Any]) -> None:
    page = open_page()
    menu, links = page.locator("[data-testid=stMainMenu]"), page.locator(".st-key-top a")
    name = page.locator(".st-key-top header b")
    for width in (320, 390, 480, 600, 700, 768, 844, 928, 1000, 1100, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("width => document.body.clientWidth === width", arg=width)
        links.last.wait_for()  # while the page is drawn anew there may be none
        boxes = [link.bounding_box() for link in links.all()]
        rows = len({box["y"] for box in boxes})
        assert rows == 1 or (rows == 2 and width < 375), width
        right = max(box["x"] + box["width"] for box in boxes)
        assert right <= menu.bounding_box()["x"], width
        if name.is_visible():
            box = name.bounding_box()
            assert box["x"] + box["width"] <= boxes[0]["x"], width
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_thumbnails_stand_on_the_page_s_own_colour(
    open_page: Callable[..., Any], dark: bool
) -> None:
    page = open_page(dark=dark)
    sample = page.get_by_role("button", name="Sample:").first.locator("img")
    bars = sample.evaluate("image => getComputedStyle(image).backgroundColor")
    assert bars == ("rgb(30, 36, 43)" if dark else "rgb(241, 239, 232)")


def test_the_page_says_where_pictures_stay(open_page: Callable[..., Any]) -> None:
    page = open_page()
    sentence = page.get_by_text("They are not stored or sent anywhere.")
    sentence.wait_for()
    page.get_by_role("radio", name="Camera").click()
    sentence.wait_for()
