"""Processes that read, for piles and servers: one thread in each, its networks loaded once."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from digitocr.load import Source
from digitocr.output import as_dict, error_dict
from digitocr.reading import Reading
from digitocr.settings import Settings
from digitocr.types import InputError


def reader_pool(workers: int) -> ProcessPoolExecutor:
    """So many processes, started when there is work for them."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start)


def answered(
    name: str, source: Callable[[], Source], settings: Settings, model: Path | None = None
) -> tuple[dict[str, Any], Reading | None]:
    """A picture's answer as JSON-ready values, with the Reading it is of.

    What cannot be read gives its name with an error and no Reading: whatever is wrong with one
    picture, among many it must not stop the others.
    """
    from digitocr.pipeline import read

    try:
        reading = read(source(), settings, model)
    except InputError as error:
        return error_dict(name, str(error)), None
    except MemoryError:
        sentence = "The picture needs more memory than there is: scale it down."
        return error_dict(name, sentence), None
    except Exception as error:  # a fault of ours, which this picture is the first to show
        sentence = f"The reader failed at this picture ({type(error).__name__}): please report it."
        return error_dict(name, sentence), None
    return as_dict(name, reading), reading


def _start() -> None:
    import cv2

    from digitocr.models import load_classifier, load_line_reader

    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    try:
        load_classifier()
        load_line_reader()
    except InputError:
        pass  # whoever asks for a reading is told


def _end_with_parent() -> None:
    """No process outlives the one that started it, even if that one was killed."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
