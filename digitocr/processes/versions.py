"""What reads here: the versions that a record tells."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from digitocr import __version__
from digitocr.networks.installed import current as current
from digitocr.networks.installed import names as names
from digitocr.networks.installed import opened
from digitocr.networks.model_folder import SHIPPED as SHIPPED
from digitocr.networks.model_folder import Model
from digitocr.networks.runtime import CLASSIFIER, FINDER, LINE_READER, find_export, find_model


def read_by(model: str | Path | None = None) -> str:
    """What reads a page: the package's version, the networks' checksums, and the model's name.

    model: as `read` takes it.
    """
    return _told(opened(model))


@lru_cache(maxsize=2)  # as the networks that are loaded
def _told(model: Model) -> str:
    models = (
        find_model(FINDER),
        model.classifier or find_model(CLASSIFIER),
        model.line_reader or find_model(LINE_READER),
    )
    told = [f"digitocr {__version__}", *(find_export(one).stem for one in models), model.told]
    return " ".join(filter(None, told))
