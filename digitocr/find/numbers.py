"""The finder's maps -> numbers: where each is written, how high, how tilted, in which ink.

A core is a number or a part of one (Liao and others: "Real-time scene text detection with
differentiable binarization", AAAI 2020); parts on one line are joined again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digitocr.find.cores import SURE, Places, axes_of, certainty, cores_of
from digitocr.find.parted import parted
from digitocr.found import FinderMaps, Finding, FoundLine
from digitocr.settings import Settings
from digitocr.types import Gray

MOST = 500  # cores: every one is compared with every other
MOST_SHEET = 5000.0  # numbers times the longest one's length in digit heights: what can be read
THIN = 2.2  # times as long as it is thick is a core that tells its tilt, at least
RISE = 0.45  # digit heights: what rises less, from end to end, is taken for level
ONE_LINE = 1.0  # digit heights between two cores of one number, at most
ON_LINE = 0.5  # digit heights from a number's line: what lies nearer stands on it
ALIKE = 0.6  # of the higher one's height
ALONE = 0.25  # where none has that, numbers may be so faint: both readers judge them

Point = NDArray[np.float64]  # (2,) x, y


def find_numbers(maps: FinderMaps, gray: Gray, settings: Settings) -> Finding:
    """The numbers of a picture, gray: uint8 (H, W), working frame, in the order of reading."""
    scale = np.array(gray.shape[::-1]) / maps.gray.shape[::-1]
    cores = [_line(maps, places, scale, settings) for places in cores_of(maps)]
    cores.sort(key=lambda one: -one.score)
    least = SURE if cores and cores[0].score >= SURE else ALONE
    numbers = [one for one in cores if one.score >= least]
    hardly = cores[len(numbers) :]
    hardly += numbers[MOST:]
    sure = parted(gray, joined(_leveled(numbers[:MOST])))
    sure.sort(key=lambda one: -one.score)
    lengths = [one.length_px / one.digit_height_px + 2 for one in sure]
    longest = np.maximum.accumulate([1.0, *lengths])[1:]
    count = int(np.sum(longest * np.arange(1, len(sure) + 1) <= MOST_SHEET))
    return Finding(maps, tuple(in_order(sure[:count])), (*sure[count:], *hardly))


def _line(
    maps: FinderMaps,
    places: Places,
    scale: NDArray[np.float64],
    settings: Settings,
) -> FoundLine:
    """A core's number, working frame; its tilt 0 where the core does not tell."""
    rows, columns = places
    points = (np.column_stack([columns, rows]) + 0.5) * maps.px * scale - 0.5
    cell = maps.px * float(scale.mean())
    height = float(np.median(maps.height_px[places])) * float(scale.mean())
    middle = points.mean(axis=0)
    lies = axes_of(points)
    length, thick, way = lies.length + cell, lies.thickness + cell, lies.way
    tilt = float(np.degrees(np.arctan2(way[1], way[0])))
    tells = length > THIN * thick and abs(tilt) <= settings.max_skew_deg
    rises = abs(way[1]) * length >= RISE * height
    is_level = not (tells and rises)
    if is_level:
        way = np.array([1.0, 0.0])
    across = np.array([-way[1], way[0]])
    off = (points - middle) @ across
    if is_level:
        middle = middle + across * (off.min() + off.max()) / 2
    along = (points - middle) @ way
    ends = [
        middle + way * (end - step)
        for end, step in ((along.min(), cell / 2), (along.max(), -cell / 2))
    ]
    ink_is_dark = settings.polarity == "dark" or (
        settings.polarity == "auto"
        and float(np.average(maps.dark[places], weights=maps.core[places])) >= 0.5
    )
    score = certainty(maps, places)
    return FoundLine(ends[0], ends[1], height, ink_is_dark, score, bool(tells))


def _leveled(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Short numbers take the tilt of the long ones, the median by length."""
    telling = [one for one in lines if one.tells_tilt]
    if not telling:
        return list(lines)
    order = np.argsort([one.tilt_deg for one in telling])
    passed = np.cumsum(np.array([one.length_px for one in telling])[order])
    tilt = telling[int(order[np.searchsorted(passed, passed[-1] / 2)])].tilt_deg
    way = np.array([np.cos(np.radians(tilt)), np.sin(np.radians(tilt))])
    return [
        one
        if one.tells_tilt
        else replace(
            one,
            start=one.middle - way * one.length_px / 2,
            stop=one.middle + way * one.length_px / 2,
        )
        for one in lines
    ]


def joined(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Cores that follow each other on one line, as one number; in no order."""
    left = sorted(lines, key=lambda one: float(one.start[0]))
    joined: list[FoundLine] = []
    for line in left:
        for place, other in enumerate(joined):
            if _follows(other, line):
                joined[place] = _as_one(other, line)
                break
        else:
            joined.append(line)
    return joined


def _follows(first: FoundLine, second: FoundLine) -> bool:
    high = max(first.digit_height_px, second.digit_height_px)
    if first.ink_is_dark != second.ink_is_dark or not _is_alike(first, second):
        return False
    longer = first if first.length_px >= second.length_px else second
    along, across = longer.steps_to(second.start, first.stop)
    return -ON_LINE * high < along < ONE_LINE * high and abs(across) < ON_LINE * high


def _as_one(first: FoundLine, second: FoundLine) -> FoundLine:
    weights = first.length_px, second.length_px
    height = np.average([first.digit_height_px, second.digit_height_px], weights=weights)
    stop = second.stop if second.stop @ first.way > first.stop @ first.way else first.stop
    score = max(first.score, second.score)
    return FoundLine(first.start, stop, float(height), first.ink_is_dark, score, True)


def _is_alike(first: FoundLine, second: FoundLine) -> bool:
    """Whether two numbers' digits are about equally high."""
    return ALIKE <= first.digit_height_px / second.digit_height_px <= 1 / ALIKE


def in_order(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """From the top down; numbers side by side from left to right.

    Each goes into the row whose last number it follows, so that a row may rise or fall.
    """
    rows: list[list[FoundLine]] = []
    for line in sorted(lines, key=lambda one: float(one.middle[0])):
        steps = [_step(row[-1], line) for row in rows]
        nearest = int(np.argmin(steps)) if steps else 0
        if steps and steps[nearest] < ON_LINE:
            rows[nearest].append(line)
        else:
            rows.append([line])
    rows.sort(key=lambda row: float(np.mean([one.middle[1] for one in row])))
    return [line for row in rows for line in row]


def _step(first: FoundLine, other: FoundLine) -> float:
    """How far another number lies above or below a first one's line, in digit heights."""
    step = abs(float((other.middle - first.middle) @ first.across))
    return step / max(first.digit_height_px, other.digit_height_px)
