"""The answer: the number, the picture with its boxes, a card per digit, correction, downloads."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Sequence

import streamlit as st

from digitocr import Digit, Reading
from digitocr.charts import tile_image
from digitocr.draw import annotate
from digitocr.edit import encoded
from digitocr.marks import digit_color, percent
from digitocr.output import CSV_COLUMNS
from digitocr.safe import TableWriter
from ui import parts
from ui.reader import Summary
from ui.sources import Source

Answers = Sequence[tuple[Source, Summary]]

DOWNLOAD_PX = 2400  # longest side of the annotated picture that is saved
MOST_CARDS = 60


def show_number(source: Source, reading: Reading) -> None:
    """The number, large, and how sure the reader is."""
    text = corrected_text(source, reading.text)
    lines = [reading.settings.constraint.format(line) for line in text.split("\n")]
    size = f"--letters:{max(4, *map(len, lines))};--lines:{len(lines)}"
    with st.container(key="hero"):
        st.html(
            f'<div class="number" style="{size}">'
            f"{''.join(_hero_line(line) for line in lines)}</div>{_notes(reading)}"
        )
        with st.container(horizontal=True, vertical_alignment="center", key="sure"):
            st.html(f'<p class="sure">{_sureness(reading, text)}</p>')
            parts.copy_button(text, key="copy")


def show_nothing() -> None:
    """A picture without digits."""
    with st.container(key="hero"):
        st.html(
            '<div class="number none">No number found</div>'
            '<p class="sure">Try a larger, sharper or more evenly lit picture; turn it upright, or '
            "choose the region that holds the number. “Show every step” tells where the ink "
            "was lost.</p>"
        )


def _hero_line(line: str) -> str:
    letters = "".join(
        '<b title="in doubt">?</b>' if letter == "?" else html.escape(letter) for letter in line
    )
    return f"<div>{letters}</div>"


def _notes(reading: Reading) -> str:
    """What is known of the number has changed it, or is not met."""
    written = [line for line in reading.lines if line.digits]
    notes = []
    for number, line in enumerate(written, 1):
        if line.note:
            which = f"Line {number}: " if len(written) > 1 else ""
            notes.append(f'<p class="note">{which}{html.escape(line.note)}</p>')
    return "".join(notes)


def _sureness(reading: Reading, text: str) -> str:
    if text != reading.text:
        return f"Corrected by hand; read as {html.escape(' / '.join(reading.text.split()))}."
    doubts = sum(not digit.accepted for digit in reading.digits)
    if doubts:
        which = "One digit is" if doubts == 1 else f"{doubts} digits are"
        return f"{which} in doubt: the best guess is on its card."
    written = sum(bool(line.digits) for line in reading.lines)
    what = "the whole number" if written == 1 else "all the digits together"
    return html.escape(f"Confidence in {what}: {percent(reading.confidence)}")


def show_picture(reading: Reading) -> None:
    """The picture with a box and a label on each digit."""
    st.image(annotate(reading), width="stretch", output_format="JPEG", alt="Digits in boxes")


def show_cards(reading: Reading) -> None:
    """A card for each digit: what the network saw, its label and the two runners-up."""
    shown = 0
    pages = []
    written = [line for line in reading.lines if line.digits]
    for number, line in enumerate(written, 1):
        digits = line.digits[: MOST_CARDS - shown]
        if not digits:
            break
        shown += len(digits)
        heading = f"<h4>Line {number}</h4>" if len(written) > 1 else ""
        pages.append(f'{heading}<div class="cards">{"".join(_card(one) for one in digits)}</div>')
    if shown < len(reading.digits):
        pages.append(f"<p>… and {len(reading.digits) - shown} more in the downloads.</p>")
    st.html("".join(pages))


def _card(digit: Digit) -> str:
    red, green, blue = digit_color(digit)
    tile = parts.data_url(encoded(tile_image(digit.tile, digit.tile.shape[0])))
    others = "".join(
        f"<p>or <b>{other.label}</b><span>{html.escape(percent(other.confidence))}</span></p>"
        for other in digit.alternatives[:2]
    )
    label = digit.label if digit.accepted else f"{digit.label}?"
    return (
        f'<div class="card{"" if digit.accepted else " doubt"}" '
        f'style="--sure:rgb({red},{green},{blue});--share:{digit.confidence:.3f}">'
        f'<img src="{tile}" alt="The digit as the network sees it">'
        f'<div class="label">{label}<small>{html.escape(percent(digit.confidence))}</small></div>'
        f'<div class="meter"></div>{others}</div>'
    )


def corrected_text(source: Source, text: str) -> str:
    """The number as the user corrected it, or the text that was read."""
    corrected: str = _corrections().get((source.key, text), "")
    return corrected or text


def _corrections() -> dict[tuple[str, str], str]:
    # Kept apart from the field: Streamlit forgets a field while another picture is shown.
    found: dict[tuple[str, str], str] = st.session_state.setdefault("corrections", {})
    return found


def show_correction(source: Source, text: str) -> None:
    """The number in a field that can be edited; the downloads carry what it holds."""
    field = st.text_area if "\n" in text else st.text_input
    key = f"corrected/{source.key}/{text}"
    field(
        "Not right? Correct it here",
        corrected_text(source, text),
        key=key,
        on_change=lambda: _correct(source, text, st.session_state[key]),
        help="The downloads carry your correction too.",
    )


def _correct(source: Source, text: str, corrected: str) -> None:
    _corrections()[source.key, text] = corrected.strip()  # nothing takes the correction back


def show_downloads(stem: str, answers: Answers, reading: Reading | None = None) -> None:
    """JSON and CSV of the answers, and the annotated picture of a reading."""
    # A function is called when the button is pressed, outside the session: it may draw the
    # picture, but would not see the corrections.
    files: list[tuple[str, str, str, str | Callable[[], bytes]]] = [
        ("JSON", f"{stem}.json", "application/json", _json(answers)),
        ("CSV", f"{stem}.csv", "text/csv", _csv(answers)),
    ]
    if reading:
        files.append(("Picture", f"{stem}-digits.png", "image/png", lambda: _png(reading)))
    with st.container(horizontal=True, key="downloads-one" if reading else "downloads-all"):
        for label, name, mime, content in files:
            st.download_button(
                label,
                content,
                name,
                mime,
                key=f"{label}/{name}/{reading is None}",
                icon=":material/download:",
                on_click="ignore",
            )


def _png(reading: Reading) -> bytes:
    return encoded(annotate(reading, DOWNLOAD_PX))


def _json(answers: Answers) -> str:
    records = [{**one.record, **_correction(source, one.text)} for source, one in answers]
    return json.dumps(records, ensure_ascii=False, indent=2)


def _csv(answers: Answers) -> str:
    rows = [{**row, **_correction(source, one.text)} for source, one in answers for row in one.rows]
    columns = [*CSV_COLUMNS, *(["corrected"] if any("corrected" in row for row in rows) else [])]
    table = io.StringIO()
    TableWriter(table, columns).write(rows)
    return table.getvalue()


def _correction(source: Source, text: str) -> dict[str, str]:
    corrected = corrected_text(source, text)
    return {"corrected": corrected} if corrected != text else {}
