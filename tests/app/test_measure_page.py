"""The page Measure, with and without a browser."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browsing import saved, settle
from drawings import written
from PIL import Image

pytest.importorskip("streamlit")
pytest.importorskip("altair")
pytest.importorskip("fsspec")

import fsspec
from streamlit.testing.v1 import AppTest

from digitocr import Settings
from digitocr.measure.cases import Case
from digitocr.measure.edits import Pair, edit_distance
from digitocr.measure.reliability import Claims
from digitocr.measure.saved import Measurement, as_json
from digitocr.processes.answers import answered
from ui import measure_charts as charts
from ui import measure_work
from ui.measure_work import Work, begin

ROOT = Path(__file__).parents[2]


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


def labelled_set(**labels: str) -> bytes:
    """A ZIP of pictures that are named by what is on them, and their table."""
    buffer = io.BytesIO()
    rows = "".join(f"{name[1:]}.png,{label}\n" for name, label in labels.items())
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("set/labels.csv", f"file,label\n{rows}")
        for name in labels:
            archive.writestr(f"set/{name[1:]}.png", png(name[1:]))
    return buffer.getvalue()


def finished(work: Work, within_s: float = 60) -> Work:
    deadline = time.monotonic() + within_s
    while not work.is_done:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not fsspec.filesystem("memory").ls("/", detail=False)  # uploads are forgotten
    return work


def test_uploads_are_measured_in_memory() -> None:
    files = [
        ("labels.csv", b"file,label\n205.png,205\n69.png,68\nbad.png,12\nno.png,3\n"),
        ("205.png", png("205")),
        ("69.png", png("69")),
        ("bad.png", b"no picture"),
    ]
    work = finished(begin(files, Settings(one_wrong_in=10)))
    assert (work.total, work.error) == (4, "")
    results = work.results
    found = results.figures
    assert (found.pictures, found.exact, found.unreadable, found.edits) == (4, 1, 2, 1 + 2 + 1)
    assert results.confusion[Pair("8", "9")] == [1]
    assert all(one.case.reading is None for one in results.seen)
    seen = Image.open(io.BytesIO(results.seen[1].picture))
    assert max(seen.size) <= measure_work.PICTURE_PX
    assert [bool(one.picture) for one in results.seen] == [True, True, False, False]


@pytest.mark.parametrize("files", [[("a.png", png("1"))], [("set.zip", b"PK nothing")]])
def test_what_holds_no_labels_is_told(files: list[tuple[str, bytes]]) -> None:
    work = finished(begin(files, Settings()))
    assert work.error.endswith(".")
    assert not work.seen


def test_measuring_stops_when_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, waits = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Any:
        reads.set()
        assert waits.wait(60)
        return answered(*arguments)

    monkeypatch.setattr(measure_work, "answered", slow)
    work = begin([("set.zip", labelled_set(_1="1", _2="2", _3="3"))], Settings())
    assert reads.wait(60)
    work.is_stopped = True
    waits.set()
    assert finished(work).total == 3
    assert len(work.seen) == 0


def case(name: str, guess: str, truth: str, confidence: float = 0.9) -> Case:
    digits = tuple((confidence, sign == other) for sign, other in zip(guess, truth, strict=True))
    edits = edit_distance(guess, truth)
    found = Case(Path(name), truth, guess, edits, True, confidence, digits)
    return found if found.is_exact else replace(found, blamed="decision")


def data_of(chart: Any) -> list[dict[str, Any]]:
    """The rows of a chart that has one table."""
    ((_, rows),) = chart.to_dict()["datasets"].items()
    return list(rows)


def test_every_cell_of_the_matrix_can_be_told_from_its_click() -> None:
    found = {Pair("1", "7"): [0, 3], Pair("2", ""): [1], Pair("", "4"): [2], Pair("1", "1"): [0]}
    cells = data_of(charts.confusion_chart(found, Pair("2", ""), "black"))
    assert len(cells) == 11 * 11 - 1
    assert {charts.pair_of(cell): cell["count"] for cell in cells if cell["count"]} == {
        pair: len(places) for pair, places in found.items()
    }
    assert [charts.pair_of(cell) for cell in cells if cell["chosen"]] == [Pair("2", "")]


def test_a_long_curve_ends_where_it_ends() -> None:
    sure = [place / 1000 for place in range(1000)]
    claims = Claims(sure, [place > 0.4 for place in sure])
    work = Work([], Settings())
    shares = [one["share"] for one in data_of(charts.selective_chart(claims, work.results.figures))]
    assert len(shares) <= charts.MOST_POINTS + 1
    assert shares[-1] == 1


def page() -> None:
    from ui import measure_page

    measure_page.measure_page()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(ROOT)
    return AppTest.from_function(page, default_timeout=30)


def chosen(app: Any, name: str, data: bytes) -> Any:
    app.run().file_uploader(key="measure-files").set_value([(name, data, "")]).run()
    (button,) = (one for one in app.button if one.label == "Measure")
    return button.click().run()


def test_a_saved_measurement_is_opened_and_compared(app: Any) -> None:
    before = [case("a.png", "205", "205"), case("b.png", "17", "71"), case("c.png", "4", "4", 0.3)]
    now = [case("a.png", "205", "205"), case("b.png", "71", "71"), case("c.png", "6", "4", 0.4)]
    chosen(app, "now.json", as_json(Measurement(now, 50, "digitocr")).encode())
    assert not app.exception
    assert [one.value for one in app.subheader] == [
        "Which digits are taken for which",
        "Does confidence mean what it says?",
        "What doubt buys",
        "Which stage went wrong",
        "Against an earlier measurement",
    ]
    earlier = as_json(Measurement(before, 10, "digitocr")).encode()
    app.file_uploader(key="measure-against").set_value(("before.json", earlier, "")).run()
    assert not app.exception
    assert any("it may well be chance" in one.value for one in app.markdown)
    assert any("Read otherwise: 2" in one.value for one in app.markdown)
    app.file_uploader(key="measure-against").set_value(("before.json", b"{}", "")).run()
    assert "before.json is no saved measurement" in app.warning[0].value


def test_a_file_that_is_no_measurement_leaves_the_page_as_it_is(app: Any) -> None:
    chosen(app, "now.json", b"[]")
    assert not app.exception
    assert "now.json is no saved measurement" in app.warning[0].value
    assert app.file_uploader(key="measure-files").value


def test_measure_and_look_behind_a_cell(open_page: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "set.zip"
    file.write_bytes(labelled_set(_205="205", _69="68", _31="31"))
    page = open_page(phone=True)
    page.get_by_role("link", name="Measure").click()
    page.get_by_role("heading", name="Measure").wait_for()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Measure", exact=True).click()
    page.get_by_text("exact: 2 of 3").wait_for()
    cell = page.locator("path[aria-label='8 read as 9: 1 times']")
    cell.wait_for()
    settle(page)
    cell.click(force=True)  # the count lies on it
    page.get_by_role("heading", name="8 read as 9: 1 picture").wait_for()
    figure = page.locator(".seen figure")
    figure.first.wait_for()  # it comes after its heading
    assert figure.count() == 1
    assert figure.locator("dd").all_inner_texts()[0] == "68"
    assert figure.locator("dd b").all_inner_texts() == ["8", "9"]
    assert "to blame: " in figure.inner_text()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    settle(page)
    cases = json.loads(saved(page, "Save the measurement"))["cases"]
    assert [one["file"] for one in cases] == ["205.png", "69.png", "31.png"]
