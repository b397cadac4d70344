"""The finder's maps -> numbers: where each is written, how high, how tilted, in which ink.

A core's component is a number or a part of one (Liao and others: "Real-time scene text detection
with differentiable binarization", AAAI 2020); parts on one line are joined again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digitocr.find.cores import SURE, Places, cores_of
from digitocr.found import FinderMaps, Finding, FoundLine
from digitocr.settings import Settings

MOST = 500  # cores: every one is compared with every other
MOST_SHEET = 5000.0  # numbers times the longest one's length in digit heights: what can be read
THIN = 2.2  # times as long as it is thick is a core that tells its tilt, at least
RISE = 0.45  # digit heights: what rises less, from end to end, is taken for level
LEVEL = 4.0  # digit heights: what is so long and taken for level is level, whatever others are
ONE_LINE = 1.0  # digit heights between two cores of one number, at most
ON_LINE = 0.5  # digit heights from a number's line: what lies nearer stands on it
ALIKE = 0.6  # of the higher one's height
BODY = 0.6  # digit heights from a core, up and down and at its ends: no other number is there
ALONE = 0.35  # where no place has that, numbers may be so faint: both readers judge them
CUT = 0.35  # digit heights from a number's middle to the picture's edge: nearer, half is missing
LOWEST = 0.35  # of the main number's height: what is lower is a speck, or small print

Point = NDArray[np.float64]  # (2,) x, y


def find_numbers(maps: FinderMaps, shape: tuple[int, int], settings: Settings) -> Finding:
    """The numbers of a picture of this shape (H, W), in the order of reading."""
    scale = shape[1] / maps.gray.shape[1], shape[0] / maps.gray.shape[0]
    cores = [_line(maps, places, np.array(scale), settings) for places in cores_of(maps)]
    main = _main(cores)
    least = SURE if main and main.score >= SURE else ALONE
    is_sure = [
        one.score >= least
        and main is not None
        and _is_of_a_size(one, main)
        and (one is main or not _is_cut_off(one, shape))
        for one in cores
    ]
    hardly = [one for one, sure in zip(cores, is_sure, strict=True) if not sure]
    numbers = [one for one, sure in zip(cores, is_sure, strict=True) if sure]
    numbers.sort(key=lambda one: -one.score)
    hardly += numbers[MOST:]
    sure = _apart(joined(_leveled(numbers[:MOST])))
    sure.sort(key=lambda one: -one.score)
    lengths = [one.length_px / one.digit_height_px + 2 for one in sure]
    longest = np.maximum.accumulate([1.0, *lengths])[1:]
    count = int(np.sum(longest * np.arange(1, len(sure) + 1) <= MOST_SHEET))
    return Finding(maps, tuple(in_order(sure[:count])), (*sure[count:], *hardly))


def _main(cores: Sequence[FoundLine]) -> FoundLine | None:
    """The number with most writing, of the size in which most is written.

    Gaps between cards on a table may pass for one giant number; several that are sure outweigh it.
    """
    sure = sorted(cores, key=lambda one: -one.score)[:MOST]
    sure = [one for one in sure if one.score >= SURE] or sure
    if not sure:
        return None
    heights = np.array([one.digit_height_px for one in sure])
    digits = np.array([_digits(one) for one in sure])
    ratio = heights / heights[:, None]
    alike = (ratio >= LOWEST) & (ratio <= 1 / LOWEST)
    most = sure[int((np.sqrt(heights) * (alike @ digits)).argmax())]
    return max((one for one in sure if _is_of_a_size(one, most)), key=_writing)


def _digits(one: FoundLine) -> float:
    """About how many digits were seen there, by how sure that is."""
    return one.score * (one.length_px / one.digit_height_px + 1)


def _writing(one: FoundLine) -> float:
    """The same, but higher ones count more."""
    return _digits(one) * math.sqrt(one.digit_height_px)


def _is_of_a_size(one: FoundLine, other: FoundLine) -> bool:
    """Whether two numbers may stand on one picture, by their heights."""
    return LOWEST <= one.digit_height_px / other.digit_height_px <= 1 / LOWEST


def _is_cut_off(one: FoundLine, shape: tuple[int, int]) -> bool:
    """Whether much of it lies beyond the edge of a picture of this shape."""
    beyond = np.minimum(one.middle, np.array(shape[::-1]) - 1 - one.middle) @ np.abs(one.across)
    return bool(beyond < CUT * one.digit_height_px)


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
    spread, ways = np.linalg.eigh(np.cov(points.T) if len(points) > 1 else np.zeros((2, 2)))
    thick, length = np.sqrt(12 * np.maximum(spread, 0)) + cell
    way = ways[:, 1] * (1 if ways[0, 1] >= 0 else -1)
    tilt = float(np.degrees(np.arctan2(way[1], way[0])))
    tells = length > THIN * thick and abs(tilt) <= settings.max_skew_deg
    rises = abs(way[1]) * length >= RISE * height
    is_level = not (tells and rises)
    if is_level:
        way = np.array([1.0, 0.0])
        tells &= length >= LEVEL * height
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
        settings.polarity == "auto" and float(maps.dark[places].mean()) >= 0.5
    )
    return FoundLine(
        ends[0], ends[1], height, ink_is_dark, float(maps.core[places].max()), bool(tells)
    )


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
    low = min(first.digit_height_px, second.digit_height_px)
    if first.ink_is_dark != second.ink_is_dark or low < ALIKE * high:
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


def _apart(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Without what lies on the body of a longer or surer number."""
    apart: list[FoundLine] = []
    for line in sorted(lines, key=_writing, reverse=True):
        if not any(line.lies_on(other, BODY) for other in apart):
            apart.append(line)
    return apart


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
