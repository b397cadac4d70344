"""Records from a file that anybody may have written: what is none is told, before it is kept."""

from __future__ import annotations

import json
import math
from typing import Any, cast, get_args, get_origin

from typing_extensions import is_typeddict

from digitocr.about import Field, field, fields
from digitocr.output.record import SCHEMA, ReadRecord
from digitocr.types import InputError

DEEPEST = 12  # how far values are nested; a record's are 7
BEFORE = 0  # the version of records from before they told it


def parsed(line: str) -> Any:
    """A line of JSON. Raises ValueError where it is none, in a sentence."""
    try:
        return json.loads(line, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise ValueError("This is no line of a batch's .jsonl.") from error


def checked(record: Any) -> ReadRecord:
    """The record, with what one from before it had a version lacked.

    Raises ValueError for what is no record, InputError for one that says why there is none.
    """
    if not (_is_plain(record) and isinstance(record, dict) and _is_told(record.get("file"))):
        raise _no_record()
    if isinstance(record.get("error"), str):
        raise InputError(record["error"])
    version = record.get("schema", BEFORE)
    if type(version) is int and version > SCHEMA:
        raise ValueError(
            f"This record is of version {version}, which a newer digitocr writes: install that."
        )
    try:
        whole = _versioned(record) if version == BEFORE else record
        right = (
            _fits(whole, field(ReadRecord))
            and whole["accepted"] == _are_accepted(whole["lines"])
            and all(line["accepted"] == _are_accepted([line]) for line in whole["lines"])
            and all(_is_box(*digit["box"]) for line in whole["lines"] for digit in line["digits"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _no_record() from error
    if not right:
        raise _no_record()
    return cast("ReadRecord", whole)


def _versioned(record: dict[str, Any]) -> dict[str, Any]:
    """A record without a version, as `digitocr read` and `digitocr batch` used to write them."""
    lines = [
        {
            "guess": "".join(digit["label"] for digit in line["digits"]),
            "accepted": _are_accepted([line]),
            **line,
        }
        for line in record["lines"]
    ]
    told = {
        "page": 1,
        "guess": "\n".join(line["guess"] for line in lines),
        "accepted": _are_accepted(lines),
        "read_at": "",
        "read_by": "",
        "schema": SCHEMA,
    }
    return told | record | {"lines": lines}


def _are_accepted(lines: list[dict[str, Any]]) -> bool:
    accepted_digits = [digit["accepted"] for line in lines for digit in line["digits"]]
    return bool(accepted_digits) and all(accepted_digits)


def _fits(value: Any, wanted: Field) -> bool:
    """Whether a value of JSON is of a field's type and within its bounds."""
    kind = wanted.kind
    if is_typeddict(kind):
        return isinstance(value, dict) and all(
            _fits(value[name], one) if name in value else not one.is_required
            for name, one in fields(kind).items()
        )
    if get_origin(kind) is list:
        (one,) = map(field, get_args(kind))
        is_kind = isinstance(value, list) and all(_fits(item, one) for item in value)
    else:
        is_kind = type(value) in ((int, float) if kind is float else (kind,))
    return is_kind and wanted.about.allows(value)


def _is_box(left: int, top: int, right: int, bottom: int) -> bool:
    return left < right and top < bottom


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
