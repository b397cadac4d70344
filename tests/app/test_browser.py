"""The app in a real browser, by mouse on a desk and by finger on a phone."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import saved, settle
from PIL import Image

from synthesis.hands.strokes import Hand, render, write_number

HAND = Hand(allographs=(0,) * 10, jitter=0.008)
NEAR = 12  # px from the edge of the paper
PenPath = list[tuple[float, float]]


def strokes_of(text: str, height_px: float, left: float, top: float) -> list[PenPath]:
    """A number as pen strokes, its upper left corner at left, top."""
    rng = np.random.default_rng(7)
    written = [stroke for digit in write_number(rng, HAND, text, height_px) for stroke in digit]
    shift = np.array([left, top]) - np.array([0, min(stroke[:, 1].min() for stroke in written)])
    return [[(float(x), float(y)) for x, y in stroke + shift] for stroke in written]


def picture_of(text: str, folder: Path, name: str = "number.png") -> Path:
    """A PNG with a number in it."""
    size_px = (260, 200 + 110 * len(text))
    paths = [np.array(path, np.float32) for path in strokes_of(text, 110, 60, 60)]
    ink = render(paths, size_px, 9)
    path = folder / name
    Image.fromarray((245 - 215 * ink).astype(np.uint8)).save(path)
    return path


def paper_of(page: Any) -> Any:
    page.get_by_role("radio", name="Draw").click()
    page.locator(".st-key-paper canvas.upper-canvas").wait_for()
    settle(page)
    paper, box = page.locator(".st-key-paper"), None
    while box != (box := paper.bounding_box()):  # what is above it may still come and go
        page.wait_for_timeout(200)
    return paper


def write_by_mouse(page: Any, paper: Any, paths: list[PenPath]) -> None:
    corner = paper.bounding_box()
    for path in paths:
        points = [(corner["x"] + x, corner["y"] + y) for x, y in path]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def write_by_finger(page: Any, paper: Any, paths: list[PenPath]) -> None:
    corner = paper.bounding_box()
    session = page.context.new_cdp_session(page)
    for path in paths:
        for index, (x, y) in enumerate(path):
            session.send(
                "Input.dispatchTouchEvent",
                {
                    "type": "touchMove" if index else "touchStart",
                    "touchPoints": [{"x": corner["x"] + x, "y": corner["y"] + y}],
                },
            )
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def expect_number(page: Any, text: str) -> None:
    """Wait until the page shows this number; lines are parted by spaces."""
    page.wait_for_function(
        "text => (document.querySelector('.number')?.innerText ?? '').split(/\\s+/)"
        ".filter(Boolean).join(' ') === text",
        arg=text,
    )


def ink_px(paper: Any) -> int:
    """How many pixels of the paper carry ink."""
    script = """canvas => canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height).data
        .reduce((count, value, index) => count + (index % 4 === 0 && value < 128), 0)"""
    found: int = paper.locator("canvas.dc-canvas.lower-canvas").evaluate(script)
    return found


def expect_ink(paper: Any, least_px: int) -> None:
    """Wait for the browser's next frames to show so much ink."""
    deadline = time.monotonic() + 60
    while ink_px(paper) < least_px:
        assert time.monotonic() < deadline, f"less ink than {least_px} px"
        paper.page.wait_for_timeout(50)


def test_upload_correct_and_download(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    page.set_input_files("input[type=file]", picture_of("4072", tmp_path))
    expect_number(page, "4072")
    page.locator(".card").nth(3).wait_for()
    assert page.locator(".card").count() == 4
    record = json.loads(saved(page, "JSON"))[0]
    assert (record["file"], record["text"]) == ("number.png", "4072")
    assert "corrected" not in record
    assert Image.open(io.BytesIO(saved(page, "Picture"))).size[0] > 300
    field = page.get_by_role("textbox", name="Correct it here")
    field.fill("4073")
    field.press("Enter")
    expect_number(page, "4073")
    record = json.loads(saved(page, "JSON"))[0]
    assert (record["text"], record["corrected"]) == ("4072", "4073")
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode())))
    assert [row["label"] for row in rows] == list("4072")
    assert {row["corrected"] for row in rows} == {"4073"}


