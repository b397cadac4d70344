"""The sheet to write on: a drawing canvas as wide as the page, pens, undo and clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from digitocr.edit import Stroke
from ui.parts import page_width

PENS = {"Thin": 6, "Medium": 10, "Thick": 16}  # px
INK, PAPER = "#1f2a37", "#ffffff"  # white in the dark theme too: it is paper
# The canvas' own toolbar lies unseen over its top and would swallow touches: style.css hides
# this strip of the canvas, toolbar and all.
HIDDEN_PX = 44
TALLEST_PX, WIDE_SHARE, NARROW_SHARE, NARROW_PX = 340, 0.42, 0.75, 500


@dataclass(frozen=True)
class Drawing:
    """Pen strokes on a sheet."""

    size_px: tuple[int, int]  # width, height
    strokes: tuple[Stroke, ...]


def show_sheet() -> Drawing | None:
    """The sheet; what is written on it, or None while it is empty."""
    width = page_width(key="sheet-width")
    if not width:
        return None
    height = round(min(TALLEST_PX, width * (WIDE_SHARE if width > NARROW_PX else NARROW_SHARE)))
    if not st.session_state.get("on_sheet"):
        # The browser forgets the canvas when another source is looked at.
        _redraw(st.session_state.get("drawn", []))
        st.session_state.on_sheet = True
    with st.container(key="paper"):
        result = st_canvas(
            stroke_width=PENS[st.session_state.get("pen") or "Medium"],
            stroke_color=INK,
            background_color=PAPER,
            width=width,
            height=height + HIDDEN_PX,
            initial_drawing={
                "objects": st.session_state.first_drawn,
                "redrawn": st.session_state.redrawn,  # the same strokes twice are drawn twice
            },
            key="canvas",
        )
        drawn: list[dict[str, Any]] = (result.json_data or {}).get("objects", [])
        if drawn and drawn == st.session_state.replaced:
            drawn = st.session_state.first_drawn  # the browser has not told of the redrawing yet
        if not drawn:
            st.html('<p class="hint">Write a number here</p>')
    st.session_state.drawn = drawn
    _show_tools(drawn)
    strokes = tuple(_stroke(path) for path in drawn if path.get("path"))
    return Drawing((width, height + HIDDEN_PX), strokes) if strokes else None


def leave_sheet() -> None:
    """Another source is shown: the canvas must be drawn anew when the user comes back."""
    st.session_state.on_sheet = False


def _show_tools(drawn: list[dict[str, Any]]) -> None:
    with st.container(key="pens", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.session_state.setdefault("pen", "Medium")
        st.segmented_control(
            "Pen", list(PENS), key="pen", required=True, label_visibility="collapsed"
        )
        st.space("stretch")
        empty = not drawn
        st.button("Undo", on_click=_redraw, args=(drawn[:-1],), disabled=empty)
        st.button("Clear", on_click=_redraw, args=([],), disabled=empty)


def _redraw(objects: list[dict[str, Any]]) -> None:
    """Replace what is on the canvas by these strokes."""
    st.session_state.replaced = st.session_state.get("drawn", [])
    st.session_state.first_drawn = objects
    st.session_state.redrawn = st.session_state.get("redrawn", 0) + 1


def _stroke(path: dict[str, Any]) -> Stroke:
    """A Fabric.js path's pen width and its points; curves by their corner points."""
    points = [
        (step[at], step[at + 1]) for step in path["path"] for at in range(1, len(step) - 1, 2)
    ]
    return path["strokeWidth"], points
