"""What reads here: the versions that a record tells."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from digitocr import __version__
from digitocr.networks.runtime import CLASSIFIER, FINDER, LINE_READER, find_export, find_model


@lru_cache(maxsize=2)  # as the networks that are loaded
def read_by(model: Path | None = None) -> str:
    """What reads a page: the package's version and the networks' checksums.

    model: a .keras file in place of the shipped classifier.
    """
    models = find_model(FINDER), model or find_model(CLASSIFIER), find_model(LINE_READER)
    return " ".join([f"digitocr {__version__}", *(find_export(one).stem for one in models)])
