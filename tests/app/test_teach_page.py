"""The page Teach, with and without a browser; what runs learns nothing."""

from __future__ import annotations

import io
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served, settle
from drawings import written
from PIL import Image

pytest.importorskip("streamlit")
pytest.importorskip("altair")
pytest.importorskip("fsspec")
pytest.importorskip("fcntl")

from streamlit.testing.v1 import AppTest

from digitocr import InputError
from digitocr.networks import installed
from digitocr.teach.folder import opened
from digitocr.tune import background, workplace
from digitocr.tune.workplace import Workplace
from ui import offer, teach_work
from ui.teach_work import Look, forget, keep_settled, keep_uploads, look_again, look_of

ROOT = Path(__file__).parents[2]
STUB = ROOT / "tests" / "stub_tuning.py"


def labelled_zip(*texts: str, **wrong: str) -> bytes:
    """Pictures that say what their labels do, and some that do not: _12="13"."""
    buffer = io.BytesIO()
    rows = [(text, text) for text in texts] + [(name[1:], label) for name, label in wrong.items()]
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, (text, _) in enumerate(rows):
            png = io.BytesIO()
            Image.fromarray(written(text)).save(png, "PNG")
            archive.writestr(f"set/{place}.png", png.getvalue())
        parts = ["train", "test"]
        table = [f"{n}.png,{label},{parts[n % 2]},anna" for n, (_, label) in enumerate(rows)]
        archive.writestr("set/labels.csv", "\n".join(["file,label,split,writer", *table]))
    return buffer.getvalue()


def looked(work: Workplace, within_s: float = 60) -> Look:
    deadline = time.monotonic() + within_s
    while not ((look := look_of(work)) and look.is_done):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return look


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    monkeypatch.setenv(installed.VARIABLE, str(tmp_path / "models"))
    monkeypatch.setenv("DIGITOCR_DATABASE", f"sqlite:///{tmp_path / 'none.sqlite'}")
    monkeypatch.setattr(
        background,
        "command",
        lambda work, out: list(map(str, [sys.executable, STUB, work.data, out, work.progress])),
    )
    yield workplace.workplace()
    forget(workplace.workplace())


# The look


def test_uploads_are_kept_looked_at_and_put_right(work: Workplace) -> None:
    keep_uploads(work, [("set.zip", labelled_zip("205", "31", _48="43"))])
    look = looked(work)
    assert look.overview
    assert [one.label for one in look.overview.examples] == ["205", "31", "43"]
    assert {one.writer for one in look.overview.examples} == {"anna"}
    (suspect,) = look.overview.suspects
    file = look.overview.examples[suspect.place].file
    assert work.folder.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="already"):
        keep_uploads(work, [])
    look_again(work, {file: "48"})
    again = looked(work)
    assert again.overview
    assert not again.overview.suspects
    assert again.verdicts is look.verdicts  # what did not change was not read again
    assert len(again.verdicts) == 4
    assert [one.label for one in opened(work.data)] == ["205", "31", "48"]


@pytest.mark.parametrize("keep", ["no table", "no desk"])
def test_what_cannot_be_taught_by_is_not_kept(work: Workplace, keep: str) -> None:
    if keep == "no table":
        keep_uploads(work, [("a.png", b"no picture")])
    else:
        keep_settled(work)
    assert looked(work).error.startswith("There is no ")
    assert not work.is_there


