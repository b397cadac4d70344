"""How many wrong labels are found among the first shown: `python -m benchmarks.wrong_labels`.

Numbers are drawn by the stroke models, or taken from labelled folders; of every 500 pictures 20
get a wrong label: a digit replaced, dropped or doubled, two swapped, or the label of another
picture. The picture is read once, and labels are planted many times.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from PIL import Image
from tqdm import tqdm

from digitocr import read
from digitocr.measure.evaluate import labelled
from digitocr.teach.alignment import aligned
from digitocr.teach.examine import Verdict, judged
from digitocr.teach.examples import Example, Part
from digitocr.teach.overview import overview
from digitocr.types import Gray
from synthesis.hands.strokes import random_hand, render, write_number

SHARE = 20 / 500
SHOWN = 2  # times as many as were planted
LENGTHS = range(3, 9)
HEIGHT_PX, MARGIN_PX = 48, 40


class Both(NamedTuple):
    """A picture under its own label and under a wrong one."""

    right: Verdict
    wrong: Verdict


def drawn(rng: np.random.Generator, text: str) -> Gray:
    """A number in a hand of its own on white paper."""
    hand = random_hand(rng)
    digits = write_number(rng, hand, text, HEIGHT_PX, 0.3)
    points = np.concatenate([stroke for strokes in digits for stroke in strokes])
    low = points.min(axis=0) - MARGIN_PX
    width, height = (points.max(axis=0) - low + MARGIN_PX).astype(int).tolist()
    sheet = np.zeros((height, width), np.float32)
    for strokes in digits:
        placed = [np.asarray(stroke - low, np.float32) for stroke in strokes]
        sheet = np.maximum(sheet, render(placed, sheet.shape, hand.pen_width * HEIGHT_PX))
    return np.asarray(np.rint(255 * (1 - sheet)), np.uint8)


def number(rng: np.random.Generator) -> str:
    """A number to draw."""
    return "".join(map(str, rng.integers(10, size=int(rng.choice(LENGTHS)))))


def spoiled(rng: np.random.Generator, label: str, other: str) -> str:
    """A wrong label in place of a right one; other: that of another picture."""
    digits = [place for place, sign in enumerate(label) if sign.isdigit()]
    place = int(rng.choice(digits))
    before, sign, after = label[:place], label[place], label[place + 1 :]
    replaced = before + str((int(sign) + int(rng.integers(1, 10))) % 10) + after
    kinds = [replaced] * 4 + [before + after, before + 2 * sign + after, other]
    if after[:1].isdigit():
        kinds.append(before + after[0] + sign + after[1:])
    wrong = str(rng.choice(kinds))
    return wrong if wrong not in ("", label) else replaced


def found_of_planted(
    pictures: Sequence[Both], rng: np.random.Generator, count: int
) -> tuple[int, int, int]:
    """How many of `count` planted wrong labels are among the first shown, how many the reader
    thinks probably wrong, and how many of the right ones it thinks so of."""
    planted = set(rng.choice(len(pictures), count, replace=False).tolist())
    verdicts = [one.wrong if at in planted else one.right for at, one in enumerate(pictures)]
    names = [Example(f"{at}", "", Part.train, "", "", "") for at in range(len(pictures))]
    suspects = overview(names, verdicts).suspects
    shown = {one.place for one in suspects[: SHOWN * count]}
    sure = {one.place for one in suspects if one.is_probably_wrong}
    return len(shown & planted), len(sure & planted), len(sure - planted)


def report(name: str, pictures: Sequence[tuple[Path, str]], seed: int, trials: int) -> None:
    """Plant labels, and print what is found."""
    rng = np.random.default_rng(seed)
    both = []
    for place, (path, label) in enumerate(tqdm(pictures, disable=None)):
        reading = read(path)
        wrong = spoiled(rng, label, pictures[place - 1][1])
        both.append(Both(*(judged(reading, aligned(reading, one)) for one in (label, wrong))))
    count = max(1, round(SHARE * len(both)))
    found = np.array([found_of_planted(both, rng, count) for _ in range(trials)])
    exact = sum(one.right.guess == label for one, (_, label) in zip(both, pictures, strict=True))
    in_first, sure, sure_of_right = found.mean(axis=0)
    print(
        f"{name}: {len(both)} pictures, {exact} read right; of {count} planted {in_first:.1f} "
        f"(at least {found[:, 0].min()}) are in the first {SHOWN * count}; {sure:.1f} are "
        f"probably wrong, and so are {sure_of_right:.1f} others"
    )


def main(
    folders: Annotated[list[Path] | None, typer.Argument(help="Each with a labels.csv.")] = None,
    most: Annotated[int, typer.Option(help="Pictures of a folder, or drawn.")] = 500,
    trials: Annotated[int, typer.Option(help="How often labels are planted.")] = 20,
    seed: int = 0,
) -> None:
    """Print a line for each folder; without one, for numbers that are drawn now."""
    for folder in folders or ():
        report(str(folder), labelled(folder)[:most], seed, trials)
    if folders:
        return
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as place:
        pictures = []
        for at in range(most):
            text = number(rng)
            path = Path(place) / f"{at}.png"
            Image.fromarray(drawn(rng, text)).save(path)
            pictures.append((path, text))
        report("drawn", pictures, seed, trials)


if __name__ == "__main__":
    typer.run(main)
