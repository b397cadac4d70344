"""The answer in a real browser: digits highlighted in all stages, candidates, steps' width."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import saved, settle
from doubts import DOUBT, NUMBER, OTHER, READ, save_doubtful
from PIL import Image

SAMPLE = Path(__file__).parents[2] / "sample_images" / "tilted.jpg"
IN_DOUBT = "53061?8"  # on the page the guess stands before its "?"
STAGES = 21


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_doubtful(tmp_path_factory.mktemp("doubt") / "number.png")


def shown(page: Any, picture: Path = SAMPLE) -> Any:
    page.set_input_files("input[type=file]", picture)
    page.locator(".number").wait_for()
    settle(page)
    return page


def with_steps(page: Any) -> Any:
    page.get_by_text("Show every step").click()
    page.get_by_role("heading", name=f"{STAGES}. Probabilities").wait_for()
    settle(page)
    return page


def expect_number(page: Any, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('.number')?.innerText.trim() === text", arg=text
    )


def expect_marked(page: Any, name: int | None) -> None:
    """Wait until this digit is highlighted wherever it is shown, and nothing else is."""
    page.wait_for_function(
        """name => {
            const highlighted = [...document.querySelectorAll('.highlighted')];
            const wanted = [...document.querySelectorAll(`[data-highlight="${name}"]`)];
            return highlighted.length === wanted.length
                && wanted.every(one => highlighted.includes(one));
        }""",
        arg=str(name),
    )


def test_a_digit_is_marked_everywhere_and_python_sleeps(open_page: Callable[..., Any]) -> None:
    page = open_page()
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda one: sent.append(one)))
    page.reload()
    with_steps(shown(page))
    # The number, the card, the picture, and every stage but the threshold's.
    assert page.locator(f'[data-highlight="{DOUBT}"]').count() == 3 + STAGES - 1
    before = len(sent)
    page.locator(f'.number [data-highlight="{DOUBT}"]').hover()
    expect_marked(page, DOUBT)
    page.locator(".card").nth(2).hover()
    expect_marked(page, 2)
    page.locator('.st-key-stage-16 [data-highlight="5"]').hover()
    expect_marked(page, 5)
    page.locator(".card").nth(DOUBT).get_by_role("button").first.focus()
    expect_marked(page, DOUBT)
    page.mouse.move(5, 5)
    page.locator("h4").first.click()
    expect_marked(page, None)
    assert len(sent) == before


def test_a_mark_lies_on_its_digit(open_page: Callable[..., Any]) -> None:
    page = with_steps(shown(open_page()))
    figure = page.locator(".st-key-stage-20 .drawn")
    digits = figure.locator("[data-highlight]")
    lefts = [digits.nth(at).bounding_box()["x"] for at in range(6)]
    assert lefts == sorted(lefts)
    around, first = figure.bounding_box(), digits.first.bounding_box()
    assert first["x"] - around["x"] == pytest.approx(0.19 * around["width"], abs=9)
    assert first["width"] == pytest.approx(0.15 * around["width"], abs=9)


def test_a_tap_marks_and_chooses_on_a_phone(open_page: Callable[..., Any], doubtful: Path) -> None:
    page = shown(open_page(phone=True), doubtful)
    expect_number(page, IN_DOUBT)
    doubt = page.locator(".card.doubt")
    box = doubt.bounding_box()  # the row of cards was scrolled to it
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844  # together with the number
    page.locator('.number [data-highlight="0"]').tap()
    expect_marked(page, 0)
    doubt.get_by_role("button", name="take 7").tap()
    expect_number(page, OTHER)
    expect_marked(page, DOUBT)
    record = json.loads(saved(page, "JSON"))[0]
    assert (record["text"], record["corrected"]) == (READ, OTHER)
    page.get_by_role("button", name="Take back").tap()
    expect_number(page, IN_DOUBT)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_the_guess_is_confirmed_by_keyboard(open_page: Callable[..., Any], doubtful: Path) -> None:
    page = shown(open_page(), doubtful)
    guess = page.locator(".card.doubt").get_by_role("button", name="take 1")
    guess.focus()
    page.keyboard.press("Enter")
    expect_number(page, NUMBER)
    page.wait_for_function("document.activeElement.dataset.label === '1'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_number(page, OTHER)


def test_both_texts_are_copied(open_page: Callable[..., Any], doubtful: Path) -> None:
    page = shown(open_page(), doubtful)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for label, text in (("Copy", READ), ("Copy with guesses", NUMBER)):
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_function(
            "async text => await navigator.clipboard.readText() === text", arg=text
        )


def test_steps_fill_the_page(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    with_steps(shown(page))
    left, right = (
        page.locator(name).first.bounding_box() for name in (".st-key-settings", ".st-key-stages")
    )
    assert left["x"] < 80
    assert right["x"] + right["width"] > 1360
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 1440


def test_letters_are_no_correction(open_page: Callable[..., Any], doubtful: Path) -> None:
    page = shown(open_page(), doubtful)
    field = page.get_by_role("textbox", name="Correct it here")
    is_guess = f"field => field.value === '{NUMBER}'"
    page.wait_for_function(is_guess, arg=field.element_handle())
    field.fill("abc")
    field.press("Enter")
    page.get_by_text("“a” was not taken").wait_for()
    page.wait_for_function(is_guess, arg=field.element_handle())
    expect_number(page, IN_DOUBT)


def test_what_was_not_found_is_typed_or_looked_for(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    blank = tmp_path / "blank.png"
    Image.new("L", (400, 300), 245).save(blank)
    page = shown(open_page(phone=True), blank)
    page.get_by_role("button", name="Choose the region").tap()
    page.get_by_alt_text("Drag a box around the number").wait_for()
    settle(page)
    field = page.get_by_role("textbox", name="Type the number in")
    field.fill("4072")
    field.press("Enter")
    expect_number(page, "4072")
    assert json.loads(saved(page, "JSON"))[0]["corrected"] == "4072"


def test_a_phone_on_its_side_shows_number_and_cards(
    open_page: Callable[..., Any], doubtful: Path
) -> None:
    page = open_page(phone=True)
    page.set_viewport_size({"width": 844, "height": 390})
    page.set_input_files("input[type=file]", doubtful)
    page.wait_for_function(
        """() => { const [hero, card] = ['.st-key-hero', '.card.doubt'].map(
            one => document.querySelector(one)?.getBoundingClientRect());
            return card && hero.top >= 0 && card.bottom <= innerHeight }"""
    )
    assert page.evaluate("document.activeElement.classList.contains('st-key-hero')")
    page.get_by_role("radio", name="Draw").click()
    pens = page.locator(".st-key-pens")
    pens.wait_for()
    settle(page)
    assert pens.bounding_box()["y"] < 390
