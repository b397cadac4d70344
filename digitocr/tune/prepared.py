"""The user's lines, kept beside an unfinished model until it is done, so that nothing is read
twice after a run was cut off."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitocr.output.whole import written_whole
from digitocr.teach.examples import Part
from digitocr.tune.own_digits import OwnDigits
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
        shapes=[len(one.digits.tiles) for one in lines],
        tiles=np.concatenate([one.digits.tiles for one in lines]),
        digits=np.concatenate([one.digits.labels for one in lines]),
    )
    with written_whole(file) as unfinished:
        unfinished.write_bytes(content.getvalue())


def read_lines(file: Path) -> list[OwnLine]:
    """The lines of a file. Raises InputError where it is damaged."""
    try:
        with np.load(file) as arrays:
            parts, labels, widths = (arrays[name] for name in ("parts", "labels", "widths"))
            strips, tiles, digits = (arrays[name] for name in ("strips", "tiles", "digits"))
            stops = np.cumsum(arrays["shapes"])[:-1]
        every = zip(
            parts,
            labels,
            np.split(strips, np.cumsum(widths)[:-1], axis=1),
            np.split(tiles, stops),
            np.split(digits, stops),
            strict=True,
        )
        return [
            OwnLine(Part(str(part)), str(label), strip, OwnDigits(*own))
            for part, label, strip, *own in every
        ]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{file} is damaged: delete it, and the run begins anew.") from error
