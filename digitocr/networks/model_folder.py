"""A model folder: networks of the user's own with their calibration, moved and checked whole.

In it are LineReader.keras, DigitClassifier.keras or both, their exports with checksums, and
calibration.json; model.json, the card, has every file's SHA-256 beside what made them and how
well they read. What a folder has not is what ships.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from digitocr.calibration import Calibration, calibration_of
from digitocr.types import InputError

CARD, CALIBRATION = "model.json", "calibration.json"
LINE_READER, CLASSIFIER = "LineReader.keras", "DigitClassifier.keras"
SHIPPED = "shipped"  # the name of what comes with the package
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Nothing else is ever opened, whatever a card says.
FILE = re.compile(
    r"calibration\.json|(LineReader|DigitClassifier)(\.keras|-\w+\.tflite(\.sha256)?)"
)
CARD_BYTES = 10_000_000
HASH_SIGNS = 12  # of the hash that is told


class Model(NamedTuple):
    """The files that read in place of the shipped ones; None = the shipped one."""

    line_reader: Path | None = None
    classifier: Path | None = None
    calibration: Path | None = None
    told: str = ""  # the folder's name and short hash, where it is a folder


class Card(NamedTuple):
    """A model folder's card, whose files were all found as it says."""

    folder: Path
    name: str
    digest: str  # of all files together
    told: Mapping[str, Any]  # all that stands in it


def open_card(folder: Path) -> Card:
    """A model folder's card; every file is checked.

    Raises InputError, in a sentence, where something is missing, damaged or no model's.
    """
    path = folder / CARD
    try:
        if path.stat().st_size > CARD_BYTES:
            raise ValueError("far too long")
        told = json.loads(path.read_text("utf-8"))
        name, files = told["name"], dict(told["files"])
    except OSError as error:
        raise InputError(
            f"{folder} is no model folder: it has no {CARD} that can be opened."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: get the model again, or make it anew.") from error
    if not isinstance(name, str) or not NAME.fullmatch(name) or name == SHIPPED:
        raise InputError(
            f"{path} has no name that can be used: letters, digits, dots, dashes, 64 at most."
        )
    if CALIBRATION not in files or not {LINE_READER, CLASSIFIER} & set(files):
        raise InputError(f"{folder} lacks networks or calibration: get the model again.")
    for file, digest in files.items():
        if not FILE.fullmatch(file) or _sha256(folder / file) != digest:
            raise InputError(f"{folder / file} is damaged or missing: get the model again.")
    return Card(folder, name, hashes_digest(files), told)


def open_folder(folder: Path) -> Model:
    """The networks of a model folder. Raises InputError as `open_card`."""
    try:
        stamp = (folder / CARD).stat().st_mtime_ns
    except OSError:
        stamp = 0
    return _open_folder(folder.absolute(), stamp)


@lru_cache(maxsize=4)
def _open_folder(folder: Path, stamp: int) -> Model:
    # Hashing every file for every picture would cost more than reading it.
    card = open_card(folder)
    own = {file: folder / file for file in (LINE_READER, CLASSIFIER) if file in card.told["files"]}
    return Model(
        own.get(LINE_READER),
        own.get(CLASSIFIER),
        folder / CALIBRATION,
        f"{card.name}-{card.digest[:HASH_SIGNS]}",
    )


def file_hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a model that lies in a folder, by name."""
    names = sorted(one.name for one in folder.iterdir() if FILE.fullmatch(one.name))
    return {name: _sha256(folder / name) for name in names}


def hashes_digest(files: Mapping[str, str]) -> str:
    """One hash for all files of a model."""
    told = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def load_calibration(path: Path) -> Calibration:
    """The calibration in a file. Raises InputError where it is damaged."""
    try:
        return calibration_of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is damaged or missing: get the model again.") from error


def _sha256(file: Path) -> str:
    """A file's SHA-256; nothing where it cannot be opened."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""
