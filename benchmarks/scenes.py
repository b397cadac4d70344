"""Painted scenes, kind by kind: `python -m benchmarks.scenes [--data mnist.npz] [--pens FOLDER]`.

Pictures of 800 by 600 px that hold any number of numbers are painted as for the finder's training,
from seeds that no training has, and read whole. The hands are our own stroke models, MNIST's test
digits where --data has them, and of the recorded pens those that training keeps aside.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import typer

from digitocr import Reading, read
from digitocr.found import FoundLine
from digitocr.geometry import hull
from digitocr.reading import Line
from synthesis.hands.pens import load_pens
from synthesis.hands.studio import Studio, make_studio
from synthesis.parts import layers, lighting, paper, rulings
from synthesis.scenes import photos
from synthesis.scenes.painter import KINDS, paint, with_truth
from synthesis.scenes.surface import Surface
from synthesis.scenes.truth import Number, Scene
from training.data import load_test
from training.hand_options import Pens
from training.line_batches import MNIST_WEIGHT

PHOTO = 600, 800  # px, height and width: small enough to be read as it is
LEAST_PX = 20  # of a digit's height: what is lower need not be read,
LEAST_CONTRAST = 30.0  # nor ink that stands out less from its paper, in gray levels,
GRAIN = 4.0  # or by less than so many deviations of the paper
SOFT = np.ones((5, 5), np.uint8)  # what the edge of a stroke takes in
SEED = 1_000_003  # first of each picture's seeds
MOST_THINGS = 6  # that lie about

Change = Callable[[np.random.Generator, Surface], None]  # of a note, before it is taken


def shadowed(rng: np.random.Generator, surface: Surface) -> None:
    """A shadow with a hard edge falls across it."""
    dark, toward = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0, 360))
    edge = lighting.slope(PHOTO, dark, toward, float(rng.uniform(0.35, 0.65)), 0.01)
    surface.levels = layers.light(surface.levels, edge)


def creased(rng: np.random.Generator, surface: Surface) -> None:
    """It was folded once each way."""
    for turn in (0, 90):
        through = float(rng.uniform(0.3, 0.7) * PHOTO[1]), float(rng.uniform(0.3, 0.7) * PHOTO[0])
        fold = paper.crease(
            PHOTO, through, turn + rng.normal(0, 4), rng.uniform(0.05, 0.3),
            line=rng.uniform(0.2, 0.5),
        )  # fmt: skip
        surface.levels = layers.light(surface.levels, fold)


def cluttered(rng: np.random.Generator, surface: Surface) -> None:
    """Things lie on it, on no number."""
    photos.strewn(rng, surface, MOST_THINGS)


def ruled(rng: np.random.Generator, surface: Surface) -> None:
    """It has printed lines, every other one squares."""
    step, first = float(rng.uniform(15, 70)), float(rng.uniform(0, 15))
    lines: layers.Field = np.ones(PHOTO, np.float32)
    for down in (False, True)[: int(rng.integers(1, 3))]:
        shade = float(rng.uniform(0.4, 0.85))
        lines = rulings.rules(lines, step, shade, first_px=first, down=down, width_px=2)
    surface.levels = layers.light(surface.levels, lines)


CHANGES: dict[str, Change] = {
    "a note under a hard shadow": shadowed,
    "a creased note": creased,
    "a note among things": cluttered,
    "a note on ruled or squared paper": ruled,
}
# What a row of the table is called, where the painter's own name does not say it.
TOLD = {
    "filled": "a close crop",
    "table": "a printed table",
    "sheet": "a sheet on a table",
    "cards": "cards on a table",
    "scan": "a scan in black and white",
    "nothing": "no number",
}
ROWS = {TOLD.get(kind, kind): kind for kind in KINDS} | {name: name for name in CHANGES}


def scene(kind: str, index: int, hands: Studio) -> Scene:
    """Picture number `index` of a kind, one of the painter's KINDS or of CHANGES."""
    seed = SEED, zlib.crc32(kind.encode()), index
    if kind in KINDS:
        return paint(seed, hands, PHOTO, kind)
    rng = np.random.default_rng(seed)
    surface = KINDS["note"][0](rng, hands, PHOTO)
    CHANGES[kind](rng, surface)
    return with_truth(kind, photos.taken(rng, photos.lit(rng, surface.levels)), surface)


class Outcome(NamedTuple):
    """How one picture, or several together, were read; all but the last two count numbers."""

    numbers: int = 0  # that shall be read
    exact: int = 0  # of these
    found: int = 0  # of these, by the finder
    lines: int = 0  # that were read, but for those where nothing need be read
    shown: int = 0  # of these, without "?"
    shown_wrong: int = 0  # of these
    false_finds: int = 0  # by the finder, where no number is
    pictures: int = 0
    right: int = 0  # pictures whose every number is exact, and nothing else is read


