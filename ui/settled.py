"""The list of what was settled, the newest first: any of it can be looked at again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from digitocr.review.desk import Desk, Settled
from ui import parts
from ui.desk import in_words

AT_ONCE = 20
KEY = "settled-rows"
COLUMNS = {
    "Settled as": "number",
    "Read as": "number quiet",
    "File": "file",
    "By": "words",
    "When": "words",
}


def show_settled(desk: Desk, count: int, on_open: Callable[[int], None]) -> None:
    """A switch, and behind it the list with its pages; on_open is told the number of a row."""
    if not count or not st.toggle(f"Show what was settled ({count})", key="show-settled"):
        return
    number = 1
    if count > AT_ONCE:
        number = st.pagination(-(-count // AT_ONCE), key="settled-page")
    shown = desk.history(AT_ONCE, (number - 1) * AT_ONCE)
    named = any(one.reviewer for one in shown)
    columns = {name: kind for name, kind in COLUMNS.items() if named or name != "By"}
    parts.rows(
        [{"name": name, "kind": kind, "sorted": None} for name, kind in columns.items()],
        [{"number": one.number, "cells": [_cells(one)[name] for name in columns]} for one in shown],
        key=KEY,
        on_open=lambda: on_open(st.session_state[KEY]["opened"]),
    )


def _cells(one: Settled) -> dict[str, str]:
    where = one.file + (f", page {one.page}" if one.page > 1 else "")
    return {
        "Settled as": in_words(one.text),
        "Read as": in_words(one.read),
        "File": where,
        "By": one.reviewer,
        "When": f"{one.settled_at.astimezone():%d %b %H:%M}",
    }
