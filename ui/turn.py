"""Turning a picture by quarter turns and choosing the region of it that is read."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from digitocr.picture.edit import Edit, edited, thumbnail
from digitocr.picture.load import decode
from ui import parts
from ui.reader import edit_of, set_edit
from ui.sources import Source

PREVIEW_PX = 1000


def show_tools(source: Source) -> bool:
    """The buttons above a picture; whether its region is being chosen."""
    for side, step in (("left", 3), ("right", 1)):
        st.button(
            f"Turn {side}",
            icon=f":material/rotate_{side}:",
            key=f"turn-{side}",
            on_click=_turn,
            args=(source, step),
        )
    choosing: bool = st.toggle("Choose a region", key=f"choosing/{source.key}")
    if edit_of(source) != Edit():
        st.button("Undo changes", on_click=set_edit, args=(source, Edit()), key="undo-edit")
    return choosing


def show_region(source: Source) -> None:
    """The picture to drag a box on."""
    edit = edit_of(source)
    st.caption("Drag a box around the number; only what lies inside is read.")
    key = f"region/{source.key}/{edit.quarter_turns}"
    parts.region(
        _preview(source.key, edit.quarter_turns, source),
        edit.region,
        key=key,
        on_change=lambda: _choose(source, key),
    )


def _turn(source: Source, quarter_turns: int) -> None:
    # Counted from now, not from when the button was drawn: clicks may come in quick succession.
    set_edit(source, Edit((edit_of(source).quarter_turns + quarter_turns) % 4))


def _choose(source: Source, key: str) -> None:
    found = st.session_state[key]["region"]
    set_edit(source, replace(edit_of(source), region=tuple(found) if found else None))


@st.cache_data(scope="session", max_entries=4, show_spinner=False)
def _preview(key: str, quarter_turns: int, _source: Source) -> bytes:
    return thumbnail(edited(decode(_source.picture()), Edit(quarter_turns)), PREVIEW_PX)
