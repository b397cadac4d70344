"""Model folders to test with: the shipped line reader under a name of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from digitocr.networks.export import checksum_file
from digitocr.networks.model_folder import CALIBRATION, CARD, file_hashes
from digitocr.networks.runtime import EXPORTS, LINE_READER, find_export, find_model

WELL = {"before": {"exact": 0.9}, "after": {"exact": 0.895}, "agreement": 0.98}


def write_card(folder: Path, name: str, **figures: Any) -> None:
    """A card with the hashes of what lies there now; figures: that differ from good ones."""
    well = {"general": WELL, "pages": WELL}
    told = {"name": name, "files": file_hashes(folder), "figures": well | figures}
    (folder / CARD).write_text(json.dumps(told), "utf-8")


def model_folder(folder: Path, **calibration: Any) -> Path:
    """The shipped line reader as a model called as its folder; calibration: what is other in it."""
    folder.mkdir()
    export = find_export(find_model(LINE_READER))
    for file in (find_model(LINE_READER), export, checksum_file(export)):
        shutil.copy(file, folder)
    told = json.loads((EXPORTS / CALIBRATION).read_text("utf-8"))
    (folder / CALIBRATION).write_text(json.dumps(told | calibration), "utf-8")
    write_card(folder, folder.name)
    return folder
