"""Every step from picture to number, with the settings beside them."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

import streamlit as st

from digitocr import Reading
from digitocr.draw import STAGES, stage_pictures
from digitocr.edit import encoded
from ui import controls
from ui.sources import Source


def show_steps(source: Source, reading: Reading) -> None:
    """The stages in order, the settings and a download of all pictures."""
    beside, stages = st.columns([1, 2], gap="large")
    with beside, st.container(key="settings"):
        st.subheader("Settings", anchor=False)
        st.markdown(f"Reads **{reading.text.replace(chr(10), ' / ') or 'nothing'}**")
        controls.show_settings()
    with stages:
        for number, stage in enumerate(STAGES, 1):
            picture = stage.draw(reading)
            if picture is None:
                continue
            spent = reading.stage_ms.get(stage.clock)
            note = f" :gray[· {spent:.1f} ms]" if spent is not None else ""
            with st.container(key=f"stage-{number}"):
                st.markdown(f"#### {number}. {stage.title}")
                st.image(picture, width="stretch", output_format="JPEG", alt=stage.title)
                st.markdown(stage.explain(reading) + note)
        st.download_button(
            "All steps as a ZIP",
            lambda: _zip(reading),
            f"{PurePath(source.name).stem}-steps.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
        )


def _zip(reading: Reading) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, picture in stage_pictures(reading):
            archive.writestr(name, encoded(picture))
    return buffer.getvalue()
