"""One page -> its record: the command line's JSON, with the page and the model's version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitocr import __version__
from digitocr.networks.runtime import CLASSIFIER, LINE_READER, find_export, find_model
from digitocr.picture.documents import Item, source
from digitocr.picture.load import Readable
from digitocr.processes.pool import answered
from digitocr.settings import Settings

Record = dict[str, Any]


def record(item: Item, settings: Settings, model: Path | None, dpi: int) -> Record:
    """Read a page; what cannot be read gives a record with the reason, never an exception."""
    return record_of(item, lambda: source(item, dpi), settings, model)


def record_of(
    item: Item, taken: Callable[[], Readable], settings: Settings, model: Path | None = None
) -> Record:
    """As `record`, of a picture that is had in another way."""
    found, reading = answered(item.file, taken, settings, model)
    guess = {"guess": reading.guess} if reading else {}
    read_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"file": item.file, "page": item.page} | found | guess | {"read_at": read_at}


def version(model: Path | None) -> str:
    """What read a page: the package's version and both networks' fingerprints."""
    exports = find_export(model or find_model(CLASSIFIER)), find_export(find_model(LINE_READER))
    return " ".join([f"digitocr {__version__}", *(export.stem for export in exports)])
