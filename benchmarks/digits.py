"""Single digits of test sets: `python -m benchmarks.digits mnist.npz usps.npz ...`.

Each file is an .npz with `x_test` and `y_test`, or `x` and `y`: pictures (N, H, W).
The classifier alone reads them, each scaled and centred as the reader does; the most probable
digit counts. Several networks, of several seeds say, are compared, and read together as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from digitocr.measure.reliability import calibration_error
from digitocr.networks.runtime import load_classifier
from digitocr.segments.tile import normalize
from digitocr.types import NO_DIGIT, Probabilities
from synthesis.hands.writers import Labels
from training.data import load_test


def row(digits: str, network: str, shares: Probabilities, labels: Labels) -> str:
    """One line of the table; shares (N, 10) of the ten digits."""
    right = shares.argmax(axis=1) == labels
    error = calibration_error(shares.max(axis=1), right)
    return f"| {digits} | {network} | {right.mean():.2%} of {len(right)} | {error:.2%} |"


def main(
    files: Annotated[list[Path], typer.Argument(help="Labelled digits.")],
    model: Annotated[list[Path] | None, typer.Option(help="A .keras file; may repeat.")] = None,
) -> None:
    """Print a table with a row for each file and network."""
    networks = {str(path): load_classifier(path) for path in model or ()}
    networks = networks or {"shipped": load_classifier()}
    print("| digits | network | right | calibration error |\n|---|---|---|---|")
    for path in files:
        digits = load_test(path)
        tiles = np.stack([normalize(picture / np.float32(255)) for picture in digits.pictures])
        opinions = []
        for name, network in networks.items():
            shares = network.probabilities(tiles)[:, :NO_DIGIT]
            opinions.append(shares / shares.sum(axis=1, keepdims=True))
            print(row(path.name, name, opinions[-1], digits.labels))
        if len(networks) > 1:
            print(row(path.name, "all together", np.mean(opinions, axis=0), digits.labels))


if __name__ == "__main__":
    typer.run(main)
