"""What each reader is worth alone: `python -m benchmarks.ablation FOLDER...`.

Reads labelled folders once and compares what the segmenting reader, the line reader and both
together make of every picture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from digitocr import InputError, Line, Settings, read
from digitocr.measure.evaluate import edit_distance, labelled

READERS: dict[str, Callable[[Line], str]] = {
    "segmenting reader alone": lambda line: line.by_segments,
    "line reader alone": lambda line: line.by_line,
    "both": lambda line: line.guess,
}


def compare(folder: Path) -> dict[str, tuple[float, float]]:
    """For each of the READERS the share of exact pictures and the character error rate."""
    right = dict.fromkeys(READERS, 0)
    edits = dict.fromkeys(READERS, 0)
    pictures = labelled(folder)
    for path, truth in pictures:
        try:
            lines = read(path, Settings(one_wrong_in=1)).lines
        except InputError:
            lines = ()
        for name, answer in READERS.items():
            guess = "\n".join(filter(None, map(answer, lines)))
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
