"""The answer in the app, without a browser: doubt, corrections, no number, print, steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from test_app import app as app
from test_app import control, correction, png_of, upload, words

import digitocr
from digitocr import Reading, Settings
from digitocr.picture.edit import Edit, encoded
from digitocr.reading import LeftOut, Line
from digitocr.reasons import Objection
from digitocr.types import Box
from digitocr.words import OBJECTIONS

SAMPLES = Path(__file__).parents[2] / "sample_images"
BLANK = encoded(Image.new("L", (400, 300), 255))


@pytest.fixture
def doubted(app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page that shows 47 with a doubtful 2 after it, which is sure in itself."""
    from ui import reader

    def read(data: bytes, settings: Settings, model: str) -> Reading:
        found = digitocr.read(data, settings)
        left_out = (LeftOut(Objection.HIDDEN, Box(1, 2, 30, 40)),)
        if not found.digits:  # where the picture is turned
            return replace(found, left_out=left_out)
        line = next(one for one in found.lines if one.digits)
        last = replace(line.digits[-1], accepted=False, confidence=0.9999)
        line = replace(line, digits=(*line.digits[:-1], last), confidence=0.51)
        return replace(found, lines=(line,), left_out=left_out)

    monkeypatch.setattr(reader, "read", read)
    return upload(app, ("number.png", png_of("472")))


def recorded(app: Any) -> dict[str, Any]:
    """What the JSON says of the picture that was read last."""
    record: dict[str, Any] = list(app.session_state.summaries.values())[-1].record
    return record


def test_the_guess_stands_in_its_place_and_says_that_it_is_one(doubted: Any) -> None:
    shown = words(doubted)
    assert 'aria-label="in doubt, best guess 2">2<i>?</i></b>' in shown
    assert correction(doubted).value == "472"
    assert recorded(doubted)["text"] == "47?"


def test_no_percentage_contradicts_the_doubt(doubted: Any) -> None:
    card = words(doubted).split('class="card doubt"')[1]
    assert "%" not in card.split("</div></div>")[0].split("style=")[1].split(">", 1)[1]
    assert "One digit is in doubt. The whole number is 51% sure" in words(doubted)


