"""The settings as widgets: when to doubt, what is known of the number, how the ink is found."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from digitocr import Settings
from ui.reader import set_settings, settings

THRESHOLDS = {"auto": "Automatic", "otsu": "Otsu", "adaptive": "Adaptive"}
POLARITIES = {"auto": "Automatic", "dark": "Dark", "light": "Light"}
CHECKS = {"none": "None", "luhn": "Luhn", "isbn": "ISBN", "iban": "IBAN"}
ONE_WRONG_IN = (1, 10, 20, 50, 100, 200, 500, 1000, 10_000)
KNOWN = ("length", "pattern", "check", "country")
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
    _widget(
        st.slider,
        "Blur",
        "blur_sigma_px",
        min_value=0.0,
        max_value=6.0,
        step=0.5,
        help="Sigma of the Gaussian in px: more removes grain, too much melts strokes together.",
    )
    _choice(
        "Threshold",
        "threshold",
        THRESHOLDS,
        help="Otsu takes one level for the whole picture; adaptive follows shadows.",
    )
    _widget(
        st.slider,
        "Window",
        "window_px",
        min_value=0,
        max_value=401,
        step=20,
        help="Size of the neighbourhood in px that tells the paper's brightness; 0 = automatic.",
    )
    _choice("Ink", "polarity", POLARITIES, help="Darker or lighter than its paper.")
    _widget(
        st.slider,
        "Level writing tilted up to",
        "max_skew_deg",
        min_value=0.0,
        max_value=45.0,
        step=5.0,
        format="%d°",
        help="0 leaves the picture as it is.",
    )
    _widget(
        st.toggle,
        "Part touching digits",
        "split_touching",
        help="Look for cuts in shapes too wide for one digit.",
    )
    _doubt(BESIDE)
    with st.expander("What is known of the number"):
        _known(BESIDE)
    untouched = settings() == Settings() and not _draft()
    st.button("Reset", on_click=_reset, disabled=untouched, key="reset-settings")


def _doubt(place: str) -> None:
    _widget(
        st.select_slider,
        "At most 1 wrong in",
        "one_wrong_in",
        place,
        options=ONE_WRONG_IN,
        format_func=lambda count: "never doubt" if count == 1 else f"{count:,}",
        help="Of so many numbers shown without “?”, at most one is wrong.",
    )


def _known(place: str) -> None:
    """What is known of the number; the sentence about a contradiction stands by its cause."""
    # The column beside the stages is too narrow for two fields.
    fields = st.columns(2) if place == POPOVER else (st.container(), st.container())
    with fields[0]:
        _known_widget(
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
        _known_widget(
            st.text_input,
            "Pattern",
            "pattern",
            place,
            max_chars=LONGEST_PATTERN,
            placeholder="####-##",
            help="# is any digit, 0 to 9 that very digit, anything else a separator.",
        )
    _known_widget(
        st.segmented_control,
        "Check digit",
        "check",
        place,
        options=list(CHECKS),
        format_func=lambda choice: CHECKS[choice],
        required=True,
        help="Luhn: bank cards and many identity numbers. ISBN: books. IBAN: bank accounts.",
    )
    if _known_value("check") == "iban":
        _known_widget(
            st.text_input,
            "Country of the IBAN",
            "country",
            place,
            max_chars=2,
            placeholder="NO",
            help="The two letters that it starts with; they are not read.",
        )


def _known_widget(
    widget: Callable[..., Any], label: str, field: str, place: str, **options: Any
) -> None:
    _show(widget, label, field, place, _known_value(field), _learn, **options)
    if st.session_state.get("amiss_at") == field:
        sentence = st.session_state.amiss
        st.html(f'<p class="amiss">{html.escape(sentence[:1].upper() + sentence[1:])}</p>')


def _draft() -> dict[str, Any]:
    """What the user entered about the number and could not be taken over yet."""
    draft: dict[str, Any] = st.session_state.setdefault("draft", {})
    return draft


def _known_value(field: str) -> Any:
    return _draft().get(field, getattr(settings(), field))


def _learn(field: str, key: str) -> None:
    """Take over what is known of the number, or say why it cannot be."""
    draft = {**_draft(), field: st.session_state[key]}
    known = {one: draft.get(one, getattr(settings(), one)) for one in KNOWN}
    if known["check"] != "iban":
        known["country"] = ""
    try:
        set_settings(replace(settings(), **known))
    except ValueError as error:
        st.session_state.update(draft=draft, amiss_at=field, amiss=str(error))
    else:
        _forget()


def _forget() -> None:
    st.session_state.update(draft={}, amiss_at="", amiss="")


def _widget(
    widget: Callable[..., Any], label: str, field: str, place: str = BESIDE, **options: Any
) -> None:
    _show(widget, label, field, place, getattr(settings(), field), _changed, **options)


def _choice(label: str, field: str, words: dict[str, str], help: str) -> None:
    options: Sequence[str] = list(words)
    _widget(
        st.segmented_control,
        label,
        field,
        options=options,
        format_func=lambda choice: words[choice],
        required=True,
        help=help,
    )


def _show(
    widget: Callable[..., Any],
    label: str,
    field: str,
    place: str,
    value: Any,
    on_change: Callable[[str, str], None],
    **options: Any,
) -> None:
    """A widget that shows a value also when it was changed elsewhere."""
    key = f"{place}/{field}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    widget(label, key=key, on_change=on_change, args=(field, key), **options)


def _changed(field: str, key: str) -> None:
    set_settings(replace(settings(), **{field: st.session_state[key]}))


def _reset() -> None:
    set_settings(Settings())
    _forget()
