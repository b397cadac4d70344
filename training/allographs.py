"""The ways in which people write each digit, as paths of a pen.

A path is written as points "x,y" in hundredths of the digit's height, x to the right and y down,
in the order of writing. The pen follows a smooth curve through the points; "!" after a point makes
a sharp corner there and "/" lifts the pen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

STEP = 0.06  # distance between the points along a stroke, in digit heights

# Two lines for each: label, weight, least and greatest width, height, name; then the path.
_TABLE = """
0  4.0  0.30  1.60  1.00  plain
  36,01 13,13 02,48 12,86 34,99 56,87 65,50 54,13 33,01
0  1.0  0.30  1.60  1.00  open at top
  22,08 05,30 02,58 13,88 34,99 56,86 64,52 55,20 38,05
0  1.5  0.30  1.60  1.00  start loop
  44,17 50,06 36,01 13,13 02,50 13,87 35,99 57,86 65,52 56,18 42,05 28,09
0  1.5  0.30  1.60  1.00  overlap
  24,09 08,28 02,58 14,90 36,99 58,84 65,48 54,15 34,03 16,10 08,24
0  1.0  0.30  1.60  1.00  narrow
  20,00 05,16 00,52 06,86 20,100 36,86 40,50 34,15 18,01
0  1.0  0.30  1.60  0.65  squashed
  60,03 20,18 02,54 24,91 62,99 104,80 112,46 92,13 56,02
0  0.3  0.50  1.20  1.00  slashed
  36,01 13,13 02,48 12,86 34,99 56,87 65,50 54,13 33,01 / 60,04 34,52 06,98
1  3.0  0.00  0.20  1.00  bar
  06,00 05,34 04,66 03,100
1  3.0  0.00  0.30  1.00  flag
  00,27 13,17 25,00! 24,50 23,100
1  2.0  0.00  0.24  1.00  short flag
  02,15 10,09 16,00! 16,50 15,100
1  1.5  0.00  0.50  1.00  long upstroke
  00,72 22,42 42,00! 45,50 47,100
1  1.2  0.00  0.45  1.00  curved upstroke
  00,58 16,50 30,28 38,00! 38,50 39,100
1  0.4  0.00  0.50  1.00  foot
  18,00 18,50 18,97 / 00,98 18,98 36,97
1  1.5  0.00  0.52  1.00  flag and foot
  04,24 14,14 23,00! 23,50 23,97 / 01,98 22,98 44,97
1  0.3  0.00  0.30  1.00  hooked below
  02,20 12,12 20,00! 21,50 19,88 08,100
2  3.0  0.30  1.60  1.00  plain
  04,23 13,06 32,00 50,10 51,32 36,58 18,81 01,98! 30,98 62,96
2  2.0  0.30  1.60  1.00  looped foot
  06,22 17,04 36,00 52,15 48,42 29,72 09,94 01,90 11,82 28,90 46,99 66,93
2  1.0  0.45  1.20  1.00  Z-like
  02,07 24,03 48,02 53,08! 30,50 02,98! 30,97 60,96
2  1.2  0.30  1.60  1.00  swan
  08,30 07,11 25,00 46,08 49,30 34,60 14,86 00,98! 20,89 42,96 68,99
2  1.0  0.30  1.60  1.00  curled start
  22,24 12,30 05,18 18,02 42,01 53,19 44,46 24,74 03,97! 32,96 62,97
2  0.7  0.30  1.60  1.00  looped both
  24,30 12,32 07,18 22,02 46,05 54,26 43,55 22,86 06,94 04,82 18,82 40,96 68,92
2  0.8  0.30  1.60  1.00  round base
  02,12 20,01 42,06 45,28 30,54 10,80 10,95 34,98 60,93
3  3.0  0.30  1.60  1.00  round
  04,13 19,01 42,03 49,19 40,37 20,46! 43,49 58,69 48,92 25,100 01,90
3  1.5  0.30  1.60  1.00  small middle loop
  04,12 22,00 45,06 47,26 33,42 22,49 17,44 26,41 46,51 58,74 44,96 20,100 00,88
