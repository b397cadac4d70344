"""The number as the user corrected it: typed, or chosen digit by digit on the cards."""

from __future__ import annotations

import html

import streamlit as st

from digitocr import Reading
from digitocr.constraints import DIGITS, DOUBT
from ui.reader import settings
from ui.sources import Source


def corrected_text(source: Source, text: str) -> str:
    """The number as the user corrected it, or the text that was read."""
    corrected: str = _corrections().get((source.key, text), "")
    return corrected or text


def correction(source: Source, text: str) -> dict[str, str]:
    """What a download says beside the text that was read."""
    corrected = corrected_text(source, text)
    return {"corrected": corrected} if corrected != text else {}


def _corrections() -> dict[tuple[str, str], str]:
    # Kept apart from the field: Streamlit forgets a field while another picture is shown.
    kept: dict[tuple[str, str], str] = st.session_state.setdefault("corrections", {})
    return kept


def correct(source: Source, text: str, corrected: str) -> None:
    """Show this number in the place of the text that was read."""
    _corrections()[source.key, text] = corrected


def take_back(source: Source, text: str) -> None:
    """Show what was read again."""
    _corrections().pop((source.key, text), None)


def with_guesses(text: str, reading: Reading) -> str:
    """The text with the best guess in the place of each "?"."""
    places = digit_places(text)
    if len(places) != len(reading.digits):
        return text
    signs = list(text)
    for place, digit in zip(places, reading.digits, strict=True):
        if signs[place] == DOUBT:
            signs[place] = digit.label
    return "".join(signs)


def digit_places(text: str) -> list[int]:
    """Where digits stand in a text among separators; "?" is one."""
    return [place for place, sign in enumerate(text) if sign in DIGITS or sign == DOUBT]


def choose(source: Source, reading: Reading, digit: int, label: str) -> None:
    """Put a label in the place of one digit; what else is in doubt stays so."""
    signs = list(corrected_text(source, reading.text))
    if len(digit_places("".join(signs))) != len(reading.digits):
        signs = list(reading.text)  # another number was typed: the cards tell of this one
    signs[digit_places("".join(signs))[digit]] = label
    correct(source, reading.text, "".join(signs))


def show_correction(source: Source, reading: Reading, is_page: bool = False) -> None:
    """The number in a field that can be edited; the downloads carry what it holds.

    is_page: a page of print was read, which nobody would correct; the field is empty.
    """
    text = reading.text
    shown = "" if is_page else with_guesses(corrected_text(source, text), reading)
    field = st.text_area if "\n" in shown else st.text_input
    key = f"corrected/{source.key}/{text}"
    if st.session_state.get(key) != shown:
        st.session_state[key] = shown
    field(
        "Not right? Correct it here" if shown else "Type the number in",
        key=key,
        on_change=_correct,
        args=(source, text, key),
        help="The downloads carry your correction too.",
    )
    if sentence := st.session_state.pop("not_a_number", ""):
        st.html(f'<p class="amiss" role="alert">{html.escape(sentence)}</p>')


def _correct(source: Source, text: str, key: str) -> None:
    typed = st.session_state[key].strip()
    separators = settings().constraint.separators
    strange = [sign for sign in typed if sign not in DIGITS | separators and not sign.isspace()]
    if not strange:
        correct(source, text, typed)  # nothing takes the correction back
        return
    also = "".join(f", “{sign}”" for sign in sorted(separators) if not sign.isspace())
    st.session_state.not_a_number = (
        f"“{strange[0]}” was not taken: a number is written in digits and spaces{also}."
    )
