"""One page -> its record: the command line's JSON, with the page and the model's version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitocr import __version__
from digitocr.documents import Item, source
from digitocr.models import CLASSIFIER, LINE_READER, find_export, find_model
from digitocr.processes import answered
from digitocr.settings import Settings

Record = dict[str, Any]


def record(item: Item, settings: Settings, model: Path | None, dpi: int) -> Record:
    """Read a page; what cannot be read gives a record with the reason, never an exception."""
    found, reading = answered(item.file, lambda: source(item, dpi), settings, model)
    guess = {"guess": reading.guess} if reading else {}
    return {"file": item.file, "page": item.page} | found | guess | {"read_at": now()}


def now() -> str:
    """The time of day in UTC, as records keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def version(model: Path | None) -> str:
    """What read a page: the package's version and both networks' fingerprints."""
    exports = find_export(model or find_model(CLASSIFIER)), find_export(find_model(LINE_READER))
    return " ".join([f"digitocr {__version__}", *(export.stem for export in exports)])
