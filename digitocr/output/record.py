"""The record of an answer: what command line, piles, review desk, app and HTTP give and take.

Whatever else states it is derived from these types: the columns of tables, the service's OpenAPI,
and what the desk takes for a record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, NotRequired

# Of the standard library's, Pydantic takes those from Python 3.12 on alone.
from typing_extensions import TypedDict, TypeIs

from digitocr.about import About
from digitocr.reading import Candidate, Digit, LeftOut, Line, Reading
from digitocr.words import OBJECTIONS, doubt

# Counts up when a key is renamed or removed, or means something else; a new key leaves it.
SCHEMA = 1
DECIMALS = 4  # of a confidence; more would pretend
PX_DECIMALS = 1  # of a corner
FARTHEST = 2**31 - 1  # px, pages

Label = Annotated[str, About(pattern="[0-9]", example="7")]
Share = Annotated[float, About(least=0, most=1, example=0.999)]
WholeShare = Annotated[float, About(help="that all of it is right", least=0, most=1, example=0.999)]
Box = Annotated[
    list[Annotated[int, About(least=0, most=FARTHEST)]],
    About(help="left, top, right, bottom in the picture's pixels, the last two beyond it", count=4),
]
Point = Annotated[
    list[Annotated[float, About(least=-FARTHEST, most=FARTHEST)]], About(help="x, y", count=2)
]
Quad = Annotated[
    list[Point],
    About(
        help="four corners of the writing, tight around its digits, clockwise from its own upper "
        "left one; in the picture's pixels as the boxes are, but of tilted writing as tilted as "
        "that, and not cut off at the picture's edge",
        count=4,
        example=[[112.0, 44.5], [170.3, 40.2], [176.6, 127.1], [118.3, 131.4]],
    ),
]
File = Annotated[str, About(help="the picture's name", example="cheque.jpg")]
Page = Annotated[int, About(help="of that file, counted from 1", least=1, most=FARTHEST)]
ReadAt = Annotated[str, About(help="when, in UTC", example="2026-01-31T12:00:00+00:00")]
Schema = Annotated[
    int,
    About(
        help="version of the record: counts up when a key is renamed or removed, or means "
        "something else; a new key leaves it",
        least=1,
        example=SCHEMA,
    ),
]


class CandidateRecord(TypedDict):
    """A digit that it may be."""

    label: Label
    confidence: Share


class DigitRecord(CandidateRecord):
    """One digit of the answer, by its best guess."""

    accepted: Annotated[bool, About(help='Shown; if not, "?" stands for it in the text.')]
    box: Box
    alternatives: Annotated[list[CandidateRecord], About(help="the other digits, best first")]


class LineRecord(TypedDict):
    """One line of writing."""

    text: Annotated[str, About(help='"?" for a doubted digit', pattern="[0-9?]*", example="207?5")]
    guess: Annotated[str, About(help="by best guess", pattern="[0-9]*", example="20745")]
    confidence: WholeShare
    accepted: Annotated[bool, About(help="every digit of it is")]
    by_segments: Annotated[str, About(help="what the segmenting reader read")]
    by_line: Annotated[str, About(help="what the line reader read")]
    note: NotRequired[
        Annotated[str, About(help="what is known of the number changed the answer, or is not met")]
    ]
    doubt: NotRequired[Annotated[str, About(help="why a digit of it is in doubt")]]
    quad: NotRequired[Quad]  # records from before it was told lack it
    digits: list[DigitRecord]


class LeftOutRecord(TypedDict):
    """A part of the picture that nobody read although digits may stand there."""

    reason: str
    box: Box


class ReadRecord(TypedDict):
    """What was read on one page."""

    file: File
    page: Page
    text: Annotated[
        str,
        About(
            help='a line of writing each; "?" for a doubted digit',
            pattern=r"[0-9?\n]*",
            example="207?5",
        ),
    ]
    guess: Annotated[
        str,
        About(help="as the text, by best guess", pattern=r"[0-9\n]*", example="20745"),
    ]
    confidence: WholeShare
    accepted: Annotated[bool, About(help="there is a digit, and every digit of it is")]
    lines: list[LineRecord]
    left_out: NotRequired[list[LeftOutRecord]]
    ms: Annotated[float, About(help="time of the reading", least=0)]
    read_at: ReadAt
    read_by: Annotated[str, About(help="the versions of the package and of its networks")]
    schema: Schema


class FailureRecord(TypedDict):
    """Why nothing could be read on a page."""

    file: File
    page: Page
    error: Annotated[str, About(help="what is wrong with the picture")]
    read_at: ReadAt
    schema: Schema


Record = ReadRecord | FailureRecord


def is_read(record: Record) -> TypeIs[ReadRecord]:
    """Whether anything was read, were it no digit."""
    return "error" not in record


def record_of(reading: Reading, file: str, page: int, read_by: str) -> ReadRecord:
    """One page's answer as JSON-ready values; boxes in source px, confidences 0..1."""
    record: ReadRecord = {
        "file": file,
        "page": page,
        "text": reading.text,
        "guess": reading.guess,
        "confidence": round(reading.confidence, DECIMALS),
        "accepted": reading.accepted,
        "lines": [_line(line, reading) for line in reading.lines if line.digits],
        "left_out": [_left_out(part) for part in reading.left_out],
        "ms": round(sum(reading.stage_ms.values()), 1),
        "read_at": _now(),
        "read_by": read_by,
        "schema": SCHEMA,
    }
    if not record["left_out"]:
        del record["left_out"]
    return record


def failure(file: str, page: int, sentence: str) -> FailureRecord:
    """A page that could not be read."""
    return {"file": file, "page": page, "error": sentence, "read_at": _now(), "schema": SCHEMA}


def _line(line: Line, reading: Reading) -> LineRecord:
    record: LineRecord = {
        "text": line.text,
        "guess": line.guess,
        "confidence": round(line.confidence, DECIMALS),
        "accepted": line.accepted,
        "by_segments": line.by_segments,
        "by_line": line.by_line,
        "note": line.note,
        "doubt": doubt(line),
        "quad": [[round(side, PX_DECIMALS) for side in corner] for corner in line.quad or ()],
        "digits": [_digit(digit) for digit in line.digits],
    }
    if not line.note:
        del record["note"]
    if line.accepted:
        del record["doubt"]
    return record


def _digit(digit: Digit) -> DigitRecord:
    return {
        **_candidate(Candidate(digit.label, digit.confidence)),
        "accepted": digit.accepted,
        "box": list(digit.box),
        "alternatives": [_candidate(other) for other in digit.alternatives],
    }


def _candidate(candidate: Candidate) -> CandidateRecord:
    return {"label": candidate.label, "confidence": round(candidate.confidence, DECIMALS)}


def _left_out(part: LeftOut) -> LeftOutRecord:
    return {"reason": OBJECTIONS[part.reason], "box": list(part.box)}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
