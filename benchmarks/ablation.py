"""What each reader is worth alone: `python -m benchmarks.ablation FOLDER...`.

Reads labelled folders once and compares what the segmenting reader, the line reader and both
together make of every picture. In the whole reader the two help each other before they are
weighed: the line reader says which shapes are surely one digit, and looks once more where the
segmenting reader differs. Alone each has only its own network: the one cuts every wide shape, and
the other has its first look at the line and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from digitocr import InputError, Reading, Settings, read
from digitocr.along.ctc import likely_readings, reading_scores
from digitocr.budget import hypothesize
from digitocr.measure.edits import edit_distance
from digitocr.measure.evaluate import labelled
from digitocr.networks.runtime import load_classifier
from digitocr.segments.cuts import cut_lines
from digitocr.segments.lattice import build_lattices
from digitocr.segments.tile import tiles_of
from digitocr.types import LogProbabilities


def by_segments(reading: Reading) -> list[str]:
    """What the segmenting reader makes of each line without the line reader's network."""
    lines = reading.segmentation.lines
    pieces = cut_lines(lines, [[False] * len(line.components) for line in lines], True)
    shapes, _ = hypothesize(pieces, lines)
    tiles = tiles_of(shapes)
    probabilities = load_classifier().probabilities(tiles)
    return [one.text for one in build_lattices(lines, pieces, shapes, tiles, probabilities)]


def by_line(reading: Reading) -> list[str]:
    """What the line reader makes of each line at its first look."""
    return [_most_probable(seen.along) for seen in reading.strips]


def _most_probable(along: LogProbabilities) -> str:
    texts = likely_readings(along)
    return texts[int(np.argmax(reading_scores(along, texts)))]


def together(reading: Reading) -> list[str]:
    """What the whole reader makes of each line, by best guess."""
    return [line.guess for line in reading.lines]


READERS: dict[str, Callable[[Reading], list[str]]] = {
    "segmenting reader alone": by_segments,
    "line reader alone": by_line,
    "both": together,
}


def compare(folder: Path) -> dict[str, tuple[float, float]]:
    """For each of the READERS the share of exact pictures and the character error rate."""
    right = dict.fromkeys(READERS, 0)
    edits = dict.fromkeys(READERS, 0)
    pictures = labelled(folder)
    for path, truth in pictures:
        try:
            reading = read(path, Settings(one_wrong_in=1))
        except InputError:
            reading = None
        for name, answer in READERS.items():
            guess = "\n".join(filter(None, answer(reading))) if reading else ""
            right[name] += guess == truth
            edits[name] += edit_distance(guess, truth)
    signs = max(1, sum(len(truth) for _, truth in pictures))
    return {name: (right[name] / max(1, len(pictures)), edits[name] / signs) for name in READERS}


def main(folders: Annotated[list[Path], typer.Argument(help="Each with a labels.csv.")]) -> None:
    """Print a table for each folder."""
    for folder in folders:
        print(f"{folder}\n\n| reader | exact | CER |\n|---|---|---|")
        for name, (exact, errors) in compare(folder).items():
            print(f"| {name} | {exact:.1%} | {errors:.2%} |")
        print()


if __name__ == "__main__":
    typer.run(main)
