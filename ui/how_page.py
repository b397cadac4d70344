"""The page How it works: one's own digit, seen from inside the networks that read it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from digitocr import Digit, InputError, Reading
from digitocr.inside import told
from digitocr.show.canvas import percent
from ui import parts, sources
from ui.pictures import along_picture, inside_pictures, insight_of, tile_address
from ui.read_page import pick
from ui.reader import attempt_at, settings

CLASSES = (*map(str, range(10)), "none")
MOST_DIGITS = 24  # to choose from


def how_page() -> None:
    """One run of the page."""
    st.html(
        '<div class="intro"><h1>How it works</h1><p>Write a digit, and look at it as the '
        "networks do. Everything here is taken from the very networks that read it.</p></div>"
    )
    kind = sources.choose_kind(sources.DRAW)
    chosen = sources.choose(kind)
    if not chosen:
        show_bars(None, None)
        if kind != sources.SAMPLE and sources.samples():
            st.html('<p class="or">or try one of these</p>')
            sources.sample_gallery()
        return
    source = chosen[pick(chosen) if len(chosen) > 1 else 0]
    attempt = attempt_at(source, settings())
    if attempt.reading is None:
        st.warning(attempt.error, icon=":material/image_not_supported:")
        return
    try:
        show(attempt.reading, is_drawn=kind == sources.DRAW)
    except InputError as error:  # a classifier of the user's own, built in another way
        st.info(str(error))


def show(reading: Reading, is_drawn: bool) -> None:
    """What the networks make of a picture, and of one of its digits."""
    if not reading.digits:
        show_bars(reading, None)
        return
    digit = choose_digit(reading, is_drawn)
    show_bars(reading, digit)
    st.markdown(told.tell_tile(digit))
    insight = insight_of(digit)
    kernels, occlusion, neighbours = inside_pictures(insight)
    for number, (title, picture, words) in enumerate(
        (
            ("What the first layer looks for", kernels, told.tell_kernels(insight)),
            ("Which pixels mattered", occlusion, told.tell_occlusion(insight)),
            ("What is alike to it", neighbours, told.tell_neighbours(insight)),
            ("Along the line", along_picture(reading), told.ALONG),
        ),
        1,
    ):
        with st.container(key=f"inside-{number}"):
            st.subheader(title, anchor=False)
            st.html(picture)
            st.markdown(words)


def choose_digit(reading: Reading, is_drawn: bool) -> Digit:
    """Which digit is looked at: while one draws the last, else the first."""
    digits = reading.digits[:MOST_DIGITS]
    if len(digits) == 1:
        return digits[0]
    at: int | None = st.segmented_control(
        "Which digit?",
        range(len(digits)),
        default=len(digits) - 1 if is_drawn else 0,
        format_func=lambda one: digits[one].label,
        key=f"which/{len(digits)}",
        required=True,
    )
    return digits[at or 0]


def show_bars(reading: Reading | None, digit: Digit | None) -> None:
    """The classifier's probabilities; all of them 0 while there is no digit."""
    shares = [0.0] * len(CLASSES)
    caption = "The tile: nothing is read yet"
    if reading is not None and digit is not None:
        caption = f"The tile, read as {digit.label}"
        by_segments = digit.standing.by_segments
        if by_segments is None:
            shares = insight_of(digit).probabilities.tolist()
        else:
            shares = [*by_segments.tolist(), max(0.0, 1 - float(by_segments.sum()))]
    best = max(shares)
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "share": share,
            "words": percent(share) if best else "",
            "best": share == best > 0,
        }
        for name, share in zip(CLASSES, shares, strict=True)
    ]
    parts.bars(tile_address(digit) if digit else "", caption, rows, key="bars")
