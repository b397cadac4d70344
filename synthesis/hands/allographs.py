"""The ways in which people write each digit, as paths of a pen: the table of allographs.txt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

STEP = 0.06  # distance between the points along a stroke, in digit heights


@dataclass(frozen=True)
class Allograph:
    """One way of writing a digit."""

    name: str
    weight: float  # how often people write it, relative to the digit's other allographs
    widths: tuple[float, float]  # in heights; beyond them it could be taken for another digit
    height: float  # beside a digit of height 1 by the same hand
    clear: bool  # even alone it is taken for no other sign
    path: str


def _parse(table: str) -> tuple[tuple[Allograph, ...], ...]:
    """For each label 0..9, its allographs."""
    ways: list[list[Allograph]] = [[] for _ in range(10)]
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    for head, path in zip(lines[::2], lines[1::2], strict=True):
        label, weight, least, greatest, height, kind, name = head.split(maxsplit=6)
        widths = float(least), float(greatest)
        way = Allograph(name, float(weight), widths, float(height), kind == "clear", path)
        ways[int(label)].append(way)
    return tuple(map(tuple, ways))


ALLOGRAPHS = _parse(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))


@dataclass(frozen=True, eq=False)
class Spline:
    """An allograph whose S drawn points are a linear map of the K points of its path."""

    controls: NDArray[np.float64]  # (K, 2) x, y in digit heights
    straight: NDArray[np.float64]  # (S, K): along the chords
    smooth: NDArray[np.float64]  # (S, K): along a Catmull-Rom spline
    starts: tuple[int, ...]  # where the second and later strokes start among the S points
    stroke_of: NDArray[np.intp]  # (K,) the stroke that a point of the path belongs to


@cache
def spline(label: int, allograph: int) -> Spline:
    """The pen's way of ALLOGRAPHS[label][allograph]."""
    strokes = [stroke.split() for stroke in ALLOGRAPHS[label][allograph].path.split("/")]
    words = [word for stroke in strokes for word in stroke]
    points = [word.removesuffix("!").split(",") for word in words]
    controls = np.array(points, float) / 100
    unit = np.eye(len(words))
    straight: list[NDArray[np.float64]] = []
    smooth: list[NDArray[np.float64]] = []
    starts: list[int] = []
    first = 0
    for stroke in strokes:
        last = first + len(stroke) - 1
        sharp = {first, last} | {first + i for i, word in enumerate(stroke) if word[-1] == "!"}
        for here in range(first, last):
            count = max(2, round(float(np.linalg.norm(controls[here + 1] - controls[here])) / STEP))
            at = np.arange(count + (here + 1 == last))[:, None] / count
            start, end = unit[here], unit[here + 1]
            # At a sharp corner the curve goes on as if the pen came straight from its mirror.
            before = 2 * start - end if here in sharp else unit[here - 1]
            after = 2 * end - start if here + 1 in sharp else unit[here + 2]
            straight.append(start + at * (end - start))
            smooth.append(
                0.5
                * (
                    2 * start
                    + at * (end - before)
                    + at**2 * (2 * before - 5 * start + 4 * end - after)
                    + at**3 * (3 * start - before - 3 * end + after)
                )
            )
        starts.append(sum(map(len, smooth)))
        first = last + 1
    stroke_of = np.repeat(np.arange(len(strokes)), [len(stroke) for stroke in strokes])
    return Spline(
        controls, np.concatenate(straight), np.concatenate(smooth), tuple(starts[:-1]), stroke_of
    )
