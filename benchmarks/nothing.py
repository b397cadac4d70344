"""Pictures without a number: `python -m benchmarks.nothing [FOLDER...] [--pens FOLDER]`.

Plots, flowers, textures, words, forms and what else people open, painted from fixed seeds, and the
pictures of labelled folders, if any. Each digit that is shown as certain there is wrong. Words are
set in the typefaces of /usr/share/fonts, and written with recorded letters where --pens has them;
letters that stand alone and look like digits are counted apart.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from digitocr import Reading, read
from digitocr.measure.evaluate import labelled
from synthesis.hands.pens import UPWARD, samples
from synthesis.hands.strokes import Strokes, render
from synthesis.parts.figures import FIGURES
from synthesis.parts.lettering import (
    LIKE_DIGITS,
    Canvas,
    any_paper,
    lone_letter,
    printed,
    shot,
    stamp,
    word,
)
from training.hand_options import Pens

LETTERS = ("chars74k",)  # of the files with recorded pens
LONE_WRITTEN = "lone handwritten letter"
LONE = "lone letter", LONE_WRITTEN
Painter = Callable[[np.random.Generator], NDArray[np.uint8]]  # (H, W) or (H, W, 3)

PAINTERS: tuple[Painter, ...] = (*FIGURES, word, printed, stamp)


def handwritten(rng: np.random.Generator, letters: list[Strokes], count: int) -> Canvas:
    """Recorded letters in a row."""
    page, left, size = any_paper(rng, 200, 100 + 90 * count), 40.0, rng.uniform(55, 80)
    cover = np.zeros(page.shape[:2], np.float32)
    for pick in rng.integers(0, len(letters), count):
        placed = [stroke * size + np.array([left, 55], np.float32) for stroke in letters[pick]]
        shape = page.shape[0], page.shape[1]
        cover = np.maximum(cover, render(placed, shape, size * 0.08))
        left = max(float(stroke[:, 0].max()) for stroke in placed) + 0.15 * size
    page = (page * (1 - 0.8 * cover[..., None])).astype(np.uint8)
    return shot(rng, page)


def recorded(pens: Path) -> dict[str, list[Strokes]]:
    """The letters of a folder's files, by label."""
    found: dict[str, list[Strokes]] = {}
    for name in LETTERS:
        for label, _, strokes in samples(pens / f"{name}.json.gz", name in UPWARD):
            if strokes and len(label) == 1 and label.isalpha():
                found.setdefault(label, []).append(strokes)
    return found


def pictures(
    folders: list[Path], pens: Path | None, each: int
) -> Iterator[tuple[str, Path | NDArray[np.uint8]]]:
    """Every picture of nothing with its kind."""
    for painter in (*PAINTERS, lone_letter):
        for index in range(each):
            rng = np.random.default_rng((zlib.crc32(painter.__name__.encode()), index))
            yield painter.__name__.replace("_", " "), painter(rng)
    if pens:
        letters = recorded(pens)
        like = [one for label in LIKE_DIGITS for one in letters.get(label, [])]
        others = [one for found in letters.values() for one in found]
        rng = np.random.default_rng(0)
        for _ in range(2 * each):
            yield "handwritten word", handwritten(rng, others, int(rng.integers(3, 8)))
            yield LONE_WRITTEN, handwritten(rng, like, 1)
    for folder in folders:
        for path, truth in labelled(folder):
            if not truth:
                yield str(folder), path


def false_alarms(reading: Reading) -> str:
    """The digits shown as certain."""
    return "".join(digit.label for digit in reading.digits if digit.accepted)


def main(
    folders: Annotated[list[Path] | None, typer.Argument(help="Each with a labels.csv.")] = None,
    pens: Pens = None,
    each: Annotated[int, typer.Option(min=1, help="Pictures of each kind.")] = 14,
) -> None:
    """Print a table with a row for each kind, then what was shown."""
    found: dict[str, list[str]] = {}
    for kind, source in pictures(folders or [], pens, each):
        found.setdefault(kind, []).append(false_alarms(read(source)))
    print("| pictures of | how many | with a digit shown as certain |\n|---|---|---|")
    ordinary = [one for kind, shown in found.items() if kind not in LONE for one in shown]
    for kind, shown in {**found, "all without lone letters": ordinary}.items():
        wrong = sum(map(bool, shown))
        print(f"| {kind} | {len(shown)} | {wrong} ({wrong / len(shown):.1%}) |")
    for kind, shown in found.items():
        for index, digits in enumerate(shown):
            if digits:
                print(f"{kind}, number {index}: shown as {digits}")


if __name__ == "__main__":
    typer.run(main)
