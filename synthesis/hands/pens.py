"""Handwriting that was recorded with a pen: strokes of digits, letters and other signs.

The files are UCI's Pendigits (Alpaydin, Alimoglu, 1998), CROHME (Mouchère and others, 2011-2019),
Chars74K (de Campos and others, 2009) and DigiLeTs (Fabi, Otte, Butz, 2021), as gzipped JSON lists
of {"label": "7", "group": "writer", "strokes": [[[x, y], ...], ...]}.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from synthesis.hands.strokes import Stroke, Strokes

UPWARD = {"pendigits"}  # in these files y points up
NAMES = "pendigits", "crohme", "crohme_symbols", "chars74k", "digilets", "digilets_letters"
RESEARCH_ONLY = {*NAMES} - {"pendigits"}
HELD_BACK = 0.06  # of the writers, or of the samples where writers are not told apart
# In someone's hand each of them is a digit (the 9 like a P, the 7 like a t, the 5 like a root),
# or they are digits by a wrong label: taught as letters, they would be overlooked as digits.
LIKE_DIGITS = set("oOlIiSsZzBbqgGDQ|PpTtrvVfFyYhJjLCc[]!aAdeuUnNH") | {
    *("\\theta", "\\phi", "\\prime", "\\int", "\\gamma", "\\sqrt", "\\sigma", "\\lambda"),
}

OWN = 7  # digits of which a writer left samples, at least: others have to lend the rest

Signs = dict[str, list[Strokes]]  # label -> samples; strokes in heights of the sample, y down


class Recorded(NamedTuple):
    """What one file holds."""

    signs: Signs  # of everybody
    writers: list[Signs]  # the digits of each writer who is told apart, all ten


def load_pens(folder: Path, with_research: bool) -> tuple[dict[str, Recorded], dict[str, Recorded]]:
    """The files of a folder by their names: for training, and for choosing the checkpoint.

    Raises ValueError when the folder holds none of the known files, or a damaged one.
    """
    training: dict[str, Recorded] = {}
    held_back: dict[str, Recorded] = {}
    for name in NAMES:
        path = folder / f"{name}.json.gz"
        if not path.is_file() or (name in RESEARCH_ONLY and not with_research):
            continue
        training[name], held_back[name] = _split(path, name)
    if not training:
        raise ValueError(f"{folder} holds no pen strokes: put pendigits.json.gz there.")
    return training, held_back


def _split(path: Path, name: str) -> tuple[Recorded, Recorded]:
    by_writer: dict[str, Signs] = defaultdict(lambda: defaultdict(list))
    told_apart = set()
    for index, (label, group, strokes) in enumerate(samples(path, name in UPWARD)):
        if strokes is None or label in LIKE_DIGITS:
            continue
        # CROHME names a writer "collection:person" and repeats people between its collections.
        writer = f"{name} {index if group in (None, '') else str(group).split(':')[-1]}"
        by_writer[writer][label].append(strokes)
        if group not in (None, ""):
            told_apart.add(writer)
    held = {writer for writer in by_writer if zlib.crc32(writer.encode()) / 2**32 < HELD_BACK}
    return (
        _recorded({one: by_writer[one] for one in by_writer if one not in held}, told_apart),
        _recorded({one: by_writer[one] for one in by_writer if one in held}, told_apart),
    )


def _recorded(by_writer: dict[str, Signs], told_apart: set[str]) -> Recorded:
    everybody: Signs = defaultdict(list)
    for signs in by_writer.values():
        for label, ways in signs.items():
            everybody[label].extend(ways)
    digits = {label: ways for label, ways in everybody.items() if label.isdigit()}
    writers = [
        digits | {label: ways for label, ways in signs.items() if label.isdigit()}
        for writer, signs in by_writer.items()
        if writer in told_apart and sum(label.isdigit() for label in signs) >= OWN
    ]
    return Recorded(dict(everybody), writers if len(digits) == 10 else [])


def samples(path: Path, upward: bool) -> list[tuple[str, object, Strokes | None]]:
    """Label, group and strokes of each sample."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [
                (str(sample["label"]), sample.get("group"), _normalized(sample["strokes"], upward))
                for sample in json.load(file)
            ]
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError, TypeError, LookupError) as error:
        raise ValueError(f"{path} is damaged: it holds no list of labelled strokes.") from error


def _normalized(raw: list[list[list[float]]], upward: bool) -> Strokes | None:
    """To heights of the sample; signs flatter than a third of their width keep their flatness."""
    strokes = [np.array(points, np.float32)[:, :2] for points in raw if points]
    if not strokes:
        return None
    if upward:
        strokes = [stroke * np.array([1, -1], np.float32) for stroke in strokes]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float(high[1] - low[1]), float(high[0] - low[0]) / 3, 1e-3)
    return [np.asarray((_thinned(stroke) - low) / size, np.float32) for stroke in strokes]


def _thinned(stroke: Stroke, most: int = 24) -> Stroke:
    """At most so many of its points: recorded strokes have more than any drawing shows."""
    if len(stroke) <= most:
        return stroke
    return np.asarray(stroke[np.linspace(0, len(stroke) - 1, most).astype(int)])
