"""Piles and the review desk in a real browser, by keyboard alone, and two browsers at once."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import saved, settle
from doubts import NUMBER, OTHER, READ, save_doubtful
from PIL import Image, ImageFilter

from digitocr import Settings, read
from digitocr.output.record import record_of

pytest.importorskip("sqlalchemy")

from digitocr.review.archive import Archive, Entry
from digitocr.review.database import open_database
from digitocr.review.views import view

SAMPLES = Path(__file__).parents[2] / "sample_images"
# Each with the digit, counted from 0, that is put in doubt.
DOUBTED = (("ballpoint", 4), ("envelope", 0), ("felt-pen", 2), ("pencil", 1), ("red-pen", 3))


def go(page: Any, name: str) -> None:
    """Follow a link at the top of the page, by keyboard."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.innerText") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no Tab leads to {name}")


def doubted(name: str, place: int, confidence: float, path: Path | None = None) -> Entry:
    """A sample, or another picture, with one digit in doubt."""
    path = path or SAMPLES / f"{name}.jpg"
    reading = read(path, Settings(one_wrong_in=1))
    record = record_of(reading, path.name, 1, "test")
    record["text"] = reading.guess[:place] + "?" + reading.guess[place + 1 :]
    record["lines"][0]["digits"][place]["accepted"] = False
    record["lines"][0]["accepted"] = record["accepted"] = False
    record["confidence"] = confidence
    return record, view(path.read_bytes(), record)


@pytest.fixture
def archive(desk_file: Path) -> Iterator[Archive]:
    """The running app's archive, empty at first and afterwards."""
    database = open_database(f"sqlite:///{desk_file}")
    found = Archive(database)
    yield found
    for pile in found.piles():
        found.delete(pile=pile)
    database.dispose()


def shows(page: Any, file: str) -> None:
    """Wait for a page on the desk, ready for the keyboard."""
    page.locator(".where", has_text=file).wait_for()
    page.wait_for_function(
        """() => { let one = document.activeElement;
            while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
            return one?.tagName === 'TEXTAREA' }"""
    )
    settle(page)


def test_a_pile_of_all_kinds(
    open_page: Callable[..., Any], tmp_path: Path, desk_file: Path, archive: Archive
) -> None:
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as unpacked:
        for name in ("felt-pen", "red-pen"):
            unpacked.write(SAMPLES / f"{name}.jpg", f"box 1/{name}.jpg")
    sheets = [Image.open(SAMPLES / f"{name}.jpg") for name in ("ballpoint", "ruled-paper")]
    sheets[0].convert("RGB").save(
        tmp_path / "sheets.pdf", save_all=True, append_images=[sheets[1].convert("RGB")]
    )
    (tmp_path / "broken [1].png").write_bytes(b"no picture")
    page = open_page()
    go(page, "Pile")
    page.get_by_role("heading", name="Read a pile").wait_for()
    names = ("scans.zip", "sheets.pdf", "broken [1].png")
    page.set_input_files("input[type=file]", [tmp_path / name for name in names])
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="New pile").wait_for()
    settle(page)
    records = {(one["file"], one["page"]): one for one in json.loads(saved(page, "JSON"))}
    assert {where: one.get("guess") for where, one in records.items()} == {
        ("scans.zip!/box 1/felt-pen.jpg", 1): "6802",
        ("scans.zip!/box 1/red-pen.jpg", 1): "1537",
        ("sheets.pdf", 1): "20745",
        ("sheets.pdf", 2): "48210\n73956",
        ("broken [1].png", 1): None,
    }
    assert "not a picture" in records["broken [1].png", 1]["error"]
    table = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    assert [row["guess"] for row in table] == ["6802", "1537", "20745", "48210|73956", ""]
    assert saved(page, "Excel").startswith(b"PK")
    assert not archive.piles()  # nobody asked to keep anything
    assert page.locator(".tally b").all_inner_texts()[-1] == "1"
    page.get_by_role("button", name="New pile").click()
    page.get_by_role("heading", name="Read a pile").wait_for()


