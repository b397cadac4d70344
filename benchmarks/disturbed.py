"""Numbers that are read well, disturbed: `python -m benchmarks.disturbed FOLDER...`.

The pictures of labelled folders that are read exactly and shown without "?" are spoilt in the
ways that paper, light and cameras spoil pictures, and read again. What counts is how many are then
shown without "?" and wrong. Beside a second number both belong to the truth, as one line or as
two: an answer that leaves either out, or a digit of it, is wrong.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import typer

from benchmarks.disturbances import DISTURBANCES, Levels, Page
from digitocr import Reading, read
from digitocr.measure.evaluate import labelled
from digitocr.picture.load import load
from synthesis.hands.strokes import Hand, render, write_number

LONGEST_PX = 1000  # of the longer side: larger pictures are scaled down first
SECOND = Hand(allographs=(0, 1, 0, 0, 0, 0, 0, 0, 0, 0), jitter=0.01, pen_width=0.11)

SECONDS = (  # whether above the number, and beside it
    ("second number beside", False, True),
    ("second number above", True, False),
    ("second number in the corner", True, True),
)


class Spoilt(NamedTuple):
    """A disturbed copy, and every answer that is right."""

    levels: Levels
    truths: frozenset[str]  # each with its lines in order of their digits, not of their places


class Outcome(NamedTuple):
    """What became of a disturbed copy."""

    is_exact: bool
    is_shown: bool
    has_lost: bool  # fewer digits than are written


def with_second(page: Page, rng: np.random.Generator, is_above: bool, is_beside: bool) -> Spoilt:
    """Beside or above the number another one, in stronger ink; both: in a corner of its own."""
    text = "".join(map(str, rng.integers(0, 10, int(rng.integers(2, 5)))))
    wanted_px = float(page.digit_px * rng.uniform(0.8, 1.3))
    height, width = page.levels.shape[:2]
    long = [part for digit in write_number(rng, SECOND, text, 1.0) for part in digit]
    # Neither may it be cut off by the picture's edge, which moves where room is made for it.
    height_px = min(
        wanted_px,
        wanted_px if is_beside else 0.8 * width / float(np.concatenate(long)[:, 0].max()),
        wanted_px if is_above else 0.7 * height,
    )
    strokes = [np.asarray(stroke * height_px, np.float32) for stroke in long]
    points = np.concatenate(strokes)
    smooth = cv2.GaussianBlur(page.levels, (0, 0), 0.2 * page.digit_px)
    top = round(height_px * 1.8) if is_above else 0
    right = round(float(points[:, 0].max()) + height_px) if is_beside else 0
    levels = np.asarray(cv2.copyMakeBorder(smooth, top, 0, 0, right, cv2.BORDER_REPLICATE), "f4")
    levels[top:, :width] = page.levels
    x, y = width + height_px / 2, 1.4 * height_px
    if not is_beside:
        x = rng.uniform(0.2, 0.8) * (width - np.ptp(points[:, 0]))
    if not is_above:
        y = rng.uniform(0.4, 0.6) * height + height_px / 2
    placed = [np.asarray(stroke + np.array([x, y]), np.float32) for stroke in strokes]
    cover = render(placed, (levels.shape[0], levels.shape[1]), SECOND.pen_width * height_px)
    tone = 5.0 if page.ink_is_dark else 250.0
    levels = np.asarray(levels * (1 - cover[..., None]) + tone * cover[..., None], np.float32)
    lines = page.truth.split("\n")
    joined = [
        [*lines[:place], both, *lines[place + 1 :]]
        for place, line in enumerate(lines)
        for both in (line + text, text + line)
    ]
    right_ones = [[*lines, text], *(() if is_above and is_beside else joined)]
    return Spoilt(levels, frozenset(map(_sorted, right_ones)))


def _sorted(lines: Sequence[str]) -> str:
    return "\n".join(sorted(lines))


def pages(folder: Path, limit: int) -> Iterator[Page]:
    """The pictures of a labelled folder that are read exactly and without "?"."""
    for path, truth in labelled(folder)[: limit or None]:
        rgb = load(path).rgb
        share = min(1.0, LONGEST_PX / max(rgb.shape[:2]))
        small = cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        reading = read(np.asarray(small, np.uint8))
        if reading.text == truth and truth:
            found = reading.finding.lines
            heights = [line.digit_height_px for line in found]
            digit_px = float(np.median(heights) * np.mean(reading.picture.source_px_per_px))
            levels = np.asarray(small, np.float32)
            yield Page(path.name, levels, truth, digit_px, found[0].ink_is_dark)


def spoilt(page: Page) -> Iterator[tuple[str, Spoilt]]:
    """Every disturbed copy of a page, with the disturbance's kind."""
    truths = frozenset([_sorted(page.truth.split("\n"))])
    for kind, disturbances in DISTURBANCES.items():
        for index, disturb in enumerate(disturbances):
            rng = np.random.default_rng((zlib.crc32(f"{page.name} {kind}".encode()), index))
            yield kind, Spoilt(disturb(page, rng), truths)
    for kind, is_above, is_beside in SECONDS:
        rng = np.random.default_rng(zlib.crc32(f"{page.name} {kind}".encode()))
        yield kind, with_second(page, rng, is_above, is_beside)


def outcome(reading: Reading, truths: frozenset[str]) -> Outcome:
    """Compare an answer's lines, in whatever order, with those that are right."""
    is_exact = _sorted(reading.guess.split("\n")) in truths
    is_shown = bool(reading.digits) and "?" not in reading.text
    written = min(sum(map(str.isdigit, truth)) for truth in truths)
    return Outcome(is_exact, is_shown, len(reading.digits) < written)


def _row(kind: str, found: Sequence[Outcome]) -> str:
    wrong = [one for one in found if one.is_shown and not one.is_exact]
    count = max(1, len(found))
    exact = sum(one.is_exact for one in found) / count
    shown = sum(one.is_shown for one in found) / count
    lost = sum(one.has_lost for one in wrong)
    share = f"{len(wrong)} ({len(wrong) / count:.1%})"
    return f"| {kind} | {len(found)} | {exact:.1%} | {shown:.1%} | {share} | {lost} |"


def main(
    folders: Annotated[list[Path], typer.Argument(help="Each with a labels.csv.")],
    limit: Annotated[int, typer.Option(min=0, help="Pictures of each folder; 0 for all.")] = 0,
) -> None:
    """Print a table with a row for each kind, then what was shown and wrong."""
    found: dict[str, list[Outcome]] = {}
    wrong: list[str] = []
    for folder in folders:
        for page in pages(folder, limit):
            for kind, (levels, truths) in spoilt(page):
                reading = read(np.clip(np.round(levels), 0, 255).astype(np.uint8))
                result = outcome(reading, truths)
                found.setdefault(kind, []).append(result)
                if result.is_shown and not result.is_exact:
                    said, is_so = (
                        one.replace("\n", " | ") for one in (reading.text, min(truths, key=len))
                    )
                    wrong.append(f"{folder.name}/{page.name}, {kind}: {is_so} shown as {said}")
    print("| disturbed by | pictures | exact | shown | shown and wrong | by lost digits |")
    print("|---|---|---|---|---|---|")
    for kind, outcomes in found.items():
        print(_row(kind, outcomes))
    print(_row("all", [one for outcomes in found.values() for one in outcomes]))
    print(*wrong, sep="\n")


if __name__ == "__main__":
    typer.run(main)