def test_a_look_stops_when_told_to(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def first_only(*_: Any) -> Any:
        look = look_of(work)
        assert look
        look.is_stopped = True

    monkeypatch.setattr(teach_work, "verdict", first_only)
    keep_uploads(work, [("set.zip", labelled_zip("1", "2", "3"))])
    look = looked(work)
    assert (look.overview, look.done) == (None, 1)
    assert look.error.startswith("Stopped")
    assert len(opened(work.data)) == 3


# The page


def page() -> None:
    from ui import teach_page

    teach_page.teach_page()


@pytest.fixture
def app(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(workplace, "find_spec", lambda name: name)
    return AppTest.from_function(page, default_timeout=30)


def pressed(app: Any, label: str) -> Any:
    (button,) = (one for one in app.button if one.label == label)
    return button.click().run()


def test_nothing_is_kept_before_the_button(app: Any, work: Workplace) -> None:
    app.run().file_uploader(key="teach-files").set_value([("a.zip", labelled_zip("1"), "")]).run()
    assert not app.exception
    assert not work.is_there
    assert str(work.folder) in app.info[0].value


def test_a_second_session_sees_the_teaching_and_ends_it(app: Any, work: Workplace) -> None:
    keep_uploads(work, [("set.zip", labelled_zip("205", "31"))])
    looked(work)
    app.run()
    app.text_input(key="teach-name").set_value("slow").run()
    pressed(app, "Start")
    assert not app.exception
    other = AppTest.from_function(page, default_timeout=30).run()
    assert "Teaching slow" in other.html[0].body
    pressed(other, "Stop teaching")
    assert not background.is_running(work)
    forget(work)  # as if the app had been started anew
    app.run()
    looked(work)
    app.run()
    assert "slow is not done" in app.info[0].value
    assert [one.label for one in app.button if one.label == "Go on"]
    pressed(app, "Delete all of it")
    assert not app.exception
    assert not work.is_there


def test_without_tensorflow_one_sentence_says_so(
    app: Any, work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workplace, "find_spec", lambda name: None)
    app.run()
    assert [one.value for one in app.info] == [
        'Fine-tuning needs TensorFlow: pip install "digitocr[train]".'
    ]
    assert not app.button


@pytest.mark.parametrize(("told", "is_there"), [(None, True), ("off", False), ("OFF", False)])
def test_the_page_can_be_left_out(
    monkeypatch: pytest.MonkeyPatch, told: str | None, is_there: bool
) -> None:
    monkeypatch.delenv(offer.TEACH, raising=False)
    if told:
        monkeypatch.setenv(offer.TEACH, told)
    assert offer.may_teach() == is_there


# The browser


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of an app that only pretends to learn, and where its models lie."""
    pytest.importorskip("tensorflow")
    models = tmp_path_factory.mktemp("taught") / "models"
    with served("tests/app/teach_app.py", {installed.VARIABLE: str(models)}) as url:
        yield url, models


def start(page: Any, model: str) -> None:
    name = page.get_by_role("textbox", name="Name of the model")
    name.fill(model)
    name.press("Enter")
    page.get_by_role("button", name="Start").click()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_teach_and_use(
    open_page: Callable[..., Any], stub: tuple[str, Path], tmp_path: Path, phone: bool
) -> None:
    url, models = stub
    shutil.rmtree(models, ignore_errors=True)  # of a time before that failed
    file = tmp_path / "set.zip"
    file.write_bytes(labelled_zip("205", "31", _48="43"))
    page = open_page(phone=phone, url=f"{url}/teach")
    page.get_by_role("heading", name="Teach", exact=True).wait_for()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Keep these pictures").click()
    page.get_by_role("heading", name="Labels to look at").wait_for()
    card = page.locator(".st-key-suspects > *")
    assert card.count() == 1
    picture, frame = card.locator("img").bounding_box(), card.bounding_box()
    assert picture["x"] + picture["width"] <= frame["x"] + frame["width"]
    card.get_by_role("textbox").fill("48")
    page.get_by_role("button", name="Put them right").click()
    page.get_by_role("heading", name="Labels to look at").wait_for(state="detached")
    page.get_by_text("labels probably wrong").wait_for()
    if not phone:
        start(page, "slow")
        page.get_by_text("3 of 7: Learning, 2 of 60").wait_for()
        page.get_by_role("button", name="Stop teaching").click()
        page.get_by_role("button", name="Go on").wait_for()
    start(page, "worse" if phone else "mine")
    page.get_by_text("Read otherwise in your test part: 1").wait_for()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= (390 if phone else 1280)
    use = page.get_by_role("button", name="Use it", exact=True)
    if phone:
        page.get_by_text("It got worse: ").wait_for()
        assert use.is_disabled()
        page.get_by_text("Use it all the same").click()
        settle(page)
    use.click()
    page.get_by_text("reads from now on").wait_for()
    page.get_by_role("button", name="Drop it all").click()
    page.get_by_role("button", name="Delete all of it").click()
    page.get_by_role("button", name="Keep these pictures").wait_for()