def judged(truth: Scene, reading: Reading) -> Outcome:
    """What came of a scene.

    A number is exact where a line whose box overlaps its own reads its text, and found where the
    middle of something found lies in its quad. What is cut off, too small or hardly to be seen
    counts neither way.
    """
    wanted = [one for one in truth.numbers if is_legible(one, truth)]
    others = [one for one in truth.numbers if one not in wanted]
    lines = [line for line in reading.lines if line.digits]
    lines = [one for one in lines if _at(one, wanted) or not _at(one, others)]
    right = [any(one.guess == number.text for number in _at(one, wanted)) for one in lines]
    exact = [
        any(line.guess == number.text and _at(line, [number]) for line in lines)
        for number in wanted
    ]
    shown = [ok for ok, one in zip(right, lines, strict=True) if one.accepted]
    finds = reading.finding.lines
    return Outcome(
        numbers=len(wanted),
        exact=sum(exact),
        found=sum(any(lies_in(find, number) for find in finds) for number in wanted),
        lines=len(lines),
        shown=len(shown),
        shown_wrong=shown.count(False),
        false_finds=sum(not any(lies_in(one, n) for n in truth.numbers) for one in finds),
        pictures=1,
        right=all(exact) and all(right),
    )


def is_legible(number: Number, truth: Scene) -> bool:
    """Whether it is whole, large enough, and its ink stands out clearly from the paper."""
    if not number.is_whole or number.digit_height_px < LEAST_PX:
        return False
    left, top, right, bottom = number.box
    there = slice(top, bottom), slice(left, right)
    ink, levels = truth.mask[there], truth.gray[there].astype(np.float64)
    paper = levels[cv2.dilate(ink.view(np.uint8), SOFT) == 0]
    if not ink.any() or not paper.size:
        return False
    middle = np.median(paper)
    contrast = abs(float(np.median(levels[ink]) - middle))
    grain = 1.48 * float(np.median(np.abs(paper - middle)))
    return contrast >= max(LEAST_CONTRAST, GRAIN * grain)


def _at(line: Line, numbers: Sequence[Number]) -> list[Number]:
    """The numbers that a line's box overlaps."""
    box = hull(digit.box for digit in line.digits)
    return [number for number in numbers if box.shared(number.box)]


def lies_in(find: FoundLine, number: Number) -> bool:
    """Whether the middle of what was found lies in a number's quad."""
    x, y = map(float, find.middle)
    return cv2.pointPolygonTest(number.quad, (x, y), False) >= 0


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """Their sum."""
    return Outcome(*map(sum, zip(*outcomes, strict=True)))


def row(name: str, one: Outcome) -> str:
    """A line of the table; "-" for a share of nothing."""

    def share(part: int, whole: int) -> str:
        return f"{part / whole:.1%}" if whole else "-"

    cells = [
        f"{share(one.exact, one.numbers)} of {one.numbers}",
        share(one.right, one.pictures),
        share(one.shown, one.lines),
        share(one.shown_wrong, one.shown),
        share(one.found, one.numbers),
        f"{one.false_finds / one.pictures:.2f}",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def hands_of(data: Path | None, pens: Path | None) -> Studio:
    """Hands that training has not seen, and our own stroke models, which it has."""
    pictures = [(MNIST_WEIGHT, load_test(data))] if data else []
    return make_studio(pictures, load_pens(pens, True)[1] if pens else {})


def main(
    data: Annotated[Path | None, typer.Option(help="MNIST as .npz; left out if absent.")] = None,
    pens: Pens = None,
    count: Annotated[int, typer.Option(min=1, help="Pictures of each kind.")] = 200,
    first: Annotated[int, typer.Option(min=0, help="Number of the first of them.")] = 0,
) -> None:
    """Print a table with a row for each kind of scene."""
    hands = hands_of(data, pens)
    print('| scene | numbers exact | pictures right | shown without "?" | of these wrong |', end="")
    print(" found | false finds a picture |\n|---|---|---|---|---|---|---|", flush=True)
    every = []
    for name, kind in ROWS.items():
        scenes = (scene(kind, index, hands) for index in range(first, first + count))
        every.append(together([judged(one, read(one.gray)) for one in scenes]))
        print(row(name, every[-1]), flush=True)
    print(row("all", together(every)))


if __name__ == "__main__":
    typer.run(main)
