"""Numbers that are read well, disturbed: `python -m benchmarks.disturbed FOLDER...`.

The pictures of labelled folders that are read exactly and shown without "?" are spoilt in the
ways that paper, light and cameras spoil pictures, and read again. What counts is how many are then
shown without "?" and wrong. Beside a second number both belong to the truth, as one line or as
two: an answer that leaves either out, or a digit of it, is wrong.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from digitocr import Reading, read
from digitocr.evaluate import labelled
from digitocr.load import load
from training.strokes import Hand, render, write_number

LONGEST_PX = 1000  # of the longer side: larger pictures are scaled down first
SECOND = Hand(allographs=(0, 1, 0, 0, 0, 0, 0, 0, 0, 0), jitter=0.01, pen_width=0.11)
Levels = NDArray[np.float32]  # (H, W, 3) grey levels 0..255


class Page(NamedTuple):
    """A picture that was read well."""

    name: str
    levels: Levels
    truth: str  # lines of writing, parted by "\\n"
    digit_px: float
    ink_is_dark: bool


class Spoilt(NamedTuple):
    """A disturbed copy, and every answer that is right."""

    levels: Levels
    truths: frozenset[str]  # each with its lines in order of their digits, not of their places


class Outcome(NamedTuple):
    """What became of a disturbed copy."""

    is_exact: bool
    is_shown: bool
    has_lost: bool  # fewer digits than are written


Disturbance = Callable[[Page, np.random.Generator], Levels]


def _ways(levels: Levels) -> tuple[Levels, Levels]:
    """How far along each pixel lies, left to right and top to bottom, 0..1: (1, W), (H, 1)."""
    height, width = levels.shape[:2]
    across = np.linspace(0, 1, width, dtype=np.float32)[None]
    return across, np.linspace(0, 1, height, dtype=np.float32)[:, None]


def _shaded(levels: Levels, light: Levels) -> Levels:
    return np.asarray(levels * light[..., None], np.float32)


def falling(lowest: float, side: int) -> Disturbance:
    """Light that falls off to a share of itself, from the left, top, right or bottom, 0 to 3."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        along = _ways(page.levels)[side % 2]
        way = 1 - along if side >= 2 else along
        light = np.broadcast_to(1 - (1 - lowest) * way, page.levels.shape[:2])
        return _shaded(page.levels, np.asarray(light, np.float32))

    return disturb


def shadow(darkness: float, softness: float) -> Disturbance:
    """A slanting band in the shade; softness: of its edges, in widths of the picture."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        across, down = _ways(page.levels)
        place = across + rng.uniform(-0.5, 0.5) * down
        middle, width = rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.5)
        depth = np.clip((width / 2 - abs(place - middle)) / softness + 0.5, 0, 1)
        return _shaded(page.levels, np.asarray(1 - darkness * depth, np.float32))

    return disturb


def fold(page: Page, rng: np.random.Generator) -> Levels:
    """A crease from side to side, and the paper beyond it turned from the light."""
    across, down = _ways(page.levels)
    steep = rng.uniform(-0.15, 0.15)
    place = (across + steep * down if rng.random() < 0.5 else down + steep * across) - 0.5
    place = place - rng.uniform(-0.3, 0.3)
    crease = 0.45 * np.exp(-((place / 0.004) ** 2))
    return _shaded(page.levels, np.asarray((1 - crease) * np.where(place > 0, 0.8, 1), "f4"))


def surroundings(sides: Sequence[int]) -> Disturbance:
    """A darker table beyond the sheet's edge, on the left, top, right or bottom, 0 to 3."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        margin = int(rng.uniform(0.08, 0.2) * min(page.levels.shape[:2]))
        top, bottom, left, right = (margin * (side in sides) for side in (1, 3, 0, 2))
        color = rng.uniform(40, 110)
        table = cv2.copyMakeBorder(
            page.levels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=[color] * 3
        )
        return np.asarray(cv2.GaussianBlur(table, (0, 0), 0.7), np.float32)

    return disturb


def finger(page: Page, rng: np.random.Generator) -> Levels:
    """A dark round object that reaches in from the picture's border."""
    height, width = page.levels.shape[:2]
    radius = rng.uniform(0.08, 0.16) * min(height, width)
    x, y = (rng.choice([0.0, 1.0]) * width, rng.uniform(0, 1) * height)
    rows, columns = np.indices((height, width), np.float32)
    away = np.hypot((columns - x) / 1.6, rows - y) - radius
    cover = np.clip(0.5 - away / 3, 0, 1)[..., None]
    return np.asarray(page.levels * (1 - cover) + np.array([120, 80, 60]) * cover, np.float32)


def glare(page: Page, rng: np.random.Generator) -> Levels:
    """A lamp mirrored in the paper: a bright spot, white in its middle."""
    across, down = _ways(page.levels)
    aspect = page.levels.shape[1] / page.levels.shape[0]
    x, y, size = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.3)
    away = np.hypot((across - x) * aspect, down - y) / size
    spot = (1.3 * np.exp(-(away**2)))[..., None]
    return np.asarray(np.clip(page.levels + 255 * spot, 0, 255), np.float32)


