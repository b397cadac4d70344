"""The app's own widgets: region picker, gallery, review desk, copy button, marks, a ruler."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parent
CSS = (FOLDER / "parts.css").read_text("utf-8")


def _part(name: str, html: str) -> Any:
    js = (FOLDER / f"{name}.js").read_text("utf-8")
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
    '<div class="sheet"><img alt="The writing in doubt"></div><div class="readers"></div>'
    '<form><textarea aria-label="The number" inputmode="numeric" autocomplete="off" rows="1" '
    'spellcheck="false"></textarea><button class="settle">Settle<kbd>Enter</kbd></button>'
    '<button type="button" class="later">Later<kbd>Esc</kbd></button>'
    '<button type="button" class="back">Back<kbd>Page up</kbd></button></form>',
)
_copy = _part(
    "copy", '<button type="button" class="copy" title="Copy the number"><span>Copy</span></button>'
)


_marks = _part("marks", "<span hidden></span>")


def page_width(key: str) -> int:
    """How wide the page's content is, in px; 0 until the browser has told."""
    result = _ruler(key=key, on_width_change=lambda: None)
    return int(result.get("width") or 0)


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


def marks(name: str, key: str, on_choose: Callable[[], None]) -> None:
    """Digits are marked together wherever the page shows them; it has no look of its own.

    name: differs where the digits do. A candidate that is chosen on a card is told in
    session_state[key]["chose"]: {"of": name, "digit": its number from 0, "label"}.
    """
    _marks(data={"of": name}, key=key, on_chose_change=on_choose)


def review(data: dict[str, Any], key: str, on_did: Callable[[], None]) -> None:
    """A number to settle, by keyboard; session_state[key]["did"] holds what was done with it.

    data: "number" and "turn", the field begins anew where either changes; "heard", which differs
    after everything that was done, for until then the keys are dead; "picture", an address;
    "marks" as in `digitocr.review.views`; "guess", the field's first text; "doubts", places in
    it; "readers", each {"who", "text"}; "may_go_back". What was done: {"action": "settle",
    "later" or "back", "number", "turn", "text"}.
    """
    _review(data=data, key=key, on_did_change=on_did)


def data_url(data: bytes, kind: str = "png") -> str:
    """An encoded picture as an address that needs no server."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
