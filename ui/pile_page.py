"""The page Pile: many pictures at once, a table of what they say, and what to do with it."""

from __future__ import annotations

import html
import json
import secrets
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import streamlit as st

from digitocr.output.record import Record
from digitocr.picture.archives import names_apart
from digitocr.pile.tables import write_table
from digitocr.processes.versions import read_by
from digitocr.review.views import WHOLE_PAGE_PX
from ui import parts
from ui.controls import show_popover
from ui.desk import keep, known_of, place
from ui.pile_row import is_on_desk, open_row, show_opened
from ui.pile_table import show_table
from ui.pile_work import Page, Pile, begin
from ui.reader import model, settings
from ui.review_page import review_page
from ui.sources import PRIVACY, SUFFIXES

KINDS = {
    "all": "All",
    "doubt": "In doubt",
    "settled": "Settled by hand",
    "unreadable": "Not readable",
}
EVERY_S = 0.5


def pile_page() -> None:
    """One run of the page."""
    pile: Pile | None = st.session_state.get("pile")
    if pile is None:
        _choose()
    elif pile.is_done:
        _finished(pile)
    else:
        _working(pile)


def _choose() -> None:
    st.html(
        '<div class="welcome"><h1>Read a pile</h1><p>Drop pictures, a ZIP, a TIFF or a PDF: every '
        "page becomes a row of one table. What is in doubt can go to the review desk.</p></div>"
    )
    files = st.file_uploader(
        "Pictures, archives and documents",
        type=[*SUFFIXES, "zip", "pdf"],
        accept_multiple_files=True,
        key="pile-files",
        label_visibility="collapsed",
    )
    st.caption(f"{PRIVACY} Only what you put on the review desk is kept.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Read them", type="primary", disabled=not files, icon=":material/play_arrow:"):
            # Two people may begin in the same second.
            name = f"{datetime.now():%Y-%m-%d %H:%M:%S} · {secrets.token_hex(2)}"
            named = names_apart([file.name for file in files])
            uploads = [(name, file.getvalue()) for name, file in zip(named, files, strict=True)]
            st.session_state.pile = begin(name, uploads, settings(), model())
            st.rerun()
        show_popover()


@st.fragment(run_every=EVERY_S)
def _working(pile: Pile) -> None:
    done = len(pile.pages)
    told = f"Read {done} of {pile.total} pages" if pile.total else "Unpacking …"
    st.progress(done / pile.total if pile.total else 0.0, told)
    st.html(_latest(pile.pages[-1:]))
    if st.button("Stop", icon=":material/stop:"):
        pile.is_stopped = True
    if pile.is_done:
        st.rerun()


def _latest(pages: Sequence[Page]) -> str:
    """The page that was read last: something to watch."""
    told = "".join(
        f'<img src="{parts.data_url(page.thumbnail, "jpeg")}" alt="">'
        f"{html.escape(page.entry[0]['text'].replace(chr(10), ' / '))}"
        for page in pages
        if page.entry
    )
    return f'<div class="latest">{told}</div>'


def _finished(pile: Pile) -> None:
    if pile.error:
        st.warning(pile.error, icon=":material/folder_off:")
    if is_on_desk(pile):
        pile.given |= known_of(pile.name)
    counts = Counter(page.kind(pile.given) for page in pile.pages)
    unread = pile.total - len(pile.pages)
    settled = counts["settled"]
    st.html(
        f'<div class="tally"><p><b>{counts["accepted"]}</b> read without doubt</p>'
        f'<p class="doubt"><b>{counts["doubt"]}</b> in doubt</p>'
        f"<p><b>{counts['unreadable']}</b> not readable</p>"
        + (f"<p><b>{settled}</b> settled by hand</p>" if settled else "")
        + (f"<p><b>{unread}</b> not read</p>" if unread else "")
        + "</div>"
    )
    _show_desk(pile, counts["doubt"])
    with st.container(horizontal=True, vertical_alignment="center"):
        _downloads([page.counted(pile.given) for page in pile.pages])
        st.button("New pile", icon=":material/add:", on_click=_forget, key="new-pile")
    kind = st.segmented_control(
        "Show",
        [kind for kind in KINDS if kind != "settled" or settled],
        format_func=KINDS.__getitem__,
        default="all",
        required=True,
        label_visibility="collapsed",
    )
    shown = [page for page in pile.pages if kind in ("all", page.kind(pile.given))]
    show_table(shown, pile.given, open_row)
    show_opened(pile)


def _forget() -> None:
    for name in ("pile", "pile-open"):
        st.session_state.pop(name, None)


def _show_desk(pile: Pile, doubted: int) -> None:
    """What is put on the desk is kept; so the user has to ask for it."""
    kept = is_on_desk(pile)
    if not doubted and not kept:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if kept:
            told = "What is settled there counts here too." if doubted else "All are settled."
            desk = st.Page(review_page, url_path="review")
            st.page_link(desk, label="To the review desk", icon=":material/inbox:")
            st.html(f'<p class="sure">{told}</p>')
            return
        wanted = st.button(
            "Put them on the review desk",
            type="primary",
            icon=":material/inbox:",
            help="Keeps the answers of this pile, the numbers that you typed, and each page in "
            f"doubt as a picture (at most {WHOLE_PAGE_PX} px wide or high), in {place()} until "
            "they are deleted there. Nothing is kept otherwise.",
        )
        entries = [page.entry for page in pile.pages if page.entry]
        if wanted and keep(pile.name, entries, pile.given):
            st.session_state.on_desk = pile.name
            st.switch_page(st.Page(review_page, url_path="review"))


def _downloads(records: list[dict[str, Any]]) -> None:
    stem = "numbers"
    for label, kind, mime in (
        ("CSV", ".csv", "text/csv"),
        ("Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        st.download_button(
            label,
            partial(_written, records, kind),
            stem + kind,
            mime,
            icon=":material/download:",
            on_click="ignore",
        )
    st.download_button(
        "JSON",
        lambda: json.dumps(records, ensure_ascii=False, indent=2),
        f"{stem}.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
    )


def _written(records: list[dict[str, Any]], kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"numbers{kind}"
        write_table(lambda: iter(cast("list[Record]", records)), out, {"model": read_by(model())})
        return out.read_bytes()