3  1.5  0.30  1.60  1.00  flat top
  03,04 28,03 53,01! 38,22 22,41! 45,45 58,68 46,94 22,100 00,90
3  1.0  0.30  1.60  1.00  curled ends
  15,21 06,19 08,05 28,00 46,10 42,32 22,45! 46,50 58,72 46,96 20,100 03,90 10,80 18,85
3  1.2  0.30  1.60  1.00  shallow
  04,09 23,00 43,06 45,22 32,40 27,47 44,55 53,76 37,96 06,98
3  0.8  0.30  1.60  1.00  angular
  04,06 26,00 50,08! 20,42! 52,70! 32,92 02,99
4  3.0  0.30  1.60  1.00  open
  16,00 10,30 03,58! 30,57 60,54 / 45,24 43,60 41,100
4  1.5  0.30  1.60  1.00  open, round
  04,00 02,34 12,52 30,50 46,34 / 50,02 48,50 45,100
4  2.0  0.30  1.60  1.00  closed
  42,00 22,32 00,66! 32,66 68,64 / 44,02 43,50 42,100
4  1.0  0.30  1.60  1.00  closed, one stroke
  64,66 34,65 02,66! 24,32 43,00! 43,50 41,100
4  0.8  0.42  1.20  1.00  lightning
  20,00 11,30 02,58! 24,52 48,44! 41,72 33,100
4  1.0  0.42  1.20  1.00  rounded lightning
  14,00 04,34 06,53 24,51 46,26! 40,62 33,100
4  0.7  0.30  1.60  1.00  long stem
  13,00 08,20 03,40! 26,40 54,37 / 44,06 40,50 33,100
4  0.7  0.30  1.60  1.00  parallel stems
  07,00 05,24 04,50! 26,50 50,48 / 48,02 47,50 46,100
5  3.0  0.30  1.60  1.00  cap and belly
  13,03 11,22 08,44! 30,37 54,52 55,80 32,99 02,92 / 13,03 34,02 60,00
5  1.5  0.30  1.60  1.00  S-like
  56,05 34,00 13,09 10,29 28,43 48,58 52,80 32,99 02,91
5  1.5  0.30  1.60  1.00  one stroke
  58,01 34,02 12,04! 10,22 08,42! 32,38 54,57 49,88 23,100 02,92
5  1.0  0.40  1.20  1.00  long cap
  20,12 18,30 15,47! 32,48 39,68 28,93 03,97 / 20,11 46,07 74,00
5  1.0  0.30  1.60  1.00  detached cap
  15,12 13,28 10,46! 33,40 54,60 46,92 20,100 01,92 / 22,03 44,02 66,00
5  0.8  0.30  1.60  1.00  slanting S
  62,00 38,02 22,06! 16,22 08,38 30,46 46,64 34,92 00,98
6  3.0  0.30  1.60  1.00  plain
  44,00 23,16 07,46 02,76 18,98 42,94 50,74 36,57 17,63 05,82
6  1.0  0.30  1.60  1.00  hooked start
  52,12 42,01 22,10 05,42 02,74 20,99 46,94 52,72 36,55 16,62 05,80
6  2.0  0.30  1.60  1.00  straight stem
  26,00 14,35 03,74 12,97 34,98 46,80 34,61 14,67 04,84
6  1.5  0.40  1.20  1.00  large loop
  48,02 22,13 03,46 04,82 28,100 54,90 56,62 35,45 13,55 03,72
6  1.0  0.30  1.60  1.00  end across the stem
  40,00 22,24 09,56 08,86 26,100 46,88 44,66 24,60 00,72
6  0.5  0.40  1.20  1.00  curled
  48,02 22,14 04,46 04,80 26,99 50,88 48,64 30,56 20,68 26,80
6  0.6  0.30  1.60  0.90  wide
  36,00 16,34 04,72 26,97 66,95 82,78 66,62 36,66 14,84
7  2.5  0.44  1.20  1.00  plain
  00,05 30,04 57,02! 38,48 23,100
7  3.0  0.44  1.20  1.00  crossed
  00,05 30,04 57,02! 40,48 27,100 / 12,53 34,51 58,48