def test_doubts_go_from_the_pile_to_the_desk(
    open_page: Callable[..., Any], archive: Archive, tmp_path: Path
) -> None:
    # A number in fog: whoever would be sure of it is mistaken.
    clear = Image.open(SAMPLES / "touching-digits.jpg").convert("L")
    rng = np.random.default_rng(0)
    fog = rng.normal(0, 60, (clear.height, clear.width))
    blurred = np.asarray(clear.filter(ImageFilter.GaussianBlur(8)), float)
    Image.fromarray(np.clip(blurred + fog, 0, 255).astype(np.uint8)).save(tmp_path / "scrawl.png")
    page = open_page(phone=True)
    page.get_by_role("link", name="Pile").click()
    page.get_by_role("heading", name="Read a pile").wait_for()
    page.set_input_files("input[type=file]", tmp_path / "scrawl.png")
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="Put them on the review desk").click()
    shows(page, "scrawl.png")
    page.locator("textarea").fill("4711")
    page.get_by_role("button", name="Settle").click()
    page.get_by_role("heading", name="The desk is clear").wait_for()
    (row,) = archive.everything()
    assert (row["number"], row["file"]) == ("4711", "scrawl.png")
    page.get_by_role("link", name="Pile").click()
    page.locator(".tally", has_text="1 settled by hand").wait_for()
    (record,) = json.loads(saved(page, "JSON"))
    assert (record["text"], record["guess"]) == ("4711", row["guess"])
    assert record["read"] == row["read"]
    (line,) = csv.DictReader(io.StringIO(saved(page, "CSV").decode()))
    assert (line["text"], line["guess"]) == ("4711", row["guess"].replace("\n", "|"))
    assert "read as" in line["note"]


