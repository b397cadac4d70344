"""digitocr in the browser: choose or write a number, see what it reads, and how."""

from __future__ import annotations

import html
from pathlib import Path, PurePath

import streamlit as st

from ui import answer, sources, steps, turn
from ui.reader import reading_of, settings, summary_of
from ui.sources import Source

UI = Path(__file__).parent / "ui"


def main() -> None:
    """One run of the page."""
    st.set_page_config(page_title="digitocr", page_icon=str(UI / "icon.svg"), layout="centered")
    st.html(UI / "style.css")
    st.html("<header><b>digitocr</b><span>reads handwritten numbers</span></header>")
    kind = sources.choose_kind()
    chosen = sources.choose(kind)
    if not chosen:
        welcome(kind)
        return
    shown = pick(chosen) if len(chosen) > 1 else chosen[0]
    show(shown, kind)
    if len(chosen) > 1:
        overview(chosen)


def welcome(kind: str) -> None:
    """An empty page: what to do, and the samples one click away."""
    if kind == sources.UPLOAD:
        st.html(
            '<div class="welcome"><h1>Show it a number</h1><p>Drop a picture, take a photo or '
            "write with pen, finger or mouse. Every digit comes with how sure the reader is."
            "</p></div>"
        )
    if kind != sources.SAMPLE and sources.samples():
        st.html('<p class="or">or try one of these</p>')
        sources.sample_gallery()


def pick(chosen: list[Source]) -> Source:
    """Which of several pictures is shown."""
    index: int = st.selectbox(
        f"{len(chosen)} pictures, showing",
        range(len(chosen)),
        format_func=lambda one: f"{one + 1}. {chosen[one].name}",
        key="shown",
    )
    return chosen[index]


def show(source: Source, kind: str) -> None:
    """The answer for one picture, and on request every step to it."""
    reading = reading_of(source, settings())
    if isinstance(reading, str):
        st.warning(reading, icon=":material/image_not_supported:")
        return
    if reading.digits:
        answer.show_number(source, reading)
    else:
        answer.show_nothing()
    if kind != sources.DRAW:
        turn.show_tools(source)
    answer.show_picture(reading)
    if reading.digits:
        answer.show_cards(reading)
        answer.show_correction(source, reading.text)
    summary = summary_of(source, settings())
    answer.show_downloads(PurePath(source.name).stem, [(source, summary)], reading)
    if st.toggle("Show every step", key="steps", help="How the picture became a number"):
        steps.show_steps(source, reading)


def overview(chosen: list[Source]) -> None:
    """A table of all uploaded pictures with their numbers."""
    answers = [(source, summary_of(source, settings())) for source in chosen]
    rows = []
    for source, found in answers:
        text = answer.corrected_text(source, found.text).replace("\n", " / ")
        kind, words = ("", found.error) if found.error else ("found", text or "—")
        cells = f'<td>{html.escape(source.name)}</td><td class="{kind}">{html.escape(words)}</td>'
        rows.append(f"<tr>{cells}</tr>")
    st.html(f'<table class="all"><caption>All pictures</caption>{"".join(rows)}</table>')
    answer.show_downloads("numbers", answers)


main()
