"""The app's own widgets: region, gallery, rows, desk, copy, highlight; and what hears the page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parent
CSS = (FOLDER / "parts.css").read_text("utf-8")


def _part(name: str, html: str, helper: str = "") -> Any:
    """A widget of NAME.js, which may use what a second file defines."""
    files = filter(None, (helper, name))
    js = "\n".join((FOLDER / f"{file}.js").read_text("utf-8") for file in files)
    return st.components.v2.component(f"digitocr_{name}", html=html, css=CSS, js=js)


_ruler = _part("ruler", '<div class="ruler"></div>')
_region = _part(
    "region",
    '<div class="frame"><img alt="Drag a box around the number" draggable="false">'
    '<div class="box" hidden></div></div>',
)
_gallery = _part("gallery", '<div class="gallery"></div>')
_review = _part(
    "desk",
    '<div class="desk"><div class="writing"><img alt="The writing in doubt"></div>'
    '<div class="port" hidden><div class="whole"><img alt="The whole page" draggable="false">'
    '<div class="place"></div></div></div><div class="readers"></div>'
    '<form><textarea aria-label="The number" inputmode="numeric" autocomplete="off" rows="1" '
    'spellcheck="false"></textarea><button class="settle">Settle<kbd>Enter</kbd></button>'
    '<button type="button" class="later">Later<kbd>Esc</kbd></button>'
    '<button type="button" class="back">Back<kbd>Page up</kbd></button>'
    '<button type="button" class="look" aria-pressed="false"><span></span><kbd>W</kbd></button>'
    "</form></div>",
    "closely",
)
_rows = _part("rows", '<div class="rows"><table></table></div>')
_copy = _part(
    "copy", '<button type="button" class="copy" title="Copy the number"><span>Copy</span></button>'
)
_drop = _part("drop", '<div class="drop" hidden><p>Drop pictures or PDFs here</p></div>')
_bars = _part(
    "bars",
    '<div class="shares"><figure><img alt=""><figcaption></figcaption></figure>'
    '<div class="bars" role="list"></div></div>',
)
_look = _part("look", "<div></div>")
_canvas = _part("drawing", "<div></div>")
_highlight = _part("highlight", "<span hidden></span>")


def page_size(key: str) -> tuple[int, int]:
    """How wide the page's content and how high its window is, in px; 0 until the browser has told.

    The height is the one at which the width was told.
    """
    result = _ruler(key=key, on_width_change=lambda: None, on_height_change=lambda: None)
    return int(result.get("width") or 0), int(result.get("height") or 0)


def drop_zone(may_ask: bool, key: str, on_asked: Callable[[], None]) -> None:
    """Files dropped or pasted anywhere on the page go to its uploader.

    may_ask: where there is none, on_asked is to bring one.
    """
    _drop(data={"may_ask": may_ask}, key=key, on_asked_change=on_asked)


def look_at_answer() -> None:
    """Let `answer_watch` bring the answer into view on this run."""
    st.session_state.looked = st.session_state.get("looked", 0) + 1


def answer_watch(key: str) -> None:
    """Brings the answer into view, and the focus to it, where `look_at_answer` was called."""
    _look(data={"turn": st.session_state.get("looked", 0)}, key=key)


def canvas_keys(turn: int, key: str, on_press: Callable[[], None]) -> None:
    """Ctrl + Z and its like, on the canvas: session_state[key]["pressed"] is the last of them.

    {"step": "undo" or "redo", "at": differs for each key}. turn: differs once that key was heard,
    for until then further keys wait.
    """
    _canvas(data={"turn": turn}, key=key, on_pressed_change=on_press)


def region(
    picture: bytes, chosen: tuple[float, ...] | None, key: str, on_change: Callable[[], None]
) -> None:
    """A picture, JPEG, to drag a box on; session_state[key]["region"] holds its shares or None."""
    _region(
        data={"picture": data_url(picture, "jpeg"), "region": chosen},
        key=key,
        on_region_change=on_change,
    )


def gallery(
    samples: list[dict[str, str]], chosen: str | None, key: str, on_pick: Callable[[], None]
) -> None:
    """Samples {"name", "title", "picture"} as buttons; session_state[key]["picked"] is a name.

    They fill a grid, or one row once a sample is chosen, so that its answer comes into view.
    """
    _gallery(data={"samples": samples, "chosen": chosen}, key=key, on_picked_change=on_pick)


def copy_button(label: str, text: str, key: str) -> None:
    """A button with a label that copies a text to the clipboard."""
    _copy(data={"label": label, "text": text}, key=key, width="content")


def highlight(name: str, key: str, on_choose: Callable[[], None]) -> None:
    """Digits are highlighted together wherever the page shows them; it has no look of its own.

    name: differs where the digits do. A candidate that is chosen on a card is told in
    session_state[key]["chose"]: {"of": name, "digit": its number from 0, "label"}.
    """
    _highlight(data={"of": name}, key=key, on_chose_change=on_choose)


def review(data: dict[str, Any], key: str, on_did: Callable[[], None]) -> None:
    """A number to settle, by keyboard; session_state[key]["did"] holds what was done with it.

    data: "number" and "turn", the field begins anew where either changes; "heard", which differs
    after everything that was done, for until then the keys are dead; "picture", an address;
    "digits" as in `digitocr.review.schema.View`; "first", the field's first text; "doubts", places
    in it; "replaces", whether without any what is typed takes the place of all; "readers", each
    {"who", "text"}; "may_go_back"; "later" and "look", what Esc and W do; "place" of the picture
    on its page, left, top, right, bottom as shares, or nothing; "page", the address of that page
    once it was asked for. What was done: {"action": "settle", "later", "back" or "page",
    "number", "turn", "text"}.
    """
    _review(data=data, key=key, on_did_change=on_did)


def rows(
    columns: Sequence[dict[str, Any]],
    found: Sequence[dict[str, Any]],
    key: str,
    on_open: Callable[[], None],
    on_sort: Callable[[], None] = lambda: None,
) -> None:
    """A table whose rows open; session_state[key]["opened"] is a row's "number".

    columns: {"name", "kind"}, a class of parts.css, and "sorted": "up", "down", "" or, where it
    cannot be sorted by, None; session_state[key]["sorted"] is the name of one that was chosen.
    found: {"number", "cells"}, a text or a picture's address for each column.
    """
    _rows(
        data={"columns": columns, "rows": found},
        key=key,
        on_opened_change=on_open,
        on_sorted_change=on_sort,
    )


def bars(picture: str, caption: str, shares: Sequence[dict[str, Any]], key: str) -> None:
    """A picture, by its address, and a bar for each share, which moves where another one came.

    shares: {"name", "share" 0..1, "words", "best"}, always the same number of them.
    """
    _bars(data={"picture": picture, "caption": caption, "shares": list(shares)}, key=key)


def data_url(data: bytes, kind: str = "png") -> str:
    """An encoded picture as an address that needs no server."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
