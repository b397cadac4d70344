"""The app without a browser: uploads, answers, settings, bad files."""

from __future__ import annotations

import dataclasses
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from own_models import model_folder
from PIL import Image

import digitocr
from digitocr import Reading, Settings
from digitocr.networks import installed
from digitocr.picture.documents import source
from digitocr.picture.edit import Edit, drawn, encoded
from digitocr.settings import SETTINGS, Setting
from synthesis.hands.strokes import Hand, write_number

testing = pytest.importorskip("streamlit.testing.v1")

APP = Path(__file__).parents[2] / "app.py"
HAND = Hand(allographs=(0,) * 10, jitter=0.008)


def png_of(text: str) -> bytes:
    rng = np.random.default_rng(7)
    strokes = [
        (9.0, [(float(x) + 40, float(y) + 200) for x, y in stroke])
        for digit in write_number(rng, HAND, text, 120)
        for stroke in digit
    ]
    return encoded(drawn((120 + 110 * len(text), 260), strokes))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(APP.parent)
    started = testing.AppTest.from_file(str(APP), default_timeout=30).run()
    assert not started.exception
    return started


def upload(app: Any, *files: tuple[str, bytes]) -> Any:
    app.file_uploader[0].set_value([(name, data, "image/png") for name, data in files]).run()
    assert not app.exception
    return app


def words(app: Any) -> str:
    """The page's HTML; digits of the number without what marks each."""
    return re.sub("</?span[^>]*>", "", " ".join(element.body for element in app.html))


def controls(widgets: Any, name: str) -> list[Any]:
    """The widgets for a place and a field; a key's last part counts how often it began anew."""
    return [one for one in widgets if (one.key or "").rpartition("/")[0] == name]


def control(widgets: Any, name: str) -> Any:
    (found,) = controls(widgets, name)
    return found


def correction(app: Any) -> Any:
    return next(one for one in app.text_input if one.label.startswith("Not right?"))


def test_the_empty_page_says_what_to_do(app: Any) -> None:
    assert "Show it a number" in words(app)


