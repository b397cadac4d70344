"""Inside a process that reads: it takes work from a pipe until the one who sends it is gone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection

from digitocr.types import InputError

BEGINS = None  # sent when a reading begins: the time that it may take counts from here
MEMORY_BYTES = 2_000_000_000  # that a process may hold; fifty megapixels need a quarter of it
OPENCV_NO_MEMORY = -4  # cv::Error::StsNoMem

_asker: Connection | None = None


def serve(asker: Connection, tell_loaded: Connection) -> None:
    """Load the networks, tell it, and do what is asked, one thing after the other."""
    global _asker
    _start()
    _asker = asker
    tell_loaded.send_bytes(b"1")
    while True:
        try:
            fn, args, kwargs = asker.recv()
        except EOFError:
            return
        try:
            answer = (True, fn(*args, **kwargs))
        except Exception as error:
            error.add_note(traceback.format_exc())  # a traceback does not go through a pipe
            answer = (False, error)
        asker.send(answer)


def begin() -> None:
    """Note that a reading begins, where somebody watches the time of it."""
    if _asker is not None:
        _asker.send(BEGINS)


def is_memory(error: Exception) -> bool:
    """Whether it says that there was too little memory; OpenCV has an error of its own."""
    return isinstance(error, MemoryError) or getattr(error, "code", 0) == OPENCV_NO_MEMORY


def _start() -> None:
    import cv2

    from digitocr.networks.runtime import load_networks

    # Ctrl+C goes to all processes of a terminal: the one that was started there ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    with suppress(InputError):  # whoever asks for a reading is told
        load_networks()
    _bound_memory()


def _bound_memory() -> None:
    """More than is allowed is a MemoryError, which costs one picture and no process."""
    try:
        import resource
    except ImportError:  # Windows
        return
    # Not the address space: that counts what is reserved and never touched, too.
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most == resource.RLIM_INFINITY or most > MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, most))


def _end_with_parent() -> None:
    """No process outlives the one that started it, even if that one was killed."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
