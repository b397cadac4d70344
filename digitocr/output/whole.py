"""A file appears under its name when it is whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitocr.types import InputError


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; what is there in the end takes out's place.

    Raises InputError when it cannot be written, a full disk among the reasons; then, and after
    any other error, `out` is as it was before.
    """
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".digitocr-") as aside:
            unfinished = Path(aside) / out.name
            yield unfinished
            put_in_place(unfinished, out)
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror or error}).") from error


def put_in_place(written: Path, out: Path) -> None:
    """Move a file to its name, so that even a power cut leaves it whole."""
    with written.open("rb+") as file:
        os.fsync(file.fileno())
    written.replace(out)