def test_an_upload_is_read(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    assert ">472</div>" in words(app)
    assert words(app).count('class="card') == 3 + 1  # the cards and the grid that holds them
    assert correction(app).value == "472"


def test_a_correction_takes_the_place_of_the_number(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    correction(app).set_value("479").run()
    assert ">479</div>" in words(app)
    assert "read as 472" in words(app)


def test_an_emptied_correction_gives_the_reading_back(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    correction(app).set_value("479").run()
    correction(app).set_value("").run()
    assert ">472</div>" in words(app)


def test_a_correction_stays_while_another_picture_is_shown(app: Any) -> None:
    upload(app, ("a.png", png_of("472")), ("b.png", png_of("5")))
    correction(app).set_value("479").run()
    app.selectbox(key="shown").set_value(1).run()
    assert ">5</div>" in words(app)
    app.selectbox(key="shown").set_value(0).run()
    assert ">479</div>" in words(app)


def test_a_correction_is_shown_as_text_and_never_as_markup(app: Any) -> None:
    upload(app, ("<b>.png", png_of("472")))
    correction(app).set_value("<script>").run()
    assert "<script>" not in words(app)
    assert "&lt;" in words(app)


def test_digits_in_doubt_stand_out(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    app.toggle(key="steps").set_value(True).run()
    app.session_state.settings = Settings(one_wrong_in=1_000_000)
    app.run()
    doubts = words(app).count('class="card doubt"')
    assert doubts >= 1
    assert words(app).count("<i>?</i></b>") == 2 * doubts  # in the number and on its card


def test_never_doubt_shows_every_digit(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    control(app.select_slider, "popover/one_wrong_in").set_value(1).run()
    assert not app.exception
    assert "card doubt" not in words(app)
    assert ">472</div>" in words(app)


def test_a_model_of_ones_own_is_offered_and_reads(
    app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(app, ("number.png", png_of("472")))
    assert not [one for one in app.selectbox if one.label == "Model"]  # there is no other
    monkeypatch.setenv(installed.VARIABLE, str(tmp_path / "models"))
    installed.install(model_folder(tmp_path / "unsure", number=[-9.0, 0.0]))
    app.run()
    (choice,) = [one for one in app.selectbox if one.label == "Model"]
    assert (choice.options, choice.value) == (["shipped", "unsure"], "shipped")
    choice.set_value("unsure").run()
    assert not app.exception
    assert ">472</div>" not in words(app)
    assert "card doubt" in words(app)


def test_settings_stay_when_the_steps_are_hidden(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    app.toggle(key="steps").set_value(True).run()
    control(app.select_slider, "beside/one_wrong_in").set_value(10_000).run()
    app.toggle(key="steps").set_value(False).run()
    assert control(app.select_slider, "popover/one_wrong_in").value == 10_000
    app.toggle(key="steps").set_value(True).run()
    assert control(app.select_slider, "beside/one_wrong_in").value == 10_000
    app.button(key="reset-settings").click().run()
    assert control(app.select_slider, "beside/one_wrong_in").value == Settings().one_wrong_in
    assert control(app.select_slider, "popover/one_wrong_in").value == Settings().one_wrong_in
    assert app.button(key="reset-settings").disabled


BY_HAND = Settings(
    blur_sigma_px=2.5,
    threshold="manual",
    level=90,
    polarity="dark",
    max_skew_deg=10.0,
    split_touching=False,
    one_wrong_in=200,
    length=5,
    pattern="1####",
    check="luhn",
)
BY_PLACE = Settings(threshold="adaptive", window_px=60, check="iban", country="NO")


def first_shown(one: Any) -> Any:
    """What a control shows that was not on the page before, in a popover opened late."""
    default = one.proto.default
    if one.type in ("slider", "select_slider"):
        options = one.proto.options
        return options[int(default[0])] if options else default[0]
    return one.proto.options[default[0]].content if one.type == "button_group" else default


def in_words(field: str, value: Any) -> Any:
    """How a control writes a field's value."""
    from ui.controls import CHECKS, POLARITIES, THRESHOLDS

    words = {"threshold": THRESHOLDS, "polarity": POLARITIES, "check": CHECKS}
    if field in words:
        return words[field][value]
    if field == "window_px":
        return f"{value} px" if value else "automatic"
    return f"{value:,}" if field == "one_wrong_in" else value


def test_every_control_shows_the_session_s_settings(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    app.toggle(key="steps").set_value(True).run()
    seen = set()
    for chosen in (Settings(), BY_HAND, BY_PLACE, Settings()):
        app.session_state.settings = chosen
        for _ in range(2):  # what was set from elsewhere, and after any other rerun
            app.run()
            assert not app.exception
            for kind in ("slider", "select_slider", "toggle", "number_input", "text_input"):
                seen |= {check_control(one, chosen) for one in app.get(kind)}
            seen |= {check_control(one, chosen) for one in app.get("button_group")}
    fields = {field.name for field in dataclasses.fields(Settings)}
    known = {"length", "pattern", "check", "country", "one_wrong_in"}
    wanted = {f"beside/{field}" for field in fields} | {f"popover/{field}" for field in known}
    assert seen - {""} == wanted


def test_there_is_a_word_for_every_choice(app: Any) -> None:
    from ui.controls import CHECKS, POLARITIES, THRESHOLDS

    words = {"threshold": THRESHOLDS, "polarity": POLARITIES, "check": CHECKS}
    assert {name: tuple(each) for name, each in words.items()} == {
        name: get_args(kind) for name, (kind, _) in SETTINGS.items() if get_args(kind)
    }


def check_bounds(one: Any, kind: Any, setting: Setting) -> None:
    """A control offers what SETTINGS says, from bound to bound."""
    assert one.label == setting.title
    assert one.proto.help == setting.help
    if one.type in ("slider", "number_input"):
        assert (one.min, one.max, one.step) == (setting.least, setting.most, setting.step)
    elif one.type == "select_slider":
        assert len(one.options) >= len(setting.stops)
    elif one.type == "text_input":
        assert one.proto.max_chars == setting.longest
    elif one.type == "button_group":
        assert len(one.options) == len(get_args(kind))


def check_control(one: Any, chosen: Settings) -> str:
    """A control of the settings shows what they are; its place and field, or "" for others."""
    name = (one.key or "").rpartition("/")[0]
    place, _, field = name.partition("/")
    if place not in ("popover", "beside"):
        return ""
    assert one.value == getattr(chosen, field), name
    check_bounds(one, *SETTINGS[field])
    assert first_shown(one) == in_words(field, one.value), name
    return name


@pytest.mark.parametrize("place", ["popover", "beside"])
def test_what_is_known_of_the_number_is_used(app: Any, place: str) -> None:
    upload(app, ("number.png", png_of("472")))
    app.toggle(key="steps").set_value(True).run()
    control(app.number_input, f"{place}/length").set_value(3).run()
    assert app.session_state.settings == Settings(length=3)
    assert 'class="note"' not in words(app)
    control(app.text_input, f"{place}/pattern").set_value("9#-9").run()
    assert app.session_state.settings == Settings(length=3, pattern="9#-9")
    assert words(app).count('class="note"') == 1
    assert not app.exception


def test_a_contradiction_is_said_and_not_applied(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    control(app.number_input, "popover/length").set_value(3).run()
    control(app.text_input, "popover/pattern").set_value("##").run()
    assert not app.exception
    assert "Length asks for 3 digits but pattern for 2 digits" in words(app)
    assert app.session_state.settings == Settings(length=3)
    assert control(app.text_input, "popover/pattern").value == "##"
    control(app.number_input, "popover/length").set_value(2).run()
    assert 'class="amiss"' not in words(app)
    assert app.session_state.settings == Settings(length=2, pattern="##")


def test_a_contradiction_is_taken_back_by_reset(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    app.toggle(key="steps").set_value(True).run()
    control(app.text_input, "beside/pattern").set_value("<b>").run()
    assert "&lt;b&gt;" in words(app)
    assert "<b>&#x27;" not in words(app)
    app.button(key="reset-settings").click().run()
    assert 'class="amiss"' not in words(app)
    assert control(app.text_input, "popover/pattern").value == ""


def test_an_iban_asks_for_its_country(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    assert not controls(app.text_input, "popover/country")
    control(app.segmented_control, "popover/check").set_value("iban").run()
    assert "two letters" in words(app)
    control(app.text_input, "popover/country").set_value("no").run()
    assert app.session_state.settings == Settings(check="iban", country="no")
    assert 'class="amiss"' not in words(app)
    control(app.text_input, "popover/country").set_value("XX").run()
    assert "does not exist" in words(app)
    assert app.session_state.settings == Settings(check="iban", country="no")
    control(app.segmented_control, "popover/check").set_value("luhn").run()
    assert app.session_state.settings == Settings(check="luhn")
    assert not controls(app.text_input, "popover/country")
    assert not app.exception


def test_lines_without_digits_are_no_numbers(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import reader

    def nothing_written(data: bytes, settings: Settings, model: str) -> Reading:
        found = digitocr.read(data, settings)
        return replace(found, lines=tuple(replace(one, digits=()) for one in found.lines))

    monkeypatch.setattr(reader, "read", nothing_written)
    upload(app, ("letters.png", png_of("472")))
    assert "No number found" in words(app)
    app.toggle(key="steps").set_value(True).run()
    assert not app.exception


def bad_files() -> dict[str, tuple[bytes, str]]:
    return {
        "empty": (b"", "file is empty"),
        "text": (b"no picture at all", "not a picture"),
        "truncated": (png_of("4")[:300], "damaged"),
        "bomb": (encoded(Image.new("1", (9000, 9000))), "megapixels"),
    }


@pytest.mark.parametrize("name", ["empty", "text", "truncated", "bomb"])
def test_a_bad_file_gets_a_sentence(app: Any, name: str) -> None:
    data, sentence = bad_files()[name]
    upload(app, (f"{name}.png", data))
    assert sentence in app.warning[0].value
    upload(app, ("number.png", png_of("472")))
    assert ">472</div>" in words(app)


@pytest.mark.parametrize("size", [(400, 300), (1, 1)])
def test_a_picture_without_digits_says_so(app: Any, size: tuple[int, int]) -> None:
    upload(app, ("blank.png", encoded(Image.new("L", size, "white"))))
    assert "No number found" in words(app)
    app.toggle(key="steps").set_value(True).run()
    assert not app.exception


def test_a_bad_file_leaves_the_others_alone(app: Any) -> None:
    upload(app, ("bad.png", b"junk"), ("a.png", png_of("52")), ("b.png", png_of("5")))
    assert "not a picture" in app.warning[0].value
    assert ">52</p>" in words(app)
    app.selectbox(key="shown").set_value(2).run()
    assert not app.exception
    assert ">5</div>" in words(app)
    upload(app, ("a.png", png_of("52")))
    assert ">52</div>" in words(app)


def test_names_of_files_are_shown_as_text(app: Any) -> None:
    upload(app, ("<i>x.png", png_of("5")), ("y.png", png_of("2")))
    assert "<i>x" not in words(app)


def test_each_picture_is_read_once_and_the_shown_one_first(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui import reader

    names = {png_of(str(number)): str(number) for number in range(10, 22)}
    read: list[str] = []

    def noted(data: bytes, settings: Settings, model: str) -> Reading:
        read.append(names[data])
        return digitocr.read(data, settings)

    monkeypatch.setattr(reader, "read", noted)
    upload(app, *((f"{name}.png", data) for data, name in names.items()))
    assert read == list(names.values())
    read.clear()
    app.selectbox(key="shown").set_value(5).run()
    assert read == ["15"]  # with every stage this time
    app.toggle(key="steps").set_value(True).run()
    assert read == ["15"]
    read.clear()
    next(one for one in app.slider if one.label == "Smooth away grain").set_value(2.0).run()
    assert read[0] == "15"
    assert sorted(read) == sorted(names.values())
    assert not app.exception


def test_downloads_tell_of_the_picture_before_its_edit(app: Any) -> None:
    def digits(edit: Edit) -> list[dict[str, Any]]:
        """What the JSON says of the digits of the picture as it is shown."""
        summaries = app.session_state.summaries
        found = next(summaries[key] for key in summaries if key[1] == edit)
        own: list[dict[str, Any]] = found.record["lines"][0]["digits"]
        return own

    picture = Image.open(io.BytesIO(png_of("472"))).transpose(Image.Transpose.ROTATE_90)
    upload(app, ("number.png", encoded(picture)))
    key = next(iter(app.session_state.summaries))[0]
    turned, cropped = Edit(1), Edit(1, (0.0, 0.1, 0.434, 1.0))
    for edit in (turned, cropped):
        app.session_state.edits = {key: edit}
        app.run()
        assert not app.exception
    assert ">47</div>" in words(app)
    lefts = [one["box"][1] for one in digits(turned)]
    assert lefts == sorted(lefts, reverse=True)  # the number runs upwards in the original
    for one, other in zip(digits(cropped), digits(turned), strict=False):
        assert one["box"] == pytest.approx(other["box"], abs=5)


def test_the_samples_may_be_missing(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import sources

    monkeypatch.setattr(sources, "SAMPLES", Path("nowhere"))
    sources.samples.clear()
    app.run()
    assert not app.exception
    app.segmented_control(key="kind").set_value(sources.SAMPLE).run()
    assert not app.exception
    sources.samples.clear()


def test_every_kind_of_source_starts(app: Any) -> None:
    for kind in ("Draw", "Camera", "Samples", "Upload"):
        app.segmented_control(key="kind").set_value(kind).run()
        assert not app.exception


def pdf_of(pages: list[bytes]) -> bytes:
    found = [Image.open(io.BytesIO(one)).convert("L") for one in pages]
    buffer = io.BytesIO()
    found[0].save(buffer, "PDF", save_all=True, append_images=found[1:])
    return buffer.getvalue()


def rows(app: Any) -> list[str]:
    """The pictures that can be opened from the rows."""
    return [one.label for one in app.button if (one.key or "").startswith("open/")]


def test_every_page_of_a_document_is_a_picture_of_its_own(app: Any) -> None:
    upload(app, ("scan.pdf", pdf_of([png_of("52"), png_of("5")])), ("a.png", png_of("417")))
    assert rows(app) == ["scan.pdf, page 1", "scan.pdf, page 2", "a.png"]
    assert ">52</div>" in words(app)
    app.button(key="Next").click().run()
    assert ">5</div>" in words(app)
    app.button(key="open/2").click().run()
    assert ">417</div>" in words(app)
    assert app.button(key="Next").disabled
    pages = [one.record["page"] for one in app.session_state.summaries.values()]
    assert sorted(pages) == [1, 1, 2]


def test_a_page_of_one_is_named_as_its_file(app: Any) -> None:
    upload(app, ("scan.pdf", pdf_of([png_of("52")])))
    assert ">52</div>" in words(app)
    assert not rows(app)


# What a PDF is that asks for a password: its key's length and its hashes are of no matter here.
LOCKED = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
3 0 obj<</Filter/Standard/V 1/R 2/O(00000000000000000000000000000000)/P -4
/U(00000000000000000000000000000000)>>endobj
trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(0)(0)]>>
%%EOF"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (LOCKED, "The PDF is damaged or locked"),
        (b"%PDF-1.4 cut", "The PDF is damaged or locked"),
        (b"", "This is neither a PDF nor a TIFF"),
    ],
    ids=["locked", "damaged", "empty"],
)
def test_a_document_that_cannot_be_opened_gets_a_sentence(app: Any, data: bytes, said: str) -> None:
    upload(app, ("scan.pdf", data), ("a.png", png_of("52")))
    assert said in app.warning[0].value
    assert rows(app) == ["scan.pdf", "a.png"]
    assert said in words(app)
    assert ">52</p>" in words(app)


def test_a_long_document_is_not_read_as_a_whole(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import overview, pages, reader

    blank = encoded(Image.new("L", (40, 40), "white"))
    drawn_pages: list[int] = []

    def noted(item: Any, dpi: int) -> Any:
        drawn_pages.append(item.page)
        return source(item, dpi)

    monkeypatch.setattr(pages, "source", noted)
    monkeypatch.setattr(reader, "read", lambda _, settings, model: digitocr.read(blank, settings))
    upload(app, ("scan.pdf", pdf_of([blank] * 1000)))
    assert app.selectbox(key="shown").label == "1000 pages"
    assert drawn_pages == list(range(1, overview.ROWS + 1))
    assert len(rows(app)) == overview.ROWS
    app.selectbox(key="shown").set_value(900).run()
    assert drawn_pages[overview.ROWS :] == [901]
    assert "51 of 1000 are read" in " ".join(one.value for one in app.caption)
