"""Every step from picture to number, with the settings beside them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import streamlit as st

from digitocr import Reading, Settings
from digitocr.draw import STAGES, stage_pictures
from digitocr.edit import encoded
from ui.sources import Source

THRESHOLDS = {"auto": "Automatic", "otsu": "Otsu", "adaptive": "Adaptive"}
POLARITIES = {"auto": "Automatic", "dark": "Dark", "light": "Light"}


def show_steps(source: Source, reading: Reading) -> None:
    """The stages in order, the settings and a download of all pictures."""
    beside, stages = st.columns([1, 2], gap="large")
    with beside, st.container(key="settings"):
        st.subheader("Settings", anchor=False)
        st.markdown(f"Reads **{reading.text.replace(chr(10), ' / ') or 'nothing'}**")
        _settings(reading.settings)
        st.button(
            "Reset", on_click=_reset, disabled=reading.settings == Settings(), key="reset-settings"
        )
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


def _settings(chosen: Settings) -> None:
    _widget(
        st.slider,
        "Blur",
        "blur_sigma_px",
        chosen,
        min_value=0.0,
        max_value=6.0,
        step=0.5,
        help="Sigma of the Gaussian in px: more removes grain, too much melts strokes together.",
    )
    _choice(
        "Threshold",
        "threshold",
        chosen,
        THRESHOLDS,
        "Otsu takes one level for the whole picture; adaptive follows shadows.",
    )
    _widget(
        st.slider,
        "Window",
        "window_px",
        chosen,
        min_value=0,
        max_value=401,
        step=20,
        help="Size of the neighbourhood in px that tells the paper's brightness; 0 = automatic.",
    )
    _choice(
        "Ink",
        "polarity",
        chosen,
        POLARITIES,
        "Darker or lighter than its paper.",
    )
    _widget(
        st.slider,
        "Level writing tilted up to",
        "max_skew_deg",
        chosen,
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
        chosen,
        help="Look for cuts in shapes too wide for one digit.",
    )
    _widget(
        st.slider,
        "Doubt below",
        "reject_below",
        chosen,
        min_value=0.0,
        max_value=1.0,
        step=0.05,
        help="A digit less certain than this is shown as “?”.",
    )


def _widget(
    widget: Callable[..., Any], label: str, field: str, chosen: Settings, **options: Any
) -> None:
    key = _key(field)
    widget(
        label,
        value=getattr(chosen, field),
        key=key,
        on_change=_changed,
        args=(field, key),
        **options,
    )


def _choice(label: str, field: str, chosen: Settings, words: dict[str, str], about: str) -> None:
    key = _key(field)
    st.segmented_control(
        label,
        list(words),
        default=getattr(chosen, field),
        format_func=lambda choice: words[choice],
        required=True,
        key=key,
        on_change=_changed,
        args=(field, key),
        help=about,
    )


def _key(field: str) -> str:
    # A reset gives the widgets new keys, so that they take up the defaults.
    return f"{field}/{st.session_state.get('resets', 0)}"


def _changed(field: str, key: str) -> None:
    st.session_state.settings = replace(st.session_state.settings, **{field: st.session_state[key]})


def _reset() -> None:
    st.session_state.settings = Settings()
    st.session_state.resets = st.session_state.get("resets", 0) + 1
