"""What stands for the reader in the service's tests: processes import it by its name."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from digitocr import Settings
from digitocr.output.record import Record
from digitocr.processes import serving
from digitocr.processes.answers import answered
from digitocr.service.packed import Packed

FOREVER = 3600
LONG = 30_000_000  # bytes, more than a connection's buffers take


def read(name: str, data: bytes, settings: Settings, model: str | None) -> Packed:
    """A picture's answer; its bytes say how long it takes and what becomes of the process."""
    what, _, path = data.partition(b":")
    if what == b"slow" or (what == b"slow once" and not Path(path.decode()).exists()):
        if path:
            Path(path.decode()).write_text(str(os.getpid()))
        time.sleep(FOREVER)
    filling = "x" * LONG if what == b"long" else ""
    told = {"file": name, "text": "1", "process": os.getpid(), "filling": filling}
    return Packed(json.dumps(told).encode(), "1", None)


def read_some(numbered: list[Any], settings: Settings, **_: Any) -> list[Any]:
    """A pile's task, with pages that take some time and one that takes forever."""
    done = []
    for number, item in numbered:
        serving.begin()
        time.sleep(FOREVER if item.file == "slow" else 0.3)
        done.append((number, {"file": item.file, "page": 1}))
    return done


def read_with_too_much_memory() -> Record:
    """The answer for a picture that needs three gigabytes."""
    return answered("a.png", 1, lambda: np.zeros(3_000_000_000, np.uint8), Settings())[0]


def fault() -> None:
    """A fault as any work may have."""
    raise OSError("the disk is full")


def process() -> int:
    """Who works."""
    return os.getpid()
