"""Pictures of the same writing: near duplicates by a perceptual hash, then looked at closely.

The hash is that of the lowest frequencies (Zauner: "Implementation and benchmarking of perceptual
image hash functions", 2010), once of the whole picture, and once of its longest line of writing as
the line reader meets it: there neither margin nor tilt matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.types import Gray, Strip

WIDE_PX, HIGH_PX = 96, 24  # of a thumbnail
PAPER_PX = 25, 23  # what changes more slowly across a thumbnail is its paper
LOWEST = 8  # frequencies each way, 64 in all
MOST_BITS = 22  # of 64 that differ
# Correlations from which two are of the same. Different numbers reach 0.6, different writings of
# one digit 0.96; a copy scaled, cut, darkened or saved as JPEG is mostly above 0.93.
SAME_NUMBER, SAME_DIGIT, SAME_PICTURE = 0.8, 0.97, 0.92
NUMBER = 2.0  # heights: a line of writing that is wider is no single digit
ROWS = 512  # compared with all the others at once

Thumbnail = NDArray[np.float32]  # (HIGH_PX, WIDE_PX), its mean 0 and its length 1


class Likeness(NamedTuple):
    """What a picture looks like, small."""

    writing: Thumbnail | None  # of its longest line; None where it has none
    whole: Thumbnail
    is_number: bool  # the line is wide


class Pair(NamedTuple):
    """Two pictures that look alike."""

    first: int
    second: int  # > first
    correlation: float  # 0..1


def likeness(strips: Sequence[Strip], gray: Gray) -> Likeness:
    """Of a picture (H, W) and its lines of writing."""
    small = _small(gray)
    whole = _unit(small - np.asarray(cv2.blur(small, PAPER_PX), np.float32))
    if not strips:
        return Likeness(None, whole, False)
    longest = max(strips, key=lambda strip: strip.shape[1])
    height, width = longest.shape
    return Likeness(_unit(_small(longest)), whole, width > NUMBER * height)


def near_duplicates(likenesses: Sequence[Likeness], labels: Sequence[str]) -> list[Pair]:
    """The pairs that show the same writing, the most alike first.

    Whole pictures count only under the same label: two sheets of one form look alike whatever is
    written on them.
    """
    best: dict[tuple[int, int], float] = {}
    with_writing = [place for place, one in enumerate(likenesses) if one.writing is not None]
    writings = [one.writing for one in likenesses if one.writing is not None]

    def are_same(first: int, second: int, correlation: float) -> bool:
        are_numbers = likenesses[first].is_number and likenesses[second].is_number
        return are_numbers or correlation >= SAME_DIGIT

    for one, other, correlation in _alike(writings, SAME_NUMBER):
        first, second = with_writing[one], with_writing[other]
        if are_same(first, second, correlation):
            best[first, second] = correlation
    for first, second, correlation in _alike([one.whole for one in likenesses], SAME_PICTURE):
        if labels[first] == labels[second] and are_same(first, second, correlation):
            best[first, second] = max(correlation, best.get((first, second), 0.0))
    pairs = [Pair(*places, correlation) for places, correlation in best.items()]
    return sorted(pairs, key=lambda pair: (-pair.correlation, pair))


def hashes(thumbnails: NDArray[np.float32]) -> NDArray[np.uint64]:
    """(N, H, W) -> (N,): a bit for each low frequency that is stronger than most."""
    lows = np.array([np.asarray(cv2.dct(one))[:LOWEST, :LOWEST].ravel() for one in thumbnails])
    bits = lows > np.median(lows, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64)[:, 0]


def _alike(thumbnails: Sequence[Thumbnail], least: float) -> Iterator[Pair]:
    if not thumbnails:
        return
    stacked = np.array(thumbnails)
    hashed, flat = hashes(stacked), stacked.reshape(len(stacked), -1)
    for start in range(0, len(hashed), ROWS):
        some = hashed[start : start + ROWS, None]
        near = np.bitwise_count(some ^ hashed[None, start:]) <= MOST_BITS
        correlations = flat[start : start + ROWS] @ flat[start:].T
        rows, columns = np.nonzero(np.triu(near & (correlations >= least), 1))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            yield Pair(row + start, column + start, float(correlations[row, column]))


def _small(picture: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    small = cv2.resize(picture, (WIDE_PX, HIGH_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _unit(thumbnail: NDArray[np.float32]) -> Thumbnail:
    """An empty one stays empty, and is like no other."""
    level = thumbnail - thumbnail.mean()
    length = float(np.linalg.norm(level))
    return np.asarray(level / length if length > 1e-6 else level * 0, np.float32)
