"""Whether pictures should share a call of the networks: `python -m benchmarks.batching`.

Requests that arrive together could be read in one batch. Printed: the time of one call for
several pictures' strips and tiles, as a share of a call for each. Strips that share a call are
padded to the widest of them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import typer

from digitocr import read
from digitocr.networks.runtime import load_classifier, load_line_reader

PICTURES = sorted((Path(__file__).parent.parent / "sample_images").glob("*.jpg"))
TOGETHER = (2, 4, 8)
REPEATS = 30


def ratio(together: Callable[[], object], apart: Callable[[], object]) -> float:
    """Time of the one as a share of the other, each measured in turn: the median."""
    shares = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        together()
        middle = time.perf_counter()
        apart()
        shares.append((middle - start) / (time.perf_counter() - middle))
    return statistics.median(shares)


def main() -> None:
    """Print a table."""
    line_reader, classifier = load_line_reader(), load_classifier()
    readings = [read(path) for path in PICTURES]
    strips = [reading.strips[0].strip for reading in readings]
    tiles = [np.stack([arc.tile for arc in reading.lattices[0].arcs]) for reading in readings]
    print("| pictures together | line reader | classifier |\n|---|---|---|")
    for count in TOGETHER:
        widest = max(strip.shape[1] for strip in strips[:count])
        padded = np.stack(
            [np.pad(strip, ((0, 0), (0, widest - strip.shape[1]))) for strip in strips[:count]]
        )
        lines = ratio(
            partial(line_reader._run, padded), partial(_each, line_reader.along, strips[:count])
        )
        shapes = ratio(
            partial(classifier.probabilities, np.concatenate(tiles[:count])),
            partial(_each, classifier.probabilities, tiles[:count]),
        )
        print(f"| {count} | {lines:.2f} | {shapes:.2f} |")


def _each(work: Callable[[Any], object], arrays: Sequence[Any]) -> None:
    for one in arrays:
        work(one)


if __name__ == "__main__":
    typer.run(main)
