"""The page Read: choose or write a number, see what it reads, and how."""

from __future__ import annotations

import streamlit as st

from digitocr.measure.blame import is_page
from ui import answer_view as answer
from ui import cards, controls, corrections, no_number, parts, sources, steps, turn
from ui.overview import open_picture, show_overview
from ui.reader import attempt_at, settings, summary_of
from ui.sources import Source


def read_page() -> None:
    """One run of the page."""
    parts.answer_watch(key="look")
    kind = sources.choose_kind()
    chosen = sources.choose(kind)
    if not chosen:
        welcome(kind)
        return
    shown = pick(chosen) if len(chosen) > 1 else 0
    show(chosen[shown], kind)
    if len(chosen) > 1:
        show_overview(chosen, shown)


def welcome(kind: str) -> None:
    """An empty page: what to do, and the samples one click away."""
    if kind == sources.UPLOAD:
        st.html(
            '<div class="welcome"><h1>Show it a number</h1><p>Drop or paste a picture anywhere, '
            "take a photo, or write with pen, finger or mouse. Every digit comes with how sure the "
            "reader is."
            "</p></div>"
        )
    if kind != sources.SAMPLE and sources.samples():
        st.html('<p class="or">or try one of these</p>')
        sources.sample_gallery()


def pick(chosen: list[Source]) -> int:
    """Which of several pictures is shown, by its place; buttons lead to its neighbours."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="leaf"):
        before, field, after = st.empty(), st.container(), st.empty()
        index: int = field.selectbox(
            f"{len(chosen)} {'pages' if any(one.pages > 1 for one in chosen) else 'pictures'}",
            range(len(chosen)),
            format_func=lambda one: f"{one + 1}. {chosen[one].title}",
            key="shown",
        )
        for slot, side, step in ((before, "Previous", -1), (after, "Next", 1)):
            icon = "chevron_left" if step < 0 else "chevron_right"
            slot.button(
                side,
                icon=f":material/{icon}:",
                key=side,
                on_click=open_picture,
                args=(index + step,),
                disabled=not 0 <= index + step < len(chosen),
            )
    return index


def show(source: Source, kind: str) -> None:
    """The answer for one picture, and on request every step to it."""
    attempt = attempt_at(source, settings())
    summary = summary_of(source, settings(), attempt)
    reading = attempt.reading
    if reading is None:
        st.warning(attempt.error, icon=":material/image_not_supported:")
        return
    can_edit = kind != sources.DRAW
    is_typed = corrections.corrected_text(source, reading.text) != reading.text
    is_folded = is_page(reading) and not is_typed
    if is_folded:
        no_number.show_page(source, reading, can_edit)
    elif reading.text or is_typed:
        answer.show_number(source, reading)
    else:
        no_number.show_nothing(source, reading, can_edit)
    if not is_folded:
        cards.show_cards(source, reading, in_doubt=True)
    corrections.show_correction(source, reading, is_folded)
    with st.container(horizontal=True, vertical_alignment="center", key="tools"):
        choosing = can_edit and turn.show_tools(source)
        controls.show_popover()
    if choosing:
        turn.show_region(source)
    answer.show_picture(reading)
    if not is_folded:
        cards.show_cards(source, reading, in_doubt=False)
    answer.show_downloads(source.stem, [(source, summary)], reading)
    if st.toggle("Show every step", key="steps", help="How the picture became a number"):
        steps.show_steps(source, reading)
    cards.listen(source, reading)
