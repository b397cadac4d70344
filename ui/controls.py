"""The settings as widgets: when to doubt, what is known of the number, how the ink is found."""

from __future__ import annotations

import streamlit as st

from digitocr.processes.versions import SHIPPED, names
from digitocr.settings import SETTINGS
from ui.bound import is_untouched, known_value, known_widget, reset, widget
from ui.reader import model, set_model, settings

THRESHOLDS = {
    "auto": "Automatic",
    "otsu": "One level",
    "adaptive": "By place",
    "manual": "By hand",
}
POLARITIES = {"auto": "Automatic", "dark": "Dark", "light": "Light"}
CHECKS = {"none": "None", "luhn": "Luhn", "isbn": "ISBN", "iban": "IBAN"}
MODEL = "chosen-model"
POPOVER, BESIDE = "popover", "beside"  # where a widget stands; some settings stand in both places


def show_popover() -> None:
    """A button that opens what concerns the answer: when to doubt, and what is known of it."""
    with st.popover("Doubt and format", icon=":material/tune:"):
        _model()
        _doubt(POPOVER)
        st.markdown("**What is known of the number**")
        _known(POPOVER)


def show_settings() -> None:
    """All settings, and a button that takes them back."""
    widget(st.slider, "blur_sigma_px", BESIDE)
    _ink()
    widget(st.slider, "max_skew_deg", BESIDE)
    widget(st.toggle, "split_touching", BESIDE)
    _doubt(BESIDE)
    with st.expander("What is known of the number"):
        _known(BESIDE)
    st.button("Reset", on_click=reset, disabled=is_untouched(), key="reset-settings")


def _ink() -> None:
    """How ink is told from paper; what the chosen way has no use for is not shown."""
    widget(st.segmented_control, "threshold", BESIDE, format_func=THRESHOLDS.__getitem__)
    chosen = settings().threshold
    if chosen == "manual":
        widget(st.slider, "level", BESIDE)
    if chosen in ("auto", "adaptive"):
        widget(
            st.select_slider,
            "window_px",
            BESIDE,
            format_func=lambda px: f"{px}{SETTINGS['window_px'][1].after}" if px else "automatic",
        )
    widget(st.segmented_control, "polarity", BESIDE, format_func=POLARITIES.__getitem__)


def _model() -> None:
    """Which model reads; not shown where none but the shipped one is there."""
    if installed := names():
        every = [SHIPPED, *installed]
        used = model()
        st.selectbox(
            "Model",
            every,
            index=every.index(used) if used in every else 0,
            help="What reads: as it ships, or tuned to papers of one kind",
            key=MODEL,
            on_change=_choose_model,
        )


def _choose_model() -> None:
    # The widget forgets what was chosen as soon as a page does not show it.
    set_model(st.session_state[MODEL])


def _doubt(place: str) -> None:
    widget(
        st.select_slider,
        "one_wrong_in",
        place,
        format_func=lambda count: "never doubt" if count == 1 else f"{count:,}",
    )


def _known(place: str) -> None:
    """What is known of the number."""
    # The column beside the stages is too narrow for two fields.
    fields = st.columns(2) if place == POPOVER else (st.container(), st.container())
    with fields[0]:
        known_widget(st.number_input, "length", place)
    with fields[1]:
        known_widget(st.text_input, "pattern", place)
    known_widget(st.segmented_control, "check", place, format_func=CHECKS.__getitem__)
    if known_value("check") == "iban":
        known_widget(st.text_input, "country", place)
