"""An evaluation as JSON, to be compared with a later one of the same pictures."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from digitocr.measure.blame import Stage
from digitocr.measure.cases import Case
from digitocr.measure.edits import edit_distance
from digitocr.types import InputError

SCHEMA = 1  # counts up when a key is renamed or removed or means something else
LONGEST = 5000  # signs of a text; to count its edits takes the square of them
TEXT = re.compile(r"[0-9\n]*")


@dataclass(frozen=True, eq=False)
class Measurement:
    """What was measured, and with what."""

    cases: Sequence[Case]  # without their Readings where they come from a file
    one_wrong_in: int
    read_by: str  # the versions of the package and the networks


def named_in(folder: Path, cases: Sequence[Case]) -> list[Case]:
    """Cases with the names that their folder's table gives them: it may lie elsewhere next time."""
    return [
        replace(case, path=case.path.relative_to(folder))
        if case.path.is_relative_to(folder)
        else case
        for case in cases
    ]


def as_json(measured: Measurement) -> str:
    """A measurement as a text of JSON; no picture is in it."""
    told = {
        "schema": SCHEMA,
        "read_by": measured.read_by,
        "one_wrong_in": measured.one_wrong_in,
        "cases": [_told(case) for case in measured.cases],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _told(case: Case) -> dict[str, Any]:
    return {
        "file": case.path.as_posix(),
        "truth": case.truth,
        "guess": case.guess,
        "accepted": case.accepted,
        "confidence": case.confidence,
        "digits": [{"confidence": sure, "right": right} for sure, right in case.digits],
        "blamed": case.blamed,
        "error": case.error,
    }


def from_json(data: bytes, name: str) -> Measurement:
    """What `as_json` made. Raises InputError, with the file's name, for anything else."""
    try:
        told = json.loads(data)
        if told["schema"] != SCHEMA:
            raise ValueError(told["schema"])
        cases = [_case(one) for one in told["cases"]]
        found = Measurement(cases, _a(int, told["one_wrong_in"]), _a(str, told["read_by"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{name} is no saved measurement: make one with digitocr evaluate FOLDER --json FILE."
        ) from error
    if not cases:
        raise InputError(f"{name} holds no pictures: measure some first.")
    return found


def _case(told: Any) -> Case:
    truth, guess, blamed = _text(told["truth"]), _text(told["guess"]), told["blamed"]
    if blamed is not None and blamed not in get_args(Stage):
        raise ValueError(blamed)
    return Case(
        Path(_a(str, told["file"])),
        truth,
        guess,
        edit_distance(guess, truth),
        _a(bool, told["accepted"]),
        _share(told["confidence"]),
        tuple((_share(one["confidence"]), _a(bool, one["right"])) for one in told["digits"]),
        blamed,
        error=_a(str, told["error"]),
    )


def _a(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(value)
    if isinstance(value, str):
        value.encode()  # half a character can be told to nobody
    return value


def _text(value: Any) -> str:
    if len(value) > LONGEST or not TEXT.fullmatch(value):
        raise ValueError(value)
    return str(value)


def _share(value: Any) -> float:
    if type(value) not in (int, float) or not (math.isfinite(value) and 0 <= value <= 1):
        raise ValueError(value)
    return float(value)
