"""A Reading as JSON and CSV: the contract that command line, app and services share."""

from __future__ import annotations

from typing import Any

from digitocr.reading import Candidate, Digit, Reading
from digitocr.words import OBJECTIONS, doubt

CSV_COLUMNS = (
    "file",
    "line",
    "position",
    "label",
    "confidence",
    "accepted",
    "left",
    "top",
    "right",
    "bottom",
    "error",
)
DECIMALS = 4  # of a confidence; more would pretend


def as_dict(name: str, reading: Reading) -> dict[str, Any]:
    """One picture's answer as JSON-ready values; boxes in source px, confidences 0..1."""
    left_out = [
        {"reason": OBJECTIONS[part.reason], "box": list(part.box)} for part in reading.left_out
    ]
    one_wrong_in = reading.settings.one_wrong_in
    return {
        "file": name,
        "text": reading.text,
        "confidence": round(reading.confidence, DECIMALS),
        "lines": [
            {
                "text": line.text,
                "confidence": round(line.confidence, DECIMALS),
                "by_segments": line.by_segments,
                "by_line": line.by_line,
                **({"note": line.note} if line.note else {}),
                **({"doubt": doubt(line, one_wrong_in)} if line.is_in_doubt else {}),
                "digits": [_digit(digit) for digit in line.digits],
            }
            for line in reading.lines
            if line.digits
        ],
        **({"left_out": left_out} if left_out else {}),
        "ms": round(sum(reading.stage_ms.values()), 1),
    }


def error_dict(name: str, sentence: str) -> dict[str, Any]:
    """A picture that could not be read."""
    return {"file": name, "error": sentence}


def csv_rows(name: str, reading: Reading) -> list[dict[str, Any]]:
    """A row for each digit under CSV_COLUMNS, lines and positions counted from 1.

    A picture without digits gives one row that names the file alone.
    """
    rows = [
        {
            "file": name,
            "line": line_number,
            "position": position,
            "label": digit.label,
            "confidence": round(digit.confidence, DECIMALS),
            "accepted": str(digit.accepted).lower(),
            **digit.box._asdict(),
        }
        for line_number, line in enumerate(filter(lambda one: one.digits, reading.lines), 1)
        for position, digit in enumerate(line.digits, 1)
    ]
    return rows or [{"file": name}]


def _digit(digit: Digit) -> dict[str, Any]:
    return {
        **_candidate(Candidate(digit.label, digit.confidence)),
        "accepted": digit.accepted,
        "box": list(digit.box),
        "alternatives": [_candidate(other) for other in digit.alternatives],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"label": candidate.label, "confidence": round(candidate.confidence, DECIMALS)}
