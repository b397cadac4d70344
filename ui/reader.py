"""Readings of a session: each picture, edit and choice of settings is read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from digitocr import InputError, Reading, Settings, read
from digitocr.edit import Edit, edited
from digitocr.output import as_dict, csv_rows, error_dict
from ui.sources import Source

KEPT = 8  # readings; one of a large photo takes some 30 MB
KEPT_SUMMARIES = 500


@dataclass(frozen=True)
class Summary:
    """What lists and downloads need of an answer; light enough to keep for every upload."""

    text: str
    error: str  # the sentence that says why there is no answer, or nothing
    record: dict[str, Any]  # as in the JSON
    rows: list[dict[str, Any]]  # as in the CSV


def reading_of(source: Source, settings: Settings) -> Reading | str:
    """The answer, or the sentence that says why there is none."""
    return _read(source.key, edit_of(source), settings, source.data)


def summary_of(source: Source, settings: Settings) -> Summary:
    """The answer in short."""
    return _summary(source.key, edit_of(source), settings, source)


@st.cache_data(scope="session", max_entries=KEPT_SUMMARIES, show_spinner=False)
def _summary(key: str, edit: Edit, settings: Settings, _source: Source) -> Summary:
    answer = _read(key, edit, settings, _source.data)
    if isinstance(answer, str):
        record = error_dict(_source.name, answer)
        return Summary("", answer, record, [record])
    rows = csv_rows(_source.name, answer)
    return Summary(answer.text, "", as_dict(_source.name, answer), rows)


@st.cache_resource(scope="session", max_entries=KEPT, show_spinner=False)
def _read(key: str, edit: Edit, settings: Settings, _data: bytes) -> Reading | str:
    # Cached by the picture's key: hashing an array samples it, and would miss a small change.
    try:
        return read(_data if edit == Edit() else edited(_data, edit), settings)
    except InputError as error:
        return str(error)


def edit_of(source: Source) -> Edit:
    """How the user turned and cropped this picture."""
    edits: dict[str, Edit] = st.session_state.setdefault("edits", {})
    return edits.get(source.key, Edit())


def set_edit(source: Source, edit: Edit) -> None:
    """Remember a turn or a region for this picture."""
    st.session_state.setdefault("edits", {})[source.key] = edit


def settings() -> Settings:
    """The session's settings."""
    chosen: Settings = st.session_state.setdefault("settings", Settings())
    return chosen
