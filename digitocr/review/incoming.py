"""Records from a file that anybody may have written: what is none is told, before it is kept."""

from __future__ import annotations

import json
import math
from typing import Any

from digitocr.types import InputError

DEEPEST = 12  # how far values are nested; a record's are 7
LONGEST = 2**31  # px, pages
DIGITS = frozenset("0123456789?")  # "?" where a digit is in doubt


def parsed(line: str) -> Any:
    """A line of JSON. Raises ValueError where it is none, in a sentence."""
    try:
        return json.loads(line, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise ValueError("This is no line of a batch's .jsonl.") from error


def checked(record: Any) -> None:
    """Raise ValueError for what is no record, InputError for one that says why there is none."""
    if not (_is_plain(record) and isinstance(record, dict) and _is_told(record.get("file"))):
        raise _no_record()
    if isinstance(record.get("error"), str):
        raise InputError(record["error"])
    try:
        right = (
            _is_whole(record["page"], 1)
            and _is_number(record["confidence"])
            and 0 <= record["confidence"] <= 1
            and all(_is_digits(record[name], {*DIGITS, "\n"}) for name in ("text", "guess"))
            and all(_is_digit(digit) for line in record["lines"] for digit in line["digits"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _no_record() from error
    if not right:
        raise _no_record()


def _no_record() -> ValueError:
    return ValueError("This is no record of a page that was read.")


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no number.")


def _is_plain(value: Any) -> bool:
    """Whether every database can keep it: no endless numbers, no half characters, no abyss."""
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST or not _is_kept(one):
            return False
        if isinstance(one, dict):
            waiting += [(inner, depth + 1) for pair in one.items() for inner in pair]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
    return True


def _is_kept(value: Any) -> bool:
    if isinstance(value, str):
        return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)
    return not isinstance(value, float) or math.isfinite(value)


def _is_told(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < LONGEST


def _is_digits(value: Any, signs: set[str]) -> bool:
    return isinstance(value, str) and signs.issuperset(value)


def _is_digit(digit: Any) -> bool:
    left, top, right, bottom = digit["box"]
    return (
        isinstance(digit["accepted"], bool)
        and digit["label"] in DIGITS
        and all(_is_number(side) and 0 <= side < LONGEST for side in digit["box"])
        and left < right
        and top < bottom
    )
