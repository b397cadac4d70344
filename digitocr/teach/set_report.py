"""The report on a data set: one HTML file with its pictures in it, and the same as JSON."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from digitocr.geometry import Box
from digitocr.output.whole import written_whole
from digitocr.picture.load import full_size
from digitocr.teach.examples import ASIDE, Part
from digitocr.teach.overview import Overview, Suspect, Twins
from digitocr.teach.report_style import SCRIPT, STYLE
from digitocr.types import InputError

SCHEMA = 1
HTML, JSON = "report.html", "report.json"
MOST = 100  # pictures of a kind are shown; the JSON has all
PICTURE_PX = (420, 160)  # the largest a picture is shown
MARGIN = 0.6  # of the writing's height around it
DECIMALS = 4

Shown = Callable[[int], str]  # an example's place -> its picture in HTML


def write_reports(folder: Path, seen: Overview, read_by: str) -> None:
    """Write both into a set's folder. read_by: the versions of the reader.

    Raises InputError when they cannot be written; then there is no half of one.
    """
    with written_whole(folder / JSON) as unfinished:
        unfinished.write_text(json.dumps(as_json(seen, read_by), indent=1), encoding="utf-8")
    with written_whole(folder / HTML) as unfinished:
        unfinished.write_text(as_html(seen, lambda place: _picture(folder, seen, place)), "utf-8")


def as_json(seen: Overview, read_by: str) -> dict[str, Any]:
    """The report as values for JSON; files are named as the set's table names them."""
    examples, verdicts = seen.examples, seen.verdicts

    def said(place: int) -> dict[str, Any]:
        one, read = examples[place], verdicts[place]
        return {
            "file": one.file,
            "origin": one.origin,
            "split": one.part,
            "label": one.label,
            "reading": read.guess,
            "confidence": round(read.confidence, DECIMALS),
        }

    return {
        "schema": SCHEMA,
        "read_by": read_by,
        "pictures": len(examples),
        "used": len(seen.used),
        "warnings": seen.warnings(),
        "parts": {
            part: {
                "pictures": seen.count(part),
                "groups": seen.groups(part),
                "digits": seen.digits(part),
                "lengths": seen.lengths(part),
            }
            for part in Part
        },
        "probably_wrong": seen.probably_wrong,
        "suspects": [
            said(one.place)
            | {
                "log_odds_per_digit": round(one.log_odds_per_digit, DECIMALS),
                "probably_wrong": one.is_probably_wrong,
            }
            for one in seen.suspects
        ],
        "confident_joint": [list(row) for row in seen.joint],
        "near_duplicates": [
            {
                "first": said(one.first),
                "second": said(one.second),
                "correlation": round(one.correlation, DECIMALS),
                "leak": one.is_leak,
            }
            for one in seen.twins
        ],
        "same_picture": [[said(place) for place in places] for places in seen.same],
        "in_two_parts": list(seen.parted),
        "aside": [
            said(place) | {"reason": one.aside, "why": one.why}
            for place, one in enumerate(verdicts)
            if one.aside
        ],
        "refused": [one._asdict() for one in seen.refused],
    }


def as_html(seen: Overview, shown: Shown) -> str:
    """The report as one page; a label that is put right there is saved as corrections.csv."""
    title = f"{len(seen.used)} of {len(seen.examples)} pictures can be learnt from"
    sections = (
        _figures(seen),
        _section(
            f"Labels to look at: {len(seen.suspects)}; probably wrong: {seen.probably_wrong}",
            "The reader reads something else; the likeliest to be wrong first. Put a label right, "
            "empty it to leave the picture out, or tick it where it is right as it is; then save.",
            [_suspect(one, seen, shown) for one in seen.suspects[:MOST]],
            len(seen.suspects),
        ),
        _section(
            f"Leaks: {sum(one.is_leak for one in seen.twins)}",
            "The same writing in two parts: what is measured on one was learnt from the other.",
            [_twins(one, seen, shown) for one in seen.twins[:MOST] if one.is_leak],
            sum(one.is_leak for one in seen.twins),
        ),
        _section(
            f"Near duplicates in one part: {sum(not one.is_leak for one in seen.twins)}",
            "",
            [_twins(one, seen, shown) for one in seen.twins if not one.is_leak][:MOST],
            sum(not one.is_leak for one in seen.twins),
        ),
        *(
            _section(
                f"Set aside, {reason}: {len(places)}",
                ASIDE[reason],
                [_aside(place, seen, shown) for place in places[:MOST]],
                len(places),
            )
            for reason, places in seen.set_aside().items()
        ),
        _section(
            f"Not taken: {len(seen.refused)}",
            "",
            [f"<p><b>{_text(one.name)}</b> {_text(one.why)}</p>" for one in seen.refused[:MOST]],
            len(seen.refused),
        ),
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<h1>{title}</h1>{''.join(sections)}"
        '<footer><button id="save">Save corrections.csv</button></footer>'
        f"<script>{SCRIPT}</script></html>"
    )


