"""The canvas to write on, as wide as the page, with pens, undo and clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from digitocr.picture.edit import Stroke
from ui.parts import canvas_keys, page_size

PENS = {"Thin": 6, "Medium": 10, "Thick": 16}  # px
INK, PAPER = "#1f2a37", "#ffffff"  # white in the dark theme too: it is paper
Strokes = list[dict[str, Any]]  # of Fabric.js
TALLEST_PX, WIDE_SHARE, NARROW_SHARE, NARROW_PX = 340, 0.42, 0.75, 500
LATE = 20  # drawings that were replaced: the browser may still tell of them
WINDOW_SHARE = 0.55  # of a phone on its side: the pens stay in view


@dataclass(frozen=True)
class Drawing:
    """Pen strokes on the canvas."""

    size_px: tuple[int, int]  # width, height
    strokes: tuple[Stroke, ...]


def show_canvas() -> Drawing | None:
    """The canvas; what is written on it, or None while it is empty."""
    width, window = page_size(key="canvas-width")
    if not (width and window):
        return None
    share = WIDE_SHARE if width > NARROW_PX else NARROW_SHARE
    height = round(min(TALLEST_PX, width * share, window * WINDOW_SHARE))
    if not st.session_state.get("on_canvas"):
        # The browser forgets the canvas when another source is looked at.
        _redraw(_drawn())
        st.session_state.on_canvas = True
    _step()  # where the run that was to hear of it was cut short
    with st.container(key="paper"):
        result = st_canvas(
            stroke_width=PENS[_pen()],
            stroke_color=INK,
            background_color=PAPER,
            width=width,
            height=height,
            initial_drawing={
                "objects": st.session_state.first_drawn,
                "redrawn": st.session_state.redrawn,  # the same strokes twice are drawn twice
            },
            key="canvas",
        )
        drawn: Strokes = (result.json_data or {}).get("objects", [])
        if drawn in st.session_state.replaced:
            # The browser has not told of the last redrawing yet: what it tells may be several old.
            drawn = st.session_state.first_drawn
        if not drawn:
            st.html('<p class="hint">Write a number here</p>')
    if drawn not in (_drawn(), st.session_state.first_drawn):
        _remember(drawn)
    st.session_state.drawn = drawn
    _show_tools()
    strokes = tuple(_stroke(path) for path in drawn if path.get("path"))
    return Drawing((width, height), strokes) if strokes else None


def leave_canvas() -> None:
    """Another source is shown: the canvas must be drawn anew when the user comes back."""
    st.session_state.on_canvas = False


def _drawn() -> Strokes:
    drawn: Strokes = st.session_state.get("drawn", [])
    return drawn


def _pen() -> str:
    # Kept apart from the widget: Streamlit forgets it while another source is looked at.
    pen: str = st.session_state.get("pen") or st.session_state.get("pen_kept", "Medium")
    return pen


def _past() -> list[Strokes]:
    """The drawings that Undo leads back to, the latest last."""
    past: list[Strokes] = st.session_state.setdefault("past_drawings", [])
    return past


def _future() -> list[Strokes]:
    """The drawings that Redo leads to, the next one last."""
    future: list[Strokes] = st.session_state.setdefault("future_drawings", [])
    return future


def _remember(drawn: Strokes) -> None:
    """The user has drawn on; several strokes may come at once, and are undone one by one."""
    before = _drawn()
    kept = len(before) if drawn[: len(before)] == before else 0
    _past().extend(drawn[:count] for count in range(kept, len(drawn)))
    _future().clear()


def _show_tools() -> None:
    with st.container(key="pens", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.session_state.pen_kept = st.segmented_control(
            "Pen",
            list(PENS),
            default=_pen(),
            key="pen",
            required=True,
            label_visibility="collapsed",
        )
        st.space("stretch")
        for name, icon, act, is_dead, keys in (
            ("Undo", "undo", _undo, not _past(), "Ctrl + Z"),
            ("Redo", "redo", _redo, not _future(), "Ctrl + Shift + Z"),
            ("Clear", "delete", _clear, not _drawn(), None),
        ):
            sign = f":material/{icon}:"
            st.button(name, icon=sign, on_click=act, disabled=is_dead, help=keys, key=name)
    canvas_keys(st.session_state.redrawn, key="canvas-keys", on_press=_step)


def _step() -> None:
    """Do what the last key asks for, once."""
    pressed = st.session_state.get("canvas-keys", {}).get("pressed")
    if pressed and pressed["at"] != st.session_state.get("heard_at"):
        st.session_state.heard_at = pressed["at"]
        (_undo if pressed["step"] == "undo" else _redo)()
        st.session_state.redrawn += 1  # the keys wait until they were heard, be it in vain


def _undo() -> None:
    if _past():
        _future().append(_drawn())
        _redraw(_past().pop())


def _redo() -> None:
    if _future():
        _past().append(_drawn())
        _redraw(_future().pop())


def _clear() -> None:
    _past().append(_drawn())
    _future().clear()
    _redraw([])


def _redraw(objects: Strokes) -> None:
    """Replace what is on the canvas by these strokes."""
    replaced = [*st.session_state.get("replaced", []), _drawn()][-LATE:]
    st.session_state.replaced = [one for one in replaced if one != objects]
    st.session_state.first_drawn = objects
    st.session_state.redrawn = st.session_state.get("redrawn", 0) + 1


def _stroke(path: dict[str, Any]) -> Stroke:
    """A Fabric.js path's pen width and its points; curves by their corner points."""
    points = [
        (step[at], step[at + 1]) for step in path["path"] for at in range(1, len(step) - 1, 2)
    ]
    return path["strokeWidth"], points
