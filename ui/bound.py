"""Widgets that show and change a field of the session's settings, in as many places as wanted."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from digitocr import Settings
from digitocr.settings import SETTINGS, choices
from ui.reader import set_settings, settings

KNOWN = ("length", "pattern", "check", "country")  # they may contradict each other
UNSEEN = object()


def widget(make: Callable[..., Any], field: str, place: str, **options: Any) -> None:
    """A widget of Streamlit for a field, with what SETTINGS says of it.

    place: where on the page it stands, for its key.
    """
    _show(make, field, place, getattr(settings(), field), _changed, options)


def known_widget(make: Callable[..., Any], field: str, place: str, **options: Any) -> None:
    """A widget for what is KNOWN of the number; the sentence of a contradiction follows it."""
    _show(make, field, place, known_value(field), _learn, options)
    if st.session_state.get("amiss_at") == field:
        sentence = st.session_state.amiss
        st.html(f'<p class="amiss">{html.escape(sentence[:1].upper() + sentence[1:])}</p>')


def known_value(field: str) -> Any:
    """What the user entered last, taken over or not."""
    return _draft().get(field, getattr(settings(), field))


def is_untouched() -> bool:
    """Whether nothing was entered, or all was taken back."""
    return settings() == Settings() and not _draft()


def reset() -> None:
    """Take everything back."""
    set_settings(Settings())
    _forget()


def _show(
    make: Callable[..., Any],
    field: str,
    place: str,
    value: Any,
    on_change: Callable[[str, str], None],
    options: dict[str, Any],
) -> None:
    """A widget that begins with a value, and anew with a new one when that came from elsewhere.

    Streamlit tells the browser just once of a value that is set from Python. A widget in a closed
    popover is not there to hear it: it would show something else later, and even send that back.
    """
    begun: dict[str, int] = st.session_state.setdefault("begun", {})
    name = f"{place}/{field}"
    if st.session_state.get(f"{name}/{begun.get(name)}", UNSEEN) != value:
        begun[name] = begun.get(name, 0) + 1
    key = f"{name}/{begun[name]}"
    first = "default" if make == st.segmented_control else "value"
    told = _told(make, field, value) | {first: value} | options
    make(**told, key=key, on_change=on_change, args=(field, key))


def _told(make: Callable[..., Any], field: str, value: Any) -> dict[str, Any]:
    """What SETTINGS says of a field, as this widget takes it."""
    kind, setting = SETTINGS[field]
    told: dict[str, Any] = {"label": setting.title, "help": setting.help}
    if make in (st.slider, st.number_input):
        told |= {"min_value": kind(setting.least), "max_value": kind(setting.most)}
        told["step"] = kind(setting.step)
    if make == st.slider:
        decimals = 1 if setting.step % 1 else 0
        told["format"] = f"%.{decimals}f{setting.after}"
    elif make == st.select_slider:
        told["options"] = sorted({*setting.stops, value})
    elif make == st.segmented_control:
        told |= {"options": choices(field), "required": True}
    elif make == st.text_input:
        told |= {"max_chars": setting.longest, "placeholder": setting.example}
    return told


def _changed(field: str, key: str) -> None:
    set_settings(replace(settings(), **{field: st.session_state[key]}))


def _draft() -> dict[str, Any]:
    """What the user entered about the number and could not be taken over yet."""
    draft: dict[str, Any] = st.session_state.setdefault("draft", {})
    return draft


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
