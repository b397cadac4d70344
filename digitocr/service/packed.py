"""Answers as JSON, so packed by the processes that read that the server only passes them on.

Those processes import this module, so it knows nothing of HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from digitocr.output.record import error_dict
from digitocr.processes.pool import answered
from digitocr.settings import Settings


class Packed(NamedTuple):
    """What came of one picture, ready to be sent."""

    json: bytes  # the command line's
    text: str | None
    error: str | None


def read(name: str, data: bytes, settings: Settings) -> Packed:
    """One picture's answer, whatever is wrong with it."""
    found, _ = answered(name, lambda: data, settings)
    return Packed(_json(found), found.get("text"), found.get("error"))


def failed(name: str, sentence: str) -> Packed:
    """The answer for a picture that could not be read."""
    return Packed(_json(error_dict(name, sentence)), None, sentence)


def listed(answers: Iterable[bytes]) -> bytes:
    """Answers' JSON as one JSON list."""
    return b"[" + b",".join(answers) + b"]"


def _json(values: object) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()
