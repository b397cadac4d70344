"""The user's lines, kept beside an unfinished model until it is done, so that nothing is read
twice after a run was cut off."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitocr.output.whole import written_whole
from digitocr.teach.examples import Part
from digitocr.tune.own_lines import OwnLine
from digitocr.types import InputError


def write_lines(file: Path, lines: Sequence[OwnLine]) -> None:
    """Write lines to a file, whole or not at all. Raises InputError."""
    content = io.BytesIO()
    np.savez(
        content,
        parts=[one.part.value for one in lines],
        labels=[one.label for one in lines],
        widths=[one.strip.shape[1] for one in lines],
        strips=np.concatenate([one.strip for one in lines], axis=1),
    )
    with written_whole(file) as unfinished:
        unfinished.write_bytes(content.getvalue())


def read_lines(file: Path) -> list[OwnLine]:
    """The lines of a file. Raises InputError where it is damaged."""
    try:
        with np.load(file) as arrays:
            parts, labels, widths = (arrays[name] for name in ("parts", "labels", "widths"))
            strips = arrays["strips"]
        return [
            OwnLine(Part(str(part)), str(label), strips[:, end - width : end])
            for part, label, width, end in zip(
                parts, labels, widths, np.cumsum(widths), strict=True
            )
        ]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{file} is damaged: delete it, and the run begins anew.") from error