def _figures(seen: Overview) -> str:
    warnings = "".join(f"<li>{_text(one)}</li>" for one in seen.warnings())
    parts = [part for part in Part if seen.count(part)]
    lengths = {part: seen.lengths(part) for part in parts}
    every = sorted({length for part in parts for length in lengths[part]})
    counts = _table(
        ("part", "pictures", "writers or documents", *map(str, range(10))),
        [(part, seen.count(part), seen.groups(part), *seen.digits(part)) for part in parts],
    )
    lines = _table(
        ("digits in a line", *map(str, every)),
        [(part, *(lengths[part].get(length, 0) for length in every)) for part in parts],
    )
    joint = _table(
        ("label / counted for", *map(str, range(10))),
        [(digit, *row) for digit, row in enumerate(seen.joint)],
    )
    return (
        f"<ul>{warnings}</ul>{counts}{lines}<details><summary>Digits by their label, and by what "
        f"the reader is sure of</summary>{joint}</details>"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    top = "".join(f"<th>{_text(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_text(value)}</td>" for value in row) + "</tr>" for row in rows
    )
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'


def _section(title: str, about: str, articles: Sequence[str], count: int) -> str:
    if not count:
        return ""
    more = f"<p>{count - len(articles)} more are in {JSON}.</p>" if count > len(articles) else ""
    return f"<section><h2>{title}</h2><p>{about}</p>{''.join(articles)}{more}</section>"


def _suspect(one: Suspect, seen: Overview, shown: Shown) -> str:
    sure = f"{seen.verdicts[one.place].confidence:.0%} sure" + (
        ", probably wrong" if one.is_probably_wrong else ""
    )
    return _article(one.place, seen, shown, sure)


def _aside(place: int, seen: Overview, shown: Shown) -> str:
    return _article(place, seen, shown, seen.verdicts[place].why)


def _article(place: int, seen: Overview, shown: Shown, note: str) -> str:
    example, read = seen.examples[place], seen.verdicts[place]
    label = _text(example.label.replace("\n", "|"))
    guess = _text(read.guess.replace("\n", " | ") or "nothing")
    return (
        f'<article data-file="{_text(example.file)}">{shown(place)}<div>'
        f'<label>label <input value="{label}" inputmode="numeric" size="{len(label) + 2}"></label> '
        f'<label><input type="checkbox"> right as it is</label><br>read <b>{guess}</b><br>'
        f"<small>{_text(note)}<br>{_text(example.origin)}</small></div></article>"
    )


def _twins(one: Twins, seen: Overview, shown: Shown) -> str:
    return (
        "<article>"
        + "".join(
            f"<div>{shown(place)}<br><b>{_text(seen.examples[place].label)}</b> "
            f"{seen.examples[place].part}<br><small>{_text(seen.examples[place].origin)}</small></div>"
            for place in (one.first, one.second)
        )
        + "</article>"
    )


def _picture(folder: Path, seen: Overview, place: int) -> str:
    """The writing of an example's picture; all of it where nothing was read."""
    try:
        image = full_size((folder / seen.examples[place].file).read_bytes())
    except (InputError, OSError):
        return "<p>The picture cannot be shown.</p>"
    if box := seen.verdicts[place].place:
        margin = round(MARGIN * box.height)
        around = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
        inner = max(0, around.left), max(0, around.top)
        image = image.crop(
            (*inner, min(around.right, image.width), min(around.bottom, image.height))
        )
    image.thumbnail(PICTURE_PX)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="what is written" loading="lazy" src="data:image/jpeg;base64,{data}">'


def _text(value: object) -> str:
    return html.escape(str(value).replace("\n", " | "))
