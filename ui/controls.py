"""The settings as widgets: when to doubt, what is known of the number, how the ink is found."""

from __future__ import annotations

import streamlit as st

from ui.bound import choice, is_untouched, known_value, known_widget, reset, widget
from ui.reader import settings

THRESHOLDS = {
    "auto": "Automatic",
    "otsu": "One level",
    "adaptive": "By place",
    "manual": "By hand",
}
POLARITIES = {"auto": "Automatic", "dark": "Dark", "light": "Light"}
CHECKS = {"none": "None", "luhn": "Luhn", "isbn": "ISBN", "iban": "IBAN"}
ONE_WRONG_IN = (1, 10, 20, 50, 100, 200, 500, 1000, 10_000)
WINDOWS_PX = range(0, 401, 20)
LONGEST_PATTERN = 128
POPOVER, BESIDE = "popover", "beside"  # where a widget stands; some settings stand in both places


def show_popover() -> None:
    """A button that opens what concerns the answer: when to doubt, and what is known of it."""
    with st.popover("Doubt and format", icon=":material/tune:"):
        _doubt(POPOVER)
        st.markdown("**What is known of the number**")
        _known(POPOVER)


def show_settings() -> None:
    """All settings, and a button that takes them back."""
    widget(
        st.slider,
        "Smooth away grain",
        "blur_sigma_px",
        BESIDE,
        min_value=0.0,
        max_value=6.0,
        step=0.5,
        format="%.1f px",
        help="Softens the picture, so that the grain of paper and camera is not taken for ink. "
        "Too much melts strokes together. (A Gaussian blur's sigma.)",
    )
    _ink()
    widget(
        st.slider,
        "Straighten writing tilted up to",
        "max_skew_deg",
        BESIDE,
        min_value=0.0,
        max_value=45.0,
        step=5.0,
        format="%d°",
        help="Writing that runs up or down is levelled before it is read; 0 leaves it as it is.",
    )
    widget(
        st.toggle,
        "Part digits that touch",
        "split_touching",
        BESIDE,
        help="Looks for cuts in shapes that are too wide for one digit.",
    )
    _doubt(BESIDE)
    with st.expander("What is known of the number"):
        _known(BESIDE)
    st.button("Reset", on_click=reset, disabled=is_untouched(), key="reset-settings")


def _ink() -> None:
    """How ink is told from paper; what the chosen way has no use for is not shown."""
    choice(
        "Tell ink from paper",
        "threshold",
        BESIDE,
        THRESHOLDS,
        help="One level: whatever is darker than one gray is ink (Otsu's threshold finds that "
        "gray). By place: each place is compared with the paper around it, which follows shadows "
        "(adaptive). By hand: you choose the gray.",
    )
    chosen = settings().threshold
    if chosen == "manual":
        widget(
            st.slider,
            "Darker than this is ink",
            "level",
            BESIDE,
            min_value=1,
            max_value=254,
            help="0 is black, 255 is white; of light ink the picture is inverted first. The steps "
            "“Threshold” and “Ink” show what it does.",
        )
    if chosen in ("auto", "adaptive"):
        widget(
            st.select_slider,
            "Judge the paper within",
            "window_px",
            BESIDE,
            options=sorted({*WINDOWS_PX, settings().window_px}),
            format_func=lambda px: f"{px} px" if px else "automatic",
            help="How far around each place the paper's brightness is looked for. Less follows "
            "hard shadows; more keeps broad strokes whole.",
        )
    choice("The ink is", "polarity", BESIDE, POLARITIES, help="Compared with its paper.")


def _doubt(place: str) -> None:
    widget(
        st.select_slider,
        "At most 1 wrong in",
        "one_wrong_in",
        place,
        options=sorted({*ONE_WRONG_IN, settings().one_wrong_in}),
        format_func=lambda count: "never doubt" if count == 1 else f"{count:,}",
        help="Of so many numbers shown without “?”, at most one is wrong.",
    )


def _known(place: str) -> None:
    """What is known of the number."""
    # The column beside the stages is too narrow for two fields.
    fields = st.columns(2) if place == POPOVER else (st.container(), st.container())
    with fields[0]:
        known_widget(
            st.number_input,
            "Digits",
            "length",
            place,
            min_value=0,
            max_value=64,
            step=1,
            help="How many digits every number has; 0 = any.",
        )
    with fields[1]:
        known_widget(
            st.text_input,
            "Pattern",
            "pattern",
            place,
            max_chars=LONGEST_PATTERN,
            placeholder="####-##",
            help="# is any digit, 0 to 9 that very digit, anything else a separator.",
        )
    known_widget(
        st.segmented_control,
        "Check digit",
        "check",
        place,
        options=list(CHECKS),
        format_func=lambda kind: CHECKS[kind],
        required=True,
        help="Luhn: bank cards and many identity numbers. ISBN: books. IBAN: bank accounts.",
    )
    if known_value("check") == "iban":
        known_widget(
            st.text_input,
            "Country of the IBAN",
            "country",
            place,
            max_chars=2,
            placeholder="NO",
            help="The two letters that it starts with; they are not read.",
        )