def test_a_row_opens_and_its_number_can_be_typed(
    open_page: Callable[..., Any], archive: Archive
) -> None:
    page = open_page()
    go(page, "Pile")
    page.get_by_role("heading", name="Read a pile").wait_for()
    names = ("ballpoint", "felt-pen", "phone-number", "several-lines")
    page.set_input_files("input[type=file]", [SAMPLES / f"{name}.jpg" for name in names])
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="New pile").wait_for()
    settle(page)
    numbers = page.locator("tbody td.number:not(.quiet)")
    page.set_viewport_size({"width": 400, "height": 800})
    for number in numbers.all():  # a narrow table wraps, and nothing is cut
        assert number.evaluate("one => one.scrollWidth <= one.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert numbers.all_inner_texts()[:3] == ["20745", "6802", "041768239506"]
    page.locator("tbody tr").nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    shown = page.get_by_role("dialog")
    shown.locator(".card").nth(3).wait_for()
    assert "2 of 4 · felt-pen.jpg" in shown.locator(".where").inner_text()
    assert shown.locator(".number").inner_text() == "6802"
    shown.get_by_text("Show every step").click()
    shown.locator(".st-key-stage-1").wait_for()
    field = shown.get_by_role("textbox", name="The number that counts")
    field.fill("none")
    field.press("Enter")
    shown.get_by_text("digits alone").wait_for()
    field.fill("68 03")
    field.press("Enter")
    shown.get_by_text("Settled by hand; read as 6802.").wait_for()
    shown.get_by_role("button", name="Next").click()
    shown.locator(".where", has_text="3 of 4").wait_for()
    settle(page)
    page.keyboard.press("Escape")
    page.locator(".tally", has_text="1 settled by hand").wait_for()
    settle(page)
    assert numbers.all_inner_texts()[:3] == ["20745", "6803", "041768239506"]
    table = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    assert [row["text"] for row in table][:2] == ["20745", "6803"]
    assert json.loads(saved(page, "JSON"))[1]["read"] == "6802"
    assert not archive.piles()  # it stays in memory
    page.get_by_role("button", name="Number").click()
    page.wait_for_function(
        """() => { for (const one of document.querySelectorAll('*')) {
            const cell = one.shadowRoot?.querySelector('tbody td.number');
            if (cell) return cell.innerText === '6803' } }"""
    )
    assert [text for text in numbers.all_inner_texts() if "/" not in text] == [
        "6803",
        "20745",
        "041768239506",
    ]


def test_a_candidate_on_a_row_s_card_counts(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page(dark=True)
    page.get_by_role("link", name="Pile").click()
    page.get_by_role("heading", name="Read a pile").wait_for()
    page.get_by_text("not stored or sent").wait_for()
    page.set_input_files("input[type=file]", save_doubtful(tmp_path / "number.png"))
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="New pile").wait_for()
    page.locator("tbody tr").click()
    shown = page.get_by_role("dialog")
    field = shown.get_by_role("textbox", name="The number that counts")
    field.wait_for()
    settle(page)  # a click while the card is still drawn would be lost
    assert field.input_value() == READ
    lightness = """one => getComputedStyle(one).color.match(/[0-9.]+/g).slice(0, 3)
        .reduce((sum, part) => sum + Number(part), 0) / 3"""
    # Chromium tells a mixed colour in shares of 1.
    assert shown.locator(".number b").evaluate(lightness) > 0.5  # can be read on the dark
    shown.get_by_role("button", name="Digit 5: take 7").click()
    shown.get_by_text(f"Settled by hand; read as {READ}.").wait_for()
    settle(page)
    assert field.input_value() == OTHER
    field.fill("12")
    field.press("Enter")
    shown.locator(".number", has_text="12").wait_for()  # one number counts, and it is shown
    shown.get_by_role("button", name="Take back").click()
    shown.get_by_role("button", name="Take back").wait_for(state="detached")
    settle(page)
    assert field.input_value() == READ
    shown.get_by_role("button", name="Digit 5: take 1").click()
    shown.get_by_text("Settled by hand").wait_for()
    settle(page)
    page.keyboard.press("Escape")
    page.locator(".tally", has_text="1 settled by hand").wait_for()
    assert json.loads(saved(page, "JSON"))[0]["text"] == NUMBER


def test_a_reviewer_needs_no_mouse(open_page: Callable[..., Any], archive: Archive) -> None:
    archive.add("scans", [doubted(*one, 0.1 * i) for i, one in enumerate(DOUBTED, 1)])
    page = open_page()
    go(page, "Review")
    shows(page, "ballpoint.jpg")
    assert page.locator(".tally b").all_inner_texts() == ["5", "0", "0"]
    page.keyboard.press("Enter")  # the guess is right
    shows(page, "envelope.jpg")
    page.keyboard.type("3")  # takes the place of the doubtful digit
    assert page.locator("textarea").input_value() == "30539"
    page.keyboard.press("Enter")
    shows(page, "felt-pen.jpg")
    page.keyboard.press("PageUp")  # was that wrong?
    shows(page, "envelope.jpg")
    assert page.locator("textarea").input_value() == "30539"  # as settled, not as guessed
    page.keyboard.press("Enter")
    shows(page, "felt-pen.jpg")
    page.keyboard.press("PageUp")
    shows(page, "envelope.jpg")
    page.keyboard.press("PageUp")
    shows(page, "ballpoint.jpg")
    page.keyboard.press("Escape")  # it stays as it was
    shows(page, "felt-pen.jpg")
    page.keyboard.press("PageUp")
    shows(page, "envelope.jpg")
    page.keyboard.type("8")  # in the place that was in doubt
    page.keyboard.press("Enter")
    shows(page, "felt-pen.jpg")
    page.keyboard.press("Escape")
    shows(page, "pencil.jpg")
    page.keyboard.press("Control+a")
    page.keyboard.type("none")
    page.keyboard.press("Enter")
    page.locator(".told", has_text="digits alone").wait_for()
    assert page.locator("textarea").input_value() == "none"  # nothing that was typed is lost
    page.keyboard.press("Control+a")
    page.keyboard.type("97386")
    page.keyboard.press("Enter")
    shows(page, "red-pen.jpg")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # there is no number
    page.keyboard.press("Enter")
    shows(page, "felt-pen.jpg")  # what was put off comes last
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The desk is clear").wait_for()
    assert {row["file"]: row["number"] for row in archive.everything()} == {
        "ballpoint.jpg": "20745",
        "envelope.jpg": "80539",
        "felt-pen.jpg": "6802",
        "pencil.jpg": "97386",
        "red-pen.jpg": "",
    }
    assert page.locator(".tally b").all_inner_texts() == ["0", "5", "2"]


def on_a_form(name: str, folder: Path) -> Path:
    """A sample at the lower right of a page ten times its size."""
    one = Image.open(SAMPLES / f"{name}.jpg").convert("RGB")
    paper = Image.new("RGB", (3 * one.width, 3 * one.height), one.getpixel((2, 2)))
    paper.paste(one, (2 * one.width, 2 * one.height))
    path = folder / "form.png"
    paper.save(path)
    return path


def test_the_whole_page_on_a_key(
    open_page: Callable[..., Any], archive: Archive, tmp_path: Path
) -> None:
    archive.add("scans", [doubted("form", 1, 0.1, on_a_form("ballpoint", tmp_path))])
    archive.add("others", [doubted(*DOUBTED[1], 0.9)])
    page = open_page()
    page.get_by_role("link", name="Review").click()
    shows(page, "form.png")
    look = page.get_by_role("button", name="Whole page")
    assert not page.locator(".port").is_visible()
    page.keyboard.press("w")
    page.locator(".port").wait_for()
    assert look.get_attribute("aria-pressed") == "true"
    page.wait_for_function(
        """() => { for (const one of document.querySelectorAll('*')) {
            const image = one.shadowRoot?.querySelector('.whole img');
            if (image) return image.naturalWidth > 1000 && image.clientWidth > 100 } }"""
    )
    port, place = page.locator(".port").bounding_box(), page.locator(".place").bounding_box()
    whole = page.locator(".whole").bounding_box()
    assert whole["height"] <= port["height"] + 1  # all of it is in view
    assert place["x"] > whole["x"] + 0.5 * whole["width"]  # lower right, as on the page
    assert place["y"] > whole["y"] + 0.5 * whole["height"]
    for _ in range(3):
        page.keyboard.press("+")
    larger = page.locator(".whole").bounding_box()
    assert larger["width"] > 2.5 * whole["width"]
    page.keyboard.press("ArrowRight")
    assert page.locator(".whole").bounding_box()["x"] < larger["x"]
    page.mouse.move(port["x"] + 200, port["y"] + 200)
    page.mouse.wheel(0, -400)
    page.wait_for_function(
        """(width) => { for (const one of document.querySelectorAll('*')) {
            const whole = one.shadowRoot?.querySelector('.whole');
            if (whole) return whole.getBoundingClientRect().width > 1.5 * width } }""",
        arg=larger["width"],
    )
    before = page.locator(".whole").bounding_box()
    page.mouse.down()
    page.mouse.move(port["x"] + 260, port["y"] + 230)
    page.mouse.up()
    assert page.locator(".whole").bounding_box()["x"] == pytest.approx(before["x"] + 60, abs=2)
    page.keyboard.type("9")  # the field has the keyboard all the while
    assert page.locator("textarea").input_value() == "29745"
    page.keyboard.press("W")
    assert not page.locator(".port").is_visible()
    page.keyboard.press("Enter")
    shows(page, "envelope.jpg")  # of which the writing is shown at first
    assert not page.locator(".port").is_visible()
    assert page.locator(".writing").is_visible()


def test_what_was_settled_is_listed_and_opens_again(
    open_page: Callable[..., Any], archive: Archive
) -> None:
    archive.add("scans", [doubted(*one, 0.1 * i) for i, one in enumerate(DOUBTED[:3], 1)])
    page = open_page()
    page.get_by_role("link", name="Review").click()
    shows(page, "ballpoint.jpg")
    page.keyboard.press("Enter")
    shows(page, "envelope.jpg")
    page.keyboard.press("Enter")
    shows(page, "felt-pen.jpg")
    page.get_by_text("Show what was settled (2)").click()
    rows = page.locator("tbody tr")
    rows.nth(1).wait_for()
    assert [row.split()[0] for row in rows.all_inner_texts()] == ["80539", "20745"]
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".where", has_text="settled as 20745").wait_for()
    shows(page, "ballpoint.jpg")
    assert page.locator("textarea").input_value() == "20745"
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    shows(page, "felt-pen.jpg")
    assert [row["number"] for row in archive.everything()] == ["20746", "80539", None]
    assert page.locator("tbody tr").first.inner_text().startswith("20746")


