"""Processes that read, for piles and servers: one thread in each, its networks loaded once."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor

from digitocr.types import InputError


def reader_pool(workers: int) -> ProcessPoolExecutor:
    """So many processes, started when there is work for them."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start)


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
