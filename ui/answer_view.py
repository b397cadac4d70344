"""The answer: the number, why it is in doubt, the picture with its boxes, downloads."""

from __future__ import annotations

import html
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence

import streamlit as st

from digitocr import Line, Reading
from digitocr.output.rows import CSV, csv_rows
from digitocr.output.safe import TableWriter
from digitocr.picture.edit import encoded
from digitocr.show.annotate import annotate
from digitocr.show.canvas import percent
from digitocr.words import OBJECTIONS, doubt
from ui import parts
from ui.corrections import corrected_text, correction, digit_places, take_back, with_guesses
from ui.pictures import answer_picture
from ui.reader import Summary
from ui.sources import Source

Summaries = Sequence[tuple[Source, Summary]]

DOWNLOAD_PX = 2400  # longest side of the annotated picture that is saved
MOST_REASONS = 4


def show_number(
    source: Source, reading: Reading, on_take_back: Callable[[Source, str], None] | None = take_back
) -> None:
    """The number, large, with its guesses in the colour of doubt, and how sure the reader is.

    on_take_back: what takes a correction back; None where it cannot be.
    """
    text = corrected_text(source, reading.text)
    guess = with_guesses(text, reading)
    with st.container(key="hero"):
        st.html(f"{_number(text, guess, reading)}{_notes(reading)}")
        with st.container(horizontal=True, vertical_alignment="center", key="sure"):
            st.html(f'<p class="sure">{_sureness(reading, text)}</p>')
            if text != reading.text and on_take_back:
                st.button(
                    "Take back",
                    on_click=on_take_back,
                    args=(source, reading.text),
                    key="take-back",
                    help="Show what was read again",
                )
            parts.copy_button("Copy", text, key="copy")
            if guess != text:
                parts.copy_button("Copy with guesses", guess, key="copy-guess")


def _number(text: str, guess: str, reading: Reading) -> str:
    lines = [reading.settings.constraint.format(line) for line in text.split("\n")]
    guesses = [reading.settings.constraint.format(line) for line in guess.split("\n")]
    size = f"--letters:{max(4, *map(len, lines))};--lines:{len(lines)}"
    has_places = len(digit_places(text)) == len(reading.digits)
    number = 0
    rows = []
    for line, guessed in zip(lines, guesses, strict=True):
        places = digit_places(line)
        letters = []
        for place, (letter, best) in enumerate(zip(line, guessed, strict=True)):
            highlight = f' data-highlight="{number}"' if has_places and place in places else ""
            letters.append(_letter(letter, best, highlight))
            number += place in places
        rows.append(f"<div>{''.join(letters)}</div>")
    return f'<div class="number" style="{size}">{"".join(rows)}</div>'


def _letter(letter: str, guess: str, highlight: str) -> str:
    if letter == "?":
        words = f"in doubt, best guess {guess}" if guess != "?" else "in doubt"
        shown = f"{guess}<i>?</i>" if guess != "?" else "?"
        return f'<b{highlight} role="img" title="{words}" aria-label="{words}">{shown}</b>'
    return f"<span{highlight}>{html.escape(letter)}</span>" if highlight else html.escape(letter)


def _notes(reading: Reading) -> str:
    """What is known of the number has changed it or is not met; what nobody has read."""
    changes = _by_line(reading, lambda line: line.note)
    notes = [f'<p class="note">{html.escape(note)}</p>' for note in changes]
    counts = Counter(part.reason for part in reading.left_out)
    for at, (reason, count) in enumerate(counts.items()):
        places = f" ({count} places)" if count > 1 else ""
        words = html.escape(OBJECTIONS[reason]) + places
        notes.append(f'<p class="note" data-highlight="left-{at}"><b>?</b> {words}</p>')
    return "".join(notes)


def _and_more(items: Sequence[object]) -> str:
    return f"… and {len(items) - MOST_REASONS} more."


def _by_line(reading: Reading, say: Callable[[Line], str], told: Collection[str] = ()) -> list[str]:
    """What is said of the lines and not told yet, with their numbers where there are several."""
    written = [line for line in reading.lines if line.digits]
    return [
        f"Line {number}: {words}" if len(written) > 1 else words
        for number, line in enumerate(written, 1)
        if (words := say(line)) and words not in told
    ]


def _sureness(reading: Reading, text: str) -> str:
    doubts = text.count("?")
    if text != reading.text:
        read = html.escape(" / ".join(reading.text.split("\n")))
        left = f" {_in_doubt(doubts)}." if doubts else ""
        return f"Settled by hand; read as {read}.{left}" if read else "Typed in by hand."
    if doubts:
        told = {OBJECTIONS[part.reason] for part in reading.left_out}  # stands above already
        reasons = _by_line(reading, doubt, told)
        more = [_and_more(reasons)] if len(reasons) > MOST_REASONS else []
        return f"{_in_doubt(doubts)}. {html.escape(' '.join(reasons[:MOST_REASONS] + more))}"
    written = sum(bool(line.digits) for line in reading.lines)
    what = "the whole number" if written == 1 else "all the digits together"
    return html.escape(f"Confidence in {what}: {percent(reading.confidence)}")


def _in_doubt(doubts: int) -> str:
    return "One digit is in doubt" if doubts == 1 else f"{doubts} digits are in doubt"


def show_picture(reading: Reading) -> None:
    """The picture with a box and a label on each digit."""
    st.html(answer_picture(reading))


def show_downloads(stem: str, answers: Summaries, reading: Reading | None = None) -> None:
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


def _json(answers: Summaries) -> str:
    records = [{**one.record, **correction(source, one.text)} for source, one in answers]
    return json.dumps(records, ensure_ascii=False, indent=2)


def _csv(answers: Summaries) -> str:
    rows = [
        {**row, **correction(source, one.text)}
        for source, one in answers
        for row in csv_rows(one.record)
    ]
    are_pages = any(source.pages > 1 for source, _ in answers)
    columns = [name for name in CSV if name != "page" or are_pages]
    if any("corrected" in row for row in rows):
        columns.append("corrected")
    table = io.StringIO()
    TableWriter(table, columns).write(rows)
    return table.getvalue()
