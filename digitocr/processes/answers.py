"""One picture -> the record of its answer; no picture stops the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from digitocr.output.record import Record, failure, record_of
from digitocr.picture.load import Readable
from digitocr.processes import serving
from digitocr.processes.versions import read_by
from digitocr.reading import Reading
from digitocr.settings import Settings
from digitocr.types import InputError


def answered(
    file: str,
    page: int,
    source: Callable[[], Readable],
    settings: Settings,
    model: str | Path | None = None,
) -> tuple[Record, Reading | None]:
    """A page's record, with the Reading it is of.

    What cannot be read gives a FailureRecord and no Reading: whatever is wrong with one picture,
    among many it must not stop the others.
    """
    from digitocr.pipeline import read

    serving.begin()
    try:
        reading = read(source(), settings, model)
        return record_of(reading, file, page, read_by(model)), reading
    except InputError as error:
        sentence = str(error)
    except Exception as error:  # a fault of ours, which this picture is the first to show
        sentence = (
            "The picture needs more memory than there is: scale it down."
            if serving.is_memory(error)
            else f"The reader failed at this picture ({type(error).__name__}): please report it."
        )
    return failure(file, page, sentence), None
