"""The table of a pile: a row for each page, in the order that the user asks for; a row opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from digitocr.output.record import is_read
from digitocr.review.by_name import Name
from digitocr.show.canvas import percent
from ui import parts
from ui.pile_work import Page

ROWS = 100  # on one page of the table
KEY = "pile-rows"
SORTED = ("Number", "Confidence", "File")
USUAL = ("", "1")  # a column that holds nothing else tells nothing
COLUMNS = {
    "Writing": "picture",
    "Number": "number",
    "Best guess": "number quiet",
    "Read as": "number quiet",
    "Confidence": "percent",
    "File": "file",
    "Page": "percent",
    "Not read, because": "words",
}


def show_table(
    pages: Sequence[Page],
    given: Mapping[Name, str],
    on_open: Callable[[Sequence[Page], int], None],
) -> None:
    """The rows of some pages; given: the numbers that came by hand.

    on_open is told all the pages in their order, and which of them was opened.
    """
    if not pages:
        return
    column, way = st.session_state.setdefault("pile-sorted", ("", ""))
    if column:
        pages = sorted(pages, key=lambda page: _rank(column, page, given), reverse=way == "down")
    number = st.pagination(-(-len(pages) // ROWS)) if len(pages) > ROWS else 1
    shown = pages[(number - 1) * ROWS : number * ROWS]
    cells = [_cells(page, given) for page in shown]
    used = [name for name in COLUMNS if any(row[name] not in USUAL for row in cells)]
    parts.rows(
        [
            {
                "name": name,
                "kind": COLUMNS[name],
                "sorted": (way if name == column else "") if name in SORTED else None,
            }
            for name in used
        ],
        [
            {"number": index, "cells": [row[name] for name in used]}
            for index, row in enumerate(cells)
        ],
        key=KEY,
        on_open=lambda: on_open(pages, (number - 1) * ROWS + st.session_state[KEY]["opened"]),
        on_sort=lambda: _sort(st.session_state[KEY]["sorted"]),
    )


def _sort(name: str) -> None:
    """Up at first, then down, then as the pile came."""
    column, way = st.session_state["pile-sorted"]
    following = {"": "up", "up": "down", "down": ""}[way if name == column else ""]
    st.session_state["pile-sorted"] = (name if following else "", following)


def _rank(column: str, page: Page, given: Mapping[Name, str]) -> tuple[Any, ...]:
    """Numbers by their length and digits; what could not be read comes first."""
    if column == "Confidence":
        return (page.record["confidence"] if is_read(page.record) else -1.0,)
    if column == "File":
        return page.record["file"].casefold(), page.record["page"]
    text = page.counted(given).get("text", "")
    return len(text), text


def _cells(page: Page, given: Mapping[Name, str]) -> dict[str, str]:
    record = page.counted(given)
    text, read, by_hand = record.get("text", ""), record.get("read", ""), page.name in given
    return {
        "Writing": parts.data_url(page.thumbnail, "jpeg") if page.thumbnail else "",
        "Number": _in_a_line(text),
        "Best guess": _in_a_line(record["guess"]) if "?" in text and not by_hand else "",
        "Read as": _in_a_line(read) if by_hand else "",
        "Confidence": percent(record["confidence"]) if page.entry else "",
        "File": record["file"],
        "Page": str(record["page"]),
        "Not read, because": page.error,
    }


def _in_a_line(text: str) -> str:
    return text.replace("\n", " / ")
