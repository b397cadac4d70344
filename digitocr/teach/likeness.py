"""Pictures of the same writing: near duplicates by a perceptual hash, then looked at closely.

The hash is that of the lowest frequencies (Zauner: "Implementation and benchmarking of perceptual
image hash functions", 2010), of the writing as the line reader meets it: so neither size nor tilt,
light nor margin of a picture matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Gray, Strip

WIDE_PX, HIGH_PX = 96, 24  # of a likeness
LOWEST = 8  # frequencies each way, 64 in all
MOST_BITS = 16  # of 64 that differ
ALIKE = 0.9  # correlation
NARROWER = 0.8  # one's width of the other's, at least
ROWS = 512  # compared with all the others at once


class Likeness(NamedTuple):
    """What writing looks like, small."""

    thumbnail: NDArray[np.uint8]  # (HIGH_PX, WIDE_PX), 0 paper .. 255 ink
    width: float  # of the writing, in its height


def likeness(strips: Sequence[Strip]) -> Likeness:
    """Of a picture's lines of writing, one after the other; there is at least one."""
    whole = np.concatenate(strips, axis=1)
    small = cv2.resize(whole, (WIDE_PX, HIGH_PX), interpolation=cv2.INTER_AREA)
    thumbnail = np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8)
    return Likeness(thumbnail, whole.shape[1] / whole.shape[0])


def likeness_of_picture(gray: Gray) -> Likeness:
    """Of a picture (H, W) in which no writing was found."""
    return likeness([np.asarray((255 - gray) / np.float32(255), np.float32)])


class Pair(NamedTuple):
    """Two pictures that look alike."""

    first: int
    second: int  # > first
    correlation: float  # ALIKE..1


def near_duplicates(likenesses: Sequence[Likeness]) -> list[Pair]:
    """The pairs that show the same writing, the most alike first."""
    if not likenesses:
        return []
    thumbnails = np.array([one.thumbnail for one in likenesses], np.float32)
    widths = np.array([one.width for one in likenesses])
    pairs = []
    for first, second in _near(hashes(thumbnails)):
        narrow, wide = sorted((widths[first], widths[second]))
        if narrow < NARROWER * wide:
            continue
        correlation = _correlation(thumbnails[first], thumbnails[second])
        if correlation >= ALIKE:
            pairs.append(Pair(first, second, correlation))
    return sorted(pairs, key=lambda pair: (-pair.correlation, pair))


def hashes(thumbnails: NDArray[np.float32]) -> NDArray[np.uint64]:
    """(N, H, W) -> (N,): a bit for each low frequency that is stronger than most."""
    lows: NDArray[np.float64] = np.array(
        [np.asarray(cv2.dct(one))[:LOWEST, :LOWEST].ravel() for one in thumbnails]
    )
    bits = lows > np.median(lows[:, 1:], axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64)[:, 0]


def _near(hashed: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(hashed), ROWS):
        some = hashed[start : start + ROWS, None]
        bits = np.bitwise_count(some ^ hashed[None, start:])
        rows, columns = np.nonzero(bits <= MOST_BITS)
        later = columns > rows
        pairs = np.column_stack([rows[later], columns[later]]) + start
        yield from map(tuple, pairs.tolist())


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    matched = cv2.matchTemplate(one, other, cv2.TM_CCOEFF_NORMED)
    return float(matched[0, 0])
