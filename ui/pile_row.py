"""A row of a pile, opened: the page with its number, its doubts and its steps; and a field for
the number that counts."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from digitocr import InputError, Reading
from digitocr.constraints import DOUBT
from digitocr.review.desk import cleaned
from ui import answer_view as answer
from ui import cards, steps
from ui.corrections import correct, corrected_text, take_back
from ui.desk import settle_typed
from ui.pile_work import Page, Pile, read_again
from ui.reader import settings
from ui.sources import Source

OPEN = "pile-open"  # in the session: the pages of the table, and the place of the open one


def open_row(pages: Sequence[Page], place: int) -> None:
    """Open one of these pages from the next run on."""
    st.session_state[OPEN] = (pages, place)


def show_opened(pile: Pile) -> None:
    """The page that was opened, over all else; nothing where none is."""
    if OPEN in st.session_state:
        st.dialog("A page of the pile", width="large", on_dismiss=_close)(_row)(pile)


def _close() -> None:
    st.session_state.pop(OPEN, None)
    st.session_state.pop("pile-read", None)


def _row(pile: Pile) -> None:
    pages, place = st.session_state[OPEN]
    page: Page = pages[place]
    with st.container(horizontal=True, vertical_alignment="center", key="opened-steps"):
        for label, to, key in (
            ("Previous", place - 1, "PageUp"),
            ("Next", place + 1, "PageDown"),
        ):
            beyond = not 0 <= to < len(pages)
            st.button(label, on_click=open_row, args=(pages, to), disabled=beyond, shortcut=key)
        where = page.record["file"] + (f", page {page.record['page']}" * (page.record["page"] > 1))
        st.html(f'<p class="where">{place + 1} of {len(pages)} · {html.escape(where)}</p>')
    _number(pile, page)
    try:
        source, reading = _read(pile, page)
    except InputError as error:
        st.warning(str(error), icon=":material/image_not_supported:")
        return
    if page.name in pile.given:
        correct(source, reading.text, pile.given[page.name])
    if corrected_text(source, reading.text):
        # What is settled at the desk stays so.
        back = None if is_on_desk(pile) else partial(_take_back, pile, page)
        answer.show_number(source, reading, back)
    else:
        st.html('<div class="number none">No number found</div>')
    with st.container(key="opened-picture"):
        answer.show_picture(reading)
    for in_doubt in (True, False):
        cards.show_cards(source, reading, in_doubt)
    cards.listen(source, reading, lambda: _choose(pile, page, source, reading))
    every = st.toggle("Show every step", key="opened-every-step", help="How the picture was read")
    if every:
        if settings() != pile.settings:
            st.caption("Read with the settings that the pile began with, not with those of now.")
        steps.show_steps(source, reading)


def _number(pile: Pile, page: Page) -> None:
    """The number that counts in the table and in the downloads, to be typed over."""
    text = page.counted(pile.given).get("text", "")
    key = f"opened-number/{pile.name}/{page.name}"
    if st.session_state.get(key) != text:  # a candidate was chosen, or what was typed not taken
        st.session_state[key] = text
    field: Any = st.text_area if "\n" in text else st.text_input
    field(
        "The number that counts",
        key=key,
        on_change=lambda: _type(pile, page, st.session_state[key]),
        help="In the table and in the downloads. It stays in memory, unless the pile is on the "
        "review desk.",
    )
    if amiss := st.session_state.pop("row-amiss", ""):
        st.html(f'<p class="amiss">{html.escape(amiss)}</p>')


def _choose(pile: Pile, page: Page, source: Source, reading: Reading) -> None:
    """What was chosen on the cards counts once no digit is in doubt any more, or a number did."""
    text = corrected_text(source, reading.text)
    if DOUBT not in text or page.name in pile.given:
        _type(pile, page, text)


def _take_back(pile: Pile, page: Page, source: Source, text: str) -> None:
    pile.given.pop(page.name, None)
    take_back(source, text)


def is_on_desk(pile: Pile) -> bool:
    """Whether this session has put the pile on the review desk."""
    return bool(st.session_state.get("on_desk") == pile.name)


def _type(pile: Pile, page: Page, text: str) -> None:
    try:
        pile.given[page.name] = cleaned(text)
    except ValueError as error:
        st.session_state["row-amiss"] = str(error)
        return
    if is_on_desk(pile):
        settle_typed(pile.name, {page.name: pile.given[page.name]})


def _read(pile: Pile, page: Page) -> tuple[Source, Reading]:
    """The page that is shown, read again when it is opened; it alone is kept."""
    kept = st.session_state.get("pile-read")
    if kept is None or kept[0] is not page:
        picture, reading = read_again(pile, page)
        data = picture if isinstance(picture, bytes) else b""
        source = Source(f"{pile.name}/{page.name}", page.record["file"], data)
        kept = st.session_state["pile-read"] = page, source, reading
    return kept[1], kept[2]
