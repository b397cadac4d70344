"""A table of all uploaded pictures with their numbers, and their downloads."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from ui import answer
from ui.corrections import corrected_text
from ui.reader import known_summary, settings, summary_of
from ui.sources import Source


def show_overview(chosen: Sequence[Source]) -> None:
    """What is known already stands there at once; the rest is read behind it.

    Comes last on the page. Streamlit ends a run as soon as it writes to the page after the user
    has done something, so writing between pictures keeps a long list out of the user's way.
    """
    waiting = [source for source in chosen if known_summary(source, settings()) is None]
    table = st.html(_table(chosen))
    if waiting:
        bar = st.progress(0.0)
        for done, source in enumerate(waiting):
            bar.progress(done / len(waiting), f"Reading {done + 1} of {len(waiting)}")
            summary_of(source, settings())
            table.html(_table(chosen))
        bar.empty()
    answer.show_downloads("numbers", [(one, summary_of(one, settings())) for one in chosen])


def _table(chosen: Sequence[Source]) -> str:
    rows = "".join(_row(source) for source in chosen)
    return f'<table class="all"><caption>All pictures</caption>{rows}</table>'


def _row(source: Source) -> str:
    found = known_summary(source, settings())
    if found is None:
        kind, words = "found", "…"  # the row keeps its height
    elif found.error:
        kind, words = "", found.error
    else:
        text = corrected_text(source, found.text).replace("\n", " / ")
        kind, words = "found", text or "—"
    cells = f'<td>{html.escape(source.name)}</td><td class="{kind}">{html.escape(words)}</td>'
    return f"<tr>{cells}</tr>"
