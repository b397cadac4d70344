"""A card for each digit: what the network saw, its label and the next candidates to choose."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from digitocr import Digit, Line, Reading
from digitocr.show.canvas import digit_color, percent
from digitocr.words import doubt
from ui import parts
from ui.corrections import choose, corrected_text, digit_places
from ui.pictures import tile_address
from ui.sources import Source

MOST_CARDS = 60
CANDIDATES = 2  # beside the best guess


def show_cards(source: Source, reading: Reading, in_doubt: bool) -> None:
    """The cards of the lines that have a digit in doubt, or of the others.

    Doubt is settled beside the number: its line comes first, and a single line does always.
    """
    text = corrected_text(source, reading.text)
    places = digit_places(text)
    signs = [text[place] for place in places]
    if len(signs) != len(reading.digits):
        signs = [digit.text for digit in reading.digits]
    written = [line for line in reading.lines if line.digits]
    pages, first, left_out = [], 0, 0
    for number, line in enumerate(written, 1):
        stop = first + len(line.digits)
        if (line.is_in_doubt or len(written) == 1) == in_doubt:
            heading = f"<h4>Line {number}</h4>" if len(written) > 1 else ""
            shown = line.digits[: max(0, MOST_CARDS - first)]
            left_out += len(line.digits) - len(shown)
            cards = "".join(
                _card(digit, line, first + at, signs[first + at], reading)
                for at, digit in enumerate(shown)
            )
            pages.append(f'{heading}<div class="cards">{cards}</div>' if cards else "")
        first = stop
    if left_out:
        pages.append(f"<p>… and {left_out} more in the downloads.</p>")
    if pages:
        st.html("".join(pages))


def listen(source: Source, reading: Reading, on_choose: Callable[[], None] = lambda: None) -> None:
    """Highlight digits wherever they are shown; take over a candidate chosen on its card."""

    def chose() -> None:
        what = st.session_state.highlight["chose"]
        if what["of"] == _name(source, reading) and what["digit"] < len(reading.digits):
            choose(source, reading, what["digit"], what["label"])
            on_choose()

    parts.highlight(_name(source, reading), "highlight", chose)


def _name(source: Source, reading: Reading) -> str:
    return f"{source.key}/{reading.text}"


def _card(digit: Digit, line: Line, number: int, sign: str, reading: Reading) -> str:
    red, green, blue = digit_color(digit)
    # A share that is as high as was asked for, or higher, would contradict the doubt.
    has_shares = digit.accepted or digit.confidence < line.asked
    share = percent(digit.confidence) if has_shares else ""
    others = "".join(
        _candidate(one.label, number, sign, percent(one.confidence) if has_shares else "")
        for one in digit.alternatives[:CANDIDATES]
    )
    if digit.accepted:
        label = f'<div class="label">{digit.label}<small>{html.escape(share)}</small></div>'
    else:
        guess = f"{digit.label}<i>?</i>"
        label = _candidate(digit.label, number, sign, share, guess, "label")
    reason = "" if digit.accepted else doubt(line)
    return (
        f'<div class="card{"" if digit.accepted else " doubt"}" data-highlight="{number}" '
        f'title="{html.escape(reason)}" '
        f'style="--sure:rgb({red},{green},{blue});--share:{digit.confidence * has_shares:.3f}">'
        f'<img src="{tile_address(digit)}" alt="Digit {number + 1} as the network sees it">'
        f'{label}<div class="meter"></div>{others}</div>'
    )


def _candidate(
    label: str, number: int, sign: str, share: str, words: str = "", kind: str = "or"
) -> str:
    return (
        f'<button type="button" class="{kind}" data-label="{label}" '
        f'aria-pressed="{str(label == sign).lower()}" '
        f'aria-label="Digit {number + 1}: take {label}">'
        f"<b>{words or label}</b><small>{html.escape(share)}</small></button>"
    )