def test_an_enter_that_is_held_settles_one_page(
    open_page: Callable[..., Any], archive: Archive
) -> None:
    archive.add("scans", [doubted(*one, 0.1 * i) for i, one in enumerate(DOUBTED, 1)])
    page = open_page()
    page.get_by_role("link", name="Review").click()
    shows(page, "ballpoint.jpg")
    for _ in range(30):
        page.keyboard.down("Enter")  # again without an up: the key repeats
    page.keyboard.up("Enter")
    shows(page, "envelope.jpg")
    page.wait_for_timeout(500)
    assert [row["number"] for row in archive.everything()] == ["20745", None, None, None, None]


def test_two_browsers_at_once(open_page: Callable[..., Any], archive: Archive) -> None:
    archive.add("scans", [doubted(*one, 0.1 * i) for i, one in enumerate(DOUBTED, 1)])
    ann, bo = open_page(), open_page()
    for page, name in ((ann, "Ann"), (bo, "Bo")):
        page.get_by_role("link", name="Review").click()
        settle(page)
        field = page.get_by_label("Your name")
        field.fill(name)
        field.press("Enter")
        settle(page)
    ann.locator(".where", has_text="ballpoint.jpg").wait_for()
    bo.locator(".where", has_text="envelope.jpg").wait_for()
    ann.locator("textarea").press("Enter")
    shows(ann, "felt-pen.jpg")
    bo.locator("textarea").press("Enter")
    shows(bo, "pencil.jpg")
    ann.context.close()  # before felt-pen is settled
    bo.locator("textarea").press("Enter")
    shows(bo, "red-pen.jpg")
    bo.locator("textarea").press("Enter")
    bo.locator(".welcome", has_text="on other screens").wait_for()
    assert {row["file"]: (row["number"], row["reviewer"]) for row in archive.everything()} == {
        "ballpoint.jpg": ("20745", "Ann"),
        "envelope.jpg": ("80539", "Bo"),
        "felt-pen.jpg": (None, None),
        "pencil.jpg": ("91386", "Bo"),
        "red-pen.jpg": ("1537", "Bo"),
    }


def test_a_pile_is_deleted_and_taken_along(open_page: Callable[..., Any], archive: Archive) -> None:
    archive.add("old scans", [doubted(*DOUBTED[0], 0.4), doubted(*DOUBTED[1], 0.5)])
    page = open_page()
    page.get_by_role("link", name="Review").click()
    shows(page, "ballpoint.jpg")
    row, _ = csv.DictReader(io.StringIO(saved(page, "CSV").decode()))
    assert (row["pile"], row["number"], row["read"]) == ("old scans", "", "2074?")
    line, _ = saved(page, "JSON lines").decode().splitlines()
    assert json.loads(line)["record"]["guess"] == "20745"
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete ballpoint.jpg").click()
    page.locator(".where", has_text="envelope.jpg").wait_for()
    assert archive.piles() == {"old scans": 1}
    page.get_by_role("button", name="Delete this pile").click()
    page.get_by_role("heading", name="The desk is clear").wait_for()
    assert not archive.piles()