def test_draw_by_mouse_undo_and_clear(open_page: Callable[..., Any]) -> None:
    page = open_page()
    paper = paper_of(page)
    write_by_mouse(page, paper, strokes_of("27", 150, 120, 60))
    expect_number(page, "27")
    # A bare upright stroke could be a mark, and is doubted.
    write_by_mouse(page, paper, [[(560, 120), (605, 60), (600, 220)]])
    page.wait_for_function(
        "() => document.querySelector('.number')?.innerText.replace(/\\D/g, '') === '271'"
    )
    tools = page.locator(".st-key-pens")
    tools.get_by_role("button", name="Undo").click()
    expect_number(page, "27")
    tools.get_by_role("button", name="Clear").click()
    page.locator(".number").wait_for(state="detached")
    settle(page)
    assert ink_px(paper) == 0


def thinned(stroke: Any) -> Any:
    """Fewer points (N, 2), as few as a quick pen leaves: each takes the browser some time."""
    return np.concatenate([stroke[:-1:3], stroke[-1:]])


def test_drawn_digits_of_many_hands_are_read(open_page: Callable[..., Any]) -> None:
    from benchmarks.drawing import modelled, write

    page = open_page()
    paper_of(page)
    digits = modelled(np.random.default_rng(3), 25)
    right = 0
    for start in range(0, len(digits), 5):
        number = [(label, list(map(thinned, strokes))) for label, strokes in digits[start:][:5]]
        truth, shown = "".join(label for label, _ in number), write(page, number)
        if len(shown) == len(truth):
            right += sum(a == b for a, b in zip(truth, shown, strict=True))
        page.locator(".st-key-pens").get_by_role("button", name="Clear").click()
        page.locator(".hint").wait_for()
        settle(page)
    assert right >= 0.95 * len(digits)


def test_drawing_survives_a_look_elsewhere(open_page: Callable[..., Any]) -> None:
    page = open_page()
    write_by_mouse(page, paper_of(page), strokes_of("5", 150, 120, 60))
    expect_number(page, "5")
    page.get_by_role("radio", name="Upload").click()
    page.locator(".number").wait_for(state="detached")
    expect_ink(paper_of(page), 1)
    expect_number(page, "5")


def test_draw_by_finger_on_a_phone(open_page: Callable[..., Any]) -> None:
    page = open_page(phone=True)
    paper = paper_of(page)
    assert paper.bounding_box()["width"] <= 390
    write_by_finger(page, paper, strokes_of("384", 110, 20, 80))
    expect_number(page, "384")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_no_stroke_is_lost_in_the_corners(open_page: Callable[..., Any]) -> None:
    page = open_page(phone=True)
    paper = paper_of(page)
    size = paper.bounding_box()
    right, bottom = size["width"] - NEAR, size["height"] - NEAR
    starts = [(right, NEAR), (right - 120, NEAR), (NEAR, NEAR), (right, bottom), (NEAR, bottom)]
    middle = (size["width"] / 2, size["height"] / 2)
    for start in starts:
        before = ink_px(paper)
        halfway = ((start[0] + middle[0]) / 2, (start[1] + middle[1]) / 2)
        write_by_finger(page, paper, [[start, halfway, middle]])
        expect_ink(paper, before + 100)


def test_several_files_some_of_them_bad(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    good, other = picture_of("52", tmp_path, "a.png"), picture_of("834", tmp_path, "b.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("no picture at all")
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:200])
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    Image.new("1", (1, 1)).save(tmp_path / "dot.png")
    Image.new("1", (9000, 9000)).save(tmp_path / "bomb.png")
    names = ("empty", "text", "cut", "blank", "dot", "bomb")
    page.set_input_files("input[type=file]", [good, *(tmp_path / f"{n}.png" for n in names), other])
    expect_number(page, "52")
    table = page.locator(".st-key-rows")
    table.get_by_text("834").wait_for()
    for words in ("file is empty", "not a picture", "damaged", "megapixels"):
        assert table.get_by_text(words).count() == 1, words
    assert page.locator(".stException").count() == 0
    records = json.loads(page_all_json(page))
    assert [record.get("text", record.get("error", ""))[:3] for record in records][-1] == "834"
    assert sum("error" in record for record in records) == 4


def page_all_json(page: Any) -> bytes:
    settle(page)
    with page.expect_download() as download:
        page.locator(".st-key-downloads-all").get_by_role("button", name="JSON").click()
    return Path(download.value.path()).read_bytes()


