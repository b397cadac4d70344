"""Single digits of test sets: `python -m benchmarks.digits mnist.npz usps.npz ...`.

Each file is an .npz with `x_test` and `y_test`, or `x` and `y`: pictures (N, H, W).
The classifier alone reads them, each scaled and centred as the reader does; the most probable
digit counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from digitocr.models import load_classifier
from digitocr.normalize import normalize
from digitocr.reliability import calibration_error
from digitocr.types import NO_DIGIT
from training.data import load_test


def main(files: Annotated[list[Path], typer.Argument(help="Labelled digits.")]) -> None:
    """Print a table with a row for each file."""
    classifier = load_classifier()
    print("| digits | count | right | calibration error |\n|---|---|---|---|")
    for path in files:
        digits = load_test(path)
        tiles = np.stack([normalize(picture / np.float32(255)) for picture in digits.pictures])
        shares = classifier.probabilities(tiles)[:, :NO_DIGIT]
        shares /= shares.sum(axis=1, keepdims=True)
        right = shares.argmax(axis=1) == digits.labels
        error = calibration_error(shares.max(axis=1), right)
        print(f"| {path.name} | {len(right)} | {right.mean():.2%} | {error:.2%} |")


if __name__ == "__main__":
    typer.run(main)
