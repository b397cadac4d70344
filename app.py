"""digitocr in the browser: read a number or a pile, settle doubts, measure, teach, see how."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import offer, parts, sources
from ui.read_page import read_page

UI = Path(__file__).parent / "ui"


# What only these pages need is imported when one of them is opened.
def pile_page() -> None:
    """The page Pile."""
    from ui import pile_page

    pile_page.pile_page()


def review_page() -> None:
    """The page Review."""
    from ui import review_page

    review_page.review_page()


def measure_page() -> None:
    """The page Measure."""
    from ui import measure_page

    measure_page.measure_page()


def teach_page() -> None:
    """The page Teach."""
    from ui import teach_page

    teach_page.teach_page()


def how_page() -> None:
    """The page How it works."""
    from ui import how_page

    how_page.how_page()


def main() -> None:
    """One run of the app."""
    st.set_page_config(page_title="digitocr", page_icon=str(UI / "icon.svg"), layout="centered")
    st.html(UI / "style.css")
    pages = [
        st.Page(read_page, title="Read", url_path="read", default=True),
        st.Page(pile_page, title="Pile", url_path="pile"),
        st.Page(review_page, title="Review", url_path="review"),
        st.Page(measure_page, title="Measure", url_path="measure"),
        st.Page(how_page, title="How it works", url_path="how-it-works"),
    ]
    if offer.may_teach():
        pages.insert(-1, st.Page(teach_page, title="Teach", url_path="teach"))
    chosen = st.navigation(pages, position="hidden")
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        st.html("<header><b>digitocr</b><span>reads handwritten numbers</span></header>")
        for page in pages:
            st.page_link(page)
    parts.drop_zone(may_ask=chosen == pages[0], key="drop", on_asked=sources.ask_for_files)
    chosen.run()


main()