7  1.0  0.44  1.20  1.00  serif
  04,17 03,10 04,02! 30,05 58,02! 40,48 26,100
7  1.0  0.44  1.20  1.00  serif, crossed
  04,17 03,10 04,02! 30,05 58,02! 40,48 28,100 / 14,54 36,52 60,49
7  1.2  0.44  1.20  1.00  curved
  00,11 14,02 34,06 56,00! 42,30 33,64 32,100
7  1.5  0.44  1.20  1.00  curved, crossed
  00,11 14,02 34,06 56,00! 42,30 33,64 32,100 / 12,57 34,54 58,50
7  1.0  0.44  1.20  1.00  round top, crossed
  00,13 18,01 40,04 46,24 40,62 34,100 / 12,56 38,54 64,51
7  0.8  0.44  1.20  1.00  upright
  00,04 24,03 48,03! 46,50 44,100
8  3.0  0.30  1.60  1.00  S start
  48,11 28,00 08,12 11,32 30,48 52,67 50,90 28,100 06,89 08,68 28,50 47,32 48,12
8  1.5  0.30  1.60  1.00  two circles
  27,00 08,09 07,35 27,47 47,36 46,10 25,00 / 27,47 04,58 04,89 27,100 51,90 51,59 29,47
8  1.2  0.30  1.60  1.00  open at top
  47,07 29,00 09,11 12,32 31,49 50,68 47,91 26,100 06,89 10,67 30,49 47,32 57,12
8  1.0  0.30  1.60  1.00  narrow
  32,10 19,00 05,12 08,32 20,48 35,67 33,90 19,100 03,89 05,68 20,49 33,30 32,10
8  1.0  0.30  1.60  1.00  from the middle
  27,46 08,33 09,08 28,00 46,11 43,32 25,48 04,66 06,91 28,100 50,89 47,63 26,46
8  0.7  0.30  1.60  1.00  Z start
  06,08 20,01 44,04 50,16 34,40 10,66 04,86 22,100 46,93 50,74 32,50 10,30 04,10 22,02
9  3.0  0.30  1.60  1.00  straight stem
  46,13 27,00 05,12 04,38 24,47 43,34 48,08! 47,52 45,100
9  2.0  0.40  1.20  1.00  curled
  46,15 28,00 06,11 03,34 21,47 42,35 48,09! 50,52 44,86 24,100 03,92
9  1.2  0.30  1.60  1.00  g-like
  48,10 25,00 03,15 08,42 32,42 48,11! 52,56 42,92 16,100 00,88
9  0.8  0.30  1.60  1.00  leg under the loop
  52,20 36,01 11,06 03,29 19,45 45,35 52,17! 40,56 34,100
9  1.2  0.30  1.60  1.00  leaning leg
  54,09 30,00 06,13 08,36 32,38 53,11! 40,52 22,100
9  0.8  0.30  1.60  1.00  open loop
  39,05 18,02 03,21 12,42 33,39 49,12! 49,54 46,100
9  1.0  0.30  1.60  1.00  small loop
  40,10 24,00 06,09 07,28 24,34 38,24 42,06! 41,52 38,100
"""


@dataclass(frozen=True)
class Allograph:
    """One way of writing a digit."""

    name: str
    weight: float  # how often people write it, relative to the digit's other allographs
    widths: tuple[float, float]  # in heights; beyond them it could be taken for another digit
    height: float  # beside a digit of height 1 by the same hand
    path: str


def _parse(table: str) -> tuple[tuple[Allograph, ...], ...]:
    """For each label 0..9, its allographs."""
    ways: list[list[Allograph]] = [[] for _ in range(10)]
    lines = table.strip().splitlines()
    for head, path in zip(lines[::2], lines[1::2], strict=True):
        label, weight, least, greatest, height, name = head.split(maxsplit=5)
        way = Allograph(name, float(weight), (float(least), float(greatest)), float(height), path)
        ways[int(label)].append(way)
    return tuple(map(tuple, ways))


ALLOGRAPHS = _parse(_TABLE)


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
