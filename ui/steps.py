"""Every step from picture to number, with the settings beside them."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

import streamlit as st

from digitocr import Reading
from digitocr.picture.edit import encoded
from digitocr.show.stages import idle_stages, stage_pictures
from ui import controls
from ui.pictures import steps_of
from ui.sources import Source


def show_steps(source: Source, reading: Reading) -> None:
    """The stages in order, the settings and a download of all pictures."""
    with st.container(key="every-step"):
        beside, stages = st.columns([1, 3], gap="large")
    with beside, st.container(key="settings"):
        st.subheader("Settings", anchor=False)
        st.markdown(f"Reads **{reading.text.replace(chr(10), ' / ') or 'nothing'}**")
        controls.show_settings()
    with stages:
        steps = steps_of(reading)
        with st.container(key="stages"):
            for number, step in enumerate(steps, 1):
                with st.container(key=f"stage-{number}"):
                    st.markdown(f"#### {number}. {step.title}")
                    st.html(step.picture)
                    st.markdown(step.words)
        _show_idle(reading, len(steps))
        st.download_button(
            "All steps as a ZIP",
            lambda: _zip(reading),
            f"{PurePath(source.name).stem}-steps.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
        )


def _show_idle(reading: Reading, before: int) -> None:
    idle = idle_stages(reading)
    if idle:
        titles = ", ".join(stage.title for stage in idle)
        steps = f"{before + 1} to {before + len(idle)}"
        st.markdown(f"Steps {steps} had nothing to work on: {titles}.")


def _zip(reading: Reading) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, picture in stage_pictures(reading):
            archive.writestr(name, encoded(picture))
    return buffer.getvalue()