def test_a_bad_file_alone_and_then_a_good_one(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page()
    (tmp_path / "text.png").write_text("no picture at all")
    page.set_input_files("input[type=file]", tmp_path / "text.png")
    page.get_by_text("This is not a picture").wait_for()
    page.get_by_role("radio", name="Draw").click()
    write_by_mouse(page, paper_of(page), strokes_of("6", 150, 120, 60))
    expect_number(page, "6")


def test_every_step_and_a_changed_setting(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    page.set_input_files("input[type=file]", picture_of("906", tmp_path))
    expect_number(page, "906")
    settle(page)
    page.get_by_text("Show every step").click()
    titles = (
        "Original picture",
        "Threshold",
        "Where numbers are",
        "Set out",
        "Recognition lattice",
    )
    for title in (*titles, "Along the line", "Two readers", "Probabilities"):
        page.get_by_role("heading", name=title).first.wait_for()
    page.get_by_text("Otsu's threshold").wait_for()
    archive = zipfile.ZipFile(io.BytesIO(saved(page, "All steps as a ZIP")))
    assert "01-original-picture.png" in archive.namelist()
    assert len(archive.namelist()) == 22  # every stage but the local threshold, and the answer
    page.get_by_role("radio", name="By place").click()
    page.get_by_text("the adaptive threshold").wait_for()
    page.get_by_role("heading", name="Local threshold").wait_for()
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Otsu's threshold").wait_for()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_is_known_of_the_number(
    open_page: Callable[..., Any], tmp_path: Path, phone: bool
) -> None:
    page = open_page(phone=phone)
    page.set_input_files("input[type=file]", picture_of("906", tmp_path))
    expect_number(page, "906")
    settle(page)
    page.get_by_role("button", name="Doubt and format").click()
    pattern = page.get_by_role("textbox", name="Pattern")
    pattern.fill("9#-7")
    pattern.press("Enter")
    page.locator(".note").wait_for()
    length = page.get_by_role("spinbutton", name="Digits")
    length.fill("4")
    length.press("Enter")
    page.get_by_text("Length asks for 4 digits but pattern for 3 digits").wait_for()
    pattern.fill("")
    pattern.press("Enter")
    page.locator(".amiss").wait_for(state="detached")
    length.fill("3")
    length.press("Enter")
    page.locator(".note").wait_for(state="detached")
    expect_number(page, "906")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_a_region_and_a_turn(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page(phone=True)
    page.set_input_files("input[type=file]", picture_of("6 8", tmp_path))
    expect_number(page, "68")
    settle(page)
    page.get_by_text("Choose a region").click()
    picture = page.get_by_alt_text("Drag a box around the number")
    picture.wait_for()
    page.wait_for_function("image => image.clientWidth > 100", arg=picture.element_handle())
    settle(page)
    picture.scroll_into_view_if_needed()
    size = picture.bounding_box()
    half = strokes_of("6", 110, 60, 60)[0]
    edge = (max(x for x, _ in half) + 20) * size["width"] / 530
    write_by_finger(page, picture, [[(2, 2), (edge / 2, 60), (edge, size["height"] - 2)]])
    expect_number(page, "6")
    page.get_by_role("button", name="Undo changes").click()
    expect_number(page, "68")
    settle(page)
    page.get_by_role("button", name="Turn right").click()
    # Turned, the picture has changes to undo; clicking on before that would meet a moving page.
    undo = page.get_by_role("button", name="Undo changes")
    undo.wait_for()
    settle(page)
    page.get_by_role("button", name="Turn left").click()
    undo.wait_for(state="detached")
    expect_number(page, "68")


def test_a_sample_is_one_click_away(open_page: Callable[..., Any]) -> None:
    page = open_page()
    samples = page.get_by_role("button", name="Sample:")
    samples.first.click()
    page.locator(".number").wait_for()
    page.locator(".card").first.wait_for()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_both_themes(open_page: Callable[..., Any], dark: bool) -> None:
    page = open_page(dark=dark)
    script = """element => {
        const context = document.createElement('canvas').getContext('2d');
        return ['backgroundColor', 'color'].map(name => {
            context.fillStyle = getComputedStyle(element)[name];
            context.fillRect(0, 0, 1, 1);
            return context.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((a, b) => a + b) / 3;
        });
    }"""
    background, ink = page.locator(".stApp").evaluate(script)
    assert (background < ink) == dark
    assert abs(background - ink) > 100
