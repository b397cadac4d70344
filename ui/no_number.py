"""Where there is no number, or rather a page of print: what happened, and what to do about it."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from digitocr import Reading
from digitocr.measure.blame import Remedy, diagnose
from digitocr.picture.edit import Edit
from digitocr.settings import PolarityChoice
from ui.reader import edit_of, set_edit, set_settings, settings
from ui.sources import Source


def show_nothing(source: Source, reading: Reading, can_edit: bool) -> None:
    """A picture without digits: which step lost them, and buttons that may find them."""
    diagnosis = diagnose(reading)
    with st.container(key="hero"):
        st.html(
            '<div class="number none">No number found</div>'
            f'<p class="sure">Lost at the step <b>{html.escape(diagnosis.stage)}</b>: '
            f"{html.escape(diagnosis.sentence)}</p>"
        )
        _buttons(source, reading, diagnosis.remedies, can_edit)


def show_page(source: Source, reading: Reading, can_edit: bool) -> None:
    """A page of print or drawings; what was read of it is shown on request."""
    with st.container(key="hero"):
        st.html(
            '<div class="number none">This looks like a page of print</div>'
            f'<p class="sure">{len(reading.digits):,} shapes might be digits, and nearly all of '
            "them are in doubt. If a handwritten number is among them, choose the region that "
            "holds it.</p>"
        )
        _buttons(source, reading, ("region",), can_edit)
    with st.expander("What was read"):
        st.code(reading.text, language=None, height=240)


def _buttons(
    source: Source, reading: Reading, remedies: tuple[Remedy, ...], can_edit: bool
) -> None:
    dark = [line.ink_is_dark for line in reading.finding.lines]
    ink: PolarityChoice = "light" if 2 * sum(dark) >= len(dark) else "dark"
    does: dict[Remedy, tuple[str, str, Callable[[], None]]] = {
        "region": ("Choose the region", "crop", lambda: _choose_region(source)),
        "ink": (f"Ink is {ink}", "contrast", lambda: _set_ink(ink)),
        "turn": ("Turn", "rotate_right", lambda: _turn(source)),
    }
    with st.container(horizontal=True, key="remedies"):
        for place, remedy in enumerate(remedies):
            if remedy == "ink" or can_edit:
                label, icon, act = does[remedy]
                st.button(
                    label,
                    icon=f":material/{icon}:",
                    key=f"remedy-{remedy}",
                    type="secondary" if place else "primary",
                    on_click=act,
                )


def _choose_region(source: Source) -> None:
    st.session_state[f"choosing/{source.key}"] = True


def _set_ink(polarity: PolarityChoice) -> None:
    set_settings(replace(settings(), polarity=polarity))


def _turn(source: Source) -> None:
    set_edit(source, Edit((edit_of(source).quarter_turns + 1) % 4))