def tilt(degrees: float) -> Disturbance:
    """The whole picture turned, what is beyond its edge as the edge."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        height, width = page.levels.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
        size = int(width * cos + height * sin), int(height * cos + width * sin)
        turn[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
        edge = cv2.BORDER_REPLICATE
        return np.asarray(cv2.warpAffine(page.levels, turn, size, borderMode=edge), np.float32)

    return disturb


def contrast(share: float) -> Disturbance:
    """Ink and paper closer together, about the paper's brightness."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        usual = float(np.median(page.levels))
        return np.asarray(usual + share * (page.levels - usual), np.float32)

    return disturb


def jpeg(page: Page, rng: np.random.Generator) -> Levels:
    """Compressed strongly."""
    coded = cv2.imencode(".jpg", page.levels.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 12])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.float32)


def coarse(page: Page, rng: np.random.Generator) -> Levels:
    """Digits 18 px high."""
    share = min(1.0, 18 / page.digit_px)
    return np.asarray(cv2.resize(page.levels, None, fx=share, fy=share, interpolation=3), "f4")


def noise(page: Page, rng: np.random.Generator) -> Levels:
    """A sensor's grain in a dark room."""
    return np.asarray(page.levels + rng.normal(0, 18, page.levels.shape), np.float32)


def blur(page: Page, rng: np.random.Generator) -> Levels:
    """Out of focus, by a share of the digits' height."""
    return np.asarray(cv2.GaussianBlur(page.levels, (0, 0), 0.05 * page.digit_px), np.float32)


DISTURBANCES: dict[str, tuple[Disturbance, ...]] = {
    "light falling to a half": tuple(falling(0.5, side) for side in range(4)),
    "light falling to a quarter": tuple(falling(0.25, side) for side in range(4)),
    "hard shadow": (shadow(0.55, 0.005), shadow(0.4, 0.01)),
    "soft shadow": (shadow(0.6, 0.3), shadow(0.45, 0.15)),
    "fold": (fold, fold),
    "table on one side": tuple(surroundings([side]) for side in range(4)),
    "table all around": (surroundings(range(4)),),
    "finger at the border": (finger, finger),
    "glare": (glare, glare),
    "tilt of 15 degrees": (tilt(15), tilt(-15)),
    "contrast of 30%": (contrast(0.3),),
    "strong JPEG": (jpeg,),
    "low resolution": (coarse,),
    "noise": (noise,),
    "blur": (blur,),
}


def with_second(page: Page, rng: np.random.Generator, is_above: bool) -> Spoilt:
    """Beside or above the number another one, in stronger ink."""
    text = "".join(map(str, rng.integers(0, 10, int(rng.integers(2, 5)))))
    wanted_px = float(page.digit_px * rng.uniform(0.8, 1.3))
    height, width = page.levels.shape[:2]
    long = [part for digit in write_number(rng, SECOND, text, 1.0) for part in digit]
    # Neither may it be cut off by the picture's edge.
    room = 0.8 * width / float(np.concatenate(long)[:, 0].max()) if is_above else 0.7 * height
    height_px = min(wanted_px, room)
    strokes = [np.asarray(stroke * height_px, np.float32) for stroke in long]
    points = np.concatenate(strokes)
    room_px = round(height_px * 1.8) if is_above else round(float(points[:, 0].max()) + height_px)
    smooth = cv2.GaussianBlur(page.levels, (0, 0), 0.2 * page.digit_px)
    top, right = (room_px, 0) if is_above else (0, room_px)
    levels = np.asarray(cv2.copyMakeBorder(smooth, top, 0, 0, right, cv2.BORDER_REPLICATE), "f4")
    levels[top:, :width] = page.levels
    if is_above:
        x, y = rng.uniform(0.2, 0.8) * (width - np.ptp(points[:, 0])), 1.4 * height_px
    else:
        x, y = width + height_px / 2, rng.uniform(0.4, 0.6) * height + height_px / 2
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
    return Spoilt(levels, frozenset(map(_sorted, ([*lines, text], *joined))))


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
            heights = [line.digit_height_px for line in reading.segmentation.lines]
            levels = np.asarray(small, np.float32)
            is_dark = reading.binarization.ink_is_dark
            yield Page(path.name, levels, truth, float(np.median(heights)), is_dark)


def spoilt(page: Page) -> Iterator[tuple[str, Spoilt]]:
    """Every disturbed copy of a page, with the disturbance's kind."""
    truths = frozenset([_sorted(page.truth.split("\n"))])
    for kind, disturbances in DISTURBANCES.items():
        for index, disturb in enumerate(disturbances):
            rng = np.random.default_rng((zlib.crc32(f"{page.name} {kind}".encode()), index))
            yield kind, Spoilt(disturb(page, rng), truths)
    for kind, is_above in (("second number beside", False), ("second number above", True)):
        rng = np.random.default_rng(zlib.crc32(f"{page.name} {kind}".encode()))
        yield kind, with_second(page, rng, is_above)


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
