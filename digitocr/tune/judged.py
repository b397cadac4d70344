"""What a tuned model is worth: its confidences, and its figures beside those from before."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from digitocr import __version__
from digitocr.along.ctc import best_path
from digitocr.networks.model_folder import CALIBRATION
from digitocr.output.whole import written_whole
from digitocr.settings import Settings
from digitocr.teach.examples import Example, Part
from digitocr.tune.checks import FIT, Answer, Labelled, answers, drawn_numbers, figures, readings
from digitocr.tune.confidences import borne_out, cautious, evidence, fitted, odds
from digitocr.tune.drawn_lines import Written
from digitocr.tune.replay import replay_hands
from digitocr.tune.tuner import Tuner

LEAST_NUMBERS = 100  # and this many of them wrong, lest two weights be fitted to chance:
LEAST_WRONG = 5
KEPT = "as before"


def pictures_of(folder: Path, examples: Iterable[Example], part: Part) -> list[Labelled]:
    """The pictures of a part of a data set."""
    return [(partial(Path, folder / one.file), one.label) for one in examples if one.part is part]


def calibrated(model: Path, val: Sequence[Labelled], count: int, seed: int) -> dict[str, Any]:
    """Check a model folder's confidences by the val part and as many drawn numbers as `count`.

    They stay what they were where neither contradicts what they promise: they were fitted to far
    more numbers than these. Else they are made anew: the logistic model of whole numbers, where
    there are enough of them, while that of digits, which goes on from it, stays; and the table of
    selective risk, which then promises no more than either kind bears out. Returns what was done,
    for the card.
    """
    drawn = drawn_numbers(replay_hands(), count, seed, FIT)
    certain = Settings(one_wrong_in=1)
    kinds = []
    for pictures in (val, drawn):
        found = [
            one
            for reading, truth in readings(pictures, model, certain)
            if reading is not None
            for one in evidence(reading, truth)
        ]
        rows = np.array([one.number for one in found]).reshape(-1, 1)
        kinds.append((rows, np.array([one.is_right for one in found], bool)))
    told = json.loads((model / CALIBRATION).read_text("utf-8"))
    counts = {
        "val_numbers": len(kinds[0][1]),
        "val_right": int(kinds[0][1].sum()),
        "drawn_numbers": len(kinds[1][1]),
        "drawn_right": int(kinds[1][1].sum()),
    }
    promised = told["selective"]
    if all(borne_out(promised, odds(told["number"], rows), right) for rows, right in kinds):
        return {**counts, "number": KEPT, "digit": KEPT, "selective": KEPT}
    rows, right = (np.concatenate(parts) for parts in zip(*kinds, strict=True))
    is_fitted = len(right) >= LEAST_NUMBERS and min(right.sum(), (~right).sum()) >= LEAST_WRONG
    if is_fitted:
        told["number"] = [round(value, 4) for value in fitted(rows, right)]
    (own, own_right), (others, others_right) = (
        (odds(told["number"], rows), right) for rows, right in kinds
    )
    told["selective"] = cautious((own, own_right), (others, others_right))
    with written_whole(model / CALIBRATION) as unfinished:
        unfinished.write_text(json.dumps(told) + "\n", "utf-8")
    return {
        **counts,
        "number": "fitted to both" if is_fitted else KEPT,
        "digit": KEPT,
        "selective": "the worse of both, with a bound of 95%",
    }


def before_and_after(
    checks: Mapping[str, Callable[[], Iterable[Labelled]]],
    before: str | Path | None,
    after: str | Path | None,
) -> dict[str, dict[str, list[Answer]]]:
    """What both models say in each check, with the settings that come with the package."""
    return {
        name: {
            when: answers(pictures(), model, Settings())
            for when, model in (("before", before), ("after", after))
        }
        for name, pictures in checks.items()
    }


def counted(checked: Mapping[str, Mapping[str, list[Answer]]]) -> dict[str, Any]:
    """The figures of `before_and_after`, for the card."""
    return {
        name: {when: figures(found)._asdict() for when, found in both.items()}
        for name, both in checked.items()
    }


def agreement(tuner: Tuner, lines: list[Written]) -> dict[str, float]:
    """How far a tuned line reader says of made-up lines what it said before."""
    before, now = tuner.along(lines, before=True), tuner.along(lines)
    said = [(best_path(one), best_path(other)) for one, other in zip(before, now, strict=True)]
    kept = [
        one == other for (one, other), (_, label) in zip(said, lines, strict=True) if one == label
    ]
    divergences = [
        float((np.exp(one) * (one - other)).sum()) for one, other in zip(before, now, strict=True)
    ]
    return {
        "same": float(np.mean([one == other for one, other in said])),
        "agreement": sum(kept) / max(len(kept), 1),  # of the lines that were read right
        "divergence_nats": float(np.mean(divergences)),
    }


def versions() -> dict[str, str]:
    """What made a model."""
    names = ("keras", "tensorflow", "numpy")
    found = {"digitocr": __version__, "python": platform.python_version()}
    for name in names:
        for package in (name, f"{name}-cpu"):
            try:
                found[name] = version(package)
            except PackageNotFoundError:
                continue
    return found


def sha256(file: Path) -> str:
    """A file's SHA-256, in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
