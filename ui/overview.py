"""All uploaded pictures in rows, with their numbers; a row opens its picture. Their downloads."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import answer_view as answer
from ui import parts
from ui.corrections import corrected_text
from ui.reader import known_summary, settings, summary_of
from ui.sources import Source

ROWS = 50  # at once: a document of a thousand pages is not read as a whole because it was opened


def show_overview(chosen: Sequence[Source], shown: int) -> None:
    """What is known already stands there at once; the rest is read behind it.

    shown: the place of the picture that is shown above. Comes last on the page. Streamlit ends a
    run as soon as it writes to the page after the user has done something, so writing between
    pictures keeps a long list out of the user's way.
    """
    st.html(f'<h2 class="all">All {len(chosen)}</h2>')
    first = 0
    if len(chosen) > ROWS:
        first = ROWS * (st.pagination(-(-len(chosen) // ROWS), key="rows-from") - 1)
    with st.container(key="rows", gap="xsmall"):
        rows = [
            (source, _row(place, source, place == shown))
            for place, source in enumerate(chosen[first : first + ROWS], first)
        ]
    waiting = [row for row in rows if known_summary(row[0], settings()) is None]
    if waiting:
        bar = st.progress(0.0)
        for done, (source, slots) in enumerate(waiting):
            bar.progress(done / len(waiting), f"Reading {done + 1} of {len(waiting)}")
            summary_of(source, settings())
            _fill(source, *slots)
        bar.empty()
    known = [
        (source, summary) for source in chosen if (summary := known_summary(source, settings()))
    ]
    if len(known) < len(chosen):
        st.caption(
            f"{len(known)} of {len(chosen)} are read and in these files; others are read when "
            "their rows come into view. The page *Pile* reads them all."
        )
    answer.show_downloads("numbers", known)


def open_picture(place: int) -> None:
    """Show this picture."""
    st.session_state.shown = place


def _open_row(place: int) -> None:
    open_picture(place)
    parts.look_at_answer()


def _row(place: int, source: Source, is_shown: bool) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A button as wide as the page, with room for a thumbnail before its name and a number behind.

    Returns these two places.
    """
    key = f"row-{place}-shown" if is_shown else f"row-{place}"
    with st.container(key=key, horizontal=True, vertical_alignment="center", gap="small"):
        thumbnail = st.empty()
        st.button(
            source.title,
            type="tertiary",
            key=f"open/{place}",
            on_click=_open_row,
            args=(place,),
        )
        number = st.empty()
    _fill(source, thumbnail, number)
    return thumbnail, number


def _fill(source: Source, thumbnail: DeltaGenerator, number: DeltaGenerator) -> None:
    summary = known_summary(source, settings())
    picture, kind, words = "", "found", "…"  # the row keeps its height
    if summary is not None and summary.error:
        kind, words = "error", summary.error
    elif summary is not None:
        picture = f'<img src="{parts.data_url(summary.thumbnail, "jpeg")}" alt="">'
        text = corrected_text(source, summary.text).replace("\n", " / ")
        words = text or "—"
    thumbnail.html(f'<div class="small">{picture}</div>', width="content")
    number.html(f'<p class="{kind}">{html.escape(words)}</p>')
