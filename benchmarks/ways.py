"""How well each way of writing a digit is read: `python -m benchmarks.ways`.

A way that is read badly was not learnt: draw the digits that are misread on somebody's papers as
ways in `synthesis/hands/allographs.txt`, and this tells which of them the reader has not met.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import typer

from digitocr import read
from digitocr.types import Gray
from synthesis.hands.allographs import ALLOGRAPHS
from synthesis.hands.inked_line import compose
from synthesis.hands.strings import UPRIGHT, Text, random_style
from synthesis.hands.studio import make_studio
from synthesis.hands.writers import ModelWriter, inked_box
from synthesis.scans import enlarged, scan

DIGITS = 8  # of each number
# Nothing but the number, on any paper and through any scanner.
PLAIN = replace(UPRIGHT, touching=0.0, ties=0.0, neighbours=0.0, fills=0.0, light_on_dark=0.0)
SHOWN = 3  # of what a way is taken for


class Read(NamedTuple):
    """What became of the digits that were written one way."""

    asked: int
    taken_for: Counter[str]  # itself, where it was read right
    lost: int  # numbers that were read with more digits, or fewer

    @property
    def share(self) -> float:
        """0..1, read right; of none, 1."""
        return self.taken_for.total() and self.taken_for[str(self.asked)] / self.taken_for.total()


def number(label: int, way: int, seed: int) -> tuple[Gray, str]:
    """A number in one hand that writes `label` in the given way only, and its digits."""
    rng = np.random.default_rng((label, way, seed))
    hand = ModelWriter.anybody(rng).hand
    usual = list(hand.allographs)
    usual[label] = way
    writer = ModelWriter(replace(hand, allographs=tuple(usual), constancy=1.0))
    digits = rng.integers(0, 10, DIGITS)
    digits[int(rng.integers(DIGITS))] = label
    text = Text([str(digit) for digit in digits], "".join(map(str, digits)))
    style = random_style(rng, PLAIN)
    ink = compose(rng, make_studio([], {}), writer, style, text, PLAIN).ink()
    box = inked_box(ink)
    one = scan(rng, ink[box.top : box.bottom, box.left : box.right], PLAIN)
    return enlarged(one.gray), text.digits


def read_way(label: int, way: int, count: int) -> Read:
    """Read `count` numbers with digits that are written one way."""
    cv2.setNumThreads(1)
    taken_for: Counter[str] = Counter()
    lost = 0
    for seed in range(count):
        gray, digits = number(label, way, seed)
        guess = "".join(line.guess for line in read(gray).lines)
        if len(guess) != len(digits):
            lost += 1
            continue
        taken_for.update(
            said for said, asked in zip(guess, digits, strict=True) if asked == str(label)
        )
    return Read(label, taken_for, lost)


def main(
    each: Annotated[int, typer.Option(min=1, help="Numbers for each way.")] = 40,
) -> None:
    """Print a table of all ways of writing, those that are read worst first."""
    ways = [(label, way) for label, some in enumerate(ALLOGRAPHS) for way in range(len(some))]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        work = partial(read_way, count=each)
        every = list(pool.map(work, *zip(*ways, strict=True), chunksize=4))
    print("| digit | way | how often | read right | taken for | lost |\n|---|---|---|---|---|---|")
    for (label, way), one in sorted(zip(ways, every, strict=True), key=lambda row: row[1].share):
        name, weight = ALLOGRAPHS[label][way].name, ALLOGRAPHS[label][way].weight
        others = [said for said, _ in one.taken_for.most_common(SHOWN + 1) if said != str(label)]
        cells = label, name, weight, f"{one.share:.0%}", ", ".join(others[:SHOWN]), one.lost
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    right = sum(one.taken_for[str(one.asked)] for one in every)
    print(f"\n{right / sum(one.taken_for.total() for one in every):.1%} of all such digits")


if __name__ == "__main__":
    typer.run(main)
