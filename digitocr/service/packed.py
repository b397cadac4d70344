"""Answers as JSON, so packed by the processes that read that the server only passes them on.

Those processes import this module, so it knows nothing of HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from digitocr.output.record import failure, is_read
from digitocr.processes.answers import answered
from digitocr.settings import Settings


class Packed(NamedTuple):
    """What came of one picture, ready to be sent."""

    json: bytes  # its record
    text: str | None
    error: str | None


def read(name: str, data: bytes, settings: Settings, model: str | None = None) -> Packed:
    """One picture's answer, whatever is wrong with it; model: as `digitocr.read` takes it."""
    found, _ = answered(name, 1, lambda: data, settings, model)
    if is_read(found):
        return Packed(_json(found), found["text"], None)
    return Packed(_json(found), None, found["error"])


def failed(name: str, sentence: str) -> Packed:
    """The answer for a picture that could not be read."""
    return Packed(_json(failure(name, 1, sentence)), None, sentence)


def listed(answers: Iterable[bytes]) -> bytes:
    """Answers' JSON as one JSON list."""
    return b"[" + b",".join(answers) + b"]"


def _json(values: object) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()