def test_both_texts_can_be_copied(doubted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import parts

    copies: dict[str, str] = {}
    monkeypatch.setattr(parts, "copy_button", lambda label, text, key: copies.update({label: text}))
    doubted.run()
    assert copies == {"Copy": "47?", "Copy with guesses": "472"}


def test_what_nobody_read_is_said_and_marked(doubted: Any) -> None:
    assert f'data-highlight="left-0"><b>?</b> {OBJECTIONS[Objection.HIDDEN]}' in words(doubted)
    picture = next(one.body for one in doubted.html if 'class="drawn"' in one.body)
    assert 'data-highlight="left-0"' in picture


def test_boxes_of_what_nobody_read_lie_in_the_picture_before_its_edit(doubted: Any) -> None:
    key = next(iter(doubted.session_state.summaries))[0]
    height = 520  # px of the picture
    doubted.session_state.edits = {key: Edit(1)}
    doubted.run()
    assert not doubted.exception
    (record,) = [
        one.record
        for (_, edit, *_), one in doubted.session_state.summaries.items()
        if edit.quarter_turns
    ]
    assert record["left_out"][0]["box"] == [2, height - 30, 40, height - 1]


def test_what_was_left_out_is_said_once(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import reader

    def read(data: bytes, settings: Settings, model: str) -> Reading:
        found = digitocr.read(data, settings)
        line = next(one for one in found.lines if one.digits)
        last = replace(line.digits[-1], accepted=False)
        against = Objection.HIDDEN
        line = replace(line, digits=(*line.digits[:-1], last), objections=(against,))
        left_out = tuple(LeftOut(against, Box(left, 2, left + 9, 40)) for left in (1, 20))
        return replace(found, lines=(line,), left_out=left_out)

    monkeypatch.setattr(reader, "read", read)
    upload(app, ("number.png", png_of("472")))
    shown = words(app)
    sentence = OBJECTIONS[Objection.HIDDEN]
    assert shown.count(sentence) - shown.count(f'title="{sentence}"') == 1
    assert f"{sentence} (2 places)" in shown
    assert "One digit is in doubt." in shown
    picture = next(one.body for one in app.html if 'class="drawn"' in one.body)
    assert picture.count('data-highlight="left-0"') == 2


@pytest.mark.parametrize("typed", ["abc", "47x", "47?", "4-7"])
def test_a_correction_is_a_number(app: Any, typed: str) -> None:
    upload(app, ("number.png", png_of("472")))
    correction(app).set_value("479").run()
    correction(app).set_value(typed).run()
    assert correction(app).value == "479"
    assert ">479</div>" in words(app)
    assert "a number is written in digits and spaces" in words(app)
    correction(app).set_value("47 8").run()
    assert ">47 8</div>" in words(app)
    assert "a number is written" not in words(app)


def test_a_correction_may_hold_the_separators_of_the_pattern(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    control(app.text_input, "popover/pattern").set_value("##-#").run()
    correction(app).set_value("47-9").run()
    assert ">47-9</div>" in words(app)
    correction(app).set_value("47/9").run()
    assert "in digits and spaces, “-”" in words(app)
    assert ">47-9</div>" in words(app)


def test_a_correction_can_be_taken_back(app: Any) -> None:
    upload(app, ("number.png", png_of("472")))
    correction(app).set_value("479").run()
    app.button(key="take-back").click().run()
    assert ">472</div>" in words(app)
    assert correction(app).value == "472"


def test_a_number_that_was_not_found_is_typed_in(app: Any) -> None:
    upload(app, ("blank.png", BLANK))
    assert "No number found" in words(app)
    field = next(one for one in app.text_input if one.label == "Type the number in")
    field.set_value("4072").run()
    assert ">4072</div>" in words(app)


def test_the_step_that_lost_the_number_is_named_and_buttons_act(app: Any) -> None:
    upload(app, ("blank.png", BLANK))
    assert "Lost at the step <b>Numbers found</b>: No number was seen" in words(app)
    app.button(key="remedy-turn").click().run()
    assert [one.quarter_turns for one in app.session_state.edits.values()] == [1]
    app.button(key="remedy-region").click().run()
    assert next(one for one in app.toggle if one.label == "Choose a region").value
    assert not any(one.key == "remedy-ink" for one in app.button)
    assert not app.exception


def test_the_other_ink_can_be_asked_for(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import reader

    def nobody_reads(data: bytes, settings: Settings, model: str) -> Reading:
        found = digitocr.read(data, settings)
        return replace(found, lines=tuple(Line((), 0.9, 0.98, (), "", "") for _ in found.lines))

    monkeypatch.setattr(reader, "read", nobody_reads)
    upload(app, ("letters.png", png_of("472")))
    assert app.button(key="remedy-ink").label == "Ink is light"
    app.button(key="remedy-ink").click().run()
    assert app.session_state.settings.polarity == "light"
    assert app.button(key="remedy-ink").label == "Ink is dark"
    assert not app.exception


def test_steps_are_numbered_without_a_gap_and_idle_ones_fold(app: Any) -> None:
    for data, last in ((png_of("472"), 21), (BLANK, 4)):
        upload(app, ("picture.png", data))
        app.toggle(key="steps").set_value(True).run()
        titles = [one.value for one in app.markdown if one.value.startswith("####")]
        assert [int(one.split()[1].strip(".")) for one in titles] == list(range(1, last + 1))
        idle = [one.value for one in app.markdown if "had nothing to work on" in one.value]
        assert len(idle) == (last == 4)
    assert idle[0].startswith("Steps 5 to 21 had nothing to work on: Set out, ")


def test_a_page_of_print_is_called_one(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import reader

    def much_is_seen(data: bytes, settings: Settings, model: str) -> Reading:
        found = digitocr.read(data, settings)
        line = next(one for one in found.lines if one.digits)
        return replace(found, lines=(replace(line, digits=line.digits * 40, confidence=0.3),))

    monkeypatch.setattr(reader, "read", much_is_seen)
    upload(app, ("page.png", png_of("472")))
    assert "This looks like a page of print" in words(app)
    assert 'class="card' not in words(app)
    assert 'data-highlight="' not in words(app)
    assert app.button(key="remedy-region").label == "Choose the region"
    field = next(one for one in app.text_input if one.label == "Type the number in")
    assert field.value == ""
    field.set_value("38").run()
    assert ">38</div>" in words(app)
    assert not app.exception


def test_a_rerun_draws_nothing_again(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def counted(owner: Any, name: str) -> None:
        work = getattr(owner, name)

        def noted(*arguments: Any, **named: Any) -> Any:
            drawn.append(name)
            return work(*arguments, **named)

        monkeypatch.setattr(owner, name, noted)

    counted(ImageDraw, "Draw")
    counted(Image.Image, "save")
    counted(Image.Image, "resize")
    upload(app, ("number.png", png_of("472")))
    app.toggle(key="steps").set_value(True).run()
    assert {"Draw", "save", "resize"} <= set(drawn)
    drawn.clear()
    correction(app).set_value("479").run()
    app.toggle(key="steps").set_value(False).run()
    app.toggle(key="steps").set_value(True).run()
    assert words(app).count('class="drawn"') > 10
    assert drawn == []
    upload(app, ("other.png", png_of("58")))
    assert drawn != []
