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
from typing import Any

import streamlit as st

from digitocr.archives import names_apart
from digitocr.marks import percent
from digitocr.pile.records import version
from digitocr.pile.tables import write_table
from ui import parts
from ui.controls import show_popover
from ui.desk import keep, place
from ui.pile_work import Page, Pile, begin
from ui.reader import settings
from ui.review_page import review_page
from ui.sources import SUFFIXES

ROWS = 100  # on one page of the table
ROW_PX, ROWS_AT_ONCE = 56, 10
USUAL = ("", 1)  # a column that holds nothing else tells nothing
ERROR = "Not read, because"
KINDS = {"all": "All", "doubt": "In doubt", "unreadable": "Not readable"}
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
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Read them", type="primary", disabled=not files, icon=":material/play_arrow:"):
            # Two people may begin in the same second.
            name = f"{datetime.now():%Y-%m-%d %H:%M:%S} · {secrets.token_hex(2)}"
            named = names_apart([file.name for file in files])
            uploads = [(name, file.getvalue()) for name, file in zip(named, files, strict=True)]
            st.session_state.pile = begin(name, uploads, settings())
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
        f"{html.escape(page.record['text'].replace(chr(10), ' / '))}"
        for page in pages
        if page.thumbnail
    )
    return f'<div class="latest">{told}</div>'


def _finished(pile: Pile) -> None:
    if pile.error:
        st.warning(pile.error, icon=":material/folder_off:")
    counts = Counter(page.kind for page in pile.pages)
    unread = pile.total - len(pile.pages)
    st.html(
        f'<div class="tally"><p><b>{counts["sure"]}</b> read without doubt</p>'
        f'<p class="doubt"><b>{counts["doubt"]}</b> in doubt</p>'
        f"<p><b>{counts['unreadable']}</b> not readable</p>"
        + (f"<p><b>{unread}</b> not read</p>" if unread else "")
        + "</div>"
    )
    _show_desk(pile, counts["doubt"])
    with st.container(horizontal=True, vertical_alignment="center"):
        _downloads(pile)
        st.button("New pile", icon=":material/add:", on_click=_forget, key="new-pile")
    kind = st.segmented_control(
        "Show",
        list(KINDS),
        format_func=KINDS.__getitem__,
        default="all",
        required=True,
        label_visibility="collapsed",
    )
    shown = [page for page in pile.pages if kind in ("all", page.kind)]
    number = 1
    if len(shown) > ROWS:
        number = st.pagination(-(-len(shown) // ROWS))
    _table(shown[(number - 1) * ROWS : number * ROWS])


def _forget() -> None:
    st.session_state.pop("pile", None)


def _show_desk(pile: Pile, doubted: int) -> None:
    """What is put on the desk is kept; so the user has to ask for it."""
    if not doubted:
        return
    kept = st.session_state.get("on_desk") == pile.name
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button(
            "Put them on the review desk",
            type="primary",
            icon=":material/inbox:",
            disabled=kept,
            help="Keeps the answers of this pile, and pictures of what is in doubt (a page without "
            f"a digit as a whole), in {place()} until they are deleted there. Nothing is kept "
            "otherwise.",
        )
        if wanted and keep(pile.name, [page.entry for page in pile.pages if page.entry]):
            st.session_state.on_desk = pile.name
            st.switch_page(st.Page(review_page, url_path="review"))
        if kept:
            st.html('<p class="sure">They are on the review desk.</p>')


def _downloads(pile: Pile) -> None:
    records = [page.record for page in pile.pages]
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
        write_table(lambda: iter(records), out, {"model": version(None)})
        return out.read_bytes()


def _table(pages: Sequence[Page]) -> None:
    if not pages:
        return
    rows = [
        {
            "Writing": parts.data_url(page.thumbnail, "jpeg") if page.thumbnail else None,
            "Number": page.record.get("text", "").replace("\n", " / "),
            "Best guess": page.record.get("guess", "").replace("\n", " / "),
            "Confidence": percent(page.record["confidence"]) if page.entry else "",
            "File": page.record["file"],
            "Page": page.record["page"],
            ERROR: page.record.get("error", ""),
        }
        for page in pages
    ]
    columns = {
        "Writing": st.column_config.ImageColumn(width=180),
        "Page": st.column_config.NumberColumn(width="small"),
    }
    shown = [name for name in rows[0] if any(row[name] not in USUAL for row in rows)]
    st.dataframe(
        rows,
        column_config=columns,
        column_order=shown,
        hide_index=True,
        row_height=ROW_PX,
        height=ROW_PX * (min(len(rows), ROWS_AT_ONCE) + 1),
    )
