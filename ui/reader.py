"""Readings of a session: each picture, edit and choice of settings is read once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from digitocr import InputError, Line, Reading, Settings, read
from digitocr.output.record import Record, failure, is_read, record_of
from digitocr.picture.edit import Edit, edited, original_box, original_quad, small
from digitocr.picture.load import decode
from digitocr.processes.versions import current, read_by
from ui.sources import Source

KEPT = 8  # answers of pictures that were shown; one of a large photo takes some 30 MB
KEPT_SUMMARIES = 2000
THUMBNAIL_PX = 220


@dataclass(frozen=True, eq=False)
class Attempt:
    """What came of one picture."""

    reading: Reading | None  # of the edited picture
    error: str = ""  # the sentence that says why there is no reading, or nothing
    upright_size_px: tuple[int, int] = (0, 0)  # width, height before the edit


@dataclass(frozen=True)
class Summary:
    """What lists and downloads need of an answer; light enough to keep for every upload."""

    record: Record  # boxes in the upright picture before the edit
    thumbnail: bytes = b""  # a JPEG of the edited picture, if there is a reading

    @property
    def text(self) -> str:
        """The number, or nothing."""
        return self.record["text"] if is_read(self.record) else ""

    @property
    def error(self) -> str:
        """As in Attempt."""
        return "" if is_read(self.record) else self.record["error"]


def attempt_at(source: Source, settings: Settings) -> Attempt:
    """The answer with all its stages, for the picture that is shown."""
    return _kept(source.key, edit_of(source), settings, model(), source)


def summary_of(source: Source, settings: Settings, attempt: Attempt | None = None) -> Summary:
    """The answer in short, of this answer or of one that is read and then forgotten."""
    summary = known_summary(source, settings)
    if summary is None:
        edit = edit_of(source)
        summary = _summary(source, edit, attempt or _attempt(source, edit, settings))
        summaries = _summaries()
        summaries[source.key, edit, settings, model()] = summary
        if len(summaries) > KEPT_SUMMARIES:
            del summaries[next(iter(summaries))]
    return summary


def known_summary(source: Source, settings: Settings) -> Summary | None:
    """The answer in short if there is one already."""
    return _summaries().get((source.key, edit_of(source), settings, model()))


def _summaries() -> dict[tuple[str, Edit, Settings, str], Summary]:
    summaries: dict[tuple[str, Edit, Settings, str], Summary]
    summaries = st.session_state.setdefault("summaries", {})
    return summaries


def _summary(source: Source, edit: Edit, attempt: Attempt) -> Summary:
    if attempt.reading is None:
        return Summary(failure(source.name, source.page, attempt.error))
    reading = _in_upright_px(attempt.reading, edit, attempt.upright_size_px)
    record = record_of(reading, source.name, source.page, read_by(model()))
    return Summary(record, small(reading.picture.rgb, THUMBNAIL_PX))


def _in_upright_px(reading: Reading, edit: Edit, size_px: tuple[int, int]) -> Reading:
    left_out = (
        replace(part, box=original_box(part.box, edit, size_px)) for part in reading.left_out
    )
    lines = (_moved(line, edit, size_px) for line in reading.lines)
    return replace(reading, lines=tuple(lines), left_out=tuple(left_out))


def _moved(line: Line, edit: Edit, size_px: tuple[int, int]) -> Line:
    digits = (replace(digit, box=original_box(digit.box, edit, size_px)) for digit in line.digits)
    quad = line.quad and original_quad(line.quad, edit, size_px)
    return replace(line, digits=tuple(digits), quad=quad)


@st.cache_resource(scope="session", max_entries=KEPT, show_spinner=False)
def _kept(key: str, edit: Edit, settings: Settings, model: str, _source: Source) -> Attempt:
    # Cached by the picture's key: hashing an array samples it, and would miss a small change.
    return _attempt(_source, edit, settings)


def _attempt(source: Source, edit: Edit, settings: Settings) -> Attempt:
    try:
        picture = source.picture()
        if edit == Edit():
            reading = read(picture, settings, model())
            return Attempt(reading, "", reading.picture.source_size_px)
        upright = decode(picture)
        return Attempt(read(edited(upright, edit), settings, model()), "", upright.size)
    except InputError as error:
        return Attempt(None, str(error))


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


def model() -> str:
    """The name of the model that this session reads with."""
    return str(st.session_state.get("model") or current())


def set_model(name: str) -> None:
    """Read with this model from now on."""
    st.session_state.model = name


def set_settings(chosen: Settings) -> None:
    """Read with these settings from now on."""
    st.session_state.settings = chosen
